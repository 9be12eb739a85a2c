"""From the parameters of a request to the question they ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Query, Request

from iochub.api.keys import ViewerToken
from iochub.api.query.access import SEES_SMALL, title_for, viewer
from iochub.clock import local_day
from iochub.errors import InvalidPeriod, UnknownIndicator
from iochub.ingest.unit_map import MapName
from iochub.ingest.units import Units
from iochub.text import Text
from iochub.warehouse.answers import SETTLED_AFTER
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.period import Period, Step, around, read_period
from iochub.warehouse.question import Question

Asking = Annotated[ViewerToken, Depends(viewer)]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what it names already looked up, so that a route only answers."""

    indicator: Indicator
    question: Question
    unit_title: Text


def asked(  # the parameters are the contract's, one by one, so that OpenAPI shows each
    request: Request,
    asking: Asking,
    name: str,
    unit: Annotated[str, Query(description="A unit's code; the viewer's own by default.")] = "",
    period: Annotated[str, Query(description="2021, 2021-H1, 2021-Q3, 2021-07 or 2021-07-15.")] = "",
    start: Annotated[date | None, Query(alias="from", description="First local day.")] = None,
    end: Annotated[date | None, Query(alias="to", description="Local day after the last one.")] = None,
    as_of: Annotated[
        datetime | None, Query(description="An instant with its zone, at least 10 s ago.")
    ] = None,
    map: Annotated[MapName, Query(description="Which administrative map `unit` is read on.")] = "current",  # noqa: A002 - the contract's name
) -> Asked:
    """Look up what a request names.

    Raises: UnknownIndicator, InvalidPeriod, Problem; the caller acts.
    """
    indicators: Mapping[str, Indicator] = request.app.state.indicators
    units: Units = request.app.state.units
    at: datetime = request.app.state.clock()
    if name not in indicators:
        raise UnknownIndicator(
            "There is no indicator of this name.", vi="Không có chỉ tiêu nào mang tên này."
        )
    code = unit or asking.unit
    title = title_for(units, asking, code, map)
    question = Question(
        indicator=name,
        unit=code,
        period=period_of(period, start, end, local_day(at), indicators[name].window),
        as_of=_settled(as_of, at),
        map_name=map,
        sees_small=asking.role in SEES_SMALL,
        sees_from=asking.unit,
    )
    return Asked(indicators[name], question, title)


def period_of(written: str, start: date | None, end: date | None, today: date, window: Step) -> Period:
    """The period of a request; without one, the indicator's own window around today.

    Raises: InvalidPeriod; the caller acts.
    """
    if written and (start or end):
        raise InvalidPeriod(
            "Give either period or from and to, not both.",
            vi="Chỉ dùng period, hoặc from cùng với to, không dùng cả hai.",
        )
    if written:
        return read_period(written)
    if start and end:
        return Period(start, end)
    if start or end:
        raise InvalidPeriod("from and to belong together.", vi="Phải có cả from và to.")
    return around(today, window)


def _settled(as_of: datetime | None, at: datetime) -> datetime | None:
    if as_of is None:
        return None
    if as_of.tzinfo is None:
        raise InvalidPeriod(
            "as_of needs its zone, for example 2021-07-15T08:00:00+07:00.",
            vi="as_of phải có múi giờ, ví dụ 2021-07-15T08:00:00+07:00.",
        )
    if as_of > at - SETTLED_AFTER:
        raise InvalidPeriod(
            "as_of must lie at least 10 seconds back: younger figures may still move.",
            vi="as_of phải cách hiện tại ít nhất 10 giây: số liệu mới hơn còn có thể thay đổi.",
        )
    return as_of
