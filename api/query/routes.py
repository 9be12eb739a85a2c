"""The questions that leaders and screens may ask, one function each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from iochub.api.problems import Fault, Problem, language_of
from iochub.api.query.access import UNKNOWN_TITLE, known_title, may_see
from iochub.api.query.asked import Asked, Asking, asked
from iochub.api.query.bodies import (
    catalogue_body,
    figure_body,
    place_body,
    series_row,
)
from iochub.api.query.conditional import LIVE, answer
from iochub.api.query.cursor import page
from iochub.api.query.divided import Divided, divided
from iochub.api.query.feed_bodies import feed_body
from iochub.api.query.feed_models import FeedsBody
from iochub.api.query.models import (
    CatalogueBody,
    FigureBody,
    PlacesBody,
    ProblemBody,
    SeriesBody,
    SeriesRow,
    UnitBody,
    ViewerBody,
)
from iochub.api.query.ports import Answers, FeedsHealth
from iochub.api.query.table import csv_of
from iochub.errors import InvalidPeriod
from iochub.ingest.unit_map import MAPS, PROVINCE, MapName, map_on
from iochub.ingest.units import Units
from iochub.text import Language, Text
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.period import Step
from iochub.warehouse.question import Answer

LONGEST_SERIES = 4_000
"""Steps of one series: eleven years of days. More is a download, not a chart."""

router = APIRouter(
    prefix="/v1",
    responses={status: {"model": ProblemBody} for status in (401, 403, 404, 422, 503)},
)
Wanted = Annotated[Asked, Depends(asked)]


@router.get("/indicators", response_model=CatalogueBody, summary="The catalogue of indicators")
def indicators(request: Request, _: Asking) -> Response:
    """Every number the province watches, with its definition, its targets and its legal source."""
    known: Mapping[str, Indicator] = request.app.state.indicators
    return answer(request, catalogue_body(known.values()))


@router.get("/indicators/{name}", response_model=FigureBody, summary="One figure")
def figure(request: Request, wanted: Wanted) -> Response:
    """One value of an indicator for a unit and a period, with everything needed to judge it."""
    answers: Answers = request.app.state.answers
    counted, language = answers.figure(wanted.question), _language(request)
    parts = divided(
        request.app.state.units, wanted.indicator, wanted.question, wanted.question.unit, language
    )
    body = figure_body(wanted.indicator, wanted.question, counted, wanted.unit_title, language, parts)
    return answer(request, body, settled=wanted.question.as_of is not None)


@router.get(
    "/indicators/{name}/series",
    response_model=SeriesBody,
    summary="The same figure over time, by unit or by dimension",
    responses={200: {"content": {"text/csv": {}}}},
)
def series(
    request: Request,
    wanted: Wanted,
    every: Annotated[Step | None, Query(description="One row per step of time.")] = None,
    by: Annotated[str, Query(description="`unit`, or a dimension of the indicator (such as `agency`).")] = "",
    cursor: Annotated[str, Query(description="`next` of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=5_000)] = 1_000,
) -> Response:
    """A page of figures, oldest first; as `text/csv` the whole table at once."""
    step = every or (None if by else "day")
    _check(wanted, step, by)
    answers: Answers = request.app.state.answers
    counted = answers.series(wanted.question, step, by or None)
    language = _language(request)
    if "text/csv" in request.headers.get("accept", ""):
        rows = _rows(request, wanted, page(counted, "", len(counted) + 1)[0], language)
        return Response(
            csv_of(rows),
            media_type="text/csv",
            headers={"Content-Disposition": f'attachment; filename="{wanted.indicator.name}.csv"'}
            | {"Cache-Control": LIVE, "Vary": "Accept, Accept-Language, Authorization"},
        )
    shown, following = page(counted, cursor, limit)
    body = SeriesBody(
        indicator=wanted.indicator.name,
        every=step,
        by=by or None,
        rows=_rows(request, wanted, shown, language),
        next=following,
    )
    return answer(request, body, settled=wanted.question.as_of is not None)


@router.get("/feeds", response_model=FeedsBody, summary="How every feed is doing")
def feeds(request: Request, asking: Asking) -> Response:
    """Each feed's freshness, lag, rejects by reason, silence and four scores, and those of its senders."""
    health: FeedsHealth = request.app.state.feeds_health
    units: Units = request.app.state.units
    at = request.app.state.clock()
    names = {one.code: one.name for one in units.agencies()} if asking.unit == PROVINCE else None
    return answer(request, FeedsBody(feeds=[feed_body(one, at, names) for one in health.read()]))


@router.get("/units", response_model=PlacesBody, summary="Administrative units by map or by date")
def units(
    request: Request,
    asking: Asking,
    map: Annotated[MapName, Query(description="Which administrative map.")] = "current",  # noqa: A002 - the contract's name
    date: Annotated[date | None, Query(description="The map that held on this day; wins over `map`.")] = None,
) -> Response:
    """The units that the viewer may ask about, the highest first."""
    known: Units = request.app.state.units
    shown = map_on(date) if date else map
    return answer(
        request,
        PlacesBody(
            units=[
                place_body(unit, _language(request))
                for unit in known.all()
                if unit.map_name == shown and may_see(known, asking.unit, unit.code, unit.map_name)
            ],
        ),
    )


@router.get("/viewer", response_model=ViewerBody, summary="Who this token says is asking")
def viewer(request: Request, asking: Asking) -> Response:
    """The role and the unit of the token, so that a screen knows what to show."""
    units: Units = request.app.state.units
    found = (units.find(asking.unit, map_name) for map_name, _, _ in reversed(MAPS))
    name = next((unit.title for unit in found if unit is not None), UNKNOWN_TITLE)
    return answer(
        request,
        ViewerBody(role=asking.role, unit=UnitBody(code=asking.unit, name=name.to(_language(request)))),
    )


def _check(wanted: Asked, step: Step | None, by: str) -> None:
    allowed = ("unit", *wanted.indicator.dimensions)
    if by and by not in allowed:
        names = ", ".join(allowed)
        wrong = Text(f"Chỉ tiêu này chia được theo: {names}.", f"This indicator is split by: {names}.")
        raise Problem(422, "unknown_dimension", wrong, (Fault("by", wrong),))
    period = wanted.question.period
    if step == "day" and (period.end - period.start).days > LONGEST_SERIES:
        raise InvalidPeriod(
            f"A series has at most {LONGEST_SERIES} days; ask by week or month.",
            vi=f"Một chuỗi có nhiều nhất {LONGEST_SERIES} ngày; hãy hỏi theo tuần hoặc tháng.",
        )


def _language(request: Request) -> Language:
    return language_of(request.headers.get("accept-language"))


def _rows(request: Request, wanted: Asked, counted: Sequence[Answer], language: Language) -> list[SeriesRow]:
    units: Units = request.app.state.units
    map_name = wanted.question.map_name

    def title(row: Answer) -> Text:
        if not row.unit or row.unit == wanted.question.unit:
            return wanted.unit_title
        return known_title(units, row.unit, map_name) or Text(row.unit, row.unit)

    def parts(row: Answer) -> Divided:
        period = replace(wanted.question, period=row.period)
        return divided(units, wanted.indicator, period, row.unit or wanted.question.unit, language)

    return [
        series_row(wanted.indicator, wanted.question, row, title(row), language, parts(row))
        for row in counted
    ]
