import json
import logging
from typing import Any

import httpx
import pytest

from iochub.api.gateway.limits import Buckets
from iochub.errors import StoreUnavailable
from iochub.event import partition_of, unpack
from iochub.ingest.dead_letters import unpack_dead_letter
from iochub.ingest.receipts import unpack_receipt

pytestmark = pytest.mark.anyio

GOOD = {"id": "a", "day": "2026-01-01"}
BAD = {"id": "Nguyễn Văn Bí Mật"}
DELIVERIES = "/v1/feeds/notes/deliveries"


def cloud_event(**changes: object) -> dict[str, object]:
    return {"specversion": "1.0", "id": "1", "source": "/s", "type": "vn.gov.ioc.notes"} | changes


async def push(client: httpx.AsyncClient, *records: object, **asked: Any) -> httpx.Response:
    return await client.post(DELIVERIES, json=list(records), **asked)


async def test_every_record_has_its_verdict_and_the_receipt_has_the_contracts_shape(house: Any) -> None:
    async with house.client() as client:
        answer = await push(client, GOOD, BAD, {"id": "c", "day": "2026-01-02"})
    assert answer.status_code == 202
    body = answer.json()
    assert list(body) == ["receipt", "feed", "received_at", "delivery", "accepted", "rejected", "rejects"]
    assert (body["feed"], body["accepted"], body["rejected"]) == ("notes", 2, 1)
    assert len(body["receipt"]) == 26
    assert len(body["delivery"]) == len("sha256:") + 64
    assert len(body["received_at"]) == len("2026-11-23T07:30:00.123Z")
    (reject,) = body["rejects"]
    assert reject == {
        "index": 1,
        "dead_letter": reject["dead_letter"],
        "reason": "missing:day",
        "field": "day",
        "message": "Missing day",
    }


async def test_what_is_kept_is_parcels_by_entity_and_sealed_dead_letters_and_last_the_receipt(
    house: Any,
) -> None:
    notes = [{"id": f"n{n}", "day": "2026-01-01"} for n in range(50)]
    async with house.client() as client:
        body = (await push(client, *notes, BAD)).json()
    assert house.shelf.kept[-1].topic == "receipts"
    seen = 0
    for record in house.shelf.on("events.notes"):
        parcel = unpack(record.value)
        assert f"sha256:{parcel.delivery}" == body["delivery"]
        assert (parcel.receipt, parcel.sender) == (body["receipt"], "H56.01")
        for event in parcel.events:
            assert partition_of(event.entity, 12) == record.partition
            assert event.entity == f"n{event.index}"
            seen += 1
    assert seen == 50
    (letter,) = house.shelf.on("dead_letters")
    assert b"B\xc3\xad M\xe1\xba\xadt" not in letter.value
    assert unpack_dead_letter(letter.value).receipt == body["receipt"]
    receipt = unpack_receipt(house.shelf.kept[-1].value)
    assert (receipt.receipt, receipt.accepted, receipt.rejected) == (body["receipt"], 50, 1)
    assert sum(kept.count for kept in receipt.parcels) == 50
    assert receipt.rejects[0].dead_letter == unpack_dead_letter(letter.value).id


async def test_receipts_that_follow_each_other_share_a_partition(house: Any) -> None:
    async with house.client() as client:
        for _ in range(12):
            await push(client, GOOD)
    # Spread by chance over 12 partitions they would lie in eight; a second may end between them.
    assert len({record.partition for record in house.shelf.on("receipts")}) <= 3


async def test_the_same_bytes_again_are_the_same_delivery_under_a_new_receipt(house: Any) -> None:
    async with house.client() as client:
        first, second = (await push(client, GOOD)).json(), (await push(client, GOOD)).json()
    assert first["delivery"] == second["delivery"]
    assert first["receipt"] != second["receipt"]


async def test_all_rejected_is_422_with_the_receipt_and_still_kept(house: Any) -> None:
    async with house.client() as client:
        answer = await push(client, BAD)
        follow = await client.get(f"/v1/receipts/{answer.json()['receipt']}")
    assert answer.status_code == 422
    assert (answer.json()["accepted"], answer.json()["rejected"]) == (0, 1)
    assert follow.json()["rejected"] == 1
    assert house.shelf.on("dead_letters")


