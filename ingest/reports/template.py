"""From the catalogue and the map of a day to a table that an agency fills in."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from iochub.ingest.reading import plain
from iochub.ingest.reports.catalogue import REPORTED
from iochub.ingest.reports.columns import HEADINGS
from iochub.ingest.reports.periods import Span, read_span
from iochub.ingest.reports.places import unit_on
from iochub.ingest.reports.reported import Reported
from iochub.ingest.unit_map import Unit, map_on
from iochub.ingest.units import Units

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
"""The forms of a template, with their media types."""

AS_TEXT = "@"
"""The format of a cell that is kept as it is typed: Excel makes a date of 2021-07."""

WIDTHS = {"indicator": 34, "indicator_title": 44, "unit_title": 26, "note": 40}
WIDTH = 16

HOW_TO = (
    "Mỗi dòng của trang “Báo cáo” là một số liệu: một chỉ tiêu, một đơn vị, một kỳ. Dòng để trống cột "
    "“Giá trị” thì không gửi.",
    "Kỳ báo cáo viết 2021, 2021-H1, 2021-Q3, 2021-07, 2021-07-15 hoặc theo QĐ 2176: 2021, 20213 (quý), "
    "202107 (tháng). Kỳ phải đã kết thúc. Chỉ tiêu hằng ngày chỉ nhận kỳ là một ngày, "
    "chỉ tiêu hằng tháng chỉ nhận kỳ là một tháng.",
    "Mã đơn vị hoặc tên đơn vị phải có trên bản đồ hành chính của ngày cuối kỳ (trang “Đơn vị”). Tên trùng "
    "thì ghi kèm tên huyện sau dấu phẩy, hoặc ghi mã.",
    "Giá trị là số, không phải công thức. Trong tệp CSV, 1.234 có thể hiểu theo hai cách nên bị từ chối: "
    "viết 1234, hoặc ghi vi (1.234,5) hay en (1,234.5) vào cột “Cách viết số”.",
    "Chỉ tiêu cộng dồn (trang “Chỉ tiêu”): mỗi thứ chỉ báo cáo một lần, cho đơn vị nơi có nó; số của tỉnh là "
    "tổng các đơn vị. Chỉ tiêu không cộng dồn (tỷ lệ, xếp hạng) thì mỗi đơn vị báo cáo số của chính mình.",
    "Gửi lại cùng chỉ tiêu, đơn vị và ngày cuối kỳ là đính chính: số gửi sau thay số gửi trước.",
    "Ghi chú hiện cùng số liệu: không ghi họ tên, số điện thoại, thư điện tử hay giấy tờ của người nào.",
)
"""What the sheet of instructions says."""


def template(form: str, period: str, units: Units, places: Sequence[str]) -> bytes:
    """Write the table of a period for the named units, as `xlsx` or `csv`.

    Raises: ValueError with the reason code of a period or unit that is none; the caller acts.
    """
    span = read_span(period)
    named = [_unit(place, span, units) for place in places]
    if form == "csv":
        return _as_csv(span, named)
    return _as_workbook(span, named, _units_on(span.last, units))


def asked_of(span: Span) -> tuple[Reported, ...]:
    """The indicators of a period: those of a day or of a month only where it is one."""
    return tuple(
        one for one in REPORTED if (span.is_day or not one.is_daily) and (span.is_month or not one.is_monthly)
    )


def _unit(place: str, span: Span, units: Units) -> Unit:
    key = unit_on(place, span.last, units)
    return next(unit for unit in _units_on(span.last, units) if unit.key == key)


def _units_on(day: date, units: Units) -> list[Unit]:
    return [unit for unit in units.all() if unit.map_name == map_on(day)]


def _rows(span: Span, named: Sequence[Unit]) -> Iterator[dict[str, str]]:
    for unit in named:
        for one in asked_of(span):
            yield {
                "indicator": one.name, "indicator_title": one.title.vi, "unit": unit.code,
                "unit_title": unit.name, "period": span.written, "measure": one.measure,
            }  # fmt: skip


def _as_csv(span: Span, named: Sequence[Unit]) -> bytes:
    """With the marks that a Vietnamese Excel opens without being asked."""
    text = io.StringIO(newline="")
    table = csv.writer(text, delimiter=";")
    table.writerow(heading.vi for heading in HEADINGS.values())
    for row in _rows(span, named):
        table.writerow(row.get(name, "") for name in HEADINGS)
    return text.getvalue().encode("utf-8-sig")


def _as_workbook(span: Span, named: Sequence[Unit], units: Sequence[Unit]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    _fill(_sheet(book, "Báo cáo", [heading.vi for heading in HEADINGS.values()]), span, named)
    how_to = _sheet(book, "Hướng dẫn", ["Cách điền biểu mẫu"])
    for number, line in enumerate(HOW_TO, 1):
        how_to.append([f"{number}. {line}"])
    catalogue = _sheet(book, "Chỉ tiêu", ["Mã", "Tên", "Nội dung", "Tính bằng", "Từ", "Đến", "Cộng dồn"])
    for one in asked_of(span):
        least, most = (plain(bound) for bound in one.bounds)
        added = "có" if one.adds_up else "không"
        catalogue.append([one.name, one.title.vi, one.what.vi, one.measure, least, most, added])
    places = _sheet(book, "Đơn vị", ["Mã", "Tên", "Thuộc"])
    names = {unit.key: unit.name for unit in units}
    for unit in units:
        places.append([unit.code, unit.name, names.get(unit.parent, "")])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _fill(sheet: Worksheet, span: Span, named: Sequence[Unit]) -> None:
    sheet.freeze_panes = "A2"
    for at, name in enumerate(HEADINGS, 1):
        sheet.column_dimensions[get_column_letter(at)].width = WIDTHS.get(name, WIDTH)
    for line, row in enumerate(_rows(span, named), 2):
        for at, name in enumerate(HEADINGS, 1):
            if name != "value":
                sheet.cell(line, at, row.get(name)).number_format = AS_TEXT


def _sheet(book: Workbook, title: str, headings: Sequence[str]) -> Worksheet:
    sheet: Worksheet = book.create_sheet(title)
    sheet.append(list(headings))
    for at in range(1, len(headings) + 1):
        sheet.cell(1, at).font = Font(bold=True)
    return sheet
