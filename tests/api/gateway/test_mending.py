"""What was refused is shown to its sender: where it is wrong, how it is meant, and what became of it."""

import json
from typing import Any

import httpx
import pytest
from messages import dossier

from iochub.ingest.feeds.registry import FEEDS

pytestmark = pytest.mark.anyio

DELIVERIES = "/v1/feeds/notes/deliveries"
BAD = {"id": "b"}


def of_dossiers(house: Any) -> httpx.AsyncClient:
    key = house.keys.create_agency_key("H56.77", ["dossiers"])
    client: httpx.AsyncClient = house.client(feeds={"dossiers": FEEDS["dossiers"]})
    client.headers["Authorization"] = f"Bearer {key}"
    return client


async def refused(client: httpx.AsyncClient, **changes: object) -> str:
    answer = await client.post("/v1/feeds/dossiers/deliveries", json=dossier("a", **changes))
    return str(answer.json()["rejects"][0]["dead_letter"])


async def test_pages_of_dead_letters_follow_each_other_to_the_end(house: Any) -> None:
    async with house.client() as client:
        await client.post(DELIVERIES, json=[BAD] * 7)
        seen, asked = [], {"limit": "3"}
        while True:
            page = (await client.get("/v1/dead-letters", params=asked)).json()
            seen.append([one["dead_letter"] for one in page["dead_letters"]])
            if "next" not in page:
                break
            asked["before"] = page["next"]
    assert [len(page) for page in seen] == [3, 3, 1]
    every = [name for page in seen for name in page]
    assert len(set(every)) == 7


async def test_letters_are_listed_by_how_they_stand(house: Any) -> None:
    async with house.client() as client:
        rejects = (await client.post(DELIVERIES, json=[BAD, {"id": "c"}, {"id": "d"}])).json()["rejects"]
        first, second, third = (reject["dead_letter"] for reject in rejects)
        taken = await client.post(f"/v1/dead-letters/{first}/replay", json=BAD | {"day": "2026-01-05"})
        await client.post(f"/v1/dead-letters/{second}/replay")

        async def listed(state: str) -> list[tuple[str, str | None]]:
            found = (await client.get("/v1/dead-letters", params={"state": state})).json()
            return [(one["dead_letter"], one["replayed_as"]) for one in found["dead_letters"]]

        assert await listed("corrected") == [(first, taken.json()["receipt"])]
        assert [name for name, _ in await listed("refused_again")] == [second]
        assert third in [name for name, _ in await listed("open")]
        for wrong in ({"state": "lost"}, {"limit": "0"}, {"limit": "1001"}, {"limit": "many"}):
            answer = await client.get("/v1/dead-letters", params=wrong)
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, next(iter(wrong)))


async def test_the_offending_field_is_marked_in_the_record(house: Any) -> None:
    async with of_dossiers(house) as client:
        letter = await refused(client, NgayTiepNhan="05/03/2026")
        told = (await client.get(f"/v1/dead-letters/{letter}")).json()
    (mark,) = told["marks"]
    assert told["record"][mark["start"] : mark["end"]] == '"05/03/2026"'
    assert (mark["kind"], mark["path"], mark["line"]) == ("value", "/NgayTiepNhan", 1)
    assert told["exact"]
    assert told["suggestion"] is None, "the fifth of March or the third of May"


async def test_a_correction_that_is_certain_is_suggested_and_is_taken_when_it_is_sent(house: Any) -> None:
    async with of_dossiers(house) as client:
        letter = await refused(client, NgayTiepNhan="25/03/2026", TrangThaiHoSo=2)
        told = (await client.get(f"/v1/dead-letters/{letter}")).json()
        changes = [(one["field"], one["before"], one["after"]) for one in told["suggestion"]["changes"]]
        tried = await client.post(f"/v1/dead-letters/{letter}/replay?suggestion=1&dry_run=1")
        sent = await client.post(f"/v1/dead-letters/{letter}/replay?suggestion=1")
    assert changes == [("TrangThaiHoSo", "2", "2"), ("NgayTiepNhan", "25/03/2026", "20260325")]
    assert json.loads(told["suggestion"]["record"]) == dossier(
        "a", NgayTiepNhan="20260325", TrangThaiHoSo="2"
    )
    assert [(one.status_code, one.json()["accepted"]) for one in (tried, sent)] == [(200, 1), (202, 1)]
    assert tried.json()["receipt"] is None