async def test_nothing_to_read_is_nothing_lost(house: Any) -> None:
    async with house.client() as client:
        answer = await push(client)
    assert (answer.status_code, answer.json()["accepted"], answer.json()["rejected"]) == (202, 0, 0)


async def test_a_dry_run_tells_the_verdicts_and_keeps_nothing(house: Any) -> None:
    async with house.client() as client:
        mixed = await push(client, GOOD, BAD, params={"dry_run": "1"})
        good = await push(client, GOOD, params={"dry_run": "1"})
        bad = await client.post(
            "/v1/events?dry_run=1",
            content=json.dumps(cloud_event(data=BAD)),
            headers={"Content-Type": "application/cloudevents+json"},
        )
    assert (mixed.status_code, good.status_code, bad.status_code) == (200, 200, 422)
    assert (mixed.json()["receipt"], mixed.json()["dry_run"]) == (None, True)
    assert mixed.json()["rejects"][0]["dead_letter"] is None
    assert house.shelf.kept == []


async def test_when_kafka_is_away_the_answer_says_not_confirmed_send_again(house: Any) -> None:
    house.shelf.ready = False
    async with house.client() as client:
        english = await push(client, GOOD)
        vietnamese = await push(client, GOOD, headers={"Accept-Language": "vi"})
    assert english.status_code == 503
    assert int(english.headers["retry-after"]) > 0
    assert english.json()["detail"] == "Not confirmed: send the same again; whatever was kept counts once."
    assert vietnamese.json()["detail"].startswith("Chưa xác nhận")


async def test_without_the_receipts_record_there_is_no_receipt(house: Any) -> None:
    publish = house.shelf.publish

    async def only_parcels(records: Any) -> Any:
        if records and records[0].topic == "receipts":
            raise StoreUnavailable("Kafka is away.")
        return await publish(records)

    house.shelf.publish = only_parcels
    async with house.client() as client:
        assert (await push(client, GOOD)).status_code == 503


async def test_a_gateway_that_is_not_open_takes_nothing(house: Any) -> None:
    async with house.client(is_open=lambda: False) as client:
        assert (await push(client, GOOD)).status_code == 503
        assert (await push(client, GOOD, params={"dry_run": "1"})).status_code == 200
    assert house.shelf.kept == []


@pytest.mark.parametrize(
    ("path", "headers", "status", "kind"),
    [
        (DELIVERIES, {"Authorization": ""}, 401, "unknown_key"),
        (DELIVERIES, {"Authorization": "Bearer ioc_x_y"}, 401, "unknown_key"),
        (DELIVERIES, {"Authorization": "Basic dTpw"}, 401, "unknown_key"),
        ("/v1/feeds/nothing/deliveries", {}, 404, "unknown_feed"),
        (DELIVERIES, {"Content-Type": "text/csv"}, 415, "unknown_type"),
        (DELIVERIES, {"Content-Type": ""}, 415, "unknown_type"),
        (DELIVERIES, {"Content-Encoding": "br"}, 415, "unknown_encoding"),
        (DELIVERIES, {"Content-Encoding": "gzip"}, 400, "broken_packing"),
    ],
)
async def test_every_refusal_is_a_problem_in_the_asked_language(
    house: Any, path: str, headers: dict[str, str], status: int, kind: str
) -> None:
    async with house.client() as client:
        headers = {"Content-Type": "application/json"} | headers
        english = await client.post(path, content=b"[]", headers=headers)
        vietnamese = await client.post(path, content=b"[]", headers=headers | {"Accept-Language": "vi"})
    for answer in (english, vietnamese):
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"].endswith(kind)
        assert set(answer.json()) == {"type", "title", "status", "detail", "errors"}
    assert english.json()["title"] != vietnamese.json()["title"]


async def test_a_key_for_one_feed_does_not_open_another(house: Any) -> None:
    key = house.keys.create_agency_key("H56.02", ["letters"])
    async with house.client() as client:
        headers = {"Authorization": f"Bearer {key}"}
        assert (await push(client, GOOD, headers=headers)).status_code == 403
        assert (await client.post("/v1/feeds/letters/deliveries", json=[GOOD], headers=headers)).is_success


