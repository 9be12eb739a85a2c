"""Where landing keeps what it learns: arrivals, versions, cells and positions, in ClickHouse."""

import secrets
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter, itemgetter

import msgspec

from iochub.exact.cells import CellRow
from iochub.exact.land import Arrival, Progress, Unreadable
from iochub.exact.place import ARRIVAL_BITS
from iochub.exact.version import Cell, Version
from iochub.ingest.feed import Feed
from iochub.warehouse.binding import hashed, numbers
from iochub.warehouse.store import Store

Publish = Callable[[Collection[Cell]], Mapping[int, int]]
"""Publishes touches and answers the end mark of each touched partition."""

ARRIVAL_COLUMNS = ("delivery", "partition", "era", "offset", "appended_ms", "batch")
VERSION_COLUMNS = ("entity", "kind", "place", "version_id", "sender", "relations", "reading", "batch")
CELL_COLUMNS = ("entity", "version", "roles", "days", "units", "gone")

SALT_BITS = 12
"""Beside the microsecond, so that two workers hardly ever name a batch alike."""

_entity = attrgetter("entity")
_decode = msgspec.json.Decoder(dict[str, object]).decode


class ClickHouseLandStore:
    """One batch's way into the warehouse; make a new one for each batch or attempt.

    It remembers what it inserted itself, so that afterwards only what *others* inserted has to be read:
    the same as reading everything, for the question is asked after the own insert was acknowledged.
    """

    def __init__(self, store: Store, feed: Feed, publish: Publish) -> None:
        self._store = store
        self._columns = tuple(column.name for column in feed.columns)
        self._publish = publish
        self._batch = batch_number()
        self._own: dict[str, dict[tuple[str, int], Version]] = {}
        self._last_event_ms = 0
        self._last_received_ms = 0

    def set_aside(self, feed: str, era: int, records: Sequence[Unreadable]) -> None:
        """Keep records that cannot be read, and where they lay: Kafka forgets them one day."""
        self._store.insert(
            "set_aside",
            ("feed", "era", "partition", "offset", "record"),
            [(feed, era, one.partition, one.offset, one.value) for one in records],
        )

    def first_arrivals(self, feed: str, arrivals: Collection[Arrival]) -> Mapping[tuple[str, int], Arrival]:
        """Keep the earliest (era, offset) per (delivery, partition) and answer it."""
        first = {(one.delivery, one.partition): one for one in arrivals}
        self._last_received_ms = max((one.appended_ms for one in arrivals), default=0)
        self._store.insert(
            f"{feed}_deliveries",
            ARRIVAL_COLUMNS,
            [(one[0], one[1], one[2], one[3], one[4], self._batch) for one in arrivals],
        )
        others = self._store.rows(
            f"SELECT delivery, partition, min((era, offset, appended_ms)) FROM {feed}_deliveries "
            "WHERE delivery_hash IN {keys:Array(UInt32)} AND batch != {batch:UInt64} "
            "GROUP BY delivery, partition",
            {"keys": numbers({hashed(delivery) for delivery, _ in first}), "batch": self._batch},
        )
        for delivery, partition, (era, offset, appended_ms) in others:
            own = first.get((delivery, partition))
            if own is not None and (era, offset) < (own.era, own.offset):
                first[delivery, partition] = Arrival(delivery, partition, era, offset, appended_ms)
        return first

    def insert_versions(self, feed: str, versions: Sequence[Version]) -> None:
        """Keep versions and their relations; the same (entity, kind, place) twice is one."""
        own, rows, batch = self._own, [], self._batch
        for version in versions:
            entity, kind, place, version_id, sender, relations, reading = version
            own.setdefault(entity, {})[kind, place] = version
            rows.append((entity, kind, str(place), version_id, sender, relations, reading, batch))
        self._last_event_ms = max((version.place for version in versions), default=0) >> ARRIVAL_BITS
        self._store.insert(f"{feed}_versions", VERSION_COLUMNS, rows)
        pairs = {(target, version.entity) for version in versions for _, target in version.relations}
        if pairs:
            self._store.insert(f"{feed}_relations", ("target", "source"), list(pairs))

    def versions_of(self, feed: str, entities: Collection[str]) -> Mapping[str, Sequence[Version]]:
        """Every distinct version of each entity, as acknowledged by anyone so far."""
        keys = {entity: hashed(entity) for entity in entities}
        asked = set(keys.values())
        told = self._store.rows(
            # The key first: nearly no row passes it, so that nearly no batch is unpacked.
            f"SELECT DISTINCT entity_hash FROM {feed}_versions "
            "PREWHERE entity_hash IN {keys:Array(UInt32)} WHERE batch != {batch:UInt64}",
            {"keys": numbers(asked), "batch": self._batch},
        )
        elsewhere = {key for (key,) in told}
        found: dict[str, Sequence[Version]] = {}
        if elsewhere:
            found.update(self._read(feed, elsewhere, entities))
        for entity, key in keys.items():
            if key not in elsewhere and entity in self._own:
                found[entity] = list(self._own[entity].values())
        return found

    def _read(self, feed: str, keys: set[int], entities: Collection[str]) -> dict[str, Sequence[Version]]:
        rows = self._store.rows(
            "SELECT batch, entity, kind, place, version_id, sender, relations, reading "
            f"FROM {feed}_versions PREWHERE entity_hash IN {{keys:Array(UInt32)}}",
            {"keys": numbers(keys)},
        )
        rows.sort(key=itemgetter(0))  # of the same version the last insert counts, as after a merge
        found: dict[str, dict[tuple[str, int], Version]] = {}
        for _, entity, kind, place, version_id, sender, relations, reading in rows:
            if entity in entities:
                pairs = tuple((relation, target) for relation, target in relations)
                version = Version(entity, kind, place, version_id, sender, pairs, _decode(reading))
                found.setdefault(entity, {})[kind, place] = version
        return {entity: list(versions.values()) for entity, versions in found.items()}

    def relating_to(self, feed: str, entities: Collection[str]) -> Mapping[str, Collection[str]]:
        """For each entity the entities that any version ever related to it."""
        rows = self._store.rows(
            f"SELECT DISTINCT target, source FROM {feed}_relations "
            "WHERE target_hash IN {keys:Array(UInt32)}",
            {"keys": numbers({hashed(entity) for entity in entities})},
        )
        sources: dict[str, set[str]] = {}
        for target, source in rows:
            sources.setdefault(target, set()).add(source)
        return {entity: sources.get(entity, set()) for entity in entities}

    def insert_cells(self, feed: str, rows: Sequence[CellRow]) -> None:
        """Keep rows; of the same (role, day, unit, entity) the highest version counts."""
        self._store.insert(
            f"{feed}_landing", (*CELL_COLUMNS, *self._columns), list(_folded(rows, len(self._columns)))
        )

    def publish_touches(self, cells: Collection[Cell]) -> Mapping[int, int]:
        """Publish touches; answer the end mark of each touched partition of `windows.touched`."""
        return self._publish(cells)

    def record_progress(self, progress: Sequence[Progress]) -> None:
        """Remember positions (the next offset to read); one not beyond the recorded position is not kept."""
        for (feed, era, ends), group in groupby(progress, key=attrgetter("feed", "era", "touch_ends")):
            kept = list(group)
            self._store.run(
                RECORD_PROGRESS,
                {
                    "feed": feed,
                    "era": era,
                    "partitions": numbers(one.partition for one in kept),
                    "positions": numbers(one.position for one in kept),
                    "touched": numbers(ends),
                    "ends": numbers(ends.values()),
                    "event": _instant(self._last_event_ms),
                    "received": _instant(self._last_received_ms),
                },
            )


