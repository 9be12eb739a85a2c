"""Recounting on ClickHouse: only what changed is kept, every version for ever."""

from datetime import date, timedelta

import pytest
from permit_figures import ALL
from permits import Permits

from iochub.errors import HubError, StoreUnavailable
from iochub.exact.cells import rows_of
from iochub.exact.place import mark_of, place_of
from iochub.exact.version import WITHDRAWAL, Cell, Version
from iochub.warehouse.land_store import ClickHouseLandStore
from iochub.warehouse.rollup_store import CELLS_AT_ONCE, ClickHouseRollupStore
from iochub.warehouse.store import Store

FEED = Permits()
DAY = date(2021, 7, 1)
RECEIVED = Cell("permits", "received", DAY, "14797")
DUE = Cell("permits", "due", date(2021, 7, 11), "14797")
BOTH = {RECEIVED: 10, DUE: 10}


def paper(offset: int, sender: str = "H56", **reading: object) -> Version:
    told = {"day": str(DAY), "unit": "14797", **reading}
    return Version("", "paper", place_of(0, 0, offset, 0), f"v{offset}", sender, (), told)


def step(offset: int, ended_at: str) -> Version:
    return Version("", "step", place_of(0, 0, offset, 0), f"v{offset}", "H56", (), {"ended_at": ended_at})


def put(store: Store, entity: str, *versions: Version) -> None:
    rows = rows_of(FEED, entity, [version._replace(entity=entity) for version in versions])
    ClickHouseLandStore(store, FEED, lambda cells: {}).insert_cells("permits", rows)


def rollup(store: Store) -> ClickHouseRollupStore:
    return ClickHouseRollupStore(store, ALL, lambda cell: 3, lambda cells: None)


def current(store: Store, indicator: str) -> dict[tuple[str, str, str], tuple]:
    rows = store.rows(
        "SELECT role, dimension, member, rows, amount, length(elements), instants FROM figures_current FINAL "
        "WHERE indicator = {name:String}",
        {"name": indicator},
    )
    return {row[:3]: row[3:] for row in rows}


def history(store: Store) -> int:
    return int(store.rows("SELECT count() FROM figures")[0][0])


def test_one_statement_counts_every_indicator_of_the_feed(store: Store) -> None:
    put(store, "a", paper(1, channel="direct", amount="1.25"))
    put(store, "b", paper(2, seller="s2", amount="-0.25"), step(3, "2021-07-12T00:00:00+00:00"))
    put(store, "c", paper(4, seller="s3", household=1), step(5, "2021-07-05T00:00:00+00:00"))
    rollup(store).recount(BOTH)
    due = 1626022800000
    assert current(store, "permits_received") == {
        ("received", "", ""): (3, 0, 0, []),
        ("received", "channel", "direct"): (1, 0, 0, []),
        ("received", "channel", "online"): (2, 0, 0, []),
        ("received", "status", "4"): (1, 0, 0, []),
        ("received", "status", "9"): (2, 0, 0, []),
    }
    assert current(store, "permits_on_time")["received", "", ""] == (3, 0, 0, [due, due])
    assert current(store, "permits_turnover")["received", "", ""] == (3, 1, 0, [])
    assert current(store, "permits_open")["received", "", ""] == (3, 0, 0, [])
    assert current(store, "permits_due_soon")["due", "", ""] == (
        3, 0, 0, [1625443200000, 1626048000000],
    )  # fmt: skip
    assert current(store, "permits_sellers") == {("received", "", ""): (2, 0, 2, [])}
    assert current(store, "permits_households") == {("received", "", ""): (1, 0, 1, [])}


def test_a_cell_is_found_by_whatever_word_its_unit_is_and_keeps_the_greatest_mark(store: Store) -> None:
    units = ['Thôn "Đoài"', "a\\b", "line\nbreak", "it's", "{x:String}", "%"]
    versions = {unit: mark_of((1 << 16) - 1, (1 << 40) - number) for number, unit in enumerate(units)}
    early = date(1923, 2, 28)
    for number, unit in enumerate(units):
        put(store, f"e{number}", paper(number, unit=unit, day=str(early)))
    rollup(store).recount({Cell("permits", "received", early, unit): mark for unit, mark in versions.items()})
    found = store.rows(
        "SELECT unit, version, rows FROM figures_current FINAL "
        "WHERE indicator = 'permits_received' AND dimension = '' AND day = {day:Date32}",
        {"day": early},
    )
    assert sorted(found) == sorted((unit, mark, 1) for unit, mark in versions.items())


def test_only_what_changed_is_kept_and_under_the_version_of_its_touch(store: Store) -> None:
    put(store, "a", paper(1))
    rollup(store).recount(BOTH)
    before = history(store)
    rollup(store).recount({RECEIVED: 11, DUE: 11})
    assert history(store) == before
    put(store, "b", paper(2, channel="direct"))
    rollup(store).recount({RECEIVED: 12, DUE: 12})
    changed = store.rows(
        "SELECT indicator, dimension, member, rows FROM figures WHERE version = 12 "
        "AND indicator = 'permits_received' ORDER BY ALL"
    )
    assert changed == [
        ("permits_received", "", "", 2),
        ("permits_received", "channel", "direct", 1),
        ("permits_received", "status", "4", 2),
    ]


