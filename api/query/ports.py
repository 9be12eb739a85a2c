"""What the query API needs from the rest of the hub, and nothing more of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, Protocol

from iochub.api.keys import ViewerToken
from iochub.api.query.period import Period, Step
from iochub.text import Text

State = Literal["ok", "no_data", "stale", "partial", "suppressed"]
MapName = Literal["current", "2025-01", "2020"]


@dataclass(frozen=True, slots=True)
class Place:
    """An administrative unit as the map of one date knows it; `parent` is empty for the province."""

    code: str
    name: Text
    level: str
    parent: str
    valid_from: date | None = None
    valid_to: date | None = None


class Places(Protocol):
    """Which units there are, on which map."""

    def province(self) -> Place:
        """The unit that every other lies in."""

    def find(self, code: str, map_name: MapName) -> Place | None:
        """One unit of a map, or nothing."""

    def listed(self, map_name: MapName, on: date | None) -> Sequence[Place]:
        """Every unit of a map, or of the map that held on a day; the province first."""

    def contains(self, outer: str, inner: str) -> bool:
        """Whether a unit is another or lies in it, on any map."""


@dataclass(frozen=True, slots=True)
class Target:
    """A value aimed for, by a year, with its legal source."""

    value: Decimal
    by: str
    at_least: bool = True
    source: str = ""


@dataclass(frozen=True, slots=True)
class Declared:
    """An indicator as the catalogue shows it."""

    name: str
    title: Text
    measure: str
    feed: str
    desk: str
    desk_title: Text
    definition: Text
    formula: str
    kind: Literal["flow", "stock", "period_end"]
    window: Step
    dimensions: tuple[str, ...]
    targets: tuple[Target, ...]
    owner: Text
    source: str
    version: str
    alert: Text | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One figure asked for: of what, where, when, as it stood at which instant, on which map."""

    indicator: str
    unit: str
    period: Period
    as_of: datetime | None = None
    map_name: MapName = "current"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the warehouse counted for one question; `value` is nothing when there is nothing to count."""

    period: Period
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    rows: int
    state: State
    computed_at: datetime | None
    last_event_at: datetime | None = None
    last_received_at: datetime | None = None
    next_change_at: datetime | None = None
    declared: int | None = None
    received: int | None = None
    unit: str = ""
    member: str = ""


class Answers(Protocol):
    """From a question to what the warehouse counted."""

    def figure(self, question: Question) -> Answer:
        """One figure.

        Raises: StoreUnavailable when the warehouse is away; whoever watches the hub acts.
        """

    def series(self, question: Question, every: Step | None, by: str | None) -> Sequence[Answer]:
        """The same figure per step, per member of a dimension, or both; oldest first, then by member."""


class Catalogue(Protocol):
    """Every indicator the hub watches."""

    def listed(self) -> Sequence[Declared]:
        """All of them, desk by desk."""

    def find(self, name: str) -> Declared | None:
        """One of them, or nothing."""


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """How one feed is doing: when it last spoke, how much waits, what was refused and why."""

    name: str
    title: Text
    publisher: Text
    every_seconds: int
    state: Literal["ok", "no_data", "stale", "partial"]
    last_received_at: datetime | None
    last_event_at: datetime | None
    lag_events: int
    lag_seconds: float | None
    accepted_today: int
    rejected_today: int
    rejects: tuple[tuple[str, int], ...] = ()
    complete: Decimal | None = None
    clean: Decimal | None = None


class FeedsHealth(Protocol):
    """How the feeds are doing, now."""

    def read(self) -> Sequence[FeedHealth]:
        """Every feed, in the order of the registry.

        Raises: StoreUnavailable when the warehouse is away; whoever watches the hub acts.
        """


class Tokens(Protocol):
    """Who holds which viewer token."""

    def verify_viewer(self, text: str) -> ViewerToken | None:
        """The viewer token that this text is, or nothing if it is none or revoked."""
