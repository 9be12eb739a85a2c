"""The answers of the query API as the wall reads them; what it does not show it does not read."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import msgspec

from iochub.text import Language

State = Literal["ok", "no_data", "stale", "partial", "suppressed"]


class Words(msgspec.Struct, frozen=True):
    """The same words in both languages."""

    vi: str
    en: str

    def to(self, language: Language) -> str:
        """The words in the asked language."""
        return self.vi if language == "vi" else self.en


class Unit(msgspec.Struct, frozen=True):
    """A unit by its code and name."""

    code: str
    name: str


class Days(msgspec.Struct, frozen=True):
    """Local days, the last one exclusive."""

    start: date = msgspec.field(name="from")
    end: date = msgspec.field(name="to")


class Target(msgspec.Struct, frozen=True):
    """The target in force."""

    value: Decimal
    by: str
    met: bool | None = None


class Freshness(msgspec.Struct, frozen=True):
    """How recent the facts are."""

    last_event_at: datetime | None = None
    last_received_at: datetime | None = None
    stale: bool = False


class Line(msgspec.Struct, frozen=True):
    """One line of a score."""

    title: str
    maximum: Decimal
    points: Decimal | None = None
    reported: bool = False


class Figure(msgspec.Struct, frozen=True):
    """One value of an indicator."""

    indicator: str
    title: str
    unit: Unit
    period: Days
    measure: str
    state: State
    freshness: Freshness
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    rows: int | None = None
    target: Target | None = None
    computed_at: datetime | None = None
    definition_version: str = ""
    member: str | None = None
    out_of: Decimal | None = None
    maximum: Decimal | None = None
    lines: list[Line] = []
    split_from: list[Unit] = []
    split_into: list[Unit] = []


class Series(msgspec.Struct, frozen=True):
    """A page of figures, oldest first."""

    rows: list[Figure]


class Desk(msgspec.Struct, frozen=True):
    """The people who watch a family of indicators."""

    name: str
    title: Words


class Indicator(msgspec.Struct, frozen=True):
    """An indicator of the catalogue."""

    name: str
    title: Words
    measure: str
    feed: str
    desk: Desk
    definition: Words
    formula: str
    owner: Words
    source: str
    version: str
    kind: str = "flow"
    is_headline: bool = True
    parts: list[str] = []
    """The indicators it is made of when it is asked for."""


class Catalogue(msgspec.Struct, frozen=True):
    """Every indicator, desk by desk."""

    indicators: list[Indicator]


class Lag(msgspec.Struct, frozen=True):
    """What waits to be counted."""

    events: int = 0
    seconds: float | None = None


class Today(msgspec.Struct, frozen=True):
    """Records of the present day."""

    accepted: int = 0
    rejected: int = 0


class Reject(msgspec.Struct, frozen=True):
    """How many records were refused for one reason."""

    reason: str
    message: Words
    count: int


class Scores(msgspec.Struct, frozen=True):
    """The four scores of a feed, where known."""

    valid: Decimal | None = None
    complete: Decimal | None = None
    clean: Decimal | None = None
    alive: Decimal | None = None


class Silence(msgspec.Struct, frozen=True):
    """How long nothing came, in the calendar in which the publisher works."""

    since: datetime
    calendar: Literal["office", "always"]
    seconds: int
    beat_seconds: int
    stale_after_seconds: int


class Agency(msgspec.Struct, frozen=True):
    """How one agency is doing with one feed; without a silence it never sent."""

    code: str
    name: str | None = None
    silence: Silence | None = None
    scores: Scores = Scores()


class Feed(msgspec.Struct, frozen=True):
    """How one feed is doing."""

    name: str
    title: Words
    publisher: Words
    every_seconds: int
    state: State
    last_received_at: datetime | None = None
    last_event_at: datetime | None = None
    silent_seconds: int | None = None
    lag: Lag = Lag()
    today: Today = Today()
    rejects: list[Reject] = []
    scores: Scores = Scores()
    silence: Silence | None = None
    agencies: list[Agency] = []


class Feeds(msgspec.Struct, frozen=True):
    """Every feed of the hub."""

    feeds: list[Feed]


class Viewer(msgspec.Struct, frozen=True):
    """Whose token the wall asks with."""

    role: str
    unit: Unit