async def test_without_a_certain_correction_there_is_none_to_send(house: Any) -> None:
    async with of_dossiers(house) as client:
        letter = await refused(client, NgayTiepNhan="05/03/2026")
        answer = await client.post(f"/v1/dead-letters/{letter}/replay?suggestion=1")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:iochub:problem:no_suggestion")


async def test_a_record_in_another_encoding_is_shown_and_said_not_to_be_exact(house: Any) -> None:
    async with of_dossiers(house) as client:
        raw = json.dumps(dossier("a"), ensure_ascii=False).encode("utf-16")
        answer = await client.post(
            "/v1/feeds/dossiers/deliveries", content=raw, headers={"Content-Type": "application/json"}
        )
        letter = answer.json()["rejects"][0]["dead_letter"]
        told = (await client.get(f"/v1/dead-letters/{letter}")).json()
    assert (told["exact"], told["suggestion"]) == (False, None)


async def test_a_history_tells_who_changed_which_fields_and_never_what_they_say(house: Any) -> None:
    async with of_dossiers(house) as client:
        letter = await refused(client, NgayTiepNhan="25/03/2026")
        wrong = await client.post(
            f"/v1/dead-letters/{letter}/replay", json=dossier("a", NgayTiepNhan="26/03/2026", GhiChu="bí mật")
        )
        right = await client.post(f"/v1/dead-letters/{letter}/replay?suggestion=1")
        told = await client.get(f"/v1/dead-letters/{letter}/history")
        stranger = {"Authorization": f"Bearer {house.keys.create_agency_key('H56.78', ['dossiers'])}"}
        hidden = await client.get(f"/v1/dead-letters/{letter}/history", headers=stranger)
    body = told.json()
    first, second = body["replays"]
    assert body["state"] == "corrected"
    assert (first["agency"], first["rejected"], first["suggested"]) == ("H56.77", 1, False)
    assert first["fields"] == ["GhiChu", "NgayTiepNhan"]
    assert first["set_aside"] == [wrong.json()["rejects"][0]["dead_letter"]]
    assert (second["fields"], second["suggested"]) == (["NgayTiepNhan"], True)
    assert second["receipt"] == right.json()["receipt"]
    assert first["before"] == second["before"] != second["after"]
    assert "bí mật" not in told.text
    assert "2026" not in "".join(first["fields"])
    assert hidden.status_code == 404


@pytest.fixture
async def two_feeds(house: Any) -> Any:
    """Letters of two feeds of one agency, and a client whose key is for `letters` alone."""
    named: dict[str, list[str]] = {}
    async with house.client() as client:
        for feed in ("notes", "letters"):
            told = (await client.post(f"/v1/feeds/{feed}/deliveries", json=[BAD, {"id": "c"}])).json()
            named[feed] = [reject["dead_letter"] for reject in told["rejects"]]
    client = house.client()
    client.headers["Authorization"] = f"Bearer {house.keys.create_agency_key('H56.01', ['letters'])}"
    async with client:
        yield client, named


