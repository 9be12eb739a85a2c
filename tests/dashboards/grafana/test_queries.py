"""Every panel's SQL on the real engine, as the reader, with Grafana's macros expanded as its plugin does."""

import math
import random
import re
import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from clickhouse_engine import start_clickhouse, stop_clickhouse
from figure_dice import store, throw
from permit_figures import ALL, DUE_SOON, ON_TIME, ONLINE, RECEIVED
from pydantic import SecretStr

from iochub.clock import day_start, local_day, now
from iochub.dashboards.grafana.boards import boards
from iochub.dashboards.grafana.queries import by_day, silence, total
from iochub.ingest.unit_map import MAPS
from iochub.ingest.units import Units
from iochub.settings import ClickHouseSettings
from iochub.warehouse.answers import Answers
from iochub.warehouse.indicator import Indicator, Target
from iochub.warehouse.indicators.registry import INDICATORS, named
from iochub.warehouse.migrations.apply import migrate
from iochub.warehouse.period import Period
from iochub.warehouse.question import Answer, Question, Standing
from iochub.warehouse.store import Store

EVERY = (*INDICATORS.values(), *ALL)
DECLARED = named(EVERY)

ENDED = [unit.key for unit in Units.load().all() if (unit.map_name, unit.level) == ("2020", "commune")]
UNITS = ("14797", "14758", "38", "unknown", *ENDED[:2])
"""Also units that have ended, and said something before they did or after."""

every = pytest.mark.parametrize("indicator", EVERY, ids=lambda one: one.name)


class Warehouse:
    """An engine of its own, for the reader reads the database `iochub` alone."""

    def __init__(self, writer: Store, reader: Store) -> None:
        self.writer = writer
        self.reader = reader
        self.answers = Answers(reader, DECLARED, Units.load(), lambda feed: Standing("ok"), now)

    def panel(self, sql: str, start: datetime, end: datetime) -> list[tuple[object, ...]]:
        return self.reader.rows(expanded(sql, start, end))

    def answer(self, indicator: Indicator, period: Period) -> Answer:
        return self.answers.figure(Question(indicator.name, "38", period))

    def days(self, indicator: Indicator, period: Period) -> list[Answer]:
        return self.answers.series(Question(indicator.name, "38", period), "day", None)


def expanded(sql: str, start: datetime, end: datetime) -> str:
    """Expand macros as grafana-clickhouse-datasource does: seconds since 1970, in `toDateTime`.

    Source: its pkg/macros/macros.go; brackets after a macro's name are taken as its arguments.
    """
    for name, instant in (("fromTime", start), ("toTime", end)):
        sql = re.sub(rf"\$__{name}\b(?:\((.*?)\))?", f"toDateTime({math.floor(instant.timestamp())})", sql)
    assert "$__" not in sql
    return sql


def shown(answer: Answer) -> float | None:
    """What a panel must show for an answer: NULL for not known, NaN for hidden."""
    if answer.state == "suppressed":
        return math.nan
    return None if answer.value is None else float(answer.value)


def same(found: object, wanted: float | None) -> bool:
    if wanted is None or found is None:
        return found is wanted
    assert isinstance(found, float)
    return math.isnan(found) if math.isnan(wanted) else math.isclose(found, wanted, abs_tol=1e-6)


def counted_from(indicator: Indicator) -> list[Indicator]:
    """The indicators with rows of their own that a figure is made of in the end, each once."""
    if not indicator.parts:
        return [indicator]
    return list({one.name: one for name in indicator.parts for one in counted_from(DECLARED[name])}.values())


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    engine, child = start_clickhouse(tmp_path_factory.mktemp("grafana"))
    settings = ClickHouseSettings(
        host=engine.host,
        port=engine.port,
        writer_password=SecretStr(engine.writer_password),
        reader_password=SecretStr(engine.reader_password),
    )
    writer, reader = Store(settings, may_write=True), Store(settings, may_write=False)
    migrate(writer, [])
    yield Warehouse(writer, reader)
    for one in (writer, reader):
        one.close()
    stop_clickhouse(child)


@pytest.fixture
def empty(warehouse: Warehouse) -> Warehouse:
    for table in ("figures", "figures_current", "land_progress"):
        warehouse.writer.run(f"TRUNCATE TABLE {table}")
    return warehouse


