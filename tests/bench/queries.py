"""How long a year by commune takes to answer, beside one statement over plain rows."""

import time
from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

import httpx
from bench import Bench
from parts import emptied
from plain_tables import make_plain
from province import province
from province_sql import FIRST_DAY
from results import Found, Row, Spread, percentile, spread
from whole_hub import WholeHub

from iochub.clock import day_start, milliseconds
from iochub.warehouse.store import Store

YEAR = (FIRST_DAY, date(FIRST_DAY.year + 1, FIRST_DAY.month, FIRST_DAY.day))
YEAR_ASKED = {"unit": "38", "from": str(YEAR[0]), "to": str(YEAR[1])}

PLAIN_SHARE = f"""
SELECT unit, count(), countIf(late_at < fromUnixTimestamp64Milli({milliseconds(day_start(YEAR[1]))}))
FROM plain_dossiers_cells FINAL
WHERE day >= '{YEAR[0]}' AND day < '{YEAR[1]}'
GROUP BY unit
"""
PLAIN_DISTINCT = f"""
SELECT unit, uniqExact(seller) FROM plain_einvoices_cells FINAL
WHERE day < '{YEAR[1]}' AND household = 0
GROUP BY unit
"""


class Asked(NamedTuple):
    """One question to the API and, where there is one, its peer."""

    what: str
    path: str
    parameters: Mapping[str, str]
    target: float | None = None
    peer: str = ""


QUESTIONS = (
    Asked("A share, a year by commune", "dossiers_on_time_share/series", {"by": "unit"}, 100.0, PLAIN_SHARE),
    Asked(
        "A distinct count, a year by commune",
        "einvoice_enterprises/series",
        {"by": "unit"},
        300.0,
        PLAIN_DISTINCT,
    ),
    Asked("A share, a year as one figure", "dossiers_on_time_share", {}),
    Asked("A share, a year by month", "dossiers_on_time_share/series", {"every": "month"}),
    Asked("A distinct count, a year as one figure", "einvoice_enterprises", {}),
    Asked("A distinct count, a year by month", "einvoice_enterprises/series", {"every": "month"}),
)


def measure(bench: Bench) -> Found:
    """Every question many times, three times over; its peer fewer times, for it is slower."""
    size, times, plain_times, runs = (100_000, 10, 3, 1) if bench.quick else (5_000_000, 40, 6, 3)
    folder = emptied(bench.folder / "queries")
    province(bench.folder, size, folder / "hub", bench.say)
    hub = WholeHub.on(folder / "hub")
    try:
        bench.say("starting the whole hub")
        hub.start().open_doors("H56.1")
        store = Store(hub.settings().clickhouse, may_write=True)
        bench.say("filling the peer's tables")
        make_plain(store, "dossiers", "received", "plain_dossiers")
        make_plain(store, "einvoices", "issued", "plain_einvoices")
        with httpx.Client(
            base_url=hub.api, headers={"Authorization": f"Bearer {hub.token}"}, timeout=60
        ) as viewer:
            _compare(viewer, store)
            rows = []
            for asked in QUESTIONS:
                row = _row(viewer, store, asked, (times, plain_times, runs))
                bench.say(f"{row.what}: {row.hub.median:.0f} ms")
                rows.append(row)
        figures = store.rows("SELECT count() FROM figures_current")[0][0]
        store.close()
    finally:
        hub.end()
    return Found(
        (
            f"{size:,} dossiers and {size:,} invoices of 25,000 sellers stored, {figures:,} day figures of "
            "166 communes",
            f"{runs} runs of {times} questions each, {plain_times} for the peer; the p95 of each run",
            "before timing, every commune's numbers are compared with the peer's",
        ),
        tuple(rows),
    )


def _row(viewer: httpx.Client, store: Store, asked: Asked, sizes: tuple[int, int, int]) -> Row:
    times, plain_times, runs = sizes

    def ask() -> None:
        _answer(viewer, asked.path, asked.parameters)

    def ask_plain() -> None:
        store.rows(asked.peer)

    return Row(
        f"{asked.what} (p95)", "ms", _p95(ask, times, runs),
        _p95(ask_plain, plain_times, runs) if asked.peer else None, asked.target, at_least=False,
    )  # fmt: skip


def _p95(ask: Callable[[], None], times: int, runs: int) -> Spread:
    ask()
    found = []
    for _ in range(runs):
        took = []
        for _ in range(times):
            began = time.perf_counter()
            ask()
            took.append((time.perf_counter() - began) * 1000)
        found.append(percentile(took, 0.95))
    return spread(found)


def _answer(viewer: httpx.Client, path: str, parameters: Mapping[str, str]) -> dict[str, object]:
    answer = viewer.get(f"/v1/indicators/{path}", params={**YEAR_ASKED, **parameters})
    answer.raise_for_status()
    found: dict[str, object] = answer.json()
    return found


def _compare(viewer: httpx.Client, store: Store) -> None:
    """Hub and peer must say the same, or their times would be of different questions.

    Raises: AssertionError; either the recount or the peer is wrong.
    """
    for path, peer, wanted in (
        ("dossiers_on_time_share/series", PLAIN_SHARE, lambda row: (row[1] - row[2], row[1])),
        ("einvoice_enterprises/series", PLAIN_DISTINCT, lambda row: (row[1], None)),
    ):
        rows = _answer(viewer, path, {"by": "unit"})["rows"]
        assert isinstance(rows, list)
        told = {
            row["unit"]["code"]: (int(row["numerator"]), row["denominator"] and int(row["denominator"]))
            for row in rows
            if row["numerator"] is not None
        }
        plain = {row[0]: wanted(row) for row in store.rows(peer)}
        assert told == plain, f"{path}: {sorted(told.items() ^ plain.items())[:4]}"
