"""A period is read in the hub's way and in that of the province's dictionary."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iochub.ingest.reports.periods import read_span


@pytest.mark.parametrize(
    ("text", "written", "first", "last"),
    [
        ("2021", "2021", (2021, 1, 1), (2021, 12, 31)),
        ("2022-H1", "2022-H1", (2022, 1, 1), (2022, 6, 30)),
        ("2021-H2", "2021-H2", (2021, 7, 1), (2021, 12, 31)),
        ("2021-Q3", "2021-Q3", (2021, 7, 1), (2021, 9, 30)),
        ("20213", "2021-Q3", (2021, 7, 1), (2021, 9, 30)),
        ("2024-02", "2024-02", (2024, 2, 1), (2024, 2, 29)),
        ("202402", "2024-02", (2024, 2, 1), (2024, 2, 29)),
        ("202112", "2021-12", (2021, 12, 1), (2021, 12, 31)),
        ("2021-07-15", "2021-07-15", (2021, 7, 15), (2021, 7, 15)),
    ],
)
def test_its_first_and_last_day(
    text: str, written: str, first: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    assert read_span(text) == (written, date(*first), date(*last))


@pytest.mark.parametrize(
    "text",
    ["", "21", "2021-7", "2021-H3", "2021-Q5", "20215", "20210715", "2021/07", "Quý 3", "２０２１", " 2021"],
)
def test_another_way_of_writing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^bad_pattern$"):
        read_span(text)


@pytest.mark.parametrize("text", ["2021-13", "202113", "202100", "2021-02-29", "0000", "0000-01", "9999"])
def test_a_period_that_never_was_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^impossible_date$"):
        read_span(text)


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_a_day_lies_in_each_of_its_periods_and_ends_each_on_its_last_day(day: date) -> None:
    quarter, half = (day.month + 2) // 3, 1 if day.month < 7 else 2
    for text in (f"{day.year}", f"{day.year}-H{half}", f"{day.year}{quarter}", f"{day:%Y%m}", f"{day}"):
        span = read_span(text)
        assert span.first <= day <= span.last
        assert read_span(span.written) == span
        assert (span.last + timedelta(days=1)).day == 1 or span.is_day
        assert span.is_month == (text == f"{day:%Y%m}")
