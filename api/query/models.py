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


class LineBody(Body):
    """One line of a score, by the code of who publishes the scoring."""

    code: str
    title: str
    points: Number | None = Field(description="null is *not known*: it is not in the value")
    maximum: Number
    figures: list[str] = Field(description="the indicators it is made of; each tells its own feed and unit")
    reported: bool = Field(description="whether agencies report what it is made of, or a part of it")


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
    out_of: Number | None = Field(
        default=None,
        description="of a score: how many points are known, so that the value is *value of out_of points*",
    )
    maximum: Number | None = Field(default=None, description="of a score: how many points there are in all")
    lines: list[LineBody] = Field(
        default=[], description="of a score: its lines, known or not; empty in the rows of a series"
    )
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
