"""From parcels to day cells: every step may be repeated after a crash at any point.

A parcel holds events of one delivery for one Kafka partition. An era is one life of a topic: made anew, it
begins the next era, and its offsets sort after all earlier ones. A touch, on the topic `windows.touched`,
says that a cell must be recounted; an end mark (`place.mark_of`) is just beyond a partition's last touch.
"""

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from iochub.exact.cells import CellRow, rows_of
from iochub.exact.place import place_of
from iochub.exact.version import Cell, Folding, Version


class Arrival(NamedTuple):
    """When a delivery reached a partition; the earliest that is kept is its first arrival there."""

    delivery: str
    partition: int
    era: int
    offset: int
    appended_ms: int


class Incoming(NamedTuple):
    """One event as landing takes it from Kafka, not yet placed; `number` is its index in its delivery."""

    delivery: str
    partition: int
    offset: int
    appended_ms: int
    number: int
    entity: str
    kind: str
    version_id: str
    sender: str
    revision_ms: int
    relations: tuple[tuple[str, str], ...]
    reading: Mapping[str, object]


class Unreadable(NamedTuple):
    """A Kafka record that is no parcel: all its events are set aside whole, and landing goes on."""

    partition: int
    offset: int
    value: bytes = b""


class Progress(NamedTuple):
    """How far landing came in one partition, and the end marks of the touches it had published by then."""

    feed: str
    partition: int
    era: int
    position: int
    touch_ends: Mapping[int, int]


class LandStore(Protocol):
    """What landing asks of the warehouse and of Kafka; every call may be repeated.

    A call that raised may have done all, a part or nothing, and may still do it later.
    """

    def set_aside(self, feed: str, era: int, records: Sequence[Unreadable]) -> None:
        """Keep records that cannot be read, and where they lay."""

    def first_arrivals(self, feed: str, arrivals: Collection[Arrival]) -> Mapping[tuple[str, int], Arrival]:
        """Keep the earliest (era, offset) per (delivery, partition) and answer it."""

    def insert_versions(self, feed: str, versions: Sequence[Version]) -> None:
        """Keep versions and their relations; the same (entity, kind, place) twice is one."""

    def versions_of(self, feed: str, entities: Collection[str]) -> Mapping[str, Sequence[Version]]:
        """Every distinct version of each entity, as acknowledged by anyone so far."""

    def relating_to(self, feed: str, entities: Collection[str]) -> Mapping[str, Collection[str]]:
        """For each entity the entities that any version ever related to it."""

    def insert_cells(self, feed: str, rows: Sequence[CellRow]) -> None:
        """Keep rows; of the same (role, day, unit, entity) the highest version counts."""

    def publish_touches(self, cells: Collection[Cell]) -> Mapping[int, int]:
        """Publish touches; answer the end mark of each partition that got any."""

    def record_progress(self, progress: Sequence[Progress]) -> None:
        """Remember positions (the next offset to read); one not beyond the recorded position is not kept."""


def land(
    feed: Folding,
    era: int,
    batch: Sequence[Incoming],
    store: LandStore,
    unreadable: Sequence[Unreadable] = (),
) -> Iterator[str]:
    """Walk one batch through all steps, naming each as it ends; nothing is done before the answer is walked.

    Whoever walks may die at any step and begin anew. The batch holds whole parcels, without a gap since the
    position it began from.
    """
    if unreadable:
        store.set_aside(feed.name, era, unreadable)
        yield "unreadable set aside"
    firsts = store.first_arrivals(feed.name, _arrivals(era, batch))
    yield "arrivals known"
    fresh = yield from _fresh(feed, era, batch, firsts, store)
    store.insert_versions(feed.name, fresh)
    yield "versions stored"
    rows = yield from _rows(feed, store, {event.entity for event in batch})
    store.insert_cells(feed.name, rows)
    yield "cells stored"
    ends = store.publish_touches(_touched(feed.name, rows))
    yield "touches published"
    store.record_progress(_progress(feed.name, era, [*batch, *unreadable], ends))
    yield "progress recorded"


def _arrivals(era: int, batch: Sequence[Incoming]) -> list[Arrival]:
    """The earliest arrival of each delivery and partition of the batch."""
    earliest: dict[tuple[str, int], Arrival] = {}
    for event in batch:
        key = (event.delivery, event.partition)
        known = earliest.get(key)
        if known is None or event.offset < known.offset:
            earliest[key] = Arrival(event.delivery, event.partition, era, event.offset, event.appended_ms)
    return list(earliest.values())


