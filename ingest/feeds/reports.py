"""Reports: indicators that agencies tell, one record per indicator, unit and period.

Source: Nghị quyết 06-NQ/TU and the province's list of figures; report periods of QĐ 2176/QĐ-UBND, standards
§0; units, standards §6.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from iochub.errors import RecordRejected
from iochub.exact.version import Current, Implied, Version
from iochub.ingest.door import Door
from iochub.ingest.feed import Cell, Column, DateRole, Feed, Kind, Reading, Record, Refusal, or_refused_whole
from iochub.ingest.json_records import BYTE_ORDER_MARK, Unreadable, items_of, members_of, value_of
from iochub.ingest.reasons import EXTRA, safe_name
from iochub.ingest.reports import csv_table, xlsx_table
from iochub.ingest.reports.columns import FIELDS
from iochub.ingest.reports.row import ROLE, entity_of, read_report
from iochub.text import Text

CODE = "LowCardinality(String)"
WRAPPER = "reports"


class Reports(Feed):
    """An indicator of a unit and a period, as an agency told it; what is told later replaces it."""

    name = "reports"
    title = Text("Số liệu báo cáo của cơ quan", "Figures that agencies report")
    publisher = Text("Sở, ngành, huyện, xã", "Departments, districts and communes")
    source = "Nghị quyết 06-NQ/TU; QĐ 2176/QĐ-UBND (Thanh Hóa): kỳ báo cáo YYYYMM, YYYYQ, YYYY"
    every = timedelta(days=31)
    calendar = "office"
    kinds = (Kind("report", Text("Số liệu báo cáo", "Reported figure")),)
    roles = (DateRole(ROLE, Text("Ngày cuối kỳ báo cáo", "Last day of the period")),)
    columns = (
        Column("indicator", CODE, Text("Chỉ tiêu", "Indicator")),
        Column("period", CODE, Text("Kỳ báo cáo", "Period")),
        Column("value", "Decimal(38, 6)", Text("Giá trị", "Value")),
        Column("reported_at", "DateTime64(3, 'UTC')", Text("Báo cáo lúc", "Reported at")),
        Column("note", "String", Text("Ghi chú", "Note")),
        Column("agency", CODE, Text("Cơ quan báo cáo", "Reporting agency")),
    )
    content_types = (
        "application/json",
        "text/csv",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )

    def split(self, delivery: bytes, content_type: str) -> Iterator[Record | Refusal]:
        """One record per report; the bytes tell whether they are a workbook, JSON or a table of text."""
        return or_refused_whole(delivery, _all_records(delivery))

    def interpret(self, record: Record, door: Door) -> Reading:
        """Read one report, from the cells of its line or from its JSON."""
        line = record.content
        told = csv_table.cells_of(line) if isinstance(line, csv_table.Line) else value_of(record.raw)
        if not isinstance(told, dict):
            raise RecordRejected("not_a_record:shape", "shape")
        return read_report(record.number, told, door)

    def envelope_of(self, record: Record) -> bytes:
        """The head of the table that a line of text came in; of a line of a workbook where it stood."""
        found = record.content
        if isinstance(found, xlsx_table.Cells):
            return msgspec.json.encode(found)
        return csv_table.head_line(found.head) if isinstance(found, csv_table.Line) and found.head else b""

    def enveloped(self, record: Record, envelope: bytes) -> Record:
        """A line without a head of its own is read under the one that was kept, and stands where it stood."""
        line = record.content
        cells = xlsx_table.cells_in(envelope)
        if cells is not None:
            return record if line is not None else msgspec.structs.replace(record, content=cells)
        if not isinstance(line, csv_table.Line) or line.head is not None:
            return record
        return msgspec.structs.replace(record, content=line._replace(head=csv_table.read_head(envelope)))

    def cell_of(self, envelope: bytes, field: str) -> Cell | None:
        """The cell of a field; its row where the line has no column for it."""
        cells = xlsx_table.cells_in(envelope)
        return None if cells is None else Cell(cells.sheet, cells.row, cells.columns.get(field, ""))

    def implied(self, version: Version) -> Implied:
        """The unit that it is about, and the last day of its period."""
        row: Any = version.reading
        return Implied(row["unit"], tuple((role, date.fromisoformat(day)) for role, day in row["days"]))

    def fold(self, own: Sequence[Version], related: Sequence[Version]) -> Current | None:
        """What was told last, by whichever agency."""
        if not own:
            return None
        last = own[-1]
        row: Any = last.reading
        unit, days = self.implied(last)
        values = (
            row["indicator"],
            row["period"],
            Decimal(row["value"]),
            datetime.fromisoformat(row["reported_at"]),
            row["note"],
            last.sender,
        )
        return Current(str(unit), days, values)

    def entity_named(self, words: str, door: Door) -> str:
        """`indicator:unit:period`, as in a report: `paperless_rooms:38:2021`."""
        return entity_of(words, door)


def _all_records(delivery: bytes) -> Iterator[Record]:
    """All or none: a table that breaks off in its middle is no delivery."""
    records = list(_records(delivery))
    if not records:
        raise RecordRejected("not_a_delivery:unfilled", "unfilled")
    yield from records


def _records(delivery: bytes) -> Iterator[Record]:
    if delivery.startswith(xlsx_table.BEGINNING):
        lines = xlsx_table.lines_of(delivery)
        yield from (Record(number, line.raw, line.cells) for number, line in enumerate(lines))
        return
    text = csv_table.plain_text(delivery.removeprefix(BYTE_ORDER_MARK))
    if not text.strip():
        raise Unreadable("empty")
    if text.lstrip()[:1] in ("{", "["):
        yield from (Record(number, raw, None) for number, raw in enumerate(_listed(text.strip().encode())))
        return
    for number, line in enumerate(csv_table.lines_of(text)):
        yield Record(number, line.text.encode(), line)


def _listed(document: bytes) -> list[bytes]:
    """A list of reports, `{"reports": […]}`, or one report."""
    if document.startswith(b"["):
        return items_of(document)
    members = members_of(document)
    if WRAPPER in members:
        for name in members.keys() - {WRAPPER}:
            raise RecordRejected(EXTRA, safe_name(name))
        return items_of(members[WRAPPER])
    if not members.keys() & FIELDS:
        raise RecordRejected("not_a_delivery:shape", "shape")
    return [document]
