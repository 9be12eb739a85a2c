"""A record that is corrected and replayed is read as it would have been in its own delivery."""

import json
from typing import Any

import httpx
import pytest
from messages import NHI_SON, dossier

from iochub.errors import DeclarationError
from iochub.event import events_topic, unpack
from iochub.ingest.dead_letters import envelope_name, unpack_dead_letter
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.publish import Outgoing
from iochub.ingest.topic_list import DEAD_LETTERS

pytestmark = pytest.mark.anyio

SESSION = "a-session-of-the-sender"
WRONG, RIGHT = "99", "2"
"""A state that no dossier has, and that of being worked on."""
IN_NHI_SON = f"{NHI_SON}@2019"
"""Its key on the map of the dossier's day."""


def record(number: str, status: str) -> dict[str, Any]:
    """A dossier that does not name the office which works on it."""
    return dossier(number, DonViXuLy="", TrangThaiHoSo=status)


def enveloped(unit: str, *records: dict[str, Any]) -> dict[str, Any]:
    return {"session": SESSION, "madonvi": unit, "service": "DongBoHoSoMC", "data": records}


def of_dossiers(house: Any) -> httpx.AsyncClient:
    key = house.keys.create_agency_key("H56.77", ["dossiers"])
    client: httpx.AsyncClient = house.client(feeds={"dossiers": FEEDS["dossiers"]})
    client.headers["Authorization"] = f"Bearer {key}"
    return client


async def posted(client: httpx.AsyncClient, path: str, body: object) -> dict[str, Any]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = await client.post(path, content=content, headers={"Content-Type": "application/json"})
    told: dict[str, Any] = answer.json()
    return told


async def pushed(client: httpx.AsyncClient, body: object) -> dict[str, Any]:
    return await posted(client, "/v1/feeds/dossiers/deliveries", body)


async def replayed(client: httpx.AsyncClient, refused: dict[str, Any], body: object) -> dict[str, Any]:
    letter = refused["rejects"][0]["dead_letter"]
    return await posted(client, f"/v1/dead-letters/{letter}/replay", body)


def older(kept: Outgoing) -> Outgoing:
    """A dead letter as an earlier hub left it in Kafka."""
    if kept.topic != DEAD_LETTERS:
        return kept
    letter = json.loads(kept.value)
    del letter["envelope"]
    return kept._replace(value=json.dumps(letter).encode())


def units(house: Any) -> dict[str, list[str]]:
    """The units of all readings that were kept of each dossier, in the order of their coming."""
    found: dict[str, list[str]] = {}
    for kept in house.shelf.on(events_topic("dossiers")):
        for event in unpack(kept.value).events:
            found.setdefault(event.entity, []).append(json.loads(bytes(event.reading))["unit"])
    return found


async def test_a_corrected_record_is_of_the_unit_that_its_envelope_named(house: Any) -> None:
    async with of_dossiers(house) as client:
        await pushed(client, enveloped(NHI_SON, record("right at first", RIGHT)))
        refused = await pushed(client, enveloped(NHI_SON, record("corrected", WRONG)))
        assert (await replayed(client, refused, record("corrected", RIGHT)))["accepted"] == 1
    assert units(house) == {"right at first": [IN_NHI_SON], "corrected": [IN_NHI_SON]}


async def test_a_correction_that_is_refused_again_keeps_the_envelope(house: Any) -> None:
    async with of_dossiers(house) as client:
        refused = await pushed(client, enveloped(NHI_SON, record("a", WRONG)))
        again = await replayed(client, refused, record("a", "98"))
        unreadable = await replayed(client, again, b"{")
        assert (await replayed(client, unreadable, record("a", RIGHT)))["accepted"] == 1
    assert units(house) == {"a": [IN_NHI_SON]}


async def test_an_envelope_that_the_correction_brings_goes_before_the_kept_one(house: Any) -> None:
    async with of_dossiers(house) as client:
        refused = await pushed(client, enveloped("14797", record("a", WRONG)))
        again = await replayed(client, refused, enveloped(NHI_SON, record("a", "98")))
        await replayed(client, again, enveloped(NHI_SON, record("a", RIGHT)))
        await replayed(client, again, record("a", RIGHT))
    assert units(house) == {"a": [IN_NHI_SON, IN_NHI_SON]}


async def test_what_was_never_corrected_is_refused_for_the_same_reason(house: Any) -> None:
    """A step without its time is one only by the service that carried it."""
    step = {"MaHoSo": "a", "TrangThai": "2"}
    async with of_dossiers(house) as client:
        refused = await pushed(client, {"service": "CapNhatTienDoHoSoMC", "data": [step]})
        again = await replayed(client, refused, b"")
    assert [each["rejects"][0]["reason"] for each in (refused, again)] == ["missing:ThoiDiemXuLy"] * 2


async def test_one_correction_in_two_envelopes_is_two_deliveries(house: Any) -> None:
    """Of one delivery only the first reading is kept, and these two differ in their unit."""
    corrected = record("a", RIGHT)
    async with of_dossiers(house) as client:
        bare = await pushed(client, corrected)
        here = await pushed(client, enveloped(NHI_SON, record("a", WRONG)))
        there = await pushed(client, enveloped("14797", record("a", WRONG)))
        told = [await replayed(client, letter, corrected) for letter in (here, there, here)]
    assert told[0]["delivery"] == told[2]["delivery"]
    assert len({one["delivery"] for one in (bare, *told)}) == 3
    assert units(house) == {"a": ["unknown", IN_NHI_SON, "14797@2019", IN_NHI_SON]}


async def test_a_letter_from_before_envelopes_were_kept_is_replayed_as_it_was_then(house: Any) -> None:
    async with of_dossiers(house) as client:
        refused = await pushed(client, enveloped(NHI_SON, record("a", WRONG)))
        house.shelf.kept = [older(kept) for kept in house.shelf.kept]
        assert (await replayed(client, refused, b""))["rejects"][0]["reason"] == "unknown_code:TrangThaiHoSo"
        corrected = await replayed(client, refused, record("a", RIGHT))
        bare = await pushed(client, json.dumps(record("a", RIGHT)).encode())
    assert units(house) == {"a": ["unknown", "unknown"]}
    assert corrected["delivery"] == bare["delivery"]


async def test_an_envelope_is_kept_sealed_and_without_the_sender_s_session(house: Any) -> None:
    async with of_dossiers(house) as client:
        refused = await pushed(client, enveloped(NHI_SON, record("a", WRONG)))
    (kept,) = house.shelf.on(DEAD_LETTERS)
    letter = unpack_dead_letter(kept.value)
    assert NHI_SON.encode() not in letter.envelope
    with pytest.raises(DeclarationError):
        house.gateway.seal.open(letter.envelope, letter.id)
    envelope = house.gateway.seal.open(letter.envelope, envelope_name(letter.id))
    assert NHI_SON.encode() in envelope
    assert SESSION.encode() not in envelope
    assert letter.id == refused["rejects"][0]["dead_letter"]


async def test_an_endless_envelope_does_not_swell_every_dead_letter(house: Any) -> None:
    async with of_dossiers(house) as client:
        await pushed(client, enveloped("".join(map(str, range(100_000))), record("a", WRONG)))
    (kept,) = house.shelf.on(DEAD_LETTERS)
    assert len(unpack_dead_letter(kept.value).envelope) < 1_000
