"""From parcels to day cells: every step may be repeated after a crash at any point."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol

from iochub.exact.place import place_of
from iochub.exact.version import WITHDRAWAL, Cell, Current, Folding, Version, live


class Arrival(NamedTuple):
    """When a delivery reached a partition for the first time."""

    delivery: str
    partition: int
    era: int
    offset: int
    appended_ms: int


class Landed(NamedTuple):
    """One event as it comes from Kafka, not yet placed; `number` is its index in its delivery."""

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


class CellRow(NamedTuple):
    """One row of `<feed>_cells`: alive with the current values, or a tombstone where `current` is None."""

    role: str
    day: date
    unit: str
    entity: str
    version: int
    current: Current | None


class Progress(NamedTuple):
    """How far landing came in one partition, and the ends of the touches it had published by then."""

    feed: str
    partition: int
    era: int
    position: int
    touch_ends: Mapping[int, int]


class LandStore(Protocol):
    """What landing asks of the warehouse and of Kafka; every call may be repeated."""

    def first_arrivals(self, feed: str, arrivals: Collection[Arrival]) -> Mapping[tuple[str, int], Arrival]:
        """Keep the earliest arrival per (delivery, partition) and answer it."""

    def insert_versions(self, feed: str, versions: Sequence[Version]) -> None:
        """Keep versions and their relations; the same (entity, kind, place) twice is one."""

    def versions_of(self, feed: str, entities: Collection[str]) -> Mapping[str, Sequence[Version]]:
        """Every distinct version of each entity, as acknowledged by anyone so far."""

    def relating_to(self, feed: str, entities: Collection[str]) -> Mapping[str, Collection[str]]:
        """For each entity the entities that any version ever related to it."""

    def insert_cells(self, feed: str, rows: Sequence[CellRow]) -> None:
        """Keep rows; of the same (role, day, unit, entity) the highest version counts."""

    def publish_touches(self, cells: Collection[Cell]) -> Mapping[int, int]:
        """Publish touches and answer the end offset of each touched partition of `windows.touched`."""

    def record_progress(self, progress: Sequence[Progress]) -> None:
        """Remember positions (the next offset to read)."""


def land(feed: Folding, era: int, batch: Sequence[Landed], store: LandStore) -> Iterator[str]:
    """Walk one batch through all steps, pausing after each: a driver may stop for ever at any pause."""
    firsts = store.first_arrivals(feed.name, _arrivals(era, batch))
    yield "arrivals known"
    store.insert_versions(feed.name, [_placed(event, firsts) for event in batch])
    yield "versions stored"
    rows = list(_rows(feed, _Known(feed, store), {event.entity for event in batch}))
    yield "versions read"
    store.insert_cells(feed.name, rows)
    yield "cells stored"
    ends = store.publish_touches({Cell(feed.name, row.role, row.day, row.unit) for row in rows})
    yield "touches published"
    store.record_progress(_progress(feed.name, era, batch, ends))
    yield "progress recorded"


def _arrivals(era: int, batch: Sequence[Landed]) -> list[Arrival]:
    """One per delivery and partition of the batch, the earliest first."""
    earliest: dict[tuple[str, int], Arrival] = {}
    for event in batch:
        key = (event.delivery, event.partition)
        known = earliest.get(key)
        if known is None or event.offset < known.offset:
            earliest[key] = Arrival(event.delivery, event.partition, era, event.offset, event.appended_ms)
    return list(earliest.values())


def _placed(event: Landed, firsts: Mapping[tuple[str, int], Arrival]) -> Version:
    """A revision time is capped by the first arrival's append time: a clock in 2099 must not win for ever."""
    first = firsts[event.delivery, event.partition]
    revision_ms = min(event.revision_ms, first.appended_ms)
    place = place_of(revision_ms, first.era, first.offset, event.number)
    return Version(
        event.entity, event.kind, place, event.version_id, event.sender, event.relations, event.reading
    )


class _Known:
    """The versions read for one batch, asked for once each and only after its own insert."""

    def __init__(self, feed: Folding, store: LandStore) -> None:
        self._feed = feed
        self._store = store
        self._versions: dict[str, Sequence[Version]] = {}
        self._sources: dict[str, Collection[str]] = {}

    def read(self, entities: Iterable[str]) -> None:
        """Read the versions of these entities and who relates to them."""
        missing = {entity for entity in entities if entity not in self._versions}
        if not missing:
            return
        found = self._store.versions_of(self._feed.name, missing)
        self._versions.update((entity, found.get(entity, ())) for entity in missing)
        if self._feed.has_relations:
            self._sources.update(self._store.relating_to(self._feed.name, missing))

    def own(self, entity: str) -> Sequence[Version]:
        """All versions of an entity."""
        return self._versions[entity]

    def neighbours(self, entity: str) -> set[str]:
        """Those it relates to, by any version, superseded ones too, and those that relate to it."""
        if not self._feed.has_relations:
            return set()
        targets = {target for version in self._versions[entity] for _, target in version.relations}
        return (targets | set(self._sources.get(entity, ()))) - {entity}


def _rows(feed: Folding, known: _Known, entities: set[str]) -> Iterator[CellRow]:
    """The rows of the batch's entities and of all that their versions may have changed."""
    known.read(entities)
    affected = entities.union(*(known.neighbours(entity) for entity in entities))
    known.read(affected)
    known.read(set().union(*(known.neighbours(entity) for entity in affected)))
    for entity in affected:
        own = known.own(entity)
        if own:
            related = [v for neighbour in known.neighbours(entity) for v in known.own(neighbour)]
            yield from rows_of(feed, entity, own, related)


def rows_of(
    feed: Folding, entity: str, own: Sequence[Version], related: Sequence[Version]
) -> Iterator[CellRow]:
    """One entity's rows: alive where it is, tombstones in every other cell that it ever implied.

    The row's version is the number of distinct versions read: full knowledge wins over any part of it,
    whoever writes last.
    """
    current = feed.fold(live(own), live(related))
    version = len(own) + len(related)
    alive = {(role, day, current.unit) for role, day in current.days} if current else set()
    for role, day, unit in implied_cells(feed, own) | alive:
        yield CellRow(role, day, unit, entity, version, current if (role, day, unit) in alive else None)


def implied_cells(feed: Folding, versions: Iterable[Version]) -> set[tuple[str, date, str]]:
    """Every (role, day, unit) that any mixture of these versions could have put the entity into."""
    units: set[str] = set()
    days: set[tuple[str, date]] = set()
    for version in versions:
        if version.kind == WITHDRAWAL:
            continue
        implied = feed.implied(version)
        days.update(implied.days)
        if implied.unit is not None:
            units.add(implied.unit)
    return {(role, day, unit) for unit in units for role, day in days}


def _progress(feed: str, era: int, batch: Sequence[Landed], ends: Mapping[int, int]) -> list[Progress]:
    """The next offset to read, per partition of the batch."""
    positions: dict[int, int] = {}
    for event in batch:
        positions[event.partition] = max(positions.get(event.partition, 0), event.offset + 1)
    return [Progress(feed, partition, era, position, ends) for partition, position in positions.items()]
