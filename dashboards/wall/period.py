"""Which period a screen shows, how it is called, and how one steps to the next."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from iochub.dashboards.wall import format as written
from iochub.dashboards.wall.words import MONTHS_EN
from iochub.text import Language

Scale = Literal["day", "month", "quarter", "year"]
Step = Literal["day", "week", "month"]

SCALES: tuple[Scale, ...] = ("day", "month", "quarter", "year")

EARLIEST_YEAR, LATEST_YEAR = 1945, 2199
"""The years that the query API answers for."""

_WRITTEN = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(\d{2})(?:-(\d{2}))?))?")
_ROMAN = ("I", "II", "III", "IV")


@dataclass(frozen=True, slots=True)
class Shown:
    """A day, month, quarter or year on the screen, known by its first day."""

    scale: Scale
    start: date

    @property
    def asked(self) -> str:
        """As the query API reads it."""
        year, month = self.start.year, self.start.month
        if self.scale == "year":
            return f"{year}"
        if self.scale == "quarter":
            return f"{year}-Q{(month + 2) // 3}"
        return f"{year}-{month:02}" if self.scale == "month" else self.start.isoformat()

    def title(self, language: Language) -> str:
        """As people call it: *Tháng 7/2021*, *July 2021*."""
        year, month = self.start.year, self.start.month
        if self.scale == "day":
            return written.long_day(self.start, language)
        if self.scale == "month":
            return f"Tháng {month}/{year}" if language == "vi" else f"{MONTHS_EN[month - 1]} {year}"
        if self.scale == "quarter":
            quarter = (month + 2) // 3
            return f"Quý {_ROMAN[quarter - 1]}/{year}" if language == "vi" else f"Q{quarter} {year}"
        return f"Năm {year}" if language == "vi" else f"{year}"

    def step(self, count: int) -> "Shown":
        """The period so many later, or earlier; the last that the hub answers for at the edges."""
        if self.scale == "day":
            moved = self.start + timedelta(days=count)
        else:
            months = self.start.year * 12 + self.start.month - 1 + count * _MONTHS[self.scale]
            moved = date(months // 12, months % 12 + 1, 1)
        return Shown(self.scale, moved) if EARLIEST_YEAR <= moved.year < LATEST_YEAR else self

    def course(self) -> str:
        """The period of a chart: a single day is seen within its month."""
        return f"{self.start:%Y-%m}" if self.scale == "day" else self.asked

    def spark(self) -> Step:
        """How finely a tile's small trend goes: a year by weeks, so that its first months show something."""
        return "week" if self.scale == "year" else self.steps()[0]

    def steps(self) -> tuple[Step, ...]:
        """How finely a course through this period may be drawn, the usual way first."""
        return _STEPS[self.scale]


_STEPS: dict[Scale, tuple[Step, ...]] = {
    "day": ("day",),
    "month": ("day",),
    "quarter": ("week", "day"),
    "year": ("month", "week", "day"),
}
_MONTHS: dict[Scale, int] = {"month": 1, "quarter": 3, "year": 12}


def around(day: date, scale: Scale) -> Shown:
    """The day, month, quarter or year that a day lies in."""
    if scale == "day":
        return Shown(scale, day)
    length = _MONTHS[scale]
    return Shown(scale, date(day.year, (day.month - 1) // length * length + 1, 1))


def read(text: str) -> Shown | None:
    """The period that a page's address names; nothing for one that the wall cannot show."""
    match = _WRITTEN.fullmatch(text)
    if match is None or not EARLIEST_YEAR <= int(match[1]) < LATEST_YEAR:
        return None
    year, quarter, month, day = match.groups()
    try:
        if day:
            return Shown("day", date(int(year), int(month), int(day)))
        if month:
            return Shown("month", date(int(year), int(month), 1))
    except ValueError:
        return None
    return (
        Shown("quarter", date(int(year), int(quarter) * 3 - 2, 1))
        if quarter
        else around(date(int(year), 1, 1), "year")
    )
