"""What a recount costs by the size of the cell and of the store, beside a count over rows by entity."""

import time
from collections.abc import Callable
from datetime import date, timedelta

from bench import Bench
from parts import Parts, emptied
from plain_tables import make_plain
from processes import Children
from province import communes, last_day, province
from results import Found, Row, Spread, Table, spread

from iochub.exact.place import mark_of
from iochub.exact.version import Cell
from iochub.ingest.feeds.registry import FEEDS
from iochub.warehouse.indicators.registry import INDICATORS
from iochub.warehouse.migrations.apply import migrate
from iochub.warehouse.recount import TOUCHED, counts, touched
from iochub.warehouse.rollup_store import ClickHouseRollupStore
from iochub.warehouse.store import Store

CELL_ROWS = (10, 100, 1_000, 10_000, 100_000)
MOST_TIMES = 1.5
"""Our reading of “grows with the cell, not with the store”: in fifty times the store at most half more."""
JUDGED_BY = 1_000

ROWS = """
INSERT INTO {table} (role, day, unit, entity, version, is_deleted, procedure, field, channel, status,
    applicant, received_at, due_at, ended_at, late_at, next_change_at, agency)
SELECT 'received', {{day:Date32}}, {{unit:String}},
    concat('R-', toString({{day:Date32}}), '-', toString(number)), 1, 0, '1.001193', 'G15-HT02',
    ['direct', 'online', 'postal'][1 + number % 3], if(number % 9, '9', '2'), 'citizen',
    toDateTime64({{day:Date32}}, 3, 'UTC'), toDateTime64({{day:Date32}} + 3, 3, 'UTC'),
    if(number % 9, toDateTime64({{day:Date32}} + 1, 3, 'UTC'), NULL),
    if(number % 9, NULL, toDateTime64({{day:Date32}} + 3, 3, 'UTC')), NULL, 'H56'
FROM numbers({{first:UInt64}}, {{count:UInt64}})
"""

PLAIN = f"""WITH {TOUCHED}
{counts("plain", [one for one in INDICATORS.values() if one.feed.name == "dossiers"])}
"""

Curve = dict[tuple[int, int], tuple[Spread, Spread]]
"""Milliseconds of hub and peer by (rows stored, rows of the cell)."""


def measure(bench: Bench) -> Found:
    """One store after the other, the smallest first."""
    sizes, times, plain_times = (
        ((20_000, 100_000), 4, 3) if bench.quick else ((100_000, 1_000_000, 5_000_000), 9, 5)
    )
    folder = emptied(bench.folder / "recount")
    curve: Curve = {}
    for size in sizes:
        province(bench.folder, size, folder / f"hub-{size}", bench.say)
        with Children(folder / "logs") as children:
            parts = Parts(folder / f"hub-{size}", children)
            parts.start("warehouse")
            store = parts.store()
            migrate(store, [type(feed) for feed in FEEDS.values()])
            bench.say(f"store of {size:,}: filling the peer's table")
            make_plain(store, "dossiers", "received", "plain")
            for number, rows in enumerate(CELL_ROWS):
                day = last_day(size) + timedelta(days=30 + number)
                curve[size, rows] = _cell(store, day, rows, times, plain_times)
                hub, plain = curve[size, rows]
                bench.say(
                    f"store of {size:,}, cell of {rows:,}: {hub.median:.0f} ms, peer {plain.median:.0f} ms"
                )
            store.close()
    small, large = curve[sizes[0], JUDGED_BY], curve[sizes[-1], JUDGED_BY]
    return Found(
        (
            "stores of " + ", ".join(f"{size:,}" for size in sizes) + " dossiers with all their figures",
            f"each recount {times} times, the peer's count {plain_times} times",
        ),
        (
            Row(
                f"Recount of a cell of {JUDGED_BY:,} rows, largest store ÷ smallest", "times",
                spread([large[0].median / small[0].median]), spread([large[1].median / small[1].median]),
                MOST_TIMES, at_least=False,
            ),
        ),
        (_table(curve, sizes, 0, "Hub, milliseconds"), _table(curve, sizes, 1, "Peer, milliseconds")),
    )  # fmt: skip


def _cell(store: Store, day: date, rows: int, times: int, plain_times: int) -> tuple[Spread, Spread]:
    unit = communes()[0]
    cell = Cell("dossiers", "received", day, unit)
    _add(store, day, unit, 0, rows)
    rollup = ClickHouseRollupStore(store, INDICATORS.values(), lambda cell: 0, lambda cells: None)
    rollup.recount({cell: mark_of(1, 0)})
    took = []
    for one in range(1, times + 1):
        _add(store, day, unit, rows + one, 1)
        took.append(_timed(lambda one=one: rollup.recount({cell: mark_of(1, one)})))
    found = store.rows(
        "SELECT rows FROM figures_current FINAL WHERE indicator = 'dossiers_received' AND dimension = '' "
        "AND role = 'received' AND day = {day:Date32} AND unit = {unit:String}",
        {"day": day, "unit": unit},
    )
    assert found == [(rows + times,)], f"{rows + times} rows were put into the cell, {found} counted"
    asked = touched([(cell, 1, False)])
    plain = [_timed(lambda: store.rows(PLAIN, asked)) for _ in range(plain_times)]
    return spread(took), spread(plain)


def _add(store: Store, day: date, unit: str, first: int, count: int) -> None:
    for table in ("dossiers_cells", "plain_cells"):
        store.run(ROWS.format(table=table), {"day": day, "unit": unit, "first": first, "count": count})


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def _table(curve: Curve, sizes: tuple[int, ...], whose: int, title: str) -> Table:
    def shown(size: int, rows: int) -> str:
        one = curve[size, rows][whose]
        return f"{one.median:.0f} ({one.low:.0f}–{one.high:.0f})"

    head = ("rows of the cell", *(f"{size:,} stored" for size in sizes))
    lines = [(f"{rows:,}", *(shown(size, rows) for size in sizes)) for rows in CELL_ROWS]
    return Table(title, head, tuple(lines))