def test_an_emptied_cell_becomes_zero(store: Store) -> None:
    put(store, "a", paper(1))
    rollup(store).recount(BOTH)
    gone = Version("", WITHDRAWAL, place_of(0, 0, 9, 0), "v9", "H56", (), {})
    put(store, "a", paper(1), gone)
    rollup(store).recount({RECEIVED: 11, DUE: 11})
    assert {row[0] for row in current(store, "permits_received").values()} == {0}
    assert current(store, "permits_sellers") == {("received", "", ""): (0, 0, 0, [])}
    before = history(store)
    rollup(store).recount({RECEIVED: 12, DUE: 12})
    assert history(store) == before


def test_an_older_recount_never_wins(store: Store) -> None:
    put(store, "a", paper(1))
    rollup(store).recount({RECEIVED: 20})
    put(store, "b", paper(2))
    rollup(store).recount({RECEIVED: 5})  # a zombie that is behind reads more, but may not win
    assert current(store, "permits_received")["received", "", ""][0] == 1
    rollup(store).recount({RECEIVED: 21})
    assert current(store, "permits_received")["received", "", ""][0] == 2


def test_recorded_at_never_steps_back(store: Store) -> None:
    put(store, "a", paper(1))
    rollup(store).recount({RECEIVED: 1})
    store.run("INSERT INTO figures_counted (indicator, recorded_at) SELECT 'x', now64(6) + INTERVAL 1 HOUR")
    put(store, "b", paper(2))
    rollup(store).recount({RECEIVED: 2})
    assert store.rows(
        "SELECT max(recorded_at) >= (SELECT recorded_at FROM figures WHERE indicator = 'x') FROM figures "
        "WHERE version = 2"
    ) == [(1,)]


def test_a_recount_is_recorded_after_all_before_it_while_the_clock_stands_behind(store: Store) -> None:
    store.run("INSERT INTO figures_counted (indicator, recorded_at) SELECT 'x', now64(6) + INTERVAL 1 HOUR")
    put(store, "a", paper(1))
    rollup(store).recount({RECEIVED: 5})
    put(store, "b", paper(2))
    taking_over = rollup(store)
    taking_over.unsettled = {3: 5}
    taking_over.recount({RECEIVED: 5})  # the touch again, and what was stored since
    recorded = store.rows(
        "SELECT rows FROM figures WHERE indicator = 'permits_received' AND dimension = '' "
        "AND recorded_at > (SELECT min(recorded_at) FROM figures) ORDER BY recorded_at"
    )
    assert recorded == [(1,), (2,)]
    assert store.rows("SELECT count(DISTINCT recorded_at) FROM figures") == [(3,)]


def test_a_recount_that_another_left_half_done_reaches_both_tables(store: Store) -> None:
    put(store, "a", paper(1))
    rollup(store).recount(BOTH)
    store.run("TRUNCATE TABLE figures")  # as if the power had gone between the two tables
    taking_over = rollup(store)
    taking_over.unsettled = {3: 12}
    taking_over.recount({RECEIVED: 12, DUE: 12})
    both = "SELECT indicator, dimension, role, member, rows, elements, instants FROM {} ORDER BY ALL"
    assert store.rows(both.format("figures")) == store.rows(both.format("figures_current FINAL"))
    before = history(store)
    taking_over.recount({RECEIVED: 13, DUE: 13})
    assert history(store) == before


def test_after_a_failure_the_same_cells_are_kept_even_if_equal(store: Store) -> None:
    put(store, "a", paper(1))
    mine = rollup(store)
    mine.recount({RECEIVED: 1})
    statement = mine._statements["permits"]
    mine._statements["permits"] = "SELECT throwIf(1)"
    with pytest.raises(HubError):
        mine.recount({RECEIVED: 2})
    mine._statements["permits"] = statement
    mine.recount({RECEIVED: 2})
    assert store.rows("SELECT DISTINCT version FROM figures ORDER BY version") == [(1,), (2,)]


def test_a_recount_waits_until_an_earlier_one_has_ended(store: Store, monkeypatch) -> None:
    put(store, "a", paper(1))
    answers = iter([[(1,)], [(1,)], [(0,)]])
    asked = []
    real = store.rows

    def rows(text, parameters=None):
        if "system.processes" in text:
            asked.append(parameters)
            return next(answers)
        return real(text, parameters)

    monkeypatch.setattr(store, "rows", rows)
    rollup(store).recount({RECEIVED: 1})
    assert len(asked) == 3
    monkeypatch.undo()
    assert current(store, "permits_received")["received", "", ""][0] == 1
    assert issubclass(StoreUnavailable, HubError)


def test_many_cells_are_recounted_in_steps_that_are_told(store: Store) -> None:
    put(store, "a", paper(1))
    steps: list[int] = []
    mine = ClickHouseRollupStore(store, ALL, lambda cell: 3, lambda cells: None, lambda: steps.append(1))
    days = [date(1990, 1, 1) + timedelta(days=number) for number in range(2 * CELLS_AT_ONCE)]
    cells = {Cell("permits", "received", day, "14797"): 1 for day in days}
    mine.recount({**cells, RECEIVED: 1})
    assert len(steps) == 3
    assert current(store, "permits_received")["received", "", ""][0] == 1
