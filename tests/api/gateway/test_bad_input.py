"""What agencies really send when something is wrong, through the real feeds."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from iochub.event import unpack
from iochub.ingest.demo.dossiers import dossier_life, dossiers_message, received
from iochub.ingest.demo.einvoices import invoice, invoice_life, invoices_message
from iochub.ingest.feeds.registry import FEEDS

pytestmark = pytest.mark.anyio
UNITS = ("UBND Phường Hạc Thành",)
JSON, XML = "application/json", "application/xml"

BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><TDiep>&j;</TDiep>"
).encode()


def dossier(number: int, **changes: object) -> dict[str, Any]:
    at = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
    return received(dossier_life(date(2026, 3, 2), number, at, UNITS[0])) | changes


def dossiers(*changed: dict[str, object], count: int = 3) -> bytes:
    told = [dossier(number, **(changed[number] if number < len(changed) else {})) for number in range(count)]
    return json.dumps(dossiers_message(told, updating=False), ensure_ascii=False).encode()


def invoices(count: int = 2) -> bytes:
    at = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
    lives = [invoice_life(date(2026, 3, 2), number, at, UNITS) for number in range(count)]
    return invoices_message([invoice(life) for life in lives], salt="t").encode()


@pytest.fixture
def client(house: Any) -> Callable[[], httpx.AsyncClient]:
    def build() -> httpx.AsyncClient:
        made: httpx.AsyncClient = house.client(feeds=FEEDS, max_delivery_bytes=4 * 1024 * 1024)
        key = house.keys.create_agency_key("Z99", list(FEEDS))
        made.headers["Authorization"] = f"Bearer {key}"
        return made

    return build


Client = Callable[[], httpx.AsyncClient]


async def push(client: httpx.AsyncClient, feed: str, body: bytes, kind: str = JSON) -> httpx.Response:
    return await client.post(f"/v1/feeds/{feed}/deliveries", content=body, headers={"Content-Type": kind})


async def test_what_the_demo_province_sends_is_accepted_whole(client: Client) -> None:
    async with client() as agency:
        for answer in (
            await push(agency, "dossiers", dossiers(count=20)),
            await push(agency, "einvoices", invoices(20), XML),
        ):
            assert (answer.status_code, answer.json()["rejected"]) == (202, 0), answer.text
            assert answer.json()["accepted"] == 20


@pytest.mark.parametrize(
    ("feed", "kind", "body"),
    [
        ("dossiers", JSON, dossiers()[:-40]),
        ("einvoices", XML, invoices()[:-40]),
        ("einvoices", XML, BILLION_LAUGHS),
        ("dossiers", JSON, b"\xff\xd8\xff\xe0 a photograph"),
        ("einvoices", XML, b"\xff\xd8\xff\xe0 a photograph"),
        ("dossiers", JSON, b""),
        ("einvoices", XML, b""),
        ("dossiers", JSON, b"[" * 100_000),
        ("einvoices", XML, b"<a>" * 100_000),
    ],
)
async def test_bytes_that_cannot_be_read_are_one_dead_letter(
    client: Client, house: Any, feed: str, kind: str, body: bytes
) -> None:
    async with client() as agency:
        answer = await push(agency, feed, body, kind)
    assert answer.status_code == 422
    told = answer.json()
    assert (told["accepted"], told["rejected"]) == (0, 1)
    assert told["rejects"][0]["reason"] == "unreadable_delivery"
    assert len(house.shelf.on("dead_letters")) == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"TrangThaiHoSo": "77"}, "unknown_code:TrangThaiHoSo"),
        ({"NgayTiepNhan": "20260231083000"}, "impossible_date:NgayTiepNhan"),
        ({"NgayTiepNhan": "mồng hai"}, "bad_date:NgayTiepNhan"),
        ({"MaHoSo": ""}, "missing:MaHoSo"),
        ({"MaHoSo": 5}, "not_text:MaHoSo"),
    ],
)
async def test_one_bad_record_in_an_array_is_set_aside_and_the_others_are_kept(
    client: Client, house: Any, change: dict[str, object], reason: str
) -> None:
    async with client() as agency:
        answer = await push(agency, "dossiers", dossiers({}, change))
    assert answer.status_code == 202
    told = answer.json()
    assert (told["accepted"], told["rejected"]) == (2, 1)
    assert (told["rejects"][0]["index"], told["rejects"][0]["reason"]) == (1, reason)
    kept = [
        event.index for record in house.shelf.on("events.dossiers") for event in unpack(record.value).events
    ]
    assert sorted(kept) == [0, 2]


async def test_an_unknown_unit_is_accepted_as_unknown(client: Client, house: Any) -> None:
    nowhere = {"DonViXuLy": "UBND xã Không Có Thật", "MaHoSo": "999.99.99.X99-260302-0001"}
    async with client() as agency:
        answer = await push(agency, "dossiers", json.dumps([dossier(0, **nowhere)]).encode())
    assert (answer.status_code, answer.json()["accepted"]) == (202, 1), answer.text
    (parcel,) = house.shelf.on("events.dossiers")
    assert json.loads(bytes(unpack(parcel.value).events[0].reading))["unit"] == "unknown"


async def test_a_step_dated_2099_is_set_aside_before_it_can_jump_ahead(client: Client, house: Any) -> None:
    step = {
        "MaHoSo": dossier(0)["MaHoSo"],
        "ThoiDiemXuLy": "20990101080000",
        "TrangThai": "9",
        "NguoiXuLy": "Nguyễn Văn Mẫu",
        "NoiDungXuLy": "Đã trả",
    }
    async with client() as agency:
        answer = await push(agency, "dossiers", json.dumps([step], ensure_ascii=False).encode())
    assert [reject["reason"] for reject in answer.json()["rejects"]] == ["impossible_date:ThoiDiemXuLy"]
    assert house.shelf.on("events.dossiers") == []


async def test_both_languages_word_the_same_verdict(client: Client) -> None:
    body = dossiers({"MaHoSo": ""})
    async with client() as agency:
        english = (await push(agency, "dossiers", body)).json()["rejects"][0]
        agency.headers["Accept-Language"] = "vi"
        vietnamese = (await push(agency, "dossiers", body)).json()["rejects"][0]
    assert english["reason"] == vietnamese["reason"]
    assert english["message"] == "Missing dossier number (MaHoSo)"
    assert vietnamese["message"] == "Thiếu mã hồ sơ (MaHoSo)"


async def test_a_type_the_feed_does_not_read_is_named(client: Client) -> None:
    async with client() as agency:
        answer = await push(agency, "dossiers", dossiers(), "application/pdf")
    assert answer.status_code == 415
    assert answer.headers["accept"] == JSON


async def test_no_person_reaches_kafka(client: Client, house: Any) -> None:
    async with client() as agency:
        await push(agency, "dossiers", dossiers({}, {"TrangThaiHoSo": "77"}, count=20))
        await push(agency, "einvoices", invoices(20), XML)
    everything = b"".join(record.value for record in house.shelf.kept)
    for person in ("Nguyễn Văn Mẫu", "mau@example.vn", "0900000000"):
        assert person.encode() not in everything


async def test_a_withdrawal_reaches_the_entity_that_was_sent(client: Client, house: Any) -> None:
    async with client() as agency:
        await push(agency, "dossiers", dossiers(count=1))
        await push(agency, "einvoices", invoices(1), XML)
        sent = {
            feed: unpack(house.shelf.on(f"events.{feed}")[0].value).events[0].entity
            for feed in ("dossiers", "einvoices")
        }
        for feed, entity in sent.items():
            answer = await agency.post(
                f"/v1/feeds/{feed}/withdrawals", json={"entities": [entity, "x:y"], "reason": "nhầm"}
            )
            withdrawn = unpack(house.shelf.on(f"events.{feed}")[1].value).events[0]
            assert (withdrawn.kind, withdrawn.entity) == ("withdrawal", entity)
            assert answer.json()["accepted"] >= 1


async def test_a_households_number_in_a_withdrawal_is_hidden_as_in_its_invoice(
    client: Client, house: Any
) -> None:
    async with client() as agency:
        answer = await agency.post(
            "/v1/feeds/einvoices/withdrawals",
            json={"entities": ["038099001234:1:C26TAA:007"], "reason": "nhầm"},
        )
    assert answer.json()["accepted"] == 1, answer.text
    (record,) = house.shelf.on("events.einvoices")
    assert b"038099001234" not in record.value
    assert unpack(record.value).events[0].entity.endswith(":1:C26TAA:7")
