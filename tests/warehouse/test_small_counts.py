"""Whoever may not see small counts is told neither them nor what would tell them."""

from dataclasses import replace

import pytest
from hub_in_process import OTHER, WARD, HubInProcess, paper

from iochub.warehouse.period import read_period
from iochub.warehouse.question import Question


def test_small_counts_are_hidden_from_who_may_not_see_them(hub: HubInProcess) -> None:
    hub.send(*(paper(f"e{n}", channel="direct" if n else "online") for n in range(5)))
    assert hub.ask("received", sees_small=False).value == 5
    hidden = hub.ask("on_time", unit=WARD, sees_small=False)
    assert (hidden.value, hidden.rows, hidden.state) == (0, 5, "ok")
    question = Question("permits_received", "38", read_period("2021-07"))
    rows = {row.member: row for row in hub.answers.series(question, None, "channel")}
    assert {name: (row.value, row.rows, row.state) for name, row in rows.items()} == {
        "direct": (None, 0, "suppressed"),
        "online": (None, 0, "suppressed"),
    }
    assert hub.ask("received", "2021-07-02", sees_small=False).value == 0


@pytest.mark.parametrize("few", ["online", "direct"])
def test_a_share_tells_neither_the_few_that_have_it_nor_the_few_that_lack_it(
    hub: HubInProcess, few: str
) -> None:
    many = {"online": "direct", "direct": "online"}[few]
    hub.send(*(paper(f"e{number}", channel=few if number < 2 else many) for number in range(50)))
    hidden = hub.ask("online", sees_small=False)
    assert (hidden.value, hidden.numerator, hidden.denominator, hidden.rows) == (None, None, None, 0)
    assert hidden.state == "suppressed"
    assert hub.value("online") == (4 if few == "online" else 96)
    hub.send(*(paper(f"e{number}", channel=many) for number in range(50)))
    assert hub.ask("online", sees_small=False).state == "ok", "none, and all, are no few"


def test_the_one_hidden_row_cannot_be_had_by_subtraction(hub: HubInProcess) -> None:
    """Neither from the sum and the other rows, nor by asking the other hidden one alone."""
    third = "14848"
    wards = {WARD: 9, OTHER: 6, third: 2}
    hub.send(*(paper(f"{ward}-{n}", unit=ward) for ward, many in wards.items() for n in range(many)))
    question = Question("permits_received", "38", read_period("2021-07"))
    assert hub.answers.figure(question).value == 17
    rows = {row.unit: row for row in hub.answers.series(question, None, "unit") if row.unit in wards}
    assert {code: (row.value, row.state) for code, row in rows.items()} == {
        WARD: (9, "ok"),
        OTHER: (None, "suppressed"),
        third: (None, "suppressed"),
    }
    alone = replace(question, unit=OTHER)
    assert (hub.answers.figure(alone).value, hub.answers.figure(alone).state) == (None, "suppressed")
    by_channel = hub.answers.series(alone, None, "channel")
    assert [(row.value, row.state) for row in by_channel] == [(None, "suppressed")]
    assert hub.answers.figure(replace(question, unit=WARD)).value == 9
    assert hub.answers.figure(replace(alone, sees_from=OTHER)).value == 6, "who sees no sum sees their own"
    assert hub.answers.figure(replace(alone, sees_small=True)).value == 6


def test_when_a_hidden_figure_changes_is_hidden_too(hub: HubInProcess) -> None:
    hub.send(paper("a", "2021-07-15"))
    question = Question("permits_on_time", "38", read_period("2021-07"))
    assert hub.answers.figure(replace(question, sees_small=True)).next_change_at is not None
    hidden = hub.answers.figure(question)
    assert (hidden.state, hidden.next_change_at) == ("suppressed", None)


def test_what_is_hidden_alone_because_its_sum_is_hides_no_other(hub: HubInProcess) -> None:
    """Of the first day two were not online, of the month the same two: all else may be told."""
    hub.send(*(paper(f"e{n}", "2021-07-01", channel="online" if n > 1 else "direct") for n in range(10)))
    hub.send(*(paper(f"f{n}", "2021-07-02", channel="online") for n in range(10)))
    first, second = hub.answers.series(Question("permits_online", "38", read_period("2021-07")), "day", None)[
        :2
    ]
    assert (first.state, second.state, second.value) == ("suppressed", "ok", 100)
    assert hub.ask("online", sees_small=False).state == "suppressed"
