"""Which days a report is about: a year, a half, a quarter, a month or a day, in two ways of writing.

Source: the hub's own periods (2021, 2021-H1, 2021-Q3, 2021-07, 2021-07-15); QĐ 2176/QĐ-UBND of Thanh Hóa,
report periods YYYYMM, YYYYQ, YYYY.
"""

import re
from datetime import date, timedelta
from typing import NamedTuple

_WRITTEN = re.compile(r"(\d{4})(?:-(?:H([12])|Q([1-4])|(\d{2})(?:-(\d{2}))?))?", re.ASCII)
_DICTIONARY = re.compile(r"(\d{4})(?:([1-4])|(\d{2}))", re.ASCII)

LONGEST_MONTH = 31


class Span(NamedTuple):
    """A period with its first and its last day, written in the hub's way."""

    written: str
    first: date
    last: date

    @property
    def is_day(self) -> bool:
        """Whether it is a single day."""
        return self.first == self.last

    @property
    def is_month(self) -> bool:
        """Whether it is a single calendar month."""
        return self.first < self.last < self.first + timedelta(days=LONGEST_MONTH)


def read_span(text: str) -> Span:
    """Read a period in either way; both mean the same, so both are written alike afterwards.

    Raises: ValueError `bad_pattern` or `impossible_date`.
    """
    found = _DICTIONARY.fullmatch(text)
    if found:
        year, quarter, month = found.groups()
        text = f"{year}-Q{quarter}" if quarter else f"{year}-{month}"
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise ValueError("bad_pattern")
    year, half, quarter, month, day = found.groups()
    try:
        if day:
            only = date(int(year), int(month), int(day))
            return Span(text, only, only)
        if half:
            return _months(text, int(year), int(half) * 6 - 5, 6)
        if quarter:
            return _months(text, int(year), int(quarter) * 3 - 2, 3)
        if month:
            return _months(text, int(year), int(month), 1)
        return _months(text, int(year), 1, 12)
    except (ValueError, OverflowError) as impossible:
        raise ValueError("impossible_date") from impossible


def _months(text: str, year: int, month: int, length: int) -> Span:
    after = year * 12 + month - 1 + length
    return Span(text, date(year, month, 1), date(after // 12, after % 12 + 1, 1) - timedelta(days=1))
