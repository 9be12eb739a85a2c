from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iochub.ingest.office_calendar import (
    MOVED_DAYS,
    OFFICE_HOURS,
    add_working_days,
    is_working_day,
    working_days_between,
    working_time,
)
from iochub.ingest.reading import LOCAL

DAYS = st.dates(date(2000, 1, 1), date(2035, 12, 31))
INSTANTS = st.integers(1_420_000_000, 1_890_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))

TET = {
    # The first and the last day that offices were closed for Tết, weekends with it, as it was announced.
    2020: (date(2020, 1, 23), date(2020, 1, 29)),
    2021: (date(2021, 2, 10), date(2021, 2, 16)),
    2022: (date(2022, 1, 29), date(2022, 2, 6)),
    2023: (date(2023, 1, 20), date(2023, 1, 26)),
    2024: (date(2024, 2, 8), date(2024, 2, 14)),
    2025: (date(2025, 1, 25), date(2025, 2, 2)),
    2026: (date(2026, 2, 14), date(2026, 2, 22)),
}


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=LOCAL)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize("year", TET)
def test_offices_are_closed_for_tet_and_open_on_the_days_around_it(year: int) -> None:
    first, last = TET[year]
    length = (last - first).days + 1
    assert not any(is_working_day(first + timedelta(days=number)) for number in range(length))
    assert is_working_day(first - timedelta(days=1)) or (first - timedelta(days=1)).weekday() > 4
    assert is_working_day(last + timedelta(days=1)) or (last + timedelta(days=1)).weekday() > 4


@pytest.mark.parametrize(
    ("off", "worked"),
    [
        (date(2018, 12, 31), date(2019, 1, 5)),
        (date(2019, 4, 29), date(2019, 5, 4)),
        (date(2024, 4, 29), date(2024, 5, 4)),
        (date(2025, 5, 2), date(2025, 4, 26)),
        (date(2026, 1, 2), date(2026, 1, 10)),
        (date(2026, 8, 31), date(2026, 8, 22)),
    ],
)
def test_a_day_given_free_is_worked_on_a_saturday(off: date, worked: date) -> None:
    assert off.weekday() < 5
    assert worked.weekday() == 5
    assert not is_working_day(off)
    assert is_working_day(worked)


@pytest.mark.parametrize(
    "day",
    [
        date(2021, 1, 1),
        date(2021, 4, 21),  # Giỗ Tổ Hùng Vương
        date(2021, 4, 30),
        date(2021, 5, 3),  # for 1/5, a Saturday
        date(2021, 9, 2),
        date(2021, 9, 3),  # two days for the National Day since the Labour Code of 2019
        date(2022, 1, 3),  # for 1/1, a Saturday
        date(2022, 4, 11),  # for Giỗ Tổ, a Sunday
        date(2022, 5, 2),
        date(2022, 5, 3),
        date(2026, 11, 24),  # Ngày Văn hoá Việt Nam
    ],
)
def test_public_holidays_and_the_days_in_lieu_of_them_are_free(day: date) -> None:
    assert not is_working_day(day)


def test_every_moved_day_says_who_decided_it_and_gives_a_saturday_for_a_working_day() -> None:
    for off, worked, decided in MOVED_DAYS:
        assert decided
        assert off.weekday() < 5
        assert worked.weekday() > 4


@given(start=DAYS, end=DAYS)
def test_days_between_are_those_one_would_count_one_by_one(start: date, end: date) -> None:
    first, last = min(start, end), min(max(start, end), min(start, end) + timedelta(days=400))
    counted = sum(
        is_working_day(first + timedelta(days=number)) for number in range(1, (last - first).days + 1)
    )
    assert working_days_between(first, last) == counted
    assert working_days_between(last, first) == -counted


@given(day=DAYS, number=st.integers(-600, 600))
def test_adding_working_days_lands_on_a_working_day_that_is_so_far_away(day: date, number: int) -> None:
    found = add_working_days(day, number)
    assert is_working_day(found)
    assert working_days_between(day, found) == number


def test_five_working_days_over_tet_are_two_weeks() -> None:
    assert add_working_days(date(2021, 2, 8), 5) == date(2021, 2, 22)


def test_a_weekend_day_and_no_working_days_is_the_friday_before() -> None:
    assert add_working_days(date(2021, 6, 6), 0) == date(2021, 6, 4)


def test_a_working_day_has_eight_hours_with_a_pause() -> None:
    assert working_time(local(2021, 6, 1), local(2021, 6, 2)) == timedelta(hours=8)
    (_, noon), (afternoon, _) = OFFICE_HOURS
    pause = (
        datetime.combine(date(2021, 6, 1), noon, LOCAL),
        datetime.combine(date(2021, 6, 1), afternoon, LOCAL),
    )
    assert working_time(*pause) == timedelta()


def test_nights_weekends_and_tet_add_nothing() -> None:
    assert working_time(local(2021, 2, 9, 17, 30), local(2021, 2, 17, 7, 30)) == timedelta()
    assert working_time(local(2021, 6, 4, 16, 30), local(2021, 6, 7, 8, 30)) == timedelta(hours=2)


@given(instants=st.tuples(INSTANTS, INSTANTS, INSTANTS))
def test_office_time_adds_up_over_any_instant_between(instants: tuple[datetime, datetime, datetime]) -> None:
    first, middle, last = sorted(instants)
    assert working_time(first, middle) + working_time(middle, last) == working_time(first, last)
    assert timedelta() <= working_time(first, middle) <= middle - first
    assert working_time(middle, first) == -working_time(first, middle)


@given(start=DAYS, number=st.integers(0, 300))
def test_whole_days_of_office_time_are_eight_hours_a_working_day(start: date, number: int) -> None:
    end = start + timedelta(days=number)
    begins, ends = (datetime(day.year, day.month, day.day, 23, tzinfo=LOCAL) for day in (start, end))
    assert working_time(begins, ends) == working_days_between(start, end) * timedelta(hours=8)


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1989, 12, 31), date(2100, 1, 1), date(9999, 12, 31)])
def test_a_day_of_another_century_is_impossible(day: date) -> None:
    for ask in (
        lambda: is_working_day(day),
        lambda: working_days_between(day, day),
        lambda: add_working_days(day, 1),
    ):
        with pytest.raises(ValueError, match="impossible_date"):
            ask()
    with pytest.raises(ValueError, match="impossible_date"):
        add_working_days(date(2099, 12, 31), 1)
