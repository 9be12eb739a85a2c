"""A feed stops taking when more than one record in five of a sender is bad, and opens again by itself."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iochub.api.gateway.stopping import LEAST_RECORDS, ONE_IN, SLOT_SECONDS, WINDOW_SECONDS, Stops

pytestmark = pytest.mark.anyio

DELIVERIES = "/v1/feeds/notes/deliveries"
GOOD, BAD = {"id": "a", "day": "2026-01-01"}, {"id": "b"}
BATCH = [GOOD] * (LEAST_RECORDS - 30) + [BAD] * 30


class Hand:
    """A clock that a test moves."""

    at = 1_000.0

    def __call__(self) -> float:
        return self.at


async def test_a_sender_of_bad_records_is_stopped_and_told_why_and_until_when(house: Any) -> None:
    clock = Hand()
    async with house.client(stops=Stops(clock)) as client:
        kept = await client.post(DELIVERIES, json=BATCH)
        stopped = await client.post(DELIVERIES, json=[GOOD])
        vietnamese = await client.post(DELIVERIES, json=[GOOD], headers={"Accept-Language": "vi"})
        cloud = await client.post(
            "/v1/events",
            json={"specversion": "1.0", "id": "1", "source": "s", "type": "vn.gov.ioc.notes", "data": GOOD},
            headers={"Content-Type": "application/cloudevents+json"},
        )
        other = await client.post("/v1/feeds/letters/deliveries", json=[GOOD])
        key = house.keys.create_agency_key("H56.99", ["notes"])
        stranger = await client.post(DELIVERIES, json=[GOOD], headers={"Authorization": f"Bearer {key}"})
        seen = (await client.get("/v1/feeds")).json()
        measured = (await client.get("/metrics")).text
        clock.at += int(stopped.headers["retry-after"])
        later = await client.post(DELIVERIES, json=[GOOD])
    assert kept.status_code == 202
    assert kept.json()["rejected"] == 30
    told = stopped.json()
    assert (stopped.status_code, told["type"]) == (429, "urn:iochub:problem:too_many_rejects")
    assert "30 of 100" in told["detail"]
    assert "missing:day" in told["detail"]
    assert "tạm dừng" in vietnamese.json()["detail"]
    assert cloud.status_code == 429
    assert (other.status_code, stranger.status_code) == (202, 202)
    assert [(one["feed"], bool(one["stopped"])) for one in seen["feeds"]] == [
        ("notes", True),
        ("letters", False),
    ]
    assert seen["feeds"][0]["stopped"]["reason"] == "missing:day"
    assert 'iochub_feed_stopped_senders{feed="notes"} 1.0' in measured
    assert 'iochub_feed_stopped_senders{feed="letters"} 0.0' in measured
    assert later.status_code == 202


async def test_a_stopped_sender_still_tries_replays_and_withdraws(house: Any) -> None:
    async with house.client() as client:
        rejects = (await client.post(DELIVERIES, json=BATCH)).json()["rejects"]
        tried = await client.post(f"{DELIVERIES}?dry_run=1", json=[GOOD, BAD])
        replay = f"/v1/dead-letters/{rejects[0]['dead_letter']}/replay"
        mended = await client.post(replay, json=GOOD)
        withdrawn = await client.post("/v1/feeds/notes/withdrawals", json={"entities": ["a"], "reason": "r"})
        still = await client.post(DELIVERIES, json=[GOOD])
    assert [one.status_code for one in (tried, mended, withdrawn, still)] == [200, 202, 202, 429]


async def test_the_same_bad_file_sent_over_and_over_is_traffic_and_stops_its_sender(house: Any) -> None:
    async with house.client() as client:
        file = [BAD] * 30
        answers = [(await client.post(DELIVERIES, json=file)).status_code for _ in range(5)]
        listed = (await client.get("/v1/dead-letters")).json()["dead_letters"]
    assert answers == [422, 422, 422, 422, 429]
    assert len(listed) == 30


async def test_a_trial_without_rejects_opens_at_once(house: Any) -> None:
    async with house.client() as client:
        await client.post(DELIVERIES, json=BATCH)
        await client.post(f"{DELIVERIES}?dry_run=1", json=[])
        assert (await client.post(DELIVERIES, json=[GOOD])).status_code == 429
        await client.post(f"{DELIVERIES}?dry_run=1", json=[GOOD])
        assert (await client.post(DELIVERIES, json=[GOOD])).status_code == 202


@given(
    st.lists(
        st.tuples(st.integers(0, 200), st.integers(0, 200), st.floats(0, 2 * WINDOW_SECONDS)), max_size=30
    )
)
def test_a_feed_is_stopped_just_when_the_window_holds_too_many_and_never_for_ever(
    told: list[tuple[int, int, float]],
) -> None:
    clock = Hand()
    stops = Stops(clock)
    told_at = []
    for accepted, rejected, pause in told:
        clock.at += pause
        stops.told("a", "notes", accepted, ["missing:day"] * rejected)
        told_at.append((clock.at, accepted, rejected))
        sure = [
            (good, bad) for at, good, bad in told_at if clock.at - at <= WINDOW_SECONDS - SLOT_SECONDS - 1
        ]
        maybe = [(good, bad) for at, good, bad in told_at if clock.at - at <= WINDOW_SECONDS + 1]
        if sure == maybe:
            records, bad = sum(good + bad for good, bad in sure), sum(bad for _, bad in sure)
            assert bool(stops.stop("a", "notes")) == (records >= LEAST_RECORDS and bad * ONE_IN > records)
        assert stops.stop("b", "notes") is None
        assert stops.stop("a", "letters") is None
    stop = stops.stop("a", "notes")
    if stop:
        assert 0 < stop.seconds <= WINDOW_SECONDS
        clock.at += stop.seconds
        assert stops.stop("a", "notes") is None
