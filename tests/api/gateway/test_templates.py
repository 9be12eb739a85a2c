"""The table that an agency takes from the gateway is the one it may fill and send."""

import io
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from openpyxl import load_workbook

from iochub.ingest.feed import Record, Refusal
from iochub.ingest.feeds.reports import Reports
from iochub.ingest.reports.template import TYPES

pytestmark = pytest.mark.anyio

ADDRESS = "/v1/feeds/reports/template"


@pytest.fixture
def reporting(house: Any) -> Any:
    house.key = house.keys.create_agency_key("H56.02", ["reports"])
    return house


async def test_a_workbook_names_the_units_of_the_period(reporting: Any) -> None:
    async with reporting.client(feeds={"reports": Reports()}) as client:
        answer = await client.get(ADDRESS, params={"period": "2021", "unit": ["38", "Huyện Đông Sơn"]})
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="reports.xlsx"'
    book = load_workbook(io.BytesIO(answer.content))
    rows = list(book["Báo cáo"].iter_rows(min_row=2, values_only=True))
    assert {row[3] for row in rows} == {"Tỉnh Thanh Hóa", "Huyện Đông Sơn"}
    assert book["Đơn vị"].max_row == 1 + 1 + 27 + 559  # heading, province, districts, communes


async def test_csv_is_what_a_vietnamese_excel_opens(reporting: Any) -> None:
    async with reporting.client(feeds={"reports": Reports()}) as client:
        answer = await client.get(ADDRESS, params={"period": "2026-07", "format": "csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "paperless_rooms;Phòng họp không giấy;38;Tỉnh Thanh Hóa;2026-07;;phòng;" in answer.text


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "period"),
        ({"period": "1600"}, "period"),
        ({"period": "2021-13"}, "period"),
        ({"period": "2026", "unit": "399"}, "unit"),  # no district since July 2025
        ({"period": "2021", "format": "pdf"}, "format"),
        ({"period": "2021", "unit": ["38"] * 31}, "unit"),
    ],
)
async def test_a_question_that_cannot_be_answered_says_what_to_mend(
    reporting: Any, asked: dict[str, Any], field: str
) -> None:
    async with reporting.client(feeds={"reports": Reports()}) as client:
        answer = await client.get(ADDRESS, params=asked)
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == [field]


async def test_only_who_may_report_gets_it(reporting: Any) -> None:
    other = reporting.keys.create_agency_key("H56.03", ["notes"])
    async with reporting.client(feeds={"reports": Reports()}) as client:
        nobody = await client.get(ADDRESS, params={"period": "2021"}, headers={"Authorization": ""})
        stranger = await client.get(
            ADDRESS, params={"period": "2021"}, headers={"Authorization": f"Bearer {other}"}
        )
    assert (nobody.status_code, stranger.status_code) == (401, 403)


class Watched(Reports):
    """The feed, and whether it was let read on the thread that serves everybody."""

    def __init__(self) -> None:
        self.held_up_all: list[bool] = []

    def split(self, delivery: bytes, content_type: str) -> Iterator[Record | Refusal]:
        self.held_up_all.append(threading.current_thread() is threading.main_thread())
        yield from super().split(delivery, content_type)


async def test_a_workbook_however_small_holds_up_nobody_else_while_it_is_unpacked(reporting: Any) -> None:
    feed = Watched()
    async with reporting.client(feeds={"reports": feed}) as client:
        table = (await client.get(ADDRESS, params={"period": "2021"})).content
        for form, content in (("xlsx", table), ("csv", b"indicator;unit;period;value\n")):
            answer = await client.post(
                "/v1/feeds/reports/deliveries", content=content, headers={"Content-Type": TYPES[form]}
            )
            assert answer.json()["rejects"][0]["reason"] == "not_a_delivery:unfilled"
    assert feed.held_up_all == [False, True]
