"""Landing on ClickHouse, against a dictionary that does the same."""

import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from permits import Permits

from iochub.exact.cells import CellRow, rows_of
from iochub.exact.land import Arrival, Incoming, Progress, Unreadable, land
from iochub.exact.place import place_of
from iochub.exact.version import Cell, Version
from iochub.warehouse.land_store import ClickHouseLandStore
from iochub.warehouse.store import Store

FEED = Permits()
DAY = date(2021, 7, 1)


def fresh(store: Store) -> ClickHouseLandStore:
    return ClickHouseLandStore(store, FEED, lambda cells: {1: len(cells)})


def version(
    entity: str, offset: int, relations: tuple[tuple[str, str], ...] = (), **reading: object
) -> Version:
    told = {"day": str(DAY), "unit": "14797", **reading}
    return Version(entity, "paper", place_of(0, 0, offset, 0), f"v{offset}", "H56", relations, told)


def test_the_earliest_arrival_of_a_delivery_stands(store: Store) -> None:
    later, earlier = Arrival("d'\\1", 3, 0, 9, 900), Arrival("d'\\1", 3, 0, 7, 700)
    assert fresh(store).first_arrivals("permits", [later]) == {("d'\\1", 3): later}
    assert fresh(store).first_arrivals("permits", [earlier]) == {("d'\\1", 3): earlier}
    assert fresh(store).first_arrivals("permits", [later]) == {("d'\\1", 3): earlier}
    recreated = Arrival("d'\\1", 3, 1, 0, 950)
    assert fresh(store).first_arrivals("permits", [recreated]) == {("d'\\1", 3): earlier}


def test_versions_of_others_are_read_beside_the_own(store: Store) -> None:
    first, second = version("a'\\x", 1, channel='"đ'), version("a'\\x", 2, (("replaces", "b"),))
    fresh(store).insert_versions("permits", [first])
    mine = fresh(store)
    mine.insert_versions("permits", [second])
    found = mine.versions_of("permits", {"a'\\x", "b"})
    assert {name: sorted(known) for name, known in found.items()} == {"a'\\x": [first, second]}
    assert mine.relating_to("permits", {"b", "c"}) == {"b": {"a'\\x"}, "c": set()}


def test_the_same_version_inserted_again_is_one(store: Store) -> None:
    for _ in range(3):
        landing = fresh(store)
        landing.insert_versions("permits", [version("a", 1), version("a", 1)])
        assert landing.versions_of("permits", {"a"}) == {"a": [version("a", 1)]}


def test_two_entities_with_one_hash_are_kept_apart(store: Store) -> None:
    # CRC32 of both is 0x4ddb0c25.
    one, other = version("plumless", 1), version("buckeroo", 2)
    fresh(store).insert_versions("permits", [one])
    landing = fresh(store)
    landing.insert_versions("permits", [other])
    assert landing.versions_of("permits", {"buckeroo"}) == {"buckeroo": [other]}


def test_a_tombstone_hides_the_row_and_the_highest_version_counts(store: Store) -> None:
    versions = [version("a", 1), version("a", 2, unit="14758")]
    fresh(store).insert_cells("permits", rows_of(FEED, "a", versions))
    fresh(store).insert_cells("permits", rows_of(FEED, "a", versions[:1]))  # a slow writer knew less
    alive = store.rows("SELECT role, day, unit FROM permits_cells FINAL ORDER BY role")
    assert alive == [("due", date(2021, 7, 11), "14758"), ("received", DAY, "14758")]


def test_positions_never_step_back_and_keep_their_touches(store: Store) -> None:
    landing = fresh(store)
    landing.record_progress(
        [Progress("permits", 3, 0, 10, {5: 70, 6: 80}), Progress("permits", 4, 0, 2, {5: 70})]
    )
    landing.record_progress([Progress("permits", 3, 0, 8, {5: 99})])
    landing.record_progress([Progress("permits", 3, 1, 4, {})])
    kept = store.rows("SELECT era, partition, position, touch_ends FROM land_progress ORDER BY ALL")
    assert kept == [(0, 3, 10, {5: 70, 6: 80}), (0, 4, 2, {5: 70}), (1, 3, 4, {})]


def test_unreadable_records_are_set_aside_once_and_whole(store: Store) -> None:
    for _ in range(2):
        fresh(store).set_aside("permits", 0, [Unreadable(3, 17, b"\xff no parcel")])
    assert store.rows("SELECT feed, era, partition, offset, record FROM set_aside FINAL") == [
        ("permits", 0, 3, 17, b64encode(b"\xff no parcel").decode())
    ]


# --- random schedules against a dictionary


