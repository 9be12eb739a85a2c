"""From a CSV file to its lines, each with its own bytes and the names of its columns."""

import csv
import io
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from iochub.errors import RecordRejected
from iochub.ingest.json_records import Unreadable
from iochub.ingest.reasons import UNREADABLE
from iochub.ingest.reports.columns import MOST_COLUMNS, field_of, fields_of, is_filled, is_head

MARKS = (";", ",", "\t")
"""Between columns: what Excel writes in Vietnamese, in English, and as text."""

MOST_LINES_OF_A_RECORD = 20
"""A note may have several lines; a quote that nobody closes must not swallow the rest of the file."""


HEAD_WITHIN_LINES = 20
"""A title may stand above the head of a table, and Excel's own word on the mark between columns."""


class Head(NamedTuple):
    """What the line that names the columns says: the mark between them, and their fields."""

    mark: str
    fields: tuple[str, ...]


class Line(NamedTuple):
    """One line under a head; without one it can only be read in the envelope that was kept of it."""

    text: str
    head: Head | None


def lines_of(text: str) -> Iterator[Line]:
    """The filled lines of a table; all of a text without a head as one.

    Raises: RecordRejected for a head that lacks a column or has another; the publisher acts.
    """
    records = _records(text)
    first, head = "", None
    for first in islice(records, HEAD_WITHIN_LINES):
        head = _head_of(first)
        if head is not None:
            break
    if head is None:
        yield Line(text, None)
        return
    for line in records:
        if line.strip() and line != first and _is_record(line, head):
            yield Line(line, head)


def cells_of(line: Line) -> dict[str, object]:
    """The cells of a line by field.

    Raises: RecordRejected for a line that does not fit its head, or has none; the publisher acts.
    """
    if line.head is None:
        raise RecordRejected(UNREADABLE, "head")
    cells = _split(line.text, line.head.mark)
    if cells is None:
        raise RecordRejected("not_a_record:shape", "shape")
    fields = line.head.fields
    if any(cell.strip() for cell in cells[len(fields) :]):
        raise RecordRejected("not_a_record:columns", "columns")
    told: dict[str, object] = {}
    for name, cell in zip(fields, cells, strict=False):
        if name:
            told[name] = cell.strip()
        elif cell.strip():
            raise RecordRejected("not_a_record:columns", "columns")
    return told


def head_line(head: Head) -> bytes:
    """A head as short as it can be written, to be kept beside a bad line."""
    return head.mark.join(head.fields).encode()


def read_head(kept: bytes) -> Head | None:
    """The head that was kept of a line."""
    return _head_of(kept.decode("utf-8", "replace"))


def plain_text(delivery: bytes) -> str:
    """The text of a delivery, without blank lines around it; a tab at its beginning is an empty column.

    Excel's "Unicode text" is UTF-16 and begins with a mark of it; nothing else is taken for that.

    Raises: Unreadable.
    """
    is_wide = delivery.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    try:
        text = delivery.decode("utf-16" if is_wide else "utf-8")
    except UnicodeDecodeError:
        raise Unreadable("encoding") from None
    if "\0" in text:
        raise Unreadable("encoding")
    return text.strip("\r\n")


def _is_record(line: str, head: Head) -> bool:
    """What cannot be read is one too: it is refused, and not passed over."""
    try:
        return is_filled(cells_of(Line(line, head)))
    except RecordRejected:
        return True


def _head_of(line: str) -> Head | None:
    heads = [(mark, cells) for mark in MARKS if (cells := _split(line, mark)) and is_head(cells)]
    if not heads:
        return None
    mark, cells = max(heads, key=lambda one: sum(1 for cell in one[1] if field_of(cell)))
    # Beside every bad line the head is kept: without the blank columns at its end, and never a long one.
    width = max(at for at, cell in enumerate(cells, 1) if cell.strip())
    if width > MOST_COLUMNS:
        raise RecordRejected("not_a_delivery:shape", "shape")
    return Head(mark, fields_of(cells[:width]))


def _split(line: str, mark: str) -> list[str] | None:
    """The cells of one record; nothing where its quotes do not match, or it is more than one."""
    try:
        found = list(csv.reader(io.StringIO(line, newline=""), delimiter=mark, strict=True))
    except csv.Error:
        return None
    return found[0] if len(found) == 1 else None


def _records(text: str) -> Iterator[str]:
    """Lines, joined where a quote is still open at a line's end; without the end itself."""
    lines = io.StringIO(text, newline="").readlines() if text else []
    at = 0
    while at < len(lines):
        until = _closed(lines, at)
        yield "".join(lines[at:until]).rstrip("\r\n")
        at = until


def _closed(lines: list[str], at: int) -> int:
    """Where the record that begins with a line ends; with that line where its quotes are never closed."""
    quotes = 0
    for until in range(at, min(at + MOST_LINES_OF_A_RECORD, len(lines))):
        quotes += lines[until].count('"')
        if quotes % 2 == 0:
            return until + 1
    return at + 1
