"""The template is filled as it is and read back: what the hub writes it takes."""

import csv
import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from published import outcomes

from iochub.ingest.feed import Reading, Refusal
from iochub.ingest.reports.catalogue import REPORTED
from iochub.ingest.reports.columns import HEADINGS
from iochub.ingest.reports.template import TYPES, template
from iochub.ingest.units import Units

units = Units.load()
AT = {name: place for place, name in enumerate(HEADINGS)}


def filled_workbook(table: bytes, values: list[Decimal]) -> bytes:
    book = load_workbook(io.BytesIO(table))
    sheet = book["Báo cáo"]
    for row, value in enumerate(values, 2):
        sheet.cell(row, AT["value"] + 1).value = value
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def filled_csv(table: bytes, values: list[Decimal]) -> bytes:
    head, *rows = csv.reader(io.StringIO(table.decode("utf-8-sig"), newline=""), delimiter=";")
    for row, value in zip(rows, values, strict=True):
        row[AT["value"]] = f"{value:,f}".translate(str.maketrans(",.", ".,"))
        row[AT["number_form"]] = "vi"
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=";").writerows([head, *rows])
    return written.getvalue().encode("utf-8-sig")


@pytest.mark.parametrize("form", TYPES)
@pytest.mark.parametrize(
    ("period", "places"),
    [("2021-07-15", ["38", "Huyện Nga Sơn", "16144"]), ("2026-Q3", ["14758"]), ("2026-09", ["14758"])],
)
def test_every_line_that_is_filled_becomes_its_report(form: str, period: str, places: list[str]) -> None:
    length = {"2021-07-15": "day", "2026-09": "month"}.get(period)
    asked = [one for one in REPORTED if one.each in (None, length)] * len(places)
    values = [Decimal(1) if one.is_whole else Decimal("1.125") for one in asked]
    fill = filled_workbook if form == "xlsx" else filled_csv
    found = outcomes("reports", fill(template(form, period, units, places), values))
    assert [(o.row["indicator"], Decimal(str(o.row["value"]))) for o in found if isinstance(o, Reading)] == [
        (one.name, value) for one, value in zip(asked, values, strict=True)
    ]


@pytest.mark.parametrize("form", TYPES)
def test_a_template_that_nobody_filled_says_so(form: str) -> None:
    (found,) = outcomes("reports", template(form, "2021", units, ["38"]))
    assert isinstance(found, Refusal)
    assert found.reason == "not_a_delivery:unfilled"


@pytest.mark.parametrize(("each", "period", "number"), [("day", "2021-07-15", 4), ("month", "2021-07", 7)])
def test_what_is_told_day_by_day_or_month_by_month_is_asked_for_such_a_period_only(
    each: str, period: str, number: int
) -> None:
    told = {one.name for one in REPORTED if one.each == each}
    asked = {one: template("csv", one, units, ["38"]).decode() for one in ("2021-07-15", "2021-07", "2021")}
    for name in told:
        assert {one for one, table in asked.items() if f"{name};" in table} == {period}
    assert len(told) == number


@pytest.mark.parametrize(
    ("period", "districts", "communes"), [("2021", 27, 559), ("2025-Q1", 26, 547), ("2025-Q3", 0, 166)]
)
def test_the_units_are_those_of_the_period_s_last_day(period: str, districts: int, communes: int) -> None:
    book = load_workbook(io.BytesIO(template("xlsx", period, units, ["38"])))
    listed = list(book["Đơn vị"].iter_rows(min_row=2, values_only=True))
    assert len(listed) == 1 + districts + communes
    assert {row[0] for row in listed} == {
        unit.code
        for unit in units.all()
        if unit.map_name == {27: "2020", 26: "2025-01", 0: "current"}[districts]
    }


def test_a_period_stays_text_so_that_no_program_makes_a_date_of_it() -> None:
    sheet = load_workbook(io.BytesIO(template("xlsx", "2021-07", units, ["38"])))["Báo cáo"]
    cell = sheet.cell(2, AT["period"] + 1)
    assert (cell.value, cell.data_type, cell.number_format) == ("2021-07", "s", "@")


def test_its_instructions_and_catalogue_are_there_in_vietnamese() -> None:
    book = load_workbook(io.BytesIO(template("xlsx", "2021", units, ["38"])))
    assert book.sheetnames == ["Báo cáo", "Hướng dẫn", "Chỉ tiêu", "Đơn vị"]
    told = " ".join(str(row[0]) for row in book["Hướng dẫn"].iter_rows(values_only=True))
    for word in ("Kỳ báo cáo", "đính chính", "1.234", "không ghi họ tên"):
        assert word in told
    titles = {row[1] for row in book["Chỉ tiêu"].iter_rows(min_row=2, values_only=True)}
    assert titles == {one.title.vi for one in REPORTED if one.each is None}
