"""What would take the place of each protection if somebody thought it superfluous."""

from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from typing import Any

from walk.kafka import EventsTopic
from walk.store import MemoryStore

from iochub.exact import cells, land, receipt, rollup, version
from iochub.exact.cells import CellRow
from iochub.exact.land import Incoming, LandStore, Progress, Unreadable
from iochub.exact.place import arrival_of, place_of
from iochub.exact.receipt import LandedUpTo
from iochub.exact.rollup import RollupStore, Touch
from iochub.exact.version import WITHDRAWAL, Cell, Folding, Version

_LAND, _ROWS_OF, _PLACED, _ROWS = land.land, cells.rows_of, land._placed, land._rows


class _Foreseeing:
    """A store that has not been given the versions yet, seen by one who knows them."""

    def __init__(self, store: LandStore, placed: Sequence[Version]) -> None:
        self._store = store
        self._placed = placed

    def versions_of(self, feed: str, entities: Collection[str]) -> Mapping[str, Sequence[Version]]:
        found = {entity: list(own) for entity, own in self._store.versions_of(feed, entities).items()}
        for one in self._placed:
            own = found.setdefault(one.entity, []) if one.entity in entities else []
            if one not in own:
                own.append(one)
        return found

    def relating_to(self, feed: str, entities: Collection[str]) -> Mapping[str, Collection[str]]:
        found = {entity: set(one) for entity, one in self._store.relating_to(feed, entities).items()}
        for one in self._placed:
            for _, target in one.relations:
                if target in found:
                    found[target].add(one.entity)
        return found


def land_reading_first(
    feed: Folding,
    era: int,
    batch: Sequence[Incoming],
    store: LandStore,
    unreadable: Sequence[Unreadable] = (),
) -> Iterator[str]:
    if unreadable:
        store.set_aside(feed.name, era, unreadable)
    firsts = store.first_arrivals(feed.name, land._arrivals(era, batch))
    placed = yield from land._fresh(feed, era, batch, firsts, store)
    foreseeing: Any = _Foreseeing(store, placed)
    rows = yield from land._rows(feed, foreseeing, {event.entity for event in batch})
    yield "versions read"
    store.insert_versions(feed.name, placed)
    yield "versions stored"
    store.insert_cells(feed.name, rows)
    yield "cells stored"
    ends = store.publish_touches(land._touched(feed.name, rows))
    yield "touches published"
    store.record_progress(land._progress(feed.name, era, [*batch, *unreadable], ends))


def land_in_order(*order: str) -> Callable[..., Iterator[str]]:
    """Landing whose last three steps come in another order."""

    def walk(
        feed: Folding,
        era: int,
        batch: Sequence[Incoming],
        store: LandStore,
        unreadable: Sequence[Unreadable] = (),
    ) -> Iterator[str]:
        if unreadable:
            store.set_aside(feed.name, era, unreadable)
        firsts = store.first_arrivals(feed.name, land._arrivals(era, batch))
        fresh = yield from land._fresh(feed, era, batch, firsts, store)
        store.insert_versions(feed.name, fresh)
        yield "versions stored"
        rows = yield from land._rows(feed, store, {event.entity for event in batch})
        ends: Mapping[int, int] = {}
        for step in order:
            if step == "cells":
                store.insert_cells(feed.name, rows)
            elif step == "touches":
                ends = store.publish_touches(land._touched(feed.name, rows))
            else:
                store.record_progress(land._progress(feed.name, era, [*batch, *unreadable], ends))
            yield step

    return walk


def land_forgetting_unreadable(
    feed: Folding,
    era: int,
    batch: Sequence[Incoming],
    store: LandStore,
    unreadable: Sequence[Unreadable] = (),
) -> Iterator[str]:
    yield from _LAND(feed, era, batch, store)


def targets_of_latest(versions: Sequence[Version]) -> list[str]:
    latest = {one.kind: one for one in sorted(versions, key=lambda one: one.place)}
    return [target for one in latest.values() for _, target in one.relations]


def rows_without_far_neighbours(
    feed: Folding, store: LandStore, entities: set[str]
) -> Generator[str, None, list[CellRow]]:
    known = land._Known(feed, store)
    yield from known.read(entities)
    affected = entities | known.neighbours(entities)
    yield from known.read(affected)
    rows = []
    for entity in affected:
        near = known.neighbours({entity}) & affected
        related = [one for other in near for one in known.own(other)]
        rows += land.rows_of(feed, entity, known.own(entity), related)
    return rows


def rows_without_tombstones(*arguments: Any) -> list[CellRow]:
    return [row for row in _ROWS_OF(*arguments) if row.current is not None]


def rows_without_mixtures(
    feed: Folding, entity: str, own: Sequence[Version], related: Sequence[Version] = ()
) -> list[CellRow]:
    alone = {cell for one in own for cell in cells.implied_cells(feed, [one])}
    rows = _ROWS_OF(feed, entity, own, related)
    return [row for row in rows if row.current is not None or row[:3] in alone]


def rows_unversioned(*arguments: Any) -> list[CellRow]:
    return [row._replace(version=0) for row in _ROWS_OF(*arguments)]


def rows_versioned_by_own(
    feed: Folding, entity: str, own: Sequence[Version], related: Sequence[Version] = ()
) -> list[CellRow]:
    return [row._replace(version=len(own)) for row in _ROWS_OF(feed, entity, own, related)]


