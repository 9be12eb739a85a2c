"""What may be asked of the warehouse, and what it answers."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from iochub.ingest.unit_map import PROVINCE, MapName
from iochub.warehouse.period import Period
from iochub.warehouse.score_lines import Line

SMALL = 5
"""Fewer rows than this can point at a person. Source: the promises in README.md."""

State = Literal["ok", "no_data", "stale", "partial", "suppressed"]


@dataclass(frozen=True, slots=True)
class Question:
    """One figure asked for: of what, where, when, as it stood at which instant, on which map."""

    indicator: str
    unit: str
    period: Period
    as_of: datetime | None = None
    map_name: MapName = "current"
    sees_small: bool = False
    """Whether who asks may see figures behind which there are only 1 to 4 rows."""
    sees_from: str = PROVINCE
    """The highest unit that who asks may ask about: only below it can one subtract siblings from a sum."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the warehouse counted for one question; `value` is None for *not known*, never zero.

    `unit` and `member` say which row of a series this is. `judged_at` is the instant that a stock or a
    period_end figure was judged at.
    """

    period: Period
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    rows: int
    state: State
    computed_at: datetime | None
    definition_version: str
    last_event_at: datetime | None = None
    last_received_at: datetime | None = None
    next_change_at: datetime | None = None
    judged_at: datetime | None = None
    declared: int | None = None
    received: int | None = None
    unit: str = ""
    member: str = ""
    lines: tuple[Line, ...] = ()
    """Of a score: every line of it, known or not."""

    @property
    def out_of(self) -> Decimal | None:
        """How many points of a score are known; None of what is no score."""
        known = [line.maximum for line in self.lines if line.points is not None]
        return sum(known, Decimal(0)) if self.lines else None

    @property
    def maximum(self) -> Decimal | None:
        """How many points a score has in all; None of what is no score."""
        return sum((line.maximum for line in self.lines), Decimal(0)) if self.lines else None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a feed is doing as a whole: silent, or with accepted events that do not count yet."""

    state: Literal["ok", "no_data", "stale", "partial"]
    last_event_at: datetime | None = None
    last_received_at: datetime | None = None
