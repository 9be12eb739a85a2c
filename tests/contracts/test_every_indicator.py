"""What every declared figure must keep; a new one is picked up by itself."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from clickhouse_engine import ClickHouse
from pydantic import SecretStr

from iochub.exact.version import Cell
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.units import Units
from iochub.settings import ClickHouseSettings
from iochub.warehouse.answers import Answers
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.indicators.registry import INDICATORS
from iochub.warehouse.migrations.apply import migrate
from iochub.warehouse.period import read_period
from iochub.warehouse.question import Question, Standing
from iochub.warehouse.rollup_store import ClickHouseRollupStore
from iochub.warehouse.store import Store

DATABASE = "every_indicator"
NOW = datetime(2026, 11, 23, tzinfo=UTC)

every = pytest.mark.parametrize("indicator", INDICATORS.values(), ids=INDICATORS)


@pytest.fixture(scope="module")
def store(clickhouse: ClickHouse) -> Iterator[Store]:
    told = ClickHouseSettings(
        host=clickhouse.host,
        port=clickhouse.port,
        database="default",
        writer_password=SecretStr(clickhouse.writer_password),
    )
    root = Store(told, may_write=True)
    root.run(f"CREATE DATABASE {DATABASE} ENGINE = Atomic")
    store = Store(told.model_copy(update={"database": DATABASE}), may_write=True)
    migrate(store, [type(feed) for feed in FEEDS.values()])
    yield store
    store.close()
    root.run(f"DROP DATABASE {DATABASE} SYNC")
    root.close()


@every
def test_it_can_be_read_in_both_languages(indicator: Indicator) -> None:
    for words in (indicator.title, indicator.definition, indicator.owner, indicator.desk.title):
        assert words.vi.strip()
        assert words.en.strip()
        assert words.vi != words.en
    assert indicator.definition.vi.endswith(".")
    assert indicator.measure
    assert indicator.formula


@every
def test_it_names_its_legal_source_and_so_does_every_target(indicator: Indicator) -> None:
    assert indicator.source.strip()
    for target in indicator.targets:
        assert target.source.strip()
        assert target.by.isdigit()


@every
def test_its_feed_is_one_that_the_hub_takes(indicator: Indicator) -> None:
    assert type(FEEDS[indicator.feed.name]) is indicator.feed


@every
def test_its_name_can_stand_in_an_address(indicator: Indicator) -> None:
    assert indicator.name.isascii()
    assert indicator.name.replace("_", "").isalnum()
    assert indicator.name == indicator.name.lower()


@every
def test_its_statements_run_and_say_that_nothing_is_known(indicator: Indicator, store: Store) -> None:
    answers = Answers(store, INDICATORS, Units.load(), lambda feed: Standing("ok"), lambda: NOW)
    asked = Question(indicator.name, "38", read_period("2021"))
    figure = answers.figure(asked)
    assert (figure.value, figure.state) == (None, "no_data")
    assert figure.definition_version == indicator.definition_version
    for by in (None, "unit", *indicator.dimensions):
        for step in (None, "week", "month", "quarter", "year"):
            assert {row.state for row in answers.series(asked, step, by)} <= {"no_data"}
    then = Question(indicator.name, "38", read_period("2021"), datetime(2022, 1, 1, tzinfo=UTC))
    assert answers.figure(then).state == "no_data"


def test_one_recount_covers_every_figure_of_a_feed(store: Store) -> None:
    rollup = ClickHouseRollupStore(store, INDICATORS.values(), lambda cell: 0, lambda cells: None)
    cells = {
        Cell(feed.name, role.name, date(2021, 7, 1), "14797"): 1
        for feed in FEEDS.values()
        for role in feed.roles
    }
    rollup.recount(cells)
    assert store.rows("SELECT count() FROM figures") == [(0,)]
