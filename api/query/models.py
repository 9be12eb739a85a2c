"""The shapes of every answer of the query API, as its OpenAPI document declares them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from iochub.warehouse.question import State

Number = Annotated[Decimal, WithJsonSchema({"type": "number"})]
"""Exact: written in JSON with the digits it has, never as the nearest binary fraction."""


class Body(BaseModel):
    """An answer; what it holds cannot change on the way out."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)


class Words(Body):
    """The same words in both languages."""

    vi: str
    en: str


class UnitBody(Body):
    """A unit by its code, and its name in the asked language."""

    code: str
    name: str


class PeriodBody(Body):
    """Local days, the last one exclusive."""

    start: date = Field(alias="from")
    end: date = Field(alias="to")


class TargetBody(Body):
    """The target in force for the period, and whether the value meets it."""

    value: Number
    by: str
    met: bool | None = Field(description="null while there is no value to judge")


class FreshnessBody(Body):
    """How recent the facts behind a figure are."""

    last_event_at: datetime | None
    last_received_at: datetime | None
    stale: bool


class CompletenessBody(Body):
    """What the publishers say they sent, against what the hub holds."""

    declared: int
    received: int
    share: Number


class FigureBody(Body):
    """One value of an indicator: for a unit and a period, as it stood at an instant."""

    indicator: str
    title: str
    unit: UnitBody
    period: PeriodBody
    value: Number | None = Field(description="null is *not known*, never zero; see `state`")
    measure: str
    numerator: Number | None
    denominator: Number | None
    rows: int | None = Field(description="how many rows stand behind it; null where that is hidden")
    target: TargetBody | None
    state: State
    freshness: FreshnessBody
    completeness: CompletenessBody | None = Field(
        description="null where no declared total lies in the period, and for a lower unit or `as_of`"
    )
    kind: Literal["flow", "stock", "period_end"]
    computed_at: datetime | None
    as_of: datetime | None
    next_change_at: datetime | None = Field(description="when the figure may move without any event")
    definition_version: str
    explain: str | None
    split_from: list[UnitBody] = Field(
        default=[],
        description="divided units of another map of which a part lies here and is not in the value",
    )
    split_into: list[UnitBody] = Field(
        default=[], description="of a unit that the asked map does not have: among which of its units it lies"
    )


class SeriesRow(FigureBody):
    """A figure within a series; `member` is the value of the dimension it is split by."""

    member: str | None


class SeriesBody(Body):
    """A page of figures, oldest first; `next` is the `cursor` of the following page."""

    indicator: str
    every: Literal["day", "week", "month", "quarter", "year"] | None
    by: str | None
    rows: list[SeriesRow]
    next: str | None


class DeclaredTarget(Body):
    """A target as declared, with the law behind it."""

    value: Number
    by: str
    at_least: bool
    source: str


class DeskBody(Body):
    """The desk that watches an indicator."""

    name: str
    title: Words


class IndicatorBody(Body):
    """A number the province watches; `unit` and `measure` both name what it is measured in."""

    name: str
    title: Words
    unit: str
    measure: str
    feed: str
    desk: DeskBody
    kind: Literal["flow", "stock", "period_end"]
    definition: Words
    formula: str
    window: str
    dimensions: list[str]
    targets: list[DeclaredTarget]
    alert: Words | None
    owner: Words
    source: str
    version: str
    better: Literal["higher", "lower", "neither"]
    parts: list[str]
    """The indicators it is made of when it is asked for; none where it is counted from rows."""
    is_headline: bool


class CatalogueBody(Body):
    """Every indicator, desk by desk."""

    indicators: list[IndicatorBody]


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


class PlaceBody(Body):
    """An administrative unit on one map."""

    code: str
    name: str
    level: str
    parent: str | None
    map: str
    valid_from: date
    valid_to: date | None


class PlacesBody(Body):
    """The units of a map that the viewer may ask about."""

    units: list[PlaceBody]


class ViewerBody(Body):
    """Who the token says is asking, and the unit beyond which they see nothing."""

    role: str
    unit: UnitBody


class ProblemBody(Body):
    """What went wrong, for programs and for people (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] = []
