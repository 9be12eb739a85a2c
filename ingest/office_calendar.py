"""The working days and hours of the State's offices in Viet Nam: what deadlines and silence are counted in.

Source: QĐ 188/1999/QĐ-TTg (40 hours a week, Monday to Friday); Bộ luật Lao động 2019, Đ112 (public holidays);
the days moved each year as the `holidays` library has them, and as `MOVED_DAYS` adds.
"""

from array import array
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from typing import Final

import holidays

from iochub.ingest.reading import LOCAL

OFFICE_HOURS: Final = ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 30)))
"""Eight hours with a pause, by the province's clock.

QĐ 188/1999 fixes their number alone; each province sets the hours, and Thanh Hoa's document was not found.
"""

MOVED_DAYS: Final = ((date(2026, 1, 2), date(2026, 1, 10), "Văn bản số 12729/VPCP-KGVX ngày 25/12/2025"),)
"""What the library lacks: a working day given free, the Saturday worked for it, and who decided it."""

FIRST_YEAR, LAST_YEAR = 1990, 2099
"""The library computes the lunar year until then."""

_FIRST: Final = date(FIRST_YEAR, 1, 1).toordinal()
_LAST: Final = date(LAST_YEAR, 12, 31).toordinal()
_SATURDAY: Final = 5


def is_working_day(day: date) -> bool:
    """An office is open on Monday to Friday but on public holidays, and on a Saturday worked for a free day.

    Raises: ValueError `impossible_date` for a day of another century.
    """
    worked = _worked_before()
    at = _index(day)
    return worked[at + 1] > worked[at]


def working_days_between(start: date, end: date) -> int:
    """Count the working days after `start` up to and with `end`; negative when `end` is the earlier.

    The first day is never counted: what was asked on a Monday and answered on Tuesday took one working day.

    Source: Bộ luật Dân sự 2015, Đ147.2.
    Raises: ValueError `impossible_date` for a day of another century.
    """
    worked = _worked_before()
    return worked[_index(end) + 1] - worked[_index(start) + 1]


def add_working_days(day: date, number: int) -> date:
    """The working day that is so many working days after a day, or before it for a negative number.

    With 0 it is the day itself, or the last working day before it.

    Raises: ValueError `impossible_date` where that lies in another century.
    """
    worked = _worked_before()
    wanted = worked[_index(day) + 1] + number
    if not 1 <= wanted <= worked[-1]:
        raise ValueError("impossible_date")
    low, high = 0, len(worked) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if worked[middle] < wanted else (low, middle)
    return date.fromordinal(_FIRST + low - 1)


def working_time(start: datetime, end: datetime) -> timedelta:
    """The office hours between two aware instants; negative when `end` is the earlier.

    A night, a weekend or the whole of Tết between them add nothing.

    Raises: ValueError `impossible_date` for an instant of another century.
    """
    return _worked_until(end) - _worked_until(start)


def _worked_until(instant: datetime) -> timedelta:
    """All office hours from the first day known to an instant."""
    local = instant.astimezone(LOCAL)
    worked = _worked_before()
    at = _index(local.date())
    whole = worked[at] * _hours_until(time.max)
    return whole + _hours_until(local.time()) if worked[at + 1] > worked[at] else whole


def _hours_until(clock: time) -> timedelta:
    """The office hours of a working day that are over at a time of it."""
    over = timedelta()
    for opens, closes in OFFICE_HOURS:
        if clock > opens:
            over += _since_midnight(min(clock, closes)) - _since_midnight(opens)
    return over


def _since_midnight(clock: time) -> timedelta:
    return timedelta(
        hours=clock.hour, minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond
    )


def _index(day: date) -> int:
    ordinal = day.toordinal()
    if not _FIRST <= ordinal <= _LAST:
        raise ValueError("impossible_date")
    return ordinal - _FIRST


@cache
def _worked_before() -> "array[int]":
    """How many days were worked before each day, by its index; one more than there are days.

    Counted once, in a twentieth of a second, so that each question costs two look-ups however long its span.
    """
    official = holidays.country_holidays("VN", years=range(FIRST_YEAR, LAST_YEAR + 2))
    free = {*official, *(off for off, _, _ in MOVED_DAYS)}
    saturdays = {*official.weekend_workdays, *(worked for _, worked, _ in MOVED_DAYS)}
    days = map(date.fromordinal, range(_FIRST, _LAST + 1))
    worked = (day in saturdays or (day.weekday() < _SATURDAY and day not in free) for day in days)
    return array("i", accumulate(map(int, worked), initial=0))
