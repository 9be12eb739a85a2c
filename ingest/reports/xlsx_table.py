"""From a workbook to the lines of its report sheets, without trusting its size, its XML or its formulas.

A workbook is a ZIP of XML. Before anything is unpacked, the sizes that it declares are checked, beyond which
nothing is unpacked; before anything is parsed, no part may declare a document type. What openpyxl is then
handed is packed anew from what was checked: a ZIP may lie about its sizes.
"""

import io
import math
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from itertools import count, islice
from typing import NamedTuple

import msgspec
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell as WritableCell
from openpyxl.cell.cell import MergedCell
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.utils import get_column_letter

from iochub.errors import RecordRejected
from iochub.ingest.json_records import Unreadable
from iochub.ingest.reports.columns import MOST_COLUMNS, NEEDED, field_of, fields_of, is_filled, is_head

BEGINNING = b"PK\x03\x04"

MOST_PARTS = 256
LARGEST_PART_BYTES = 8 * 1024 * 1024
LARGEST_SHEET_BYTES = 32 * 1024 * 1024
LARGEST_WHOLE_BYTES = 64 * 1024 * 1024
"""Unpacked. A template for every indicator and all 559 communes is 12 MB."""

MOST_ROWS = 100_000
HEAD_WITHIN_ROWS = 20
"""A title may stand above the head of a table, and the name of the office."""
SIGNIFICANT_DIGITS = 15
"""What a cell holds. Source: ECMA-376, numbers are doubles; Excel shows no more than 15 digits of one."""

WHOLE_DIGITS = 18
"""Up to these a whole number is written as one; codes and years are whole."""

_BROKEN = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, NotImplementedError, OSError,
    RuntimeError, SyntaxError, TypeError, ValueError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What openpyxl lets out when a workbook is not as it expects: it checks little and raises whatever comes."""

_LITERAL = re.compile(r"""\[[^]]*]|"[^"]*"|\\.""")

_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([^\"']*)")
_ENCODINGS = frozenset((b"utf-8", b"utf-16", b"us-ascii", b"ascii"))

_encode = msgspec.json.Encoder(decimal_format="number").encode

Cell = ReadOnlyCell | EmptyCell | WritableCell | MergedCell
"""The last two only in the library's types: what is read only has neither."""

NAMELESS = "column"
"""What a value below no heading is told under, and refused for."""
LONGEST_SHEET = 31
"""Characters of a name. Source: Excel's limits; another program may write longer ones."""


class Cells(msgspec.Struct, frozen=True):
    """Where a line of a workbook stood: its sheet and row, and the column of each of its fields."""

    sheet: str
    row: int
    columns: dict[str, str]


class Line(NamedTuple):
    """A line as the JSON record that says the same, and where it stood."""

    raw: bytes
    cells: Cells


_kept = msgspec.json.Decoder(Cells).decode


def lines_of(delivery: bytes) -> list[Line]:
    """The filled lines of all report sheets.

    Raises: Unreadable; RecordRejected for a workbook that holds no reports; the publisher acts.
    """
    try:
        checked = _checked(delivery)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of extensions that it does not keep
            return list(_lines(checked))
    except (Unreadable, RecordRejected):
        raise
    except _BROKEN:
        raise Unreadable("xlsx") from None


def cells_in(envelope: bytes) -> Cells | None:
    """Where a line stood, by what was kept of it; nothing where it came in no workbook."""
    try:
        return _kept(envelope) if envelope[:1] == b"{" else None
    except msgspec.DecodeError:
        return None


def _checked(delivery: bytes) -> io.BytesIO:
    """The XML of a workbook, unpacked no further than it declares, and packed again as it is."""
    checked = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(delivery)) as archive,
        zipfile.ZipFile(checked, "w", zipfile.ZIP_STORED) as kept,
    ):
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_WHOLE_BYTES:
            raise Unreadable("size")
        for part in parts:
            is_sheet = part.filename.startswith("xl/worksheets/")
            if part.file_size > (LARGEST_SHEET_BYTES if is_sheet else LARGEST_PART_BYTES):
                raise Unreadable("size")
            if part.filename.endswith((".xml", ".rels")):
                with archive.open(part) as opened:
                    content = opened.read(part.file_size + 1)  # without a limit all of a bomb comes at once
                _check_xml(content)
                kept.writestr(part.filename, content)
    checked.seek(0)
    return checked


def _check_xml(part: bytes) -> None:
    """Whatever its encoding: UTF-16 is the same letters with zeros between them."""
    plain = (part.replace(b"\0", b"") if b"\0" in part else part).lstrip(b"\xef\xbb\xff\xfe\xbf \r\n\t")
    named = _ENCODING.search(plain[:200])
    if plain[:1] != b"<" or (named and named[1].lower() not in _ENCODINGS):
        raise Unreadable("encoding")
    if b"<!DOCTYPE" in plain:
        raise Unreadable("dtd")


