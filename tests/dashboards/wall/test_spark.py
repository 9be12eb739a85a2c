import re
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from iochub.dashboards.wall.spark import HEIGHT, WIDTH, spark

values = st.lists(st.one_of(st.none(), st.decimals("-1e12", "1e12", places=2)), max_size=60)


@given(values, st.one_of(st.none(), st.decimals("-1e12", "1e12", places=2)))
def test_a_trend_stays_inside_its_frame_whatever_the_numbers(series, target) -> None:
    drawn = spark(series, target)
    for path in re.findall(r'class="line" d="M([^"]+)"', drawn):
        for point in path.split(" L"):
            x, y = map(float, point.split())
            assert 0 <= x <= WIDTH
            assert 0 <= y <= HEIGHT


def test_a_trend_is_broken_where_nothing_is_known() -> None:
    drawn = spark([Decimal(1), Decimal(2), None, Decimal(3), Decimal(4)])
    assert drawn.count('class="line"') == 2


def test_a_trend_fills_its_frame_from_the_first_known_value_to_the_last() -> None:
    values = [Decimal(1), Decimal(3), Decimal(2)]
    assert spark([None, None, *values, None]) == spark(values)


def test_one_known_value_is_no_trend() -> None:
    assert spark([None, Decimal(1), None]) == ""
    assert spark([]) == ""


def test_a_target_far_away_does_not_flatten_the_trend() -> None:
    near, far = spark([Decimal(90), Decimal(99)], Decimal(98)), spark([Decimal(1), Decimal(2)], Decimal(98))
    assert 'class="aim"' in near
    assert 'class="aim"' not in far