RECORD_PROGRESS = """
INSERT INTO land_progress (feed, era, partition, position, touch_ends, last_event_at, last_received_at)
SELECT {feed:String}, {era:UInt16}, reached.1, reached.2,
    mapFromArrays({touched:Array(UInt32)}, {ends:Array(UInt64)}),
    nullIf({event:DateTime64(3, 'UTC')}, toDateTime64(0, 3, 'UTC')), {received:DateTime64(3, 'UTC')}
FROM (SELECT arrayJoin(arrayZip({partitions:Array(UInt16)}, {positions:Array(UInt64)})) AS reached) AS now
LEFT JOIN (
    SELECT partition, max(position) AS known FROM land_progress
    WHERE feed = {feed:String} AND era = {era:UInt16} GROUP BY partition
) AS before ON before.partition = reached.1
WHERE reached.2 > known
"""


def _folded(rows: Sequence[CellRow], width: int) -> Iterator[list[object]]:
    """Each entity once with all its cells: alive and tombstones side by side."""
    nothing = [None] * width
    for entity, group in groupby(rows, key=_entity):
        roles, days, units, gone = [], [], [], []
        current = None
        version = 0
        for row in group:
            roles.append(row.role)
            days.append(row.day)
            units.append(row.unit)
            gone.append(row.current is None)
            current = row.current or current
            version = row.version
        yield [entity, version, roles, days, units, gone, *(current.values if current else nothing)]


_naming = threading.Lock()
_named = 0


def batch_number() -> int:
    """Name an insert so that later ones sort after it, and none of this process is named alike."""
    global _named
    with _naming:
        _named = max(time.time_ns() // 1_000, _named + 1)
        return _named << SALT_BITS | secrets.randbits(SALT_BITS)


def _instant(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
