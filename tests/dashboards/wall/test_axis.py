from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iochub.dashboards.wall.axis import Axis, axis, label

AMOUNTS = st.lists(st.decimals(-(10**13), 10**13, places=2), max_size=20)
SHARES = st.lists(st.decimals(-5, 120, places=2), max_size=20)


def told(*values: str, is_share: bool = False, from_zero: bool = False) -> tuple[str, str, str]:
    low, high, step = axis([Decimal(value) for value in values], is_share=is_share, from_zero=from_zero)
    return f"{low:f}", f"{high:f}", f"{step.normalize():f}"


def check(marks: Axis, values: list[Decimal]) -> None:
    steps = (marks.high - marks.low) / marks.step
    assert steps == int(steps)
    assert 1 <= steps <= 7
    assert all(marks.low <= value <= marks.high for value in values)


@given(AMOUNTS, st.booleans())
def test_an_amount_lies_between_few_whole_marks_at_equal_steps(
    values: list[Decimal], from_zero: bool
) -> None:
    marks = axis(values, is_share=False, from_zero=from_zero)
    check(marks, values)
    assert marks.step == int(marks.step)
    assert not from_zero or marks.low <= 0 <= marks.high


@given(SHARES, st.booleans())
def test_a_share_lies_between_few_marks_and_never_below_one_beyond_the_whole(
    values: list[Decimal], from_zero: bool
) -> None:
    marks = axis(values, is_share=True, from_zero=from_zero)
    check(marks, values)
    if all(value <= 100 for value in values):
        assert marks.high <= 100
    if all(value >= 0 for value in values):
        assert marks.low >= 0


def test_the_highest_mark_is_no_label_squeezed_in_below_the_one_before() -> None:
    """ECharts was told to end at 100 and step by 0.3: it wrote 100 % over 99,9 %."""
    assert told("99.04", "99.95", is_share=True) == ("98.0", "100", "0.5")


@pytest.mark.parametrize(
    ("values", "marks"),
    [
        ((), ("0", "1", "1")),
        (("0",), ("0", "1", "1")),
        (("99.98", "100"), ("98.0", "100", "0.5")),
        (("0", "78", "100"), ("0", "100", "20")),
        (("3.1", "4"), ("2.0", "4.0", "0.5")),
        (("101", "104"), ("101", "104", "1")),
    ],
)
def test_a_share_is_drawn_finely_but_no_finer_than_it_matters(
    values: tuple[str, ...], marks: tuple[str, str, str]
) -> None:
    assert tuple(map(Decimal, told(*values, is_share=True))) == tuple(map(Decimal, marks))


def test_one_value_alone_stands_on_zero() -> None:
    assert told("7552") == ("0", "8000", "2000")


def test_large_marks_are_written_in_the_words_people_use_and_as_finely_as_they_step() -> None:
    def written(*marks: str, is_share: bool = False) -> str:
        return label(Axis(*map(Decimal, marks)), is_share=is_share, language="vi")

    assert "tỷ" in written("0", "1500000000", "500000000")
    assert "maximumFractionDigits: 1" in written("0", "1500000000", "500000000")
    assert "maximumFractionDigits: 7" in written("2200000100", "2200000500", "100")
    assert "maximumFractionDigits: 0" in written("0", "8000", "2000")
    assert "maximumFractionDigits: 1" in written("98", "100", "0.5", is_share=True)
