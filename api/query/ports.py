"""What the query API needs from the rest of the hub, and nothing more of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from iochub.api.keys import ViewerToken
from iochub.ingest.silence import Silence
from iochub.text import Text
from iochub.warehouse.period import Step
from iochub.warehouse.question import Answer, Question
from iochub.warehouse.tally import Tally

FeedState = Literal["ok", "no_data", "stale", "partial"]


class Answers(Protocol):
    """From a question to what the warehouse counted."""

    def figure(self, question: Question) -> Answer:
        """One figure.

        Raises: StoreUnavailable when the warehouse is away; whoever watches the hub acts.
        """

    def series(self, question: Question, every: Step | None, by: str | None) -> Sequence[Answer]:
        """The same figure per step, per member of a dimension, or both."""


NOTHING = Tally()


@dataclass(frozen=True, slots=True)
class AgencyHealth:
    """How one agency does with one feed; without a silence it never sent."""

    agency: str
    tally: Tally
    silence: Silence | None


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """How one feed is doing: when it last spoke, how much waits, what was refused and why."""

    name: str
    title: Text
    publisher: Text
    every_seconds: int
    state: FeedState
    last_received_at: datetime | None
    last_event_at: datetime | None
    lag_events: int
    lag_seconds: float | None
    accepted_today: int
    rejected_today: int
    rejects: tuple[tuple[str, int], ...] = ()
    calendar: Literal["office", "always"] = "always"
    silence: Silence | None = None
    tally: Tally = NOTHING
    agencies: tuple[AgencyHealth, ...] = ()
    too_many_rejects: int = 0
    """Senders of whose records so many were refused lately that the feed stops taking from them."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """By (topic, partition) the offset before which every record should be worked off by now.

    `silent_seconds` is how long Kafka has not answered: what it holds may be more.
    """

    older: Mapping[tuple[str, int], int]
    silent_seconds: float


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