@every
def test_every_panel_shows_what_the_api_answers(indicator: Indicator, empty: Warehouse) -> None:
    seed = secrets.randbelow(10**9)
    print(f"seed {seed}")
    dice = random.Random(seed)
    # Around today, or the day on which units ended.
    middle = dice.choice((local_day(now()), MAPS[-1][1]))
    wide = Period(middle - timedelta(days=40), middle + timedelta(days=10))
    began = middle - timedelta(days=30)
    for part in counted_from(indicator):
        days = [began + timedelta(days=number) for number in range(36)]
        store(empty.writer, throw(dice, part, days, now(), UNITS))
    for _ in range(1 if indicator.parts else 3):
        start = wide.start + timedelta(days=dice.randint(0, 49))
        period = Period(start, start + timedelta(days=dice.randint(1, (wide.end - start).days)))
        begins = day_start(period.start) + timedelta(seconds=dice.randint(0, 86_399))
        ends = day_start(period.end) - timedelta(seconds=dice.randint(0, 86_399))
        if begins >= ends:
            begins, ends = day_start(period.start), day_start(period.end)
        ((value,),) = empty.panel(total(indicator, DECLARED), begins, ends)
        assert same(value, shown(empty.answer(indicator, period)))
        answers = empty.days(indicator, period)
        rows = empty.panel(by_day(indicator, DECLARED), begins, ends)
        assert [time for time, _ in rows] == [day_start(answer.period.start) for answer in answers]
        for (_, value), answer in zip(rows, answers, strict=True):
            assert same(value, shown(answer)), answer


def test_every_panel_of_every_board_runs_and_is_let_pass(empty: Warehouse) -> None:
    target = Target(Decimal("98.5"), "2030", "ours")
    written = boards([*(replace(one, targets=(target,)) for one in EVERY)], local_day(now()))
    begins, ends = now() - timedelta(days=2), now()
    for panel in (panel for board in written for panel in board.model["panels"]):
        rows = empty.panel(panel["targets"][0]["rawSql"], begins, ends)
        assert len(rows) == (3 if panel["type"] == "timeseries" else 1)
        if "Mục tiêu" in panel["targets"][0]["rawSql"]:
            assert rows == [(None, 98.5)]


@every
def test_a_hub_without_an_event_shows_no_number_at_all(indicator: Indicator, empty: Warehouse) -> None:
    start = day_start(local_day(now()) - timedelta(days=6))
    assert empty.panel(total(indicator, DECLARED), start, now()) == [(None,)]
    assert [value for _, value in empty.panel(by_day(indicator, DECLARED), start, now())] == [None] * 7


def test_nothing_hidden_and_zero_are_three_different_answers(empty: Warehouse) -> None:
    """Three are hidden, and seven beside them: else the whole and the other days would tell the three."""
    today = local_day(now())
    cells = {5: 9, 4: 7, 3: 0, 2: 3}
    for back, count in cells.items():
        store(empty.writer, [_received(today - timedelta(days=back), count)])
    begins, ends = day_start(today - timedelta(days=6)), day_start(today)
    values = [value for _, value in empty.panel(by_day(RECEIVED, DECLARED), begins, ends)]
    assert values[:2] == [None, 9.0]
    assert values[3] == values[5] == 0.0
    assert all(isinstance(value, float) and math.isnan(value) for value in (values[2], values[4]))


def test_a_part_that_is_small_or_lacks_few_hides_its_share(empty: Warehouse) -> None:
    """Two of a hundred point at the two, and 98 of a hundred at the other two."""
    today = local_day(now())
    begins, ends = day_start(today), day_start(today + timedelta(days=1))
    for of, is_hidden in ((2, True), (98, True), (5, False), (100, False), (0, False)):
        store(empty.writer, [_received(today, 100, ONLINE, of)])
        ((value,),) = empty.panel(total(ONLINE, DECLARED), begins, ends)
        assert same(value, math.nan if is_hidden else float(of))
        empty.writer.run("TRUNCATE TABLE figures_current")


