"""Where consumers go on, on a real ClickHouse."""

import asyncio
from datetime import UTC, datetime

from permits import Permits

from iochub.event import events_topic
from iochub.exact.land import Unreadable
from iochub.exact.place import mark_of
from iochub.ingest.topic_list import RECEIPTS, WINDOWS_TOUCHED
from iochub.warehouse.eras import allocate, eras_of
from iochub.warehouse.land_store import ClickHouseLandStore
from iochub.warehouse.positions import begin_where_cut, begin_where_trimmed, start_positions, topics_behind
from iochub.warehouse.receipts import Receipts
from iochub.warehouse.store import Store

AT = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
EVENTS = events_topic("permits")
TOPICS = {topic: (f"id of {topic}", 2) for topic in (EVENTS, WINDOWS_TOUCHED, RECEIPTS)}
ENDS = {(topic, partition): 100 for topic in TOPICS for partition in (0, 1)}


def read(store: Store, position: int) -> None:
    columns = ("feed", "era", "partition", "position", "touch_ends", "last_received_at")
    rows = [("permits", 0, 0, position, {}, AT), ("permits", 0, 1, 40, {}, AT)]
    store.insert("land_progress", columns, rows)
    store.insert("rollup_progress", ("era", "partition", "position"), [(0, 0, position)])
    store.insert("log_progress", ("topic", "partition", "position"), [(RECEIPTS, 0, mark_of(0, position))])


def test_a_topic_that_lost_its_last_records_begins_a_new_era_where_it_ends(store: Store) -> None:
    allocate(store, TOPICS)
    read(store, 100)
    assert begin_where_cut(store, TOPICS, lambda: ENDS) == []
    read(store, 101)
    assert begin_where_cut(store, TOPICS, lambda: ENDS) == sorted(TOPICS)
    eras = eras_of(store, TOPICS)
    assert eras == dict.fromkeys(TOPICS, 1)
    goes_on = {(EVENTS, 0): 100, (EVENTS, 1): 40, (WINDOWS_TOUCHED, 0): 100, (RECEIPTS, 0): 100}
    assert start_positions(store, eras, 0) == goes_on
    assert begin_where_cut(store, TOPICS, lambda: ENDS) == []


def test_only_the_topic_that_was_cut_begins_anew(store: Store) -> None:
    allocate(store, TOPICS)
    read(store, 100)
    cut = ENDS | {(WINDOWS_TOUCHED, 0): 99}
    assert begin_where_cut(store, TOPICS, lambda: cut) == [WINDOWS_TOUCHED]
    assert eras_of(store, TOPICS) == {EVENTS: 0, RECEIPTS: 0, WINDOWS_TOUCHED: 1}


def test_who_dies_before_the_positions_are_kept_lets_all_be_read_again(store: Store) -> None:
    allocate(store, TOPICS)
    read(store, 101)
    store.insert("eras", ("topic", "topic_id", "partitions", "era"), [(EVENTS, *TOPICS[EVENTS], 1)])
    again = begin_where_cut(store, TOPICS, lambda: ENDS)
    assert EVENTS not in again
    assert (EVENTS, 0) not in start_positions(store, eras_of(store, TOPICS), 0)


BEGINS = {(topic, partition): 0 for topic in TOPICS for partition in (0, 1)}
"""Where Kafka begins, nothing trimmed."""


def test_a_warehouse_that_has_read_what_was_trimmed_goes_on_as_before(store: Store) -> None:
    allocate(store, TOPICS)
    read(store, 100)
    begins = BEGINS | {(EVENTS, 0): 100, (EVENTS, 1): 40, (WINDOWS_TOUCHED, 0): 99}
    positions = start_positions(store, eras_of(store, TOPICS), 0)
    assert topics_behind(positions, begins) == []
    assert begin_where_trimmed(store, TOPICS, begins) == {}
    assert start_positions(store, eras_of(store, TOPICS), 0) == positions
    assert eras_of(store, TOPICS) == dict.fromkeys(TOPICS, 0)


def test_what_an_older_warehouse_never_read_is_set_aside_and_receipts_say_so(store: Store) -> None:
    allocate(store, TOPICS)
    read(store, 100)
    whole = b"set aside before its position was kept"
    ClickHouseLandStore(store, Permits(), lambda _: {}).set_aside("permits", 0, [Unreadable(0, 101, whole)])
    columns = ("receipt", "feed", "sender", "era", "accepted", "parcels", "received_at", "accepted_at")
    kept = [(0, 99, 4), (0, 102, 5), (1, 41, 6), (0, 103, 7)]
    store.insert("receipts", columns, [("r", "permits", "H56", 0, 22, kept, AT, AT)])
    begins = BEGINS | {(EVENTS, 0): 103, (EVENTS, 1): 42, (RECEIPTS, 1): 8}
    for found in ({EVENTS: 5, RECEIPTS: 8}, {}):
        assert begin_where_trimmed(store, TOPICS, begins) == found
    assert eras_of(store, TOPICS) == dict.fromkeys(TOPICS, 0)
    goes_on = {
        (EVENTS, 0): 103,
        (EVENTS, 1): 42,
        (WINDOWS_TOUCHED, 0): 100,
        (RECEIPTS, 0): 100,
        (RECEIPTS, 1): 8,
    }
    assert start_positions(store, eras_of(store, TOPICS), 0) == goes_on
    aside = store.rows("SELECT partition, offset FROM set_aside FINAL ORDER BY ALL")
    assert aside == [(0, 100), (0, 101), (0, 102), (1, 40), (1, 41)]
    assert store.rows("SELECT count() FROM set_aside FINAL WHERE record != ''") == [(1,)]
    told = asyncio.run(Receipts(store).find("r", None))
    assert told is not None
    assert (told.state, told.stored, told.set_aside) == ("accepted", 4, 11)
    columns = ("feed", "era", "partition", "position", "touch_ends", "last_received_at")
    store.insert("land_progress", columns, [("permits", 0, 0, 104, {}, AT)])
    told = asyncio.run(Receipts(store).find("r", None))
    assert told is not None
    assert (told.state, told.stored, told.set_aside, told.accepted) == ("counted", 11, 11, 22)


def test_after_lost_touches_all_is_counted_again_for_nobody_knows_their_cells(store: Store) -> None:
    allocate(store, TOPICS)
    read(store, 100)
    begins = BEGINS | {(WINDOWS_TOUCHED, 0): 110, (WINDOWS_TOUCHED, 1): 3}
    # Who dies before the positions are kept leaves an era without any.
    store.insert(
        "eras", ("topic", "topic_id", "partitions", "era"), [(WINDOWS_TOUCHED, *TOPICS[WINDOWS_TOUCHED], 1)]
    )
    assert begin_where_trimmed(store, TOPICS, begins) == {WINDOWS_TOUCHED: 113}
    assert eras_of(store, TOPICS) == {EVENTS: 0, RECEIPTS: 0, WINDOWS_TOUCHED: 2}
    reached = start_positions(store, eras_of(store, TOPICS), 0)
    assert (reached[WINDOWS_TOUCHED, 0], reached[WINDOWS_TOUCHED, 1]) == (110, 3)
    assert begin_where_trimmed(store, TOPICS, begins) == {}