async def test_a_revoked_key_is_unknown(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iochub.api.keys.LOOK_SECONDS", 0.0)
    async with house.client() as client:
        assert (await push(client, GOOD)).is_success
        house.keys.revoke(house.key.split("_")[1])
        assert (await push(client, GOOD)).status_code == 401


async def test_too_many_requests_are_told_when_to_go_on(house: Any) -> None:
    async with house.client(buckets=Buckets(6)) as client:
        first, second = await push(client, GOOD), await push(client, GOOD)
    assert (first.status_code, first.headers["ratelimit-remaining"]) == (202, "0")
    assert second.status_code == 429
    assert 1 <= int(second.headers["retry-after"]) <= 11
    assert second.headers["ratelimit-limit"] == "1"


async def test_a_large_delivery_is_read_beside_the_others_and_split_into_parcels(house: Any) -> None:
    notes = [{"id": f"n{n}", "day": "2026-01-01" + " " * 400} for n in range(30_000)]
    async with house.client(max_delivery_bytes=64 * 1024 * 1024) as client:
        body = (await push(client, *notes)).json()
    assert body["accepted"] == 30_000
    parcels = house.shelf.on("events.notes")
    assert len(parcels) > 12
    assert max(len(parcel.value) for parcel in parcels) < 1_000_000
    assert sorted(event.index for parcel in parcels for event in unpack(parcel.value).events) == list(
        range(30_000)
    )


async def test_a_bad_record_too_large_to_be_kept_whole_refuses_the_delivery(house: Any) -> None:
    import secrets

    async with house.client(max_delivery_bytes=64 * 1024 * 1024) as client:
        answer = await push(client, GOOD, {"id": secrets.token_hex(13_000_000)})
    assert answer.status_code == 413
    assert "Record 1" in answer.json()["detail"]
    assert house.shelf.kept == []


@pytest.mark.parametrize("mode", ["binary", "structured", "batch", "file"])
async def test_each_way_of_sending_gets_the_same_delivery(house: Any, mode: str) -> None:
    data = json.dumps(GOOD).encode()
    event = json.dumps(cloud_event()).encode()[:-1] + b', "data": ' + data + b"}"
    path, body, headers = {
        "binary": (
            "/v1/events",
            data,
            {f"ce-{name}": str(value) for name, value in cloud_event().items()}
            | {"Content-Type": "application/json; charset=utf-8"},
        ),
        "structured": ("/v1/events", event, {"Content-Type": "application/cloudevents+json"}),
        "batch": ("/v1/events", b"[" + event + b"]", {"Content-Type": "application/cloudevents-batch+json"}),
        "file": (DELIVERIES, data, {"Content-Type": "application/json"}),
    }[mode]
    async with house.client() as client:
        answer = await client.post(path, content=body, headers=headers)
        same = await client.post(DELIVERIES, content=data, headers={"Content-Type": "application/json"})
    assert answer.status_code == 202
    assert answer.json()["delivery"] == same.json()["delivery"]


async def test_in_a_batch_the_index_is_the_events_number(house: Any) -> None:
    events = [
        cloud_event(id=str(n), data=BAD if n == 2 else {"id": str(n), "day": "2026-01-01"}) for n in range(4)
    ]
    async with house.client() as client:
        answer = await client.post(
            "/v1/events",
            content=json.dumps(events),
            headers={"Content-Type": "application/cloudevents-batch+json"},
        )
    assert [reject["index"] for reject in answer.json()["rejects"]] == [2]
    kept = [event for record in house.shelf.on("events.notes") for event in unpack(record.value).events]
    assert sorted((event.index, event.entity) for event in kept) == [(0, "0"), (1, "1"), (3, "3")]


async def test_no_value_of_a_record_reaches_the_log(house: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with house.client() as client:
            await push(client, BAD, GOOD)
            await client.post(DELIVERIES, content="{Bí Mật", headers={"Content-Type": "application/json"})
            house.shelf.ready = False
            await push(client, BAD)
    assert "Bí Mật" not in caplog.text


async def test_what_was_sent_is_counted_for_prometheus(house: Any) -> None:
    async with house.client() as client:
        await push(client, GOOD, BAD)
        await push(client, GOOD, headers={"Authorization": ""})
        text = (await client.get("/metrics")).text
    assert 'iochub_records_accepted_total{feed="notes"} 1.0' in text
    assert 'iochub_records_rejected_total{feed="notes",reason="missing:day"} 1.0' in text
    assert 'iochub_requests_refused_total{status="401"} 1.0' in text
    assert "iochub_deliveries_in_flight 0.0" in text
