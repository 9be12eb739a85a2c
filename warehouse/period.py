"""Which days a question is about: a year, a half, a quarter, a month, a day, or any two dates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from iochub.errors import InvalidPeriod

Step = Literal["day", "week", "month", "quarter", "year"]

EARLIEST_YEAR, LATEST_YEAR = 1945, 2199
"""Outside these a date is a typing mistake, not a question about a province of this state."""

_WRITTEN = re.compile(r"(\d{4})(?:-(?:H([12])|Q([1-4])|(\d{2})(?:-(\d{2}))?))?")
_MONTHS: dict[Step, int] = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """Local days from `start` up to, and not with, `end`."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise InvalidPeriod("The period ends before it begins.", vi="Kỳ kết thúc trước khi bắt đầu.")
        if self.start.year < EARLIEST_YEAR or self.end.year > LATEST_YEAR:
            raise InvalidPeriod(
                f"The hub answers for {EARLIEST_YEAR} to {LATEST_YEAR}.",
                vi=f"Hệ thống trả lời cho các năm {EARLIEST_YEAR} đến {LATEST_YEAR}.",
            )


def read_period(written: str) -> Period:
    """Read `2021`, `2021-H1`, `2021-Q3`, `2021-07` or `2021-07-15`.

    Raises: InvalidPeriod; the caller acts.
    """
    match = _WRITTEN.fullmatch(written.strip())
    if match is None:
        raise InvalidPeriod(
            "A period is written 2021, 2021-H1, 2021-Q3, 2021-07 or 2021-07-15.",
            vi="Kỳ được viết là 2021, 2021-H1, 2021-Q3, 2021-07 hoặc 2021-07-15.",
        )
    year, half, quarter, month, day = match.groups()
    try:
        if day:
            start = date(int(year), int(month), int(day))
            return Period(start, start + timedelta(days=1))
        if half:
            return _months(int(year), int(half) * 6 - 5, 6)
        if quarter:
            return _months(int(year), int(quarter) * 3 - 2, 3)
        if month:
            return _months(int(year), int(month), 1)
        return _months(int(year), 1, 12)
    except (ValueError, OverflowError) as error:
        raise InvalidPeriod("There is no such date.", vi="Không có ngày này.") from error


def around(day: date, step: Step) -> Period:
    """The day, week, month, quarter or year that a day lies in; weeks begin on Monday."""
    if step == "day":
        return Period(day, day + timedelta(days=1))
    if step == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + timedelta(days=7))
    length = _MONTHS[step]
    return _months(day.year, (day.month - 1) // length * length + 1, length)


def steps(period: Period, step: Step) -> Iterator[Period]:
    """The days, weeks, months … of a period, oldest first; the first and the last are cut at its edges."""
    start = period.start
    while start < period.end:
        whole = around(start, step)
        yield Period(start, min(whole.end, period.end))
        start = whole.end


def _months(year: int, month: int, length: int) -> Period:
    after = year * 12 + month - 1 + length
    return Period(date(year, month, 1), date(after // 12, after % 12 + 1, 1))
