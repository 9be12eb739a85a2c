"""What a sender says beside its records: take these back; this is how much I sent."""

from typing import Any

import pytest

from iochub.event import partition_of, unpack
from iochub.ingest.declarations import unpack_declaration

pytestmark = pytest.mark.anyio


async def test_a_withdrawal_is_an_event_on_the_entitys_own_partition(house: Any) -> None:
    async with house.client() as client:
        answer = await client.post(
            "/v1/feeds/notes/withdrawals", json={"entities": ["a", "", 5, "b"], "reason": "gửi nhầm"}
        )
    assert (answer.status_code, answer.json()["accepted"], answer.json()["rejected"]) == (202, 2, 2)
    assert [reject["index"] for reject in answer.json()["rejects"]] == [1, 2]
    for record in house.shelf.on("events.notes"):
        for event in unpack(record.value).events:
            assert (event.kind, bytes(event.reading)) == ("withdrawal", b"{}")
            assert record.partition == partition_of(event.entity, 12)


async def test_a_withdrawal_that_is_not_as_described_names_the_place(house: Any) -> None:
    async with house.client() as client:
        answer = await client.post("/v1/feeds/notes/withdrawals", json={"entities": "a", "reason": "x"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "$.entities"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"entities": ["a"]}', "$.reason"),
        (b'{"entities": ["a"], "reason": "x", "reasons 2": "y"}', "$.reasons"),
        (b'{"entities": ["a"], "reason"', "$"),
    ],
    ids=["missing", "not known", "no JSON"],
)
async def test_a_field_that_is_missing_or_not_known_is_named(house: Any, body: bytes, place: str) -> None:
    async with house.client() as client:
        answer = await client.post("/v1/feeds/notes/withdrawals", content=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, place)
    assert house.shelf.kept == []


async def test_a_declaration_is_kept(house: Any) -> None:
    told = {"from": "2026-01-01", "to": "2026-02-01", "records": 12, "sum": 1234567890.12}
    async with house.client() as client:
        answer = await client.post("/v1/feeds/notes/declarations", json=told)
        wrong = await client.post("/v1/feeds/notes/declarations", json=told | {"to": "2025-01-01"})
    assert (answer.status_code, wrong.status_code) == (202, 422)
    kept = unpack_declaration(house.shelf.on("declarations")[0].value)
    assert (kept.sender, kept.feed, kept.records, str(kept.sum)) == ("H56.01", "notes", 12, "1234567890.12")
