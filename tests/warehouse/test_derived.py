from dataclasses import replace

import pytest
from hub_in_process import HubInProcess, paper
from permit_figures import RECEIVED, SELLERS, SELLERS_A_PERMIT

from iochub.errors import DeclarationError
from iochub.warehouse.indicators.registry import named
from iochub.warehouse.period import read_period
from iochub.warehouse.question import Question

JULY = read_period("2021-07")


def test_a_ratio_is_what_one_figure_is_of_the_other_in_the_same_place_and_time(hub: HubInProcess) -> None:
    hub.send(*(paper(f"e{number}", "2021-07-01", seller="ab"[number % 2]) for number in range(8)))
    answer = hub.answers.figure(Question(SELLERS_A_PERMIT.name, "38", JULY, sees_small=True))
    assert (answer.value, answer.numerator, answer.denominator) == (25, 2, 8)
    assert answer.definition_version == SELLERS_A_PERMIT.definition_version


def test_a_ratio_to_something_unknown_is_not_known(hub: HubInProcess) -> None:
    answer = hub.answers.figure(Question(SELLERS_A_PERMIT.name, "38", JULY))
    assert (answer.value, answer.state) == (None, "no_data")


def test_a_ratio_of_few_things_is_hidden_from_those_who_may_not_see_them(hub: HubInProcess) -> None:
    hub.send(*(paper(f"e{number}", "2021-07-01", seller="a") for number in range(3)))
    asked = Question(SELLERS_A_PERMIT.name, "38", JULY)
    hidden = hub.answers.figure(asked)
    assert (hidden.value, hidden.rows, hidden.state) == (None, 0, "suppressed")
    shown = hub.answers.figure(Question(SELLERS_A_PERMIT.name, "38", JULY, sees_small=True))
    assert shown.numerator == 1


def test_a_ratio_is_hidden_with_what_it_is_made_of(hub: HubInProcess) -> None:
    hub.send(*(paper(f"e{number}", "2021-07-01", seller="ab"[number % 2]) for number in range(40)))
    asked = Question(SELLERS_A_PERMIT.name, "38", JULY)
    assert [hub.answers.figure(replace(asked, indicator=one)).state for one in SELLERS_A_PERMIT.parts] == [
        "suppressed",
        "ok",
    ]
    assert hub.answers.figure(asked).state == "suppressed", "two sellers of forty permits tell the two"
    assert hub.answers.figure(replace(asked, sees_small=True)).value == 5


def test_what_is_made_of_others_asks_them_in_one_statement_and_where_they_began_in_another(
    hub: HubInProcess,
) -> None:
    hub.send(*(paper(f"e{day}", f"2021-07-{day:02}", seller=f"s{day}") for day in range(1, 11)))
    asked, ask = [], hub.store.rows
    hub.store.rows = lambda *told: asked.append(told[0]) or ask(*told)
    try:
        for every, by in ((None, None), ("day", None), ("month", "unit")):
            hub.answers.series(Question(SELLERS_A_PERMIT.name, "38", JULY, sees_small=True), every, by)
    finally:
        hub.store.rows = ask
    assert len(asked) == 1 + 2 + 2


def test_its_series_follows_its_parts_step_by_step(hub: HubInProcess) -> None:
    hub.send(*(paper(f"e{day}", f"2021-07-{day:02}", seller=f"s{day}") for day in range(1, 11)))
    rows = hub.answers.series(Question(SELLERS_A_PERMIT.name, "38", JULY, sees_small=True), "day", None)
    assert [row.value for row in rows[:3]] == [100, 200, 300]
    assert [row.period.start.day for row in rows] == list(range(1, 32))


def test_a_figure_is_made_only_of_figures_that_are_declared_before_it() -> None:
    with pytest.raises(DeclarationError, match="not declared before"):
        named((RECEIVED, SELLERS_A_PERMIT, SELLERS))