def rows_versioned_by_place(
    feed: Folding, entity: str, own: Sequence[Version], related: Sequence[Version] = ()
) -> list[CellRow]:
    newest = max(arrival_of(one.place) for one in [*own, *related])
    return [row._replace(version=newest) for row in _ROWS_OF(feed, entity, own, related)]


def fresh_or_not(
    feed: Folding,
    era: int,
    batch: Sequence[Incoming],
    firsts: Mapping[tuple[str, int], land.Arrival],
    store: LandStore,
) -> Generator[str, None, list[Version]]:
    yield "nothing asked"
    return [land._placed(event, firsts) for event in batch]


def fresh_without_known_relations(
    feed: Folding,
    era: int,
    batch: Sequence[Incoming],
    firsts: Mapping[tuple[str, int], land.Arrival],
    store: LandStore,
) -> Generator[str, None, list[Version]]:
    stored = store.versions_of(feed.name, {event.entity for event in batch})
    yield "repeats known"
    known = {(one.entity, one.kind, one.place) for own in stored.values() for one in own}
    fresh = {}
    for event in batch:
        placed = land._placed(event, firsts)
        key = (placed.entity, placed.kind, placed.place)
        if key not in known or not land._was_here(event, era, firsts):
            fresh.setdefault(key, placed)
    return list(fresh.values())


def placed_by_this_arrival(event: Incoming, firsts: Mapping[tuple[str, int], land.Arrival]) -> Version:
    era = firsts[event.delivery, event.partition].era
    this = land.Arrival(event.delivery, event.partition, era, event.offset, event.appended_ms)
    return _PLACED(event, {(event.delivery, event.partition): this})


def placed_with_this_cap(event: Incoming, firsts: Mapping[tuple[str, int], land.Arrival]) -> Version:
    first = firsts[event.delivery, event.partition]
    capped = first._replace(appended_ms=event.appended_ms)
    return _PLACED(event, {(event.delivery, event.partition): capped})


def placed_without_cap(event: Incoming, firsts: Mapping[tuple[str, int], land.Arrival]) -> Version:
    first = firsts[event.delivery, event.partition]
    uncapped = first._replace(appended_ms=event.revision_ms)
    return _PLACED(event, {(event.delivery, event.partition): uncapped})


def place_without_era(revision_ms: int, era: int, offset: int, index: int) -> int:
    return place_of(revision_ms, 0, offset, index)


def live_whoever_withdraws(versions: Sequence[Version]) -> list[Version]:
    until = {one.entity: arrival_of(one.place) for one in versions if one.kind == WITHDRAWAL}
    kept = [
        one
        for one in versions
        if one.kind != WITHDRAWAL and arrival_of(one.place) > until.get(one.entity, -1)
    ]
    return sorted(kept, key=version.by_place)


def live_across_entities(versions: Sequence[Version]) -> list[Version]:
    until = {one.sender: arrival_of(one.place) for one in versions if one.kind == WITHDRAWAL}
    kept = [
        one
        for one in versions
        if one.kind != WITHDRAWAL and arrival_of(one.place) > until.get(one.sender, -1)
    ]
    return sorted(kept, key=version.by_place)


def masked_for_ever(one: Version, withdrawn: Mapping[tuple[str, str], int]) -> bool:
    return one.kind == WITHDRAWAL or (one.entity, one.sender) in withdrawn


def masked_never(one: Version, withdrawn: Mapping[tuple[str, str], int]) -> bool:
    return one.kind == WITHDRAWAL


def newest_without_offsets(era: int, batch: Sequence[Touch]) -> dict[Cell, int]:
    return {touch.cell: 1 for touch in batch}


def roll_up_recording_first(era: int, batch: Sequence[Touch], store: RollupStore) -> Iterator[str]:
    newest = rollup.newest_touches(era, batch)
    store.record_positions(era, rollup.next_offsets(batch))
    yield "progress recorded"
    store.recount(newest)
    yield "figures stored"
    store.publish_changed(newest.keys())
    yield "changes published"


def roll_up_telling_changes(era: int, batch: Sequence[Touch], store: Any) -> Iterator[str]:
    newest = rollup.newest_touches(era, batch)
    before = {key: store.current(key) for key in store.tables.figures}
    store.recount(newest)
    changed = {key[0] for key in store.tables.figures if store.current(key) != before.get(key)}
    yield "figures stored"
    store.publish_changed(changed)
    yield "changes published"
    store.record_positions(era, rollup.next_offsets(batch))
    yield "progress recorded"


def landed_beyond_by_latest(self: MemoryStore, era: int, partition: int, offset: int) -> LandedUpTo | None:
    kept = self.tables.landed.get((era, partition), {})
    latest = max(kept, default=0)
    return LandedUpTo(latest, kept[latest]) if latest > offset else None


def keep_any_progress(self: MemoryStore, progress: Progress) -> None:
    self.tables.landed.setdefault((progress.era, progress.partition), {})[progress.position] = (
        progress.touch_ends
    )


def counted_when_stored(*arguments: Any) -> bool:
    return bool(receipt.stored(*arguments[:2]))


def cut_in_the_same_era(self: EventsTopic, lost: int) -> EventsTopic:
    return EventsTopic(self.era, [log[: max(0, len(log) - lost)] for log in self.logs])


def wait_for_nothing(self: MemoryStore) -> None:
    return None


def record_time_of_the_clock(self: MemoryStore) -> int:
    return self.clock - self.sequence % 30


def record_time_after_the_recorded(self: MemoryStore) -> int:
    return max(self.clock, self.recorded + 1)


def mark_without_era(era: int, offset: int) -> int:
    return offset
