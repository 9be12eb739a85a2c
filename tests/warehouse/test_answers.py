"""Questions on a real ClickHouse: each kind of figure, and each way of not knowing."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hub_in_process import NOW, OTHER, WARD, HubInProcess, ended, paper
from permit_figures import ALL

from iochub.errors import UnknownIndicator
from iochub.ingest.units import Units
from iochub.warehouse.answers import Answers
from iochub.warehouse.indicators.registry import named
from iochub.warehouse.period import read_period
from iochub.warehouse.question import Question, Standing
from iochub.warehouse.rollup_store import ClickHouseRollupStore


def test_the_first_rows_of_a_feed_are_known_before_its_health_has_heard_of_them(hub: HubInProcess) -> None:
    hub.standing = Standing("no_data")
    assert hub.ask("received").state == "no_data"
    hub.send(paper("a"))
    assert (hub.value("received"), hub.ask("received").state) == (1, "ok")


def test_a_unit_that_has_ended_says_nothing_of_the_days_after_it(hub: HubInProcess) -> None:
    hub.at = datetime(2026, 8, 1, tzinfo=UTC)
    ended = next(unit.key for unit in Units.load().all() if unit.key.endswith("@2019"))
    hub.send(paper("a", "2021-07-01", ended, amount="5"))
    assert (hub.value("last_said", "2021"), hub.value("last_said", "2025-06")) == (5, 5)
    assert (hub.value("last_said", "2026"), hub.ask("last_said", "2026").state) == (None, "no_data")
    hub.send(paper("b", "2026-07-01", WARD, amount="7"))
    assert hub.value("last_said", "2026") == 7
    year = Question("permits_last_said", "38", read_period("2025"), sees_small=True)
    months = hub.answers.series(year, "month", None)
    assert [month.value for month in months] == [5] * 6 + [None] * 6


def test_a_flow_is_the_sum_of_its_days(hub: HubInProcess) -> None:
    hub.send(paper("a", amount="1.5"), paper("b", "2021-07-31", amount="-0.5"), paper("c", "2021-08-01"))
    assert hub.value("received") == 2
    assert hub.value("received", "2021") == 3
    assert hub.value("turnover") == Decimal("1.000000")
    assert hub.ask("turnover").rows == 2


def test_the_same_facts_in_three_deliveries_or_one_give_the_same_figures(hub: HubInProcess) -> None:
    hub.send(paper("a"))
    hub.send(paper("a"), paper("b"))
    hub.send(paper("b"), paper("a"), paper("a"))
    assert hub.value("received") == 2


def test_a_correction_moves_the_figure_to_its_new_day_and_unit(hub: HubInProcess) -> None:
    hub.at = datetime(2021, 9, 1, tzinfo=UTC)
    hub.send(paper("a"), paper("other", "2021-06-01"))
    hub.send(paper("a", "2021-08-02", OTHER))
    assert (hub.value("received"), hub.value("received", "2021-08", OTHER)) == (0, 1)
    assert hub.value("received", "2021-08", WARD) == 0


def test_a_replaced_paper_counts_no_more(hub: HubInProcess) -> None:
    hub.send(paper("a"))
    hub.send(paper("b", replaces="a"))
    assert hub.value("received") == 1


def test_a_withdrawn_paper_counts_no_more(hub: HubInProcess) -> None:
    hub.send(paper("a"), paper("b"))
    hub.send({"entity": "a", "kind": "withdrawal"})
    assert hub.value("received") == 1


def test_an_open_paper_is_in_time_until_it_is_due(hub: HubInProcess) -> None:
    hub.send(paper("a"), paper("b", "2021-07-15"), paper("c"), paper("d"))
    hub.send(ended("c", "2021-07-11T16:59:59+00:00"), ended("d", "2021-07-11T17:00:01+00:00"))
    hub.at = datetime(2021, 7, 11, 16, tzinfo=UTC)
    early = hub.ask("on_time")
    assert (early.value, early.numerator, early.denominator) == (100, 4, 4)
    assert early.next_change_at == datetime(2021, 7, 11, 17, tzinfo=UTC)
    hub.at = NOW
    now = hub.ask("on_time")
    assert (now.value, now.numerator, now.denominator) == (50, 2, 4)
    assert now.next_change_at == datetime(2021, 7, 25, 17, tzinfo=UTC)
    hub.at = datetime(2021, 9, 1, tzinfo=UTC)
    assert hub.value("on_time") == 25
    assert hub.ask("on_time").next_change_at is None


def test_what_august_brings_does_not_change_july(hub: HubInProcess) -> None:
    hub.send(paper("a", "2021-07-30"))
    hub.at = datetime(2021, 9, 1, tzinfo=UTC)
    assert (hub.value("on_time"), hub.value("on_time", "2021")) == (100, 0)


def test_a_balance_is_what_entered_and_did_not_leave(hub: HubInProcess) -> None:
    hub.send(paper("a", "2021-06-01"), paper("b"), paper("c", "2021-07-19"))
    hub.send(ended("a", "2021-07-05T00:00:00+00:00"))
    assert [hub.value("open", period) for period in ("2021-06", "2021-07-03", "2021-07")] == [1, 2, 2]
    steps = hub.answers.series(
        Question("permits_open", "38", read_period("2021-07"), sees_small=True), "week", None
    )
    assert [step.value for step in steps] == [2, 1, 1, 2, None]


def test_what_is_due_soon_is_counted_until_it_is_over(hub: HubInProcess) -> None:
    hub.send(
        paper("a", "2021-07-10"), paper("b", "2021-07-12"), paper("c", "2021-07-13"), paper("d", "2021-07-10")
    )
    hub.send(ended("d", "2021-07-15T00:00:00+00:00"))
    assert hub.value("due_soon") == 2
    hub.at = datetime(2021, 7, 12, 16, tzinfo=UTC)
    assert hub.value("due_soon", "2021-07-12") == 0
    hub.at = NOW
    steps = hub.answers.series(
        Question("permits_due_soon", "38", read_period("2021-07"), sees_small=True), "day", None
    )
    values = {step.period.start.day: step.value for step in steps}
    assert (values[14], values[17], values[18], values[20]) == (0, 0, 1, 2)
    hub.at = datetime(2021, 7, 14, 23, tzinfo=UTC)
    assert hub.value("due_soon", "2021-07-18") is None


def test_sellers_so_far_are_counted_once_over_all_days(hub: HubInProcess) -> None:
    hub.send(
        paper("a", seller="s1"), paper("b", "2021-06-30", seller="s1"), paper("c", seller="s2", unit=OTHER),
        paper("d", "2021-07-19", seller="h", household=1), paper("e", "2021-08-19", seller="s3"),
    )  # fmt: skip
    assert (hub.value("sellers"), hub.value("households")) == (2, 1)
    assert hub.value("sellers", "2021-07", OTHER) == 1
    steps = hub.answers.series(
        Question("permits_sellers", "38", read_period("2021"), sees_small=True), "month", None
    )
    assert [step.value for step in steps] == [None] * 5 + [1, 2] + [None] * 5


def test_steps_and_members_add_up(hub: HubInProcess) -> None:
    hub.send(
        paper("a", channel="direct"), paper("b", "2021-07-09"), paper("c", "2021-07-09", OTHER),
        paper("d", "2021-07-10", "unknown"), paper("e", "2021-07-10", "38"),
    )  # fmt: skip
    question = Question("permits_received", "38", read_period("2021-07"), sees_small=True)
    days = hub.answers.series(question, "day", None)
    assert sum(day.value or 0 for day in days) == hub.value("received") == 5
    assert [day.state for day in days[:20]] == ["ok"] * 20
    assert {day.state for day in days[20:]} == {"no_data"}
    units = {row.unit: row.value for row in hub.answers.series(question, None, "unit")}
    assert {code: value for code, value in units.items() if value} == {
        WARD: 2,
        OTHER: 1,
        "unknown": 1,
        "38": 1,
    }
    assert len(units) == 166 + 2
    assert next(value for code, value in units.items() if code not in (WARD, OTHER, "unknown", "38")) is None
    channels = {row.member: row.value for row in hub.answers.series(question, None, "channel")}
    assert channels == {"direct": 1, "online": 4}


def test_nothing_is_not_zero(hub: HubInProcess) -> None:
    assert (hub.value("received"), hub.ask("received").state) == (None, "no_data")
    hub.send(paper("a", "2021-07-05"))
    assert (hub.value("received", "2021-07-06"), hub.ask("received", "2021-07-06").state) == (0, "ok")
    for period, unit in (("2021-07-04", "38"), ("2021-08", "38"), ("2021-07", OTHER)):
        assert (hub.value("received", period, unit), hub.ask("received", period, unit).state) == (
            None,
            "no_data",
        )
    assert (hub.value("on_time", "2021-07-06"), hub.ask("on_time", "2021-07-06").state) == (None, "no_data")


@pytest.mark.parametrize("name", ["received", "on_time", "open", "due_soon", "sellers"])
def test_what_is_recounted_while_one_asks_is_never_told_as_zero(hub: HubInProcess, name: str) -> None:
    """Whether there is anything at all is a second question; a first row may arrive between the two."""
    ask, arrived = hub.store.rows, []

    def rows(text: str, parameters: object = None) -> object:
        if "first_day" in text and "elements" not in text and not arrived:
            arrived.append(True)
            hub.send(paper("a", "2021-07-11"))
        return ask(text, parameters)

    hub.store.rows = rows
    try:
        found = hub.ask(name)
    finally:
        hub.store.rows = ask
    assert arrived
    assert found.rows == 1


@pytest.mark.parametrize("state", ["stale", "partial"])
def test_the_feeds_own_state_is_told_beside_the_value(hub: HubInProcess, state: str) -> None:
    hub.send(paper("a"))
    hub.standing = Standing(state, NOW, NOW)
    answer = hub.ask("received")
    assert (answer.value, answer.state, answer.last_received_at) == (1, state, NOW)


def test_unknown_names_are_told_to_the_caller(hub: HubInProcess) -> None:
    with pytest.raises(UnknownIndicator):
        hub.ask("nothing")
    with pytest.raises(UnknownIndicator):
        hub.answers.series(Question("permits_received", "38", read_period("2021")), None, "entity; DROP")


def test_days_before_1970_fall_into_their_own_steps(hub: HubInProcess) -> None:
    hub.send(paper("a", "1969-05-05"))
    for step in ("day", "week", "month", "quarter", "year"):
        rows = hub.answers.series(
            Question("permits_received", "38", read_period("1969"), sees_small=True), step, None
        )
        assert [row.period for row in rows if row.value] == [
            row.period for row in rows if row.period.start <= date(1969, 5, 5) < row.period.end
        ]


@pytest.mark.parametrize("name", ["received", "sellers", "due_soon", "open"])
def test_a_figure_is_partial_until_all_of_it_is_counted_by_its_new_definition(
    hub: HubInProcess, name: str
) -> None:
    hub.at = datetime(2021, 7, 10, 3, tzinfo=UTC)
    hub.send(paper("a"), paper("b", "2021-07-02"), paper("gone", "2021-07-03"))
    hub.send({"entity": "gone", "kind": "withdrawal"})
    was = hub.ask(name)
    assert was.state == "ok"
    declared = named(tuple(replace(one, version=10) for one in ALL))
    hub.answers = Answers(
        hub.store, declared, Units.load(), lambda feed: hub.standing, lambda: hub.at, lambda: hub.at
    )
    old = hub.ask(name)
    assert (old.state, old.value, old.definition_version) == ("partial", was.value, was.definition_version)
    hub.rollup = ClickHouseRollupStore(hub.store, declared.values(), lambda cell: 0, lambda cells: None)
    hub.send(paper("a"))
    assert hub.ask(name).state == "partial"
    hub.send(paper("b", "2021-07-02"))
    new = hub.ask(name)
    assert (new.state, new.value) == ("ok", was.value)
    assert new.definition_version == declared[f"permits_{name}"].definition_version