class Memory:
    """The same promises, kept by dictionaries."""

    def __init__(self) -> None:
        self.arrivals: dict[tuple[str, int], Arrival] = {}
        self.versions: dict[str, dict[tuple[str, int], Version]] = {}
        self.relations: dict[str, set[str]] = {}
        self.cells: dict[tuple[object, ...], CellRow] = {}
        self.progress: dict[tuple[int, int], dict[int, Mapping[int, int]]] = {}

    def set_aside(self, feed, era, records): ...

    def first_arrivals(self, feed, arrivals):
        for one in arrivals:
            known = self.arrivals.setdefault((one.delivery, one.partition), one)
            if (one.era, one.offset) < (known.era, known.offset):
                self.arrivals[one.delivery, one.partition] = one
        return {(one.delivery, one.partition): self.arrivals[one.delivery, one.partition] for one in arrivals}

    def insert_versions(self, feed, versions):
        for one in versions:
            self.versions.setdefault(one.entity, {})[one.kind, one.place] = one
            for _, target in one.relations:
                self.relations.setdefault(target, set()).add(one.entity)

    def versions_of(self, feed, entities):
        return {name: list(self.versions[name].values()) for name in entities if name in self.versions}

    def relating_to(self, feed, entities):
        return {name: self.relations.get(name, set()) for name in entities}

    def insert_cells(self, feed, rows):
        for row in rows:
            known = self.cells.get(row[:4])
            if known is None or known.version <= row.version:
                self.cells[row[:4]] = row

    def publish_touches(self, cells):
        return {1: len(cells)}

    def record_progress(self, progress):
        for one in progress:
            kept = self.progress.setdefault((one.era, one.partition), {})
            if one.position > max(kept, default=0):
                kept[one.position] = one.touch_ends


ENTITIES = ("a", "b", "c")
EVENT = st.tuples(
    st.sampled_from(ENTITIES),
    st.sampled_from(("paper", "paper", "step", "withdrawal")),
    st.sampled_from(("d1", "d2", "d3", "d4")),
    st.integers(0, 2),
    st.sampled_from(("14797", "14758", "unknown")),
    st.sampled_from((None, None, "a", "b", "c")),
    st.sampled_from(("H56", "H57")),
)
BATCH = st.lists(EVENT, min_size=1, max_size=4)
STEP = st.tuples(BATCH, st.integers(0, 9), st.integers(0, 1))


def events_of(batch, offset: int) -> list[Incoming]:
    events = []
    for number, (entity, kind, delivery, day, unit, target, sender) in enumerate(batch):
        if kind == "withdrawal":
            reading: dict[str, object] = {}
        elif kind == "step":
            reading = {"ended_at": f"2021-07-{day + 9:02}T10:00:00+00:00"}
        else:
            reading = {"day": f"2021-07-{day + 1:02}", "unit": unit, "amount": f"{day}.5"}
        relations = (("replaces", target),) if target and kind == "paper" else ()
        events.append(
            Incoming(
                delivery + sender, 0, offset, 1_000 + offset, number, entity, kind, f"{offset}-{number}",
                sender,
                day * 1_000, relations, json.loads(json.dumps(reading)),
            )
        )  # fmt: skip
    return events


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEP, min_size=1, max_size=5))
def test_landing_does_what_a_dictionary_does_whatever_stops_it(store: Store, schedule) -> None:
    """Two workers, each of which may stop for ever after any step and have its batch landed again."""
    for table in ("deliveries", "versions", "relations", "cells"):
        store.run(f"TRUNCATE TABLE permits_{table}")
    store.run("TRUNCATE TABLE land_progress")
    memory, left = Memory(), []
    for offset, (batch, stops_after, waits) in enumerate(schedule):
        events = events_of(batch, offset)
        pair = [land(FEED, 0, events, fresh(store)), land(FEED, 0, events, memory)]
        for _ in range(stops_after):
            for generator in pair:
                next(generator, None)
        (left if waits else []).append(pair)
        if stops_after < 9:
            for generator in [land(FEED, 0, events, fresh(store)), land(FEED, 0, events, memory)]:
                list(generator)
    for pair in left:  # a zombie goes on where it had stopped
        for generator in pair:
            list(generator)
    alive = {row[:4]: row[4:] for row in store.rows(
        "SELECT role, day, unit, entity, channel, agency, status, amount FROM permits_cells FINAL"
    )}  # fmt: skip
    assert alive == {
        key: (row.current.values[0], row.current.values[1], row.current.values[2], row.current.values[5])
        for key, row in memory.cells.items()
        if row.current is not None
    }
    kept = {(era, partition, position) for era, partition, position in store.rows(
        "SELECT era, partition, position FROM land_progress"
    )}  # fmt: skip
    assert kept == {(*place, position) for place, known in memory.progress.items() for position in known}


@pytest.mark.parametrize("number", [200])
def test_a_large_batch_lands_whole(store: Store, number: int) -> None:
    events = [
        event._replace(entity=f"e{n}", delivery=f"d{n}", number=n)
        for n in range(number)
        for event in events_of([("a", "paper", "d", n % 3, "14797", None, "H56")], 5)
    ]
    list(land(FEED, 0, events, fresh(store)))
    assert store.rows("SELECT count(), sum(amount) FROM permits_cells FINAL WHERE role = 'received'") == [
        (number, sum(n % 3 for n in range(number)) + number * 5 // 10)
    ]
    assert Cell("permits", "received", DAY, "14797")
