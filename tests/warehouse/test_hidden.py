"""Random tables: nothing small is shown, and nothing hidden can be had from sums and what is shown."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from permit_figures import ONLINE, OPEN, RECEIVED, SELLERS_A_PERMIT

from iochub.warehouse.counted import share
from iochub.warehouse.hidden import counts_of, hidden, is_small
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.period import Period
from iochub.warehouse.question import SMALL, Answer

COUNTS = st.one_of(st.just(0), st.integers(1, 4), st.integers(5, 9), st.integers(10, 60))
SHARES = COUNTS.flatmap(
    lambda rows: st.tuples(st.just(rows), st.one_of(st.integers(0, rows), st.just(rows), st.just(0)))
)
TABLES = st.integers(1, 5).flatmap(
    lambda members: st.lists(
        st.lists(st.one_of(st.none(), SHARES), min_size=members, max_size=members), min_size=1, max_size=5
    )
)
"""Rows by step and member; None is not known."""


def told(indicator: Indicator, step: int, member: str, pair: tuple[int, int] | None) -> Answer:
    period = Period(date(2021, 1 + step, 1), date(2021, 2 + step, 1))
    if pair is None or (indicator is ONLINE and not pair[0]):
        return Answer(period, None, None, None, 0, "no_data", None, "1", member=member)
    rows = Decimal(pair[0])
    if indicator is not ONLINE:
        return Answer(period, rows, rows, None, pair[0], "ok", None, "1", member=member)
    value = share(Decimal(pair[1]), rows, pair[0])
    return Answer(
        period, value.value, value.numerator, value.denominator, value.rows, "ok", None, "1", member=member
    )


def table(indicator: Indicator, pairs: list[list[tuple[int, int] | None]]) -> list[Answer]:
    return [
        told(indicator, step, f"m{number}", pair)
        for step, row in enumerate(pairs)
        for number, pair in enumerate(row)
    ]


def lines(indicator: Indicator, answers: Sequence[Answer]) -> list[list[int]]:
    """All rows of which somebody may know the sum: those of a step, and those of a member over time."""
    found: dict[object, list[int]] = defaultdict(list)
    for place, one in enumerate(answers):
        found[one.period].append(place)
        if indicator is not OPEN:
            found[one.member].append(place)
    return list(found.values())


@given(TABLES, st.sampled_from((RECEIVED, ONLINE, OPEN)))
def test_nothing_small_is_shown_and_nothing_hidden_is_told_by_the_rest(
    pairs: list[list[tuple[int, int] | None]], indicator: Indicator
) -> None:
    before = table(indicator, pairs)
    after = hidden(indicator, before)
    for was, one in zip(before, after, strict=True):
        if one.state == "suppressed":
            assert (one.value, one.numerator, one.denominator, one.rows) == (None, None, None, 0)
        else:
            assert one == was
            assert one.state == "no_data" or not is_small(counts_of(one))
    for line in lines(indicator, after):
        known = [counts_of(before[place]) for place in line if before[place].state == "ok"]
        if is_small(tuple(map(sum, zip(*known, strict=True)))):
            continue  # the sum is hidden itself, and nothing can be subtracted from it
        unseen = [counts_of(before[place]) for place in line if after[place].state == "suppressed"]
        shown = [counts_of(after[place]) for place in line if after[place].state == "ok"]
        for number in range(3 if indicator is ONLINE and unseen else 1):
            together = sum(one[number] for one in unseen)
            left = [one for one in shown if one[number] > 0]
            assert not 0 < together < SMALL or not left, "a small sum is hidden, and more could hide it"
        assert len(unseen) != 1 or not any(one[0] for one in shown), "the rest tells the only hidden row"


@given(TABLES, st.sampled_from((RECEIVED, ONLINE, OPEN)))
def test_where_nothing_is_small_all_is_shown(
    pairs: list[list[tuple[int, int] | None]], indicator: Indicator
) -> None:
    before = [one for one in table(indicator, pairs) if not is_small(counts_of(one))]
    assert hidden(indicator, before) == before


@pytest.mark.parametrize("indicator", [RECEIVED, SELLERS_A_PERMIT])
def test_of_a_step_within_which_all_is_hidden_nothing_is_shown(indicator: Indicator) -> None:
    before = table(RECEIVED, [[(40, 0), (0, 0)], [(50, 0), None]])
    after = hidden(indicator, before, {date(2021, 2, 1)})
    assert [one.state for one in after][2:] == ["suppressed", "no_data"]


def test_of_two_small_rows_that_are_little_together_a_third_is_hidden() -> None:
    """Both are at least one: a sum of two would tell both."""
    after = hidden(RECEIVED, table(RECEIVED, [[(1, 0), (1, 0), (30, 0), (7, 0)]]))
    assert [one.state for one in after] == ["suppressed", "suppressed", "ok", "suppressed"]
