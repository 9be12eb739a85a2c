from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from iochub.errors import StoreUnavailable
from iochub.ingest.dead_letters import unpack_dead_letter
from iochub.ingest.declarations import Holding
from iochub.ingest.receipts import ReceiptState

pytestmark = pytest.mark.anyio

DELIVERIES = "/v1/feeds/notes/deliveries"
GOOD, BAD = {"id": "a", "day": "2026-01-01"}, {"id": "b"}


@dataclass
class Landed:
    """A warehouse that knows some receipts and holdings, or is away."""

    states: dict[str, ReceiptState] = field(default_factory=dict)
    away: bool = False

    async def find(self, receipt_id: str, sender: str | None) -> ReceiptState | None:
        if self.away:
            raise StoreUnavailable("The warehouse is away.")
        state = self.states.get(receipt_id)
        return state if state is not None and sender in (None, state.sender) else None

    async def holdings(self, sender: str, feed: str, since: date, until: date) -> list[Holding]:
        return [Holding(since, 3, Decimal("10.5")), Holding(date(2026, 1, 2), 2, None)]


def other_sender(house: Any) -> dict[str, str]:
    key = house.keys.create_agency_key("H56.99", ["notes", "letters"])
    return {"Authorization": f"Bearer {key}"}


async def test_a_fresh_receipt_is_known_at_once_and_to_its_sender_only(house: Any) -> None:
    async with house.client() as client:
        receipt = (await client.post(DELIVERIES, json=[GOOD, BAD])).json()["receipt"]
        own = await client.get(f"/v1/receipts/{receipt}")
        others = await client.get(f"/v1/receipts/{receipt}", headers=other_sender(house))
        nobody = await client.get(f"/v1/receipts/{receipt}", headers={"Authorization": ""})
    assert own.status_code == 200
    body = own.json()
    accepted_at = body.pop("accepted_at")
    assert accepted_at.endswith("Z")
    assert body == {
        "receipt": receipt,
        "feed": "notes",
        "sender": "H56.01",
        "state": "accepted",
        "accepted": 1,
        "rejected": 1,
        "stored": 0,
        "set_aside": 0,
        "counted": 0,
        "stored_at": None,
        "counted_at": None,
    }
    assert (others.status_code, nobody.status_code) == (404, 401)


async def test_the_warehouse_knows_better_than_memory(house: Any) -> None:
    landed = Landed()
    async with house.client(receipts=landed) as client:
        receipt = (await client.post(DELIVERIES, json=[GOOD])).json()["receipt"]
        assert (await client.get(f"/v1/receipts/{receipt}")).json()["state"] == "accepted"
        at = datetime(2026, 11, 23, 7, 30, 0, 123_456, tzinfo=UTC)
        landed.states[receipt] = ReceiptState(
            receipt, "notes", "H56.01", "counted", 1, 0, 1, 0, 1, at, at, at
        )
        body = (await client.get(f"/v1/receipts/{receipt}")).json()
    assert (body["state"], body["stored"], body["counted"]) == ("counted", 1, 1)
    assert body["counted_at"] == "2026-11-23T07:30:00.123Z"


async def test_while_the_warehouse_is_away_only_fresh_receipts_are_known(house: Any) -> None:
    landed = Landed(away=True)
    async with house.client(receipts=landed) as client:
        receipt = (await client.post(DELIVERIES, json=[GOOD])).json()["receipt"]
        fresh = await client.get(f"/v1/receipts/{receipt}")
        older = await client.get("/v1/receipts/01J00000000000000000000000")
    assert (fresh.status_code, older.status_code) == (200, 503)


async def test_a_receipt_that_was_told_to_be_counted_stays_so_while_the_warehouse_is_away(house: Any) -> None:
    landed = Landed()
    async with house.client(receipts=landed) as client:
        receipt = (await client.post(DELIVERIES, json=[GOOD])).json()["receipt"]
        at = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
        counted = ReceiptState(receipt, "notes", "H56.01", "counted", 1, 0, 1, 0, 1, at, at, at)
        landed.states[receipt] = counted
        before = await client.get(f"/v1/receipts/{receipt}")
        landed.away = True
        assert (await client.get(f"/v1/receipts/{receipt}")).json() == before.json()


async def test_a_sender_lists_its_own_dead_letters_by_feed_reason_and_time(house: Any) -> None:
    async with house.client() as client:
        await client.post(DELIVERIES, json=[GOOD, BAD, {}])
        await client.post("/v1/feeds/letters/deliveries", json=[BAD])

        async def count(**asked: str) -> int:
            return len((await client.get("/v1/dead-letters", params=asked)).json()["dead_letters"])

        assert await count() == 3
        assert await count(feed="letters") == 1
        assert await count(reason="not_a_record") == 1
        assert await count(since="2020-01-01T00:00:00+07:00") == 3
        assert await count(since="2100-01-01T00:00:00Z") == 0
        assert (await client.get("/v1/dead-letters", headers=other_sender(house))).json() == {
            "dead_letters": []
        }
        for wrong in ("yesterday", "2026-01-01T00:00:00"):
            answer = await client.get("/v1/dead-letters", params={"since": wrong})
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "since")