def _lines(workbook: io.BytesIO) -> Iterator[Line]:
    found = False
    nearly: list[list[str]] = []
    seen = count(1)
    with closing(load_workbook(workbook, read_only=True, keep_links=False)) as book:
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            rows = _rows(sheet.iter_rows(max_col=MOST_COLUMNS), seen)
            fields = _fields(rows, nearly)
            if fields:
                found = True
                head = _head(sheet.title, fields)
                for row in rows:
                    told = _told(row, fields)
                    if is_filled(told):
                        yield Line(_encode(told), _cells_of(head, row, fields, told))
    if not found:
        if nearly:
            fields_of(nearly[0])
        raise RecordRejected("not_a_delivery:shape", "shape")


def _rows(rows: Iterable[Sequence[Cell]], seen: Iterator[int]) -> Iterator[Sequence[Cell]]:
    """The rows that hold anything; a sheet may claim any number of others, which are looked at too."""
    for row in rows:
        if next(seen) > MOST_ROWS:
            raise Unreadable("size")
        if not all(isinstance(cell, EmptyCell) for cell in row):
            yield row


def _fields(rows: Iterator[Sequence[Cell]], nearly: list[list[str]]) -> tuple[str, ...]:
    """The fields of a sheet of reports, read up to its head; what is nearly a head is remembered."""
    for row in islice(rows, HEAD_WITHIN_ROWS):
        headings = [_heading(cell) for cell in row]
        if _is_head_of_reports(headings):
            return fields_of(headings)
        if is_head(headings):
            nearly.append(headings)
    return ()


def _is_head_of_reports(headings: Sequence[str]) -> bool:
    return {field_of(heading) for heading in headings} >= set(NEEDED)


def _heading(cell: Cell) -> str:
    return cell.value if isinstance(cell.value, str) else ""


def _told(row: Sequence[Cell], fields: Sequence[str]) -> dict[str, object]:
    told: dict[str, object] = {}
    for name, cell in zip(fields, row, strict=False):
        value = _value(cell, name)
        if value not in (None, ""):
            told[name or NAMELESS] = value
    return told


def _head(sheet: str, fields: Sequence[str]) -> Cells:
    """What all lines of a sheet share of where they stand."""
    shown = "".join(sign for sign in sheet if sign.isprintable())[:LONGEST_SHEET]
    return Cells(shown, 0, {name: get_column_letter(at) for at, name in enumerate(fields, 1) if name})


def _cells_of(head: Cells, row: Sequence[Cell], fields: Sequence[str], told: Mapping[str, object]) -> Cells:
    """Where a line stands; of what it has below no heading the last, as it is told."""
    columns = head.columns
    if NAMELESS in told:
        filled = zip(fields, row, strict=False)
        nameless = [
            at
            for at, (name, cell) in enumerate(filled, 1)
            if not name and _value(cell, name) not in (None, "")
        ]
        columns = columns | {NAMELESS: get_column_letter(nameless[-1])}
    number = next((cell.row for cell in row if not isinstance(cell, EmptyCell)), 0)
    return Cells(head.sheet, int(number or 0), columns)


def _value(cell: Cell, name: str) -> object:
    """What a cell shows, as JSON can say it."""
    if isinstance(cell, EmptyCell):
        return None
    value = cell.value
    if cell.data_type == "f":
        return {"formula": str(value)[:100]}
    if isinstance(value, datetime):
        return _shown_day(value, str(cell.number_format), name)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value, str(cell.number_format))
    return value if value is None or isinstance(value, bool) else str(value)


def _shown_day(value: datetime, shown_as: str, name: str) -> str:
    """Excel makes a date of 2021-07 and shows it without a day: it means what it shows, the month or year."""
    if name == "period":
        marks = _marks(shown_as)
        if "y" in marks and "m" not in marks and "d" not in marks:
            return f"{value:%Y}"
        return f"{value:%Y-%m-%d}" if "d" in marks else f"{value:%Y-%m}"
    return f"{value:%Y-%m-%d %H:%M:%S}"


def _marks(shown_as: str) -> str:
    """A number format without colours, languages and literal letters: 0.0"%" shows a sign and no share."""
    return _LITERAL.sub("", shown_as).lower()


def _number(value: int | float, shown_as: str) -> object:
    if not math.isfinite(value):
        return str(value)
    number = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.{SIGNIFICANT_DIGITS}g}")
    if "%" in _marks(shown_as):
        return {"percent": number * 100}
    return (
        int(number) if number == number.to_integral_value() and number.adjusted() < WHOLE_DIGITS else number
    )