def test_a_day_is_the_provinces_day_and_its_time_is_its_midnight(empty: Warehouse) -> None:
    store(empty.writer, [_received(date(2021, 7, 2), 9)])
    evening = datetime(2021, 7, 1, 17, tzinfo=UTC)
    assert empty.panel(by_day(RECEIVED, DECLARED), evening, evening + timedelta(minutes=1)) == [
        (evening, 9.0)
    ]
    assert empty.panel(by_day(RECEIVED, DECLARED), evening - timedelta(minutes=1), evening) == [
        (evening - timedelta(days=1), None)
    ]


def test_a_range_that_ends_at_midnight_ends_with_the_day_before(empty: Warehouse) -> None:
    store(empty.writer, [_received(date(2021, 7, 31), 6), _received(date(2021, 8, 1), 10)])
    july = day_start(date(2021, 7, 1)), day_start(date(2021, 8, 1))
    assert empty.panel(total(RECEIVED, DECLARED), *july) == [(6.0,)]
    assert len(empty.panel(by_day(RECEIVED, DECLARED), *july)) == 31


@pytest.mark.parametrize("indicator", [ON_TIME, DUE_SOON], ids=lambda one: one.name)
def test_no_bound_value_is_left_for_grafana_to_stumble_over(indicator: Indicator) -> None:
    for sql in (total(indicator, DECLARED), by_day(indicator, DECLARED)):
        assert not re.search(r"\{|\}|\$(?!__(fromTime|toTime)\b(?!\())", sql)


def test_silence_is_told_in_seconds_and_never_as_zero(empty: Warehouse) -> None:
    assert empty.reader.rows(silence("permits")) == [(None,)]
    then = (now() - timedelta(hours=2)).strftime("%Y-%m-%d %H:%M:%S")
    columns = ("feed", "era", "partition", "position", "touch_ends", "last_received_at")
    for feed, at in (("permits", then), ("other", "2026-01-01 00:00:00")):
        empty.writer.insert("land_progress", columns, [(feed, 0, 0, 1, {}, at)])
    ((seconds,),) = empty.reader.rows(silence("permits"))
    assert 7200 <= seconds < 7300


def _received(day: date, count: int, indicator: Indicator = RECEIVED, amount: int = 0) -> tuple[object, ...]:
    return _cell(indicator, day, count, amount)


MAY = {
    "petitions_received": 12, "petitions_handled_in_time": 9, "petitions_satisfied": 8,
    "dossiers_synchronised": 80, "dossiers_to_synchronise": 100,
    "dossiers_satisfied": 101, "dossiers_for_satisfaction": 100,
}  # fmt: skip


def test_a_score_is_told_as_far_as_its_lines_are_known_and_what_is_reported_by_whole_months(
    empty: Warehouse,
) -> None:
    """6 × 9/12 + 6 × 8/12; 6 × 40 % × 80/100 ÷ 50 %; 6 × 80/100. More are satisfied than there are."""
    told = [_cell(DECLARED[name], date(2021, 5, 31), 1, count) for name, count in MAY.items()]
    told.append(_cell(DECLARED["dossiers_online_share"], date(2021, 5, 4), 100, 40))
    store(empty.writer, told)
    june = Period(date(2021, 6, 1), date(2021, 7, 1))
    may, within = (Period(date(2021, 5, day), june.start) for day in (1, 2))
    expected = {"satisfaction": 8.5, "online_services": 3.84, "transparency": 4.8, "progress": None}
    for name, points in (*expected.items(), ("", 17.14)):
        score = DECLARED[f"score_766_{name}".rstrip("_")]
        for period, value in ((may, points), (within, None), (june, None)):
            ((found,),) = empty.panel(total(score, DECLARED), day_start(period.start), day_start(period.end))
            assert same(found, value), (name, period)
            assert same(found, shown(empty.answer(score, period))), (name, period)
    store(empty.writer, [_cell(DECLARED["petitions_received"], date(2021, 5, 31), 2, 24)])
    ((found,),) = empty.panel(
        total(DECLARED["score_766_satisfaction"], DECLARED), day_start(may.start), day_start(may.end)
    )
    assert found is None, "one of the counts has a report that the other lacks"


def _cell(indicator: Indicator, day: date, rows: int, amount: int) -> tuple[object, ...]:
    return (
        indicator.name, indicator.definition_version, "", indicator.roles[0], day.isoformat(), "14797", "",
        1 + rows, "2026-01-01 00:00:00", rows, str(amount), [], [],
    )  # fmt: skip
