"""A stored province of any size: made once for all measurements, checked, and copied for each."""

import random
import shutil
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

from parts import Parts, emptied
from processes import Children
from province_sql import CELLS, DELIVERIES, FIRST_DAY, IN_DELIVERY, INVOICES, PER_DAY, VERSIONS

from iochub.event import events_topic
from iochub.exact.cells import rows_of
from iochub.exact.place import mark_of
from iochub.exact.version import Cell
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.topic_list import WINDOWS_TOUCHED
from iochub.ingest.units import Units
from iochub.warehouse.binding import texts
from iochub.warehouse.definitions import cells_of
from iochub.warehouse.eras import allocate
from iochub.warehouse.indicators.registry import INDICATORS
from iochub.warehouse.land_store import ClickHouseLandStore
from iochub.warehouse.migrations.apply import migrate
from iochub.warehouse.rollup_store import ClickHouseRollupStore
from iochub.warehouse.store import Store

AT_ONCE = 500_000
SAMPLE = 500
MERGED_SECONDS = 60.0
SETTINGS = {"max_insert_threads": "1", "min_insert_block_size_rows": "200000"}

Say = Callable[[str], None]


def province(folder: Path, size: int, target: Path, say: Say) -> None:
    """Put a stored province of so many dossiers, and as many invoices, where a hub will run on it."""
    made = folder / f"province-{size}"
    if not (made / "whole").exists():
        _make(made, size, say)
        (made / "whole").touch()
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    shutil.copytree(made / "hub" / "clickhouse", target / "clickhouse", symlinks=True)
    shutil.copy(made / "hub" / "secrets.json", target / "secrets.json")


def communes() -> list[str]:
    """The keys of the 166 communes."""
    return [unit.key for unit in Units.load().all() if (unit.map_name, unit.level) == ("current", "commune")]


def last_day(size: int) -> date:
    """The day after the last on which a stored dossier was received."""
    return FIRST_DAY + timedelta(days=-(-size // PER_DAY))


def _make(made: Path, size: int, say: Say) -> None:
    with Children(emptied(made) / "logs") as children:
        parts = Parts(made / "hub", children)
        parts.start("warehouse")
        store = parts.store()
        migrate(store, [type(feed) for feed in FEEDS.values()])
        # A topic of before: what a worker lands now belongs to a later era.
        allocate(store, dict.fromkeys(_ordered(), ("before", 12)))
        _fill(store, size, say)
        _check(store)
        _count(store, say)
        _settle(store)
        store.close()


def _ordered() -> list[str]:
    return [*(events_topic(feed) for feed in FEEDS), WINDOWS_TOUCHED]


def _fill(store: Store, size: int, say: Say) -> None:
    units = texts(communes())
    for statement, most, what in (
        (CELLS, size, "dossiers in cells"),
        (VERSIONS, size, "versions"),
        (DELIVERIES, size // IN_DELIVERY * 12, "arrivals"),
        (INVOICES, size, "invoices in cells"),
    ):
        for first in range(0, most, AT_ONCE):
            count = min(AT_ONCE, most - first)
            store.run(statement, {"units": units, "first": first, "count": count}, SETTINGS)
            say(f"province of {size:,}: {first + count:,} {what}")
    for feed in FEEDS:
        store.run(
            "INSERT INTO land_progress (feed, era, partition, position, touch_ends, last_event_at, "
            "last_received_at) SELECT {feed:String}, 0, number, 1000000, map(), now64(3), now64(3) "
            "FROM numbers(12)",
            {"feed": feed},
        )


def _check(store: Store) -> None:
    """Fold a random sample of the stored versions with the hub's own code: the cells must be the same.

    Raises: AssertionError with the seed; the statements of `province_sql` are to be mended.
    """
    feed = FEEDS["dossiers"]
    seed = random.SystemRandom().randrange(2**32)
    versions = store.rows("SELECT count() FROM dossiers_versions")[0][0]
    entities = {
        row[0]
        for row in store.rows(
            "SELECT entity FROM dossiers_versions WHERE sipHash64(entity, {seed:UInt64}) % {one:UInt64} = 0 "
            "LIMIT 500",
            {"seed": seed, "one": max(1, versions // SAMPLE)},
        )
    }
    known = ClickHouseLandStore(store, feed, lambda cells: {}).versions_of("dossiers", entities)
    wanted = {
        (row.role, row.day, row.unit, row.entity, row.version, *_plain(row.current.values))
        for entity, own in known.items()
        for row in rows_of(feed, entity, own)
        if row.current is not None
    }
    columns = ", ".join(column.name for column in feed.columns)
    found = {
        (*row[:5], *_plain(row[5:]))
        for row in store.rows(
            f"SELECT role, day, unit, entity, version, {columns} FROM dossiers_cells FINAL "
            "WHERE entity IN {entities:Array(String)}",
            {"entities": texts(entities)},
        )
    }
    assert len(known) > SAMPLE // 4, f"seed {seed}: the sample holds {len(known)} dossiers"
    assert wanted == found, f"seed {seed}: {sorted(map(str, wanted ^ found))[:4]}"


def _plain(values: Sequence[object]) -> tuple[object, ...]:
    return tuple(int(value) if isinstance(value, bool) else value for value in values)


def _count(store: Store, say: Say) -> None:
    """Count all figures by the hub's own recount, and remember by which declarations."""
    rollup = ClickHouseRollupStore(store, INDICATORS.values(), lambda cell: 0, lambda cells: None)
    for feed in FEEDS:
        cells = sorted(cells_of(store, feed), key=_by_key)
        at_once = 5_000
        for first in range(0, len(cells), at_once):
            portion: Sequence[Cell] = cells[first : first + at_once]
            rollup.recount(dict.fromkeys(portion, mark_of(0, 1)))
            say(f"figures of {feed}: {first + len(portion):,} of {len(cells):,} cells counted")
    store.insert(
        "definitions",
        ("indicator", "definition_version"),
        [(one.name, one.definition_version) for one in INDICATORS.values()],
    )


def _by_key(cell: Cell) -> tuple[str, date, str]:
    return cell.role, cell.day, cell.unit


def _settle(store: Store) -> None:
    """Let the engine finish the merges that a bulk insert leaves behind, as it would have long before."""
    deadline = time.monotonic() + MERGED_SECONDS
    quiet = 0
    while quiet < 3 and time.monotonic() < deadline:
        quiet = quiet + 1 if not store.rows("SELECT count() FROM system.merges")[0][0] else 0
        time.sleep(0.5)
