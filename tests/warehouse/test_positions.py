"""Where consumers go on, on a real ClickHouse."""

from datetime import UTC, datetime

from iochub.event import events_topic
from iochub.exact.place import mark_of
from iochub.ingest.topic_list import RECEIPTS, WINDOWS_TOUCHED
from iochub.warehouse.eras import allocate, eras_of
from iochub.warehouse.positions import begin_where_cut, start_positions
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
