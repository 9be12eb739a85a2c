"""The shapes of what the query API answers about feeds and their senders."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from iochub.api.query.models import Body, Number, Words


class LagBody(Body):
    """What was accepted and is not yet counted."""

    events: int
    seconds: float | None


class TodayBody(Body):
    """Records of the province's present day."""

    accepted: int
    rejected: int


class RejectBody(Body):
    """How many records of today were refused for one reason."""

    reason: str
    message: Words
    count: int


class ScoresBody(Body):
    """The four scores of a feed or of one sender, 0 to 100, over the last 30 days; null where not known.

    valid (đúng): accepted of what came. complete (đủ): held of what was declared. clean (sạch): neither sent
    again nor flagged. alive (sống): the silence against the agreed beat, in the publisher's calendar.
    """

    valid: Number | None
    complete: Number | None
    clean: Number | None
    alive: Number | None


class SilenceBody(Body):
    """How long nothing came, counted in the calendar in which the publisher works."""

    since: datetime
    calendar: Literal["office", "always"]
    seconds: int
    beat_seconds: int
    stale_after_seconds: int


class TotalsBody(Body):
    """What is declared for the scored days, and how much of each declaration is held."""

    declared: int
    received: int


class AgencyBody(Body):
    """How one agency is doing with one feed; without a silence it never sent."""

    code: str
    name: str | None
    last_received_at: datetime | None
    accepted: int
    rejected: int
    repeated: int
    flagged: int
    completeness: TotalsBody | None = Field(description="null where nothing was declared")
    silence: SilenceBody | None
    scores: ScoresBody


class FeedBody(Body):
    """How one feed is doing."""

    name: str
    title: Words
    publisher: Words
    every_seconds: int
    state: Literal["ok", "no_data", "stale", "partial"]
    last_received_at: datetime | None
    last_event_at: datetime | None
    silent_seconds: int | None
    lag: LagBody
    today: TodayBody
    rejects: list[RejectBody]
    calendar: Literal["office", "always"]
    silence: SilenceBody | None
    scores: ScoresBody
    agencies: list[AgencyBody] = Field(description="worst first; empty for who sees only one unit")
    too_many_rejects: int = Field(
        default=0,
        description="senders stopped, for more than one in five of their records was refused lately",
    )


class FeedsBody(Body):
    """Every feed, in the order of the registry."""

    feeds: list[FeedBody]
