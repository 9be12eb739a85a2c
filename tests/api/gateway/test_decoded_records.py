"""A record that no editor shows as it was sent is shown decoded, or named by its cell, and mended there."""

import base64
import io
import json
import re
from typing import Any

import httpx
import pytest
from messages import dossier
from openpyxl import Workbook
from published import ours

from iochub.ingest.feeds.registry import FEEDS

pytestmark = pytest.mark.anyio


def of_feed(house: Any, feed: str) -> httpx.AsyncClient:
    client: httpx.AsyncClient = house.client(feeds={feed: FEEDS[feed]})
    client.headers["Authorization"] = f"Bearer {house.keys.create_agency_key('H56.77', [feed])}"
    return client


def dossier_in_base64(admitted: str) -> bytes:
    """A hospital's dossier whose tables are in base64, with this day of coming."""

    def packed(table: "re.Match[str]") -> str:
        return table[1] + base64.encodebytes(table[2].encode()).decode() + table[3]

    inline = re.sub(
        r"<NGAY_VAO>\d+", f"<NGAY_VAO>{admitted}", ours("hospitals", "one_dossier_inline.xml").decode()
    )
    return re.sub(r"(<NOIDUNGFILE>)\s*(<.*?>)\s*(</NOIDUNGFILE>)", packed, inline, flags=re.DOTALL).encode()


async def test_a_fault_in_base64_is_marked_and_corrected_where_it_is_decoded(house: Any) -> None:
    delivery, xml = "/v1/feeds/hospitals/deliveries", {"Content-Type": "application/xml"}
    async with of_feed(house, "hospitals") as client:
        sent = await client.post(delivery, content=dossier_in_base64("209902310830"), headers=xml)
        (reject,) = sent.json()["rejects"]
        letter = f"/v1/dead-letters/{reject['dead_letter']}"
        told = (await client.get(letter)).json()
        shown = told["decoded"]["record"]
        (mark,) = told["decoded"]["marks"]
        unchanged = await client.post(f"{letter}/replay", content=shown.encode(), headers=xml)
        corrected = shown[: mark["start"]] + "202608060830" + shown[mark["end"] :]
        mended = await client.post(f"{letter}/replay", content=corrected.encode(), headers=xml)
        history = (await client.get(f"{letter}/history")).json()
    assert told["record"].encode() == dossier_in_base64("209902310830"), "the record stays as it was sent"
    assert told["marks"] == []
    assert shown[mark["start"] : mark["end"]] == "209902310830"
    assert mark["path"].endswith("/NGAY_VAO")
    assert [(one.status_code, one.json()["accepted"]) for one in (unchanged, mended)] == [(422, 0), (202, 1)]
    first, second = history["replays"]
    assert (first["fields"], first["before"]) == ([], first["after"])
    assert (second["fields"], history["state"]) == (["NGAY_VAO"], "corrected")


async def test_a_certain_correction_is_found_in_base64_too(house: Any) -> None:
    async with of_feed(house, "hospitals") as client:
        sent = await client.post(
            "/v1/feeds/hospitals/deliveries",
            content=dossier_in_base64("2026-08-06 08:30"),
            headers={"Content-Type": "application/xml"},
        )
        letter = f"/v1/dead-letters/{sent.json()['rejects'][0]['dead_letter']}"
        (change,) = (await client.get(letter)).json()["suggestion"]["changes"]
        mended = await client.post(f"{letter}/replay?suggestion=1")
    assert (change["field"], change["before"], change["after"]) == (
        "NGAY_VAO",
        "2026-08-06 08:30",
        "202608060830",
    )
    assert (mended.status_code, mended.json()["accepted"]) == (202, 1)


async def test_data_of_an_event_in_base64_is_shown_as_what_it_is(house: Any) -> None:
    record = json.dumps(dossier("a", NgayTiepNhan="05/03/2026")).encode()
    event = {"specversion": "1.0", "id": "1", "source": "s", "type": "vn.gov.ioc.dossiers"}
    async with of_feed(house, "dossiers") as client:
        sent = await client.post(
            "/v1/events",
            json=event | {"data_base64": base64.b64encode(record).decode()},
            headers={"Content-Type": "application/cloudevents+json"},
        )
        told = (await client.get(f"/v1/dead-letters/{sent.json()['rejects'][0]['dead_letter']}")).json()
    (mark,) = told["marks"]
    assert told["record"][mark["start"] : mark["end"]] == '"05/03/2026"'
    assert (told["decoded"], told["cell"]) == (None, None)


async def test_a_line_of_a_workbook_is_told_by_its_sheet_and_cell(house: Any) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Phòng họp"
    for row in (["indicator", "unit", "period", "value"], [], ["paperless_rooms", 38, 2021, "abc"]):
        sheet.append(row)
    sheet.append(["none", 38, 2021, 7])
    sheet.append(["paperless_rooms", 38, 2021, 7, "beside the table"])
    written = io.BytesIO()
    book.save(written)
    kind = {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
    async with of_feed(house, "reports") as client:
        sent = await client.post("/v1/feeds/reports/deliveries", content=written.getvalue(), headers=kind)
        letters = [f"/v1/dead-letters/{one['dead_letter']}" for one in sent.json()["rejects"]]
        told = [(await client.get(letter)).json() for letter in letters]
        again = await client.post(f"{letters[0]}/replay", json={"indicator": "paperless_rooms"})
        newer = (await client.get(f"/v1/dead-letters/{again.json()['rejects'][0]['dead_letter']}")).json()
    where = {"sheet": "Phòng họp"}
    assert [one["cell"] for one in told] == [
        where | {"row": 3, "address": "D3"},
        where | {"row": 4, "address": "A4"},
        where | {"row": 5, "address": "E5"},
    ]
    assert newer["cell"] == where | {"row": 3, "address": "B3"}, "the unit is missing now"
