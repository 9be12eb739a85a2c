from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from iochub.errors import RecordRejected
from iochub.event import partition_of, unpack
from iochub.ingest.dead_letters import unpack_dead_letter
from iochub.ingest.delivery import (
    Addressed,
    Part,
    Prepared,
    delivery_id,
    prepare,
    read_delivery,
    read_withdrawal,
)
from iochub.ingest.door import Door
from iochub.ingest.feed import Outcome, Reading, Refusal
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.pseudonyms import Pseudonyms
from iochub.ingest.sealing import Seal
from iochub.ingest.units import Units
from iochub.text import Text

PARTITIONS = 12
SEAL = Seal(SecretStr("a key for tests"))
DOOR = Door("H56", datetime(2026, 11, 23, tzinfo=UTC), Pseudonyms("i" * 32, "p" * 32), Units.load())


class Told:
    """Says of every record what the test wants: a reading of so many bytes, or a refusal."""

    name = "told"

    def __init__(self, outcomes: Sequence[int | None]) -> None:
        self.outcomes = outcomes

    def read(self, delivery: bytes, content_type: str, door: Door, envelope: bytes) -> Iterator[Outcome]:
        for number, size in enumerate(self.outcomes):
            if size is None:
                yield Refusal(number, "missing:x", "x", Text("Thiếu x", "Missing x"), delivery)
            else:
                yield Reading(number, "kind", f"e{number}", f"v{number}", 0, (), {"text": "x" * size})


def prepared(
    feed: Any, parts: Sequence[Part] = (Part("a/b", b"bytes"),), seal: Seal | None = SEAL
) -> Prepared:
    verdicts = read_delivery(feed, parts, DOOR, PARTITIONS)
    return prepare(verdicts, Addressed("told", "R", DOOR, PARTITIONS), seal)


@settings(deadline=None)
@given(outcomes=st.lists(st.none() | st.integers(0, 300_000), max_size=30))
def test_in_is_accepted_plus_rejected_and_every_parcel_fits(outcomes: list[int | None]) -> None:
    whole = prepared(Told(outcomes))
    assert whole.accepted + len(whole.rejected) == len(outcomes)
    parcels = whole.records[: len(whole.counts)]
    seen = []
    for record, count in zip(parcels, whole.counts, strict=True):
        assert len(record.value) < 1_000_000
        events = unpack(record.value).events
        assert len(events) == count
        assert {partition_of(event.entity, PARTITIONS) for event in events} == {record.partition}
        seen += [event.index for event in events]
    assert sorted(seen) == [number for number, size in enumerate(outcomes) if size is not None]
    letters = [unpack_dead_letter(record.value) for record in whole.records[len(whole.counts) :]]
    assert [letter.index for letter in letters] == [n for n, size in enumerate(outcomes) if size is None]
    assert all(SEAL.open(letter.record, letter.id) == b"bytes" for letter in letters)
    assert [letter.id for letter in letters] == [verdict.reject.dead_letter for verdict in whole.rejected]


@given(
    outcomes=st.lists(st.none() | st.just(1), min_size=1, max_size=12),
    data=st.binary(max_size=20),
    other=st.binary(max_size=20),
)
def test_sent_again_a_delivery_makes_the_same_letters_and_another_one_makes_others(
    outcomes: list[int | None], data: bytes, other: bytes
) -> None:
    def names(data: bytes, corrected_from: str = "") -> list[str]:
        verdicts = read_delivery(Told(outcomes), [Part("a/b", data)], DOOR, PARTITIONS)  # type: ignore[arg-type]
        whole = prepare(verdicts, Addressed("told", "R", DOOR, PARTITIONS, corrected_from), SEAL)
        return [verdict.reject.dead_letter for verdict in whole.rejected]

    first = names(data)
    assert names(data) == first
    assert len(set(first)) == len(first) == outcomes.count(None)
    assert set(first).isdisjoint(names(data, corrected_from="01J"))
    if data != other:
        assert set(first).isdisjoint(names(other))


def test_without_a_seal_nothing_leaves() -> None:
    dry = prepared(Told([1, None]), seal=None)
    assert (dry.accepted, len(dry.rejected), dry.records, dry.counts) == (1, 1, (), ())


def test_records_are_numbered_through_all_parts() -> None:
    whole = prepared(Told([1, None]), [Part("", b"1"), Part("", b"2"), Part("", b"3")])
    assert [verdict.reject.index for verdict in whole.rejected] == [1, 3, 5]
    assert sum(whole.counts) == 3


def test_a_reading_that_fits_into_no_parcel_refuses_the_delivery() -> None:
    with pytest.raises(RecordRejected) as refused:
        prepared(Told([1, 2_000_000]))
    assert refused.value.facts["index"] == "1"


@given(st.binary(max_size=50), st.binary(max_size=50))
def test_a_delivery_is_its_sender_its_feed_and_its_bytes(one: bytes, other: bytes) -> None:
    def name(sender: str, feed: str, data: bytes) -> str:
        return delivery_id(sender, feed, [Part("", data)])

    assert (name("a", "f", one) == name("a", "f", other)) == (one == other)
    assert len({name("a", "f", one), name("b", "f", one), name("a", "g", one)}) == 3


@given(st.binary(max_size=20), st.binary(max_size=20), st.binary(max_size=20), st.binary(max_size=20))
def test_a_kept_envelope_is_one_of_a_replay_s_bytes(one: bytes, held: bytes, other: bytes, by: bytes) -> None:
    def name(data: bytes, envelope: bytes = b"") -> str:
        return delivery_id("a", "f", [Part("", data, envelope)])

    assert (name(one, held) == name(other, by)) == ((one, held) == (other, by))
    assert name(one) == delivery_id("a", "f", [Part("", one)])


@pytest.mark.parametrize("feed", sorted(FEEDS))
@given(data=st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_any_bytes_become_events_and_refusals_and_nothing_else(feed: str, data: bytes) -> None:
    for content_type in FEEDS[feed].content_types:
        verdicts = read_delivery(FEEDS[feed], [Part(content_type, data)], DOOR, PARTITIONS)
        assert verdicts.accepted == sum(len(events) for events in verdicts.events.values())


@pytest.mark.parametrize("feed", sorted(FEEDS))
@given(named=st.lists(st.none() | st.integers() | st.text(max_size=40), max_size=10))
def test_every_entity_of_a_withdrawal_has_its_verdict(feed: str, named: list[object]) -> None:
    verdicts = read_withdrawal(FEEDS[feed], named, b"raw", DOOR, PARTITIONS)
    assert verdicts.accepted + len(verdicts.refused) == len(named)


def test_a_withdrawal_is_never_the_same_delivery_as_the_records() -> None:
    feed = FEEDS["dossiers"]
    withdrawal = read_withdrawal(feed, ["a"], b"raw", DOOR, PARTITIONS)
    assert (
        withdrawal.delivery
        != read_delivery(feed, [Part("application/json", b"raw")], DOOR, PARTITIONS).delivery
    )
