"""Many dead letters are sent again at once, within bounds, and none that no longer waits."""

from typing import Any

import httpx
import pytest
from messages import dossier

from iochub.api.gateway.replaying import MOST_AT_ONCE
from iochub.ingest.dead_letters import unpack_replay
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.topic_list import REPLAYS

pytestmark = pytest.mark.anyio

MANY = "/v1/dead-letters/replay"


def of_dossiers(house: Any) -> httpx.AsyncClient:
    key = house.keys.create_agency_key("H56.77", ["dossiers"])
    client: httpx.AsyncClient = house.client(feeds={"dossiers": FEEDS["dossiers"]})
    client.headers["Authorization"] = f"Bearer {key}"
    return client


async def pushed(client: httpx.AsyncClient, *days: str) -> list[str]:
    records = [dossier(f"n{number}", NgayTiepNhan=day) for number, day in enumerate(days)]
    answer = await client.post("/v1/feeds/dossiers/deliveries", json=records)
    return [reject["dead_letter"] for reject in answer.json()["rejects"]]


def outcomes(answer: httpx.Response) -> dict[str, str]:
    return {one["dead_letter"]: one["outcome"] for one in answer.json()["replays"]}


async def test_what_has_a_certain_correction_is_sent_and_what_has_none_waits(house: Any) -> None:
    async with of_dossiers(house) as client:
        certain, doubtful = await pushed(client, "25/03/2026", "05/03/2026")
        body = {"filter": {"reason": "bad_date:NgayTiepNhan"}, "suggestion": True}
        tried = await client.post(MANY, params={"dry_run": "1"}, json=body)
        sent = await client.post(MANY, json=body)
        again = await client.post(MANY, json={"ids": [certain, doubtful, "none"], "suggestion": True})
    assert outcomes(tried) == outcomes(sent) == {certain: "corrected", doubtful: "no_suggestion"}
    assert [one.get("receipt") for one in tried.json()["replays"]] == [None, None]
    assert outcomes(again) == {certain: "not_open", doubtful: "no_suggestion", "none": "unknown"}
    (kept,) = house.shelf.on(REPLAYS)
    assert unpack_replay(kept.value).dead_letter == certain


async def test_one_request_replays_a_bounded_number_and_says_that_more_are_left(house: Any) -> None:
    async with of_dossiers(house) as client:
        await pushed(client, *["25/03/2026"] * (MOST_AT_ONCE + 3))
        first = (await client.post(MANY, json={"filter": {}, "suggestion": True})).json()
        second = (await client.post(MANY, json={"filter": {}, "suggestion": True})).json()
    assert (len(first["replays"]), first["more"]) == (MOST_AT_ONCE, True)
    assert (len(second["replays"]), second["more"]) == (3, False)


async def test_below_those_that_have_no_correction_the_others_are_come_to(house: Any) -> None:
    async with of_dossiers(house) as client:
        (certain,) = await pushed(client, "25/03/2026")
        await pushed(client, *["05/03/2026"] * (MOST_AT_ONCE + 1))
        body: dict[str, Any] = {"filter": {}, "suggestion": True}
        first = (await client.post(MANY, json=body)).json()
        second = await client.post(MANY, json=body | {"filter": {"before": first["next"]}})
    assert {one["outcome"] for one in first["replays"]} == {"no_suggestion"}
    assert (outcomes(second)[certain], second.json()["more"]) == ("corrected", False)
    assert "next" not in second.json()


@pytest.mark.parametrize("body", [{}, {"ids": ["a"], "filter": {}}, {"ids": ["a"] * (MOST_AT_ONCE + 1)}])
async def test_either_names_or_a_filter_must_be_given_and_not_too_many(house: Any, body: object) -> None:
    async with of_dossiers(house) as client:
        assert (await client.post(MANY, json=body)).status_code == 422


async def test_letters_of_others_cannot_be_replayed(house: Any) -> None:
    async with of_dossiers(house) as client:
        (letter,) = await pushed(client, "25/03/2026")
        key = house.keys.create_agency_key("H56.78", ["dossiers"])
        answer = await client.post(MANY, json={"ids": [letter]}, headers={"Authorization": f"Bearer {key}"})
    assert outcomes(answer) == {letter: "unknown"}


async def test_letters_of_feeds_that_the_key_may_not_use_hold_up_no_other(house: Any) -> None:
    async with of_dossiers(house) as client:
        (letter,) = await pushed(client, "25/03/2026")
        key = house.keys.create_agency_key("H56.77", ["einvoices"])
        other = {"Authorization": f"Bearer {key}"}
        named = await client.post(MANY, json={"ids": [letter]}, headers=other)
        filtered = await client.post(MANY, json={"filter": {}}, headers=other)
        asked = await client.post(MANY, json={"filter": {"feed": "dossiers"}}, headers=other)
    assert (named.status_code, outcomes(named)) == (200, {letter: "not_allowed"})
    assert (filtered.status_code, outcomes(filtered)) == (200, {})
    assert (asked.status_code, asked.json()["type"]) == (403, "urn:iochub:problem:feed_not_allowed")
    assert house.shelf.on(REPLAYS) == []


async def test_a_replay_s_note_is_kept_with_its_receipt_or_neither_is(house: Any) -> None:
    async with of_dossiers(house) as client:
        (letter,) = await pushed(client, "25/03/2026")
        house.shelf.ready = False
        refused = await client.post(f"/v1/dead-letters/{letter}/replay?suggestion=1")
        house.shelf.ready = True
        assert (refused.status_code, house.shelf.on(REPLAYS)) == (503, [])
        sent = await client.post(f"/v1/dead-letters/{letter}/replay?suggestion=1")
    (kept,) = house.shelf.on(REPLAYS)
    assert unpack_replay(kept.value).receipt == sent.json()["receipt"]
