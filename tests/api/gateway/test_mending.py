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
    assert every == sorted(set(every), reverse=True)


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
