"""A receipt keeps the state it was told to have, on a real ClickHouse."""

import asyncio
import random
from datetime import UTC, datetime, timedelta

import pytest

from iochub.api.query import feeds_health
from iochub.event import events_topic
from iochub.exact.place import mark_of
from iochub.ingest.receipts import Kept, Receipt, pack_receipt
from iochub.ingest.topic_list import DEAD_LETTERS, RECEIPTS, WINDOWS_TOUCHED
from iochub.streams.copying import RECEIPT_COLUMNS, copy_receipts
from iochub.warehouse import positions, receipts
from iochub.warehouse.positions import start_positions
from iochub.warehouse.receipts import Receipts
from iochub.warehouse.store import Store

AT = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
EVENTS = events_topic("permits")


REACHED = receipts.REACHED.replace("{feed:String}", "'permits'").replace("{era:UInt16}", "0")


def receipt(name: str, offset: int) -> bytes:
    return pack_receipt(Receipt(name, "permits", "H56", "ab", 3, 0, (Kept(2, offset, 3),), (), AT, AT))


def copied(store: Store, era: int, *receipts: bytes) -> None:
    store.insert(RECEIPTS, RECEIPT_COLUMNS, copy_receipts(store, {EVENTS: era}, receipts))


def state(store: Store, name: str) -> str:
    found = asyncio.run(Receipts(store).find(name, None))
    assert found is not None
    return found.state


def land(store: Store, era: int, position: int) -> None:
    columns = ("feed", "era", "partition", "position", "touch_ends", "last_received_at")
    store.insert("land_progress", columns, [("permits", era, 2, position, {}, AT)])


def test_a_receipt_that_is_copied_again_after_its_topic_was_made_anew_stays_counted(store: Store) -> None:
    copied(store, 0, receipt("old", 7))
    assert state(store, "old") == "accepted"
    land(store, 0, 8)
    assert state(store, "old") == "counted"
    copied(store, 1, receipt("old", 7), receipt("new", 7), b"no receipt", b"\xff")
    assert (state(store, "old"), state(store, "new")) == ("counted", "accepted")
    copied(store, 2, receipt("new", 7))
    land(store, 1, 8)
    assert (state(store, "old"), state(store, "new")) == ("counted", "counted")


@pytest.mark.parametrize("near", [1, 3, receipts.NEAR], ids=["all far", "some far", "all near"])
def test_each_parcel_is_stored_by_the_first_step_of_landing_beyond_it(store: Store, near: int) -> None:
    seed = random.SystemRandom().randrange(2**32)
    dice = random.Random(seed)
    columns = ("feed", "era", "partition", "position", "touch_ends", "last_received_at", "recorded_at")
    steps = [
        (partition, position, AT + timedelta(seconds=position))
        for partition in range(4)
        for position in sorted(dice.sample(range(1, 60), 20))
    ]
    rows = [("permits", 0, one, position, {one: position}, AT, at) for one, position, at in steps]
    others = [("permits", 1, 0, 1, {0: 1}, AT, AT), ("other", 0, 0, 1, {0: 1}, AT, AT)]
    store.insert("land_progress", columns, [*rows, *rows[::3], *others])
    for number in range(40):
        places = {(dice.randrange(4), dice.randrange(60)) for _ in range(dice.randrange(1, 9))}
        wanted = {
            place: min(
                ((position, at) for one, position, at in steps if one == place[0] and position > place[1]),
                default=None,
            )
            for place in places
        }
        parcels = tuple(Kept(*place, 3) for place in sorted(places))
        name = f"r{number}"
        copied(
            store,
            0,
            pack_receipt(Receipt(name, "permits", "H56", "ab", 3 * len(parcels), 0, parcels, (), AT, AT)),
        )
        found = asyncio.run(Receipts(store, near).find(name, None))
        assert found is not None
        assert found.stored == 3 * sum(step is not None for step in wanted.values()), f"seed {seed}"
        if None not in wanted.values():
            assert found.stored_at == max(step[1] for step in wanted.values() if step), f"seed {seed}"


@pytest.mark.parametrize("near", [0, receipts.NEAR], ids=["far", "near"])
def test_a_receipt_is_counted_when_its_last_touch_was_consumed_in_this_era_or_a_later_one(
    store: Store, near: int
) -> None:
    columns = ("feed", "era", "partition", "position", "touch_ends", "last_received_at")
    store.insert("land_progress", columns, [("permits", 0, 2, 8, {0: mark_of(1, 20), 1: mark_of(1, 5)}, AT)])
    copied(store, 0, receipt("one", 7))
    rolled = ("era", "partition", "position", "recorded_at")
    late = datetime(2099, 1, 1, tzinfo=UTC)
    store.insert("rollup_progress", rolled, [(0, 0, 99, AT), (0, 1, 99, AT), (1, 0, 19, AT), (1, 1, 5, AT)])
    assert state(store, "one") == "stored"
    store.insert("rollup_progress", rolled, [(1, 0, 21, late), (1, 0, 30, late + timedelta(1))])
    found = asyncio.run(Receipts(store, near).find("one", None))
    assert found is not None
    assert (found.state, found.counted_at) == ("counted", late)
    copied(store, 0, receipt("other", 8))
    store.insert("land_progress", columns, [("permits", 0, 2, 9, {0: mark_of(1, 40)}, AT)])
    store.insert("rollup_progress", rolled, [(2, 0, 1, late + timedelta(2))])
    found = asyncio.run(Receipts(store, near).find("other", None))
    assert found is not None
    assert (found.state, found.counted_at) == ("counted", late + timedelta(2))


@pytest.mark.parametrize(
    "statement", [positions.LANDED, positions.ROLLED, receipts.ROLLED, REACHED, feeds_health.LANDED]
)
def test_the_latest_position_is_read_without_reading_all_of_them(store: Store, statement: str) -> None:
    columns = ("feed", "era", "partition", "position", "touch_ends", "last_received_at")
    store.insert("land_progress", columns, [("permits", 0, 2, at, {}, AT) for at in range(5_000)])
    store.insert("rollup_progress", ("era", "partition", "position"), [(0, 1, at) for at in range(5_000)])
    assert any("latest" in line for (line,) in store.rows(f"EXPLAIN {statement}"))


def test_a_position_in_a_topic_that_was_made_anew_means_nothing(store: Store) -> None:
    copy = ("topic", "partition", "position")
    store.insert("log_progress", copy, [(RECEIPTS, 1, 500), (DEAD_LETTERS, 1, mark_of(0, 7))])
    land(store, 0, 70)
    store.insert("rollup_progress", ("era", "partition", "position"), [(0, 1, 50)])
    eras = dict.fromkeys((EVENTS, RECEIPTS, DEAD_LETTERS, WINDOWS_TOUCHED), 0)
    reached = {(EVENTS, 2): 69, (RECEIPTS, 1): 499, (DEAD_LETTERS, 1): 6, (WINDOWS_TOUCHED, 1): 49}
    assert start_positions(store, eras, 1) == reached
    store.insert("log_progress", copy, [(RECEIPTS, 1, mark_of(1, 20))])
    assert start_positions(store, {**eras, RECEIPTS: 1}, 1) == {**reached, (RECEIPTS, 1): 19}
    assert start_positions(store, dict.fromkeys(eras, 2), 1) == {}
