from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iochub.dashboards.wall import period

days = st.dates(date(1960, 1, 1), date(2100, 12, 31))
scales = st.sampled_from(period.SCALES)


@given(days, scales)
def test_a_period_in_an_address_reads_back_to_itself(day, scale) -> None:
    shown = period.around(day, scale)
    assert period.read(shown.asked) == shown


@given(days, scales)
def test_stepping_there_and_back_returns(day, scale) -> None:
    shown = period.around(day, scale)
    assert shown.step(1).step(-1) == shown
    assert shown.step(1).start > shown.start


@given(st.text(max_size=12))
def test_an_address_that_means_no_period_shows_the_present_one(text) -> None:
    shown = period.read(text)
    assert shown is None or shown.asked == text


@pytest.mark.parametrize("text", ["", "2021-13", "2021-02-30", "2021-Q5", "0001", "9999", "21", "2021-H1"])
def test_what_the_wall_cannot_show_is_no_period(text) -> None:
    assert period.read(text) is None


def test_periods_are_called_as_people_call_them() -> None:
    day = date(2021, 7, 15)
    vietnamese = [period.around(day, scale).title("vi") for scale in period.SCALES]
    english = [period.around(day, scale).title("en") for scale in period.SCALES]
    assert vietnamese == ["Thứ Năm, 15/07/2021", "Tháng 7/2021", "Quý III/2021", "Năm 2021"]
    assert english == ["Thursday, 15 Jul 2021", "July 2021", "Q3 2021", "2021"]


def test_a_single_day_is_seen_within_its_month() -> None:
    assert period.around(date(2021, 7, 15), "day").course() == "2021-07"
    assert period.around(date(2021, 7, 15), "year").course() == "2021"


def test_the_first_and_the_last_year_can_be_shown_but_not_passed() -> None:
    last = period.around(date(period.LATEST_YEAR, 1, 1) - timedelta(days=1), "year")
    assert last.step(1) == last