async def test_a_dead_letter_opens_for_its_own_sender_only(house: Any) -> None:
    async with house.client() as client:
        letter = (await client.post(DELIVERIES, json=[BAD])).json()["rejects"][0]["dead_letter"]
        own = await client.get(f"/v1/dead-letters/{letter}")
        others = await client.get(f"/v1/dead-letters/{letter}", headers=other_sender(house))
    assert own.json()["record"] == '{"id":"b"}'
    assert own.json()["message"] == "Missing day"
    assert own.headers["cache-control"] == "no-store"
    assert others.status_code == 404


async def test_a_corrected_record_is_replayed_under_a_new_receipt(house: Any) -> None:
    async with house.client() as client:
        first = (await client.post(DELIVERIES, json=[GOOD, BAD])).json()
        path = f"/v1/dead-letters/{first['rejects'][0]['dead_letter']}/replay"
        again = await client.post(path)
        corrected = await client.post(path, json=BAD | {"day": "2026-01-05"})
        others = await client.post(path, headers=other_sender(house))
    assert (again.status_code, corrected.status_code, others.status_code) == (422, 202, 404)
    assert corrected.json()["accepted"] == 1
    assert corrected.json()["receipt"] != first["receipt"]
    letters = [unpack_dead_letter(record.value) for record in house.shelf.on("dead_letters")]
    assert [letter.corrected_from for letter in letters] == ["", letters[0].id]


async def test_a_replay_needs_a_type_that_the_feed_reads(house: Any) -> None:
    async with house.client() as client:
        letter = (await client.post(DELIVERIES, json=[BAD])).json()["rejects"][0]["dead_letter"]
        answer = await client.post(
            f"/v1/dead-letters/{letter}/replay", content=b"a;b", headers={"Content-Type": "text/csv"}
        )
    assert answer.status_code == 415


async def test_holdings_are_told_per_day(house: Any) -> None:
    asked = {"from": "2026-01-01", "to": "2026-02-01"}
    async with house.client(holdings=Landed()) as client:
        answer = await client.get("/v1/feeds/notes/holdings", params=asked)
        reversed_days = await client.get(
            "/v1/feeds/notes/holdings", params={"from": "2026-01-02", "to": "2026-01-01"}
        )
        no_days = await client.get("/v1/feeds/notes/holdings")
    assert answer.json()["records"] == 5
    assert answer.json()["days"][0] == {"day": "2026-01-01", "records": 3, "sum": "10.5"}
    assert (reversed_days.status_code, no_days.status_code) == (422, 422)


async def test_without_a_warehouse_what_was_landed_cannot_be_asked(house: Any) -> None:
    async with house.client(dead_letters=None) as client:
        assert (await client.get("/v1/dead-letters")).status_code == 503
        asked = {"from": "2026-01-01", "to": "2026-02-01"}
        assert (await client.get("/v1/feeds/notes/holdings", params=asked)).status_code == 503


async def test_ready_names_what_it_waits_for(house: Any) -> None:
    async def fine() -> None:
        return None

    async def away() -> str:
        return "Kafka does not answer"

    async with house.client(ready={"kafka": away, "identity": fine}) as client:
        waiting = await client.get("/readyz")
        alive = await client.get("/healthz")
    assert (waiting.status_code, alive.status_code) == (503, 200)
    assert waiting.json()["checks"] == {"kafka": "Kafka does not answer", "identity": "ok"}
    async with house.client(ready={"identity": fine}) as client:
        assert (await client.get("/readyz")).status_code == 200


async def test_every_address_is_described_and_shown_without_the_internet(house: Any) -> None:
    async with house.client() as client:
        described = (await client.get("/openapi.json")).json()
        page = (await client.get("/docs")).text
    served = {
        "/v1/events",
        "/v1/feeds/{feed}/deliveries",
        "/v1/feeds/{feed}/withdrawals",
        "/v1/feeds/{feed}/declarations",
        "/v1/feeds/{feed}/holdings",
        "/v1/feeds/reports/template",
        "/v1/receipts/{receipt}",
        "/v1/dead-letters",
        "/v1/dead-letters/{dead_letter}",
        "/v1/dead-letters/{dead_letter}/replay",
        "/v1/dead-letters/{dead_letter}/history",
        "/v1/dead-letters/replay",
        "/v1/feeds",
    }
    assert set(described["paths"]) == served
    assert "ReceiptAnswer" in described["components"]["schemas"]
    assert all(path in page for path in served)
    assert "src=" not in page
    assert "http" not in page.split("</style>")[0]
