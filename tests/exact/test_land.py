"""Landing walks its steps in the one order in which a driver may stop anywhere."""

import pytest
from walk.feed import PAPER, UNITS, ToyFeed
from walk.kafka import TouchesTopic
from walk.store import MemoryStore

from iochub.errors import StoreUnavailable
from iochub.exact.land import Incoming, Unreadable, land

FEED = ToyFeed()


class _Alone(ToyFeed):
    """The same feed without relations."""

    has_relations = False


def event(offset: int, entity: str = "e0", *, revision_ms: int = 5, appended_ms: int = 9) -> Incoming:
    reading = {"unit": UNITS[0], "opened": 0, "amount": 1}
    delivery = f"d{offset}"
    return Incoming(delivery, 0, offset, appended_ms, 0, entity, PAPER, "v", "s0", revision_ms, (), reading)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(TouchesTopic(era=1))


@pytest.mark.parametrize("feed", [FEED, _Alone()])
def test_reading_comes_after_storing_and_touches_after_cells(feed: ToyFeed, store: MemoryStore) -> None:
    steps = list(land(feed, 1, [event(0)], store))
    assert [step for step in steps if step != "relations read"] == [
        "arrivals known",
        "versions stored",
        "versions read",
        "cells stored",
        "touches published",
        "progress recorded",
    ]


def test_both_kinds_of_feed_land_the_same_cells(store: MemoryStore) -> None:
    other = MemoryStore(TouchesTopic(era=1))
    list(land(FEED, 1, [event(0), event(1, "e2")], store))
    list(land(_Alone(), 1, [event(0), event(1, "e2")], other))
    assert store.tables.cells == other.tables.cells
    assert store.tables.cells


def test_a_record_that_cannot_be_read_is_set_aside_and_passed(store: MemoryStore) -> None:
    list(land(FEED, 1, [], store, [Unreadable(0, 0)]))
    assert store.land_position(1, 0) == 1
    assert store.tables.unreadable == {(1, Unreadable(0, 0))}


def test_the_next_position_is_beyond_all_that_was_read_even_what_was_unreadable(store: MemoryStore) -> None:
    list(land(FEED, 1, [event(0), event(2)], store, [Unreadable(0, 1), Unreadable(0, 3)]))
    assert store.land_position(1, 0) == 4


@pytest.mark.parametrize(("revision_ms", "kept"), [(4, 4), (4_070_908_800_000, 9), (-7, 0)])
def test_a_revision_time_lies_between_1970_and_its_first_arrival(
    store: MemoryStore, revision_ms: int, kept: int
) -> None:
    list(land(FEED, 1, [event(0, revision_ms=revision_ms)], store))
    ((_, place),) = store.tables.versions["e0"]
    assert place >> 80 == kept


def test_nothing_is_recorded_while_the_store_is_away(store: MemoryStore) -> None:
    store.away = True
    with pytest.raises(StoreUnavailable):
        list(land(FEED, 1, [event(0)], store))
    assert store.land_position(1, 0) == 0
    store.away = False
    list(land(FEED, 1, [event(0)], store))
    assert store.land_position(1, 0) == 1


def test_a_delivery_sent_again_keeps_its_first_reading_even_when_a_newer_parser_reads_otherwise(
    store: MemoryStore,
) -> None:
    first = event(0)
    list(land(FEED, 1, [first], store))
    cells = dict(store.tables.cells)
    again = first._replace(offset=7, reading={"unit": UNITS[1], "opened": 2, "amount": 9})
    list(land(FEED, 1, [again], store))
    assert store.tables.cells == cells


def test_a_delivery_twice_in_one_batch_is_read_as_it_came_first(store: MemoryStore) -> None:
    first = event(0)
    again = first._replace(offset=1, reading={"unit": UNITS[1], "opened": 2, "amount": 9})
    list(land(FEED, 1, [again, first], store))
    (kept,) = store.tables.versions["e0"].values()
    assert kept.reading == first.reading


def test_what_a_delivery_did_not_hold_when_it_came_first_is_stored_when_it_comes_again(
    store: MemoryStore,
) -> None:
    first = event(0)
    list(land(FEED, 1, [first], store))
    list(land(FEED, 1, [first._replace(offset=3), first._replace(offset=3, number=1, entity="e2")], store))
    assert store.tables.versions.keys() == {"e0", "e2"}


def test_relations_that_a_dead_attempt_left_out_are_stored_by_the_next_even_beside_a_repeat(
    store: MemoryStore,
) -> None:
    first = event(0)._replace(relations=(("replaces", "e2"),))
    batch = [first, first._replace(offset=1)]
    store.fault, store.fault_in = "half", "insert_versions"
    with pytest.raises(StoreUnavailable):
        list(land(FEED, 1, batch, store))
    assert store.tables.versions
    assert not store.tables.relations
    list(land(FEED, 1, batch, store))
    assert store.tables.relations == {"e2": {"e0"}}


def test_relations_that_a_dead_attempt_left_out_are_stored_by_the_next_also_of_a_delivery_s_later_parcels(
    store: MemoryStore,
) -> None:
    first = event(0)
    later = first._replace(offset=1, number=1, entity="e1", relations=(("replaces", "e2"),))
    list(land(FEED, 1, [first], store))
    store.fault, store.fault_in = "half", "insert_versions"
    with pytest.raises(StoreUnavailable):
        list(land(FEED, 1, [later], store))
    assert store.tables.versions.keys() == {"e0", "e1"}
    assert not store.tables.relations
    list(land(FEED, 1, [later], store))
    assert store.tables.relations == {"e2": {"e1"}}