async def test_a_key_lists_the_letters_of_its_own_feeds_alone(two_feeds: Any) -> None:
    client, named = two_feeds
    seen, asked = [], {"limit": "1"}
    while True:
        page = (await client.get("/v1/dead-letters", params=asked)).json()
        seen += [one["dead_letter"] for one in page["dead_letters"]]
        if "next" not in page:
            break
        asked["before"] = page["next"]
    assert seen == named["letters"]
    own = (await client.get("/v1/dead-letters", params={"feed": "letters"})).json()["dead_letters"]
    assert [one["dead_letter"] for one in own] == named["letters"]
    for feed, status, kind in (("notes", 403, "feed_not_allowed"), ("nowhere", 404, "unknown_feed")):
        answer = await client.get("/v1/dead-letters", params={"feed": feed})
        assert (answer.status_code, answer.json()["type"]) == (status, f"urn:iochub:problem:{kind}")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/dead-letters/{}"),
        ("GET", "/v1/dead-letters/{}/history"),
        ("POST", "/v1/dead-letters/{}/replay"),
        ("POST", "/v1/dead-letters/{}/replay?suggestion=1"),
        ("POST", "/v1/dead-letters/{}/replay?dry_run=1"),
    ],
)
async def test_a_key_neither_opens_nor_mends_letters_of_other_feeds_of_its_agency(
    house: Any, two_feeds: Any, method: str, path: str
) -> None:
    client, named = two_feeds
    kept = len(house.shelf.kept)
    for name in named["notes"]:
        answer = await client.request(method, path.format(name), json=BAD | {"day": "2026-01-05"})
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:iochub:problem:feed_not_allowed")
        assert set(answer.json()) == {"type", "title", "status", "detail", "errors"}
    assert len(house.shelf.kept) == kept
    own = await client.request(method, path.format(named["letters"][0]), json=BAD | {"day": "2026-01-05"})
    assert own.status_code in (200, 202, 409)


async def test_a_receipt_tells_an_agency_s_other_keys_counts_alone(house: Any, two_feeds: Any) -> None:
    client, _ = two_feeds
    async with house.client() as other:
        sent = (await other.post(DELIVERIES, json=[BAD])).json()
    told = (await client.get(f"/v1/receipts/{sent['receipt']}")).json()
    counts = {"accepted", "rejected", "stored", "set_aside", "counted"}
    about = {"receipt", "feed", "sender", "state", "accepted_at", "stored_at", "counted_at"}
    assert set(told) == counts | about


async def test_a_delivery_sent_again_names_the_same_letters_and_opens_none_anew(house: Any) -> None:
    async with house.client() as client:
        first = (await client.post(DELIVERIES, json=[BAD, {"id": "c"}])).json()
        names = [reject["dead_letter"] for reject in first["rejects"]]
        mended = await client.post(f"/v1/dead-letters/{names[0]}/replay", json=BAD | {"day": "2026-01-05"})
        assert mended.status_code == 202
        before = (await client.get("/v1/dead-letters")).json()
        again = (await client.post(DELIVERIES, json=[BAD, {"id": "c"}])).json()
        after = (await client.get("/v1/dead-letters")).json()
        opened = [(await client.get(f"/v1/dead-letters/{name}")).json() for name in names]
    assert again["receipt"] != first["receipt"]
    assert (again["rejected"], again["rejects"]) == (2, first["rejects"])
    assert after == before
    assert [one["dead_letter"] for one in after["dead_letters"]] == names
    assert [(one["state"], one["receipt"]) for one in opened] == [
        ("corrected", first["receipt"]),
        ("open", first["receipt"]),
    ]


async def test_a_record_that_is_a_whole_delivery_and_is_refused_again_is_another_letter(house: Any) -> None:
    async with house.client() as client:
        first = (await client.post(DELIVERIES, json=BAD)).json()["rejects"][0]["dead_letter"]
        again = [(await client.post(f"/v1/dead-letters/{first}/replay")).json() for _ in range(2)]
        newer = {one["rejects"][0]["dead_letter"] for one in again}
        told = (await client.get(f"/v1/dead-letters/{first}/history")).json()
        every = (await client.get("/v1/dead-letters")).json()["dead_letters"]
    assert len(newer) == 1
    assert first not in newer
    assert [set(one["set_aside"]) for one in told["replays"]] == [newer, newer]
    assert {(one["dead_letter"], one["state"]) for one in every} == {
        (first, "refused_again"),
        (newer.pop(), "open"),
    }