def _fresh(
    feed: Folding,
    era: int,
    batch: Sequence[Incoming],
    firsts: Mapping[tuple[str, int], Arrival],
    store: LandStore,
) -> Generator[str, None, list[Version]]:
    """The versions to store: of a delivery that has been here before only what it did not hold then.

    * A known version of a duplicate stays as it was read first: a newer parser may read the same bytes
      otherwise, and would leave rows behind in cells that no version implies any more.
    * A first arrival is stored even when its versions are there: an attempt that died may have stored only
      a part of them.
    * A known version that names others is stored again, as it was read first: that attempt may have died
      before their relations were, of a delivery's later parcels too.

    Names its one look-up as a step, and answers the versions.
    """
    again = {event.entity for event in batch if _was_here(event, era, firsts)}
    if not again:
        return [_placed(event, firsts) for event in batch]
    stored = store.versions_of(feed.name, again)
    yield "repeats known"
    known = {(one.entity, one.kind, one.place): one for own in stored.values() for one in own}
    fresh: dict[tuple[str, str, int], Version] = {}
    for event in sorted(batch, key=_by_offset):
        version = _placed(event, firsts)
        key = (version.entity, version.kind, version.place)
        if key not in known or not _was_here(event, era, firsts):
            fresh.setdefault(key, version)
        elif known[key].relations:
            fresh.setdefault(key, known[key])
    return list(fresh.values())


def _was_here(event: Incoming, era: int, firsts: Mapping[tuple[str, int], Arrival]) -> bool:
    """Whether its delivery had come to this partition before: as a duplicate, or with an earlier parcel."""
    first = firsts[event.delivery, event.partition]
    return first.offset != event.offset or first.era != era


def _by_offset(event: Incoming) -> int:
    return event.offset


def _placed(event: Incoming, firsts: Mapping[tuple[str, int], Arrival]) -> Version:
    """A revision time is capped by the first arrival's append time: a clock in 2099 must not win for ever."""
    first = firsts[event.delivery, event.partition]
    revision_ms = max(0, min(event.revision_ms, first.appended_ms))
    place = place_of(revision_ms, first.era, first.offset, event.number)
    return Version(
        event.entity, event.kind, place, event.version_id, event.sender, event.relations, event.reading
    )


def _rows(feed: Folding, store: LandStore, entities: set[str]) -> Generator[str, None, list[CellRow]]:
    """The rows of the batch's entities and of all that their versions may have changed; names its look-ups.

    Read only now, after the own insert was acknowledged: of two that insert at the same time, the one
    that ends last sees both.
    """
    if not feed.has_relations:
        found = store.versions_of(feed.name, entities)
        yield "versions read"
        return [row for entity, own in found.items() for row in rows_of(feed, entity, own)]
    known = _Known(feed, store)
    yield from known.read(entities)
    affected = entities | known.neighbours(entities)
    yield from known.read(affected)
    yield from known.read(known.neighbours(affected))  # no rows of theirs: only to fold the affected
    return [
        row for entity in affected for row in rows_of(feed, entity, known.own(entity), known.around(entity))
    ]


class _Known:
    """The versions read for one batch of a feed with relations, asked for once each."""

    def __init__(self, feed: Folding, store: LandStore) -> None:
        self._feed = feed
        self._store = store
        self._versions: dict[str, Sequence[Version]] = {}
        self._neighbours: dict[str, set[str]] = {}

    def read(self, entities: set[str]) -> Iterator[str]:
        """Read the versions of these entities and who relates to them."""
        missing = entities - self._versions.keys()
        if not missing:
            return
        found = self._store.versions_of(self._feed.name, missing)
        yield "versions read"
        sources = self._store.relating_to(self._feed.name, missing)
        yield "relations read"
        for entity in missing:
            own = self._versions[entity] = found.get(entity, ())
            named = [*_targets(own), *sources.get(entity, ())]
            if named:
                self._neighbours[entity] = set(named) - {entity}

    def neighbours(self, entities: set[str]) -> set[str]:
        """All that one of these relates to, and all that relate to one of these; few things have any."""
        return {other for entity, near in self._neighbours.items() if entity in entities for other in near}

    def own(self, entity: str) -> Sequence[Version]:
        """All versions of an entity."""
        return self._versions[entity]

    def around(self, entity: str) -> list[Version]:
        """All versions of all neighbours."""
        return [version for other in self._neighbours.get(entity, ()) for version in self._versions[other]]


def _targets(versions: Sequence[Version]) -> list[str]:
    """All that any of these versions relates to, superseded ones too: what was related may be so no more."""
    return [target for version in versions if version.relations for _, target in version.relations]


def _touched(feed: str, rows: Sequence[CellRow]) -> set[Cell]:
    """The cells of these rows; few rows have a cell of their own, so the keys are made distinct first."""
    return {Cell(feed, role, day, unit) for role, day, unit in {row[:3] for row in rows}}


def _progress(
    feed: str, era: int, batch: Sequence[Incoming | Unreadable], ends: Mapping[int, int]
) -> list[Progress]:
    """The next offset to read, per partition of the batch."""
    positions: dict[int, int] = {}
    for event in batch:
        if event.offset >= positions.get(event.partition, 0):
            positions[event.partition] = event.offset + 1
    return [Progress(feed, partition, era, position, ends) for partition, position in positions.items()]
