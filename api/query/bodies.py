"""From what the warehouse counted and what is declared to the answers of the API."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import ROUND_HALF_UP, Context, Decimal

from iochub.api.query.divided import UNDIVIDED, Divided
from iochub.api.query.models import (
    CatalogueBody,
    CompletenessBody,
    DeclaredTarget,
    DeskBody,
    FigureBody,
    FreshnessBody,
    IndicatorBody,
    LineBody,
    PeriodBody,
    PlaceBody,
    SeriesRow,
    TargetBody,
    UnitBody,
    Words,
)
from iochub.ingest.unit_map import Unit
from iochub.text import Language, Text
from iochub.warehouse.indicator import Indicator, Target, target_of
from iochub.warehouse.question import Answer, Question
from iochub.warehouse.score_lines import Line
from iochub.warehouse.scoring import TITLES

HUNDREDTH = Decimal("0.01")
MILLIONTH = Decimal("0.000001")
_EXACT = Context(prec=80)
"""Wider than any column of the warehouse, so that rounding is the only loss."""


def number(value: Decimal, measure: str) -> Decimal:
    """The digits that are shown: two decimals for a share, whole numbers without a point."""
    if measure == "%":
        return _EXACT.add(value.quantize(HUNDREDTH, ROUND_HALF_UP, _EXACT), Decimal(0))
    rounded = value.quantize(MILLIONTH, ROUND_HALF_UP, _EXACT)
    if rounded == int(rounded):
        return Decimal(int(rounded))
    return Decimal(f"{rounded:f}".rstrip("0"))


def is_met(target: Target, value: Decimal | None) -> bool | None:
    """Whether a value reaches its target; unknown while there is no value."""
    if value is None:
        return None
    return value >= target.value if target.at_least else value <= target.value


def figure_body(
    indicator: Indicator,
    question: Question,
    answer: Answer,
    unit: Text,
    language: Language,
    parts: Divided = UNDIVIDED,
) -> FigureBody:
    """One figure in the contract's shape."""
    value = None if answer.value is None else number(answer.value, indicator.measure)
    target = target_of(indicator.targets, answer.period)
    return FigureBody(
        indicator=indicator.name,
        title=indicator.title.to(language),
        unit=UnitBody(code=answer.unit or question.unit, name=unit.to(language)),
        period=PeriodBody(start=answer.period.start, end=answer.period.end),
        value=value,
        measure=indicator.measure,
        numerator=_plain(answer.numerator),
        denominator=_plain(answer.denominator),
        rows=None if answer.state == "suppressed" else answer.rows,
        target=None
        if target is None
        else TargetBody(value=_plain(target.value), by=target.by, met=is_met(target, value)),
        state=answer.state,
        freshness=FreshnessBody(
            last_event_at=answer.last_event_at,
            last_received_at=answer.last_received_at,
            stale=answer.state == "stale",
        ),
        completeness=_completeness(answer),
        kind=indicator.kind_name,
        computed_at=answer.computed_at,
        as_of=question.as_of,
        next_change_at=answer.next_change_at,
        definition_version=answer.definition_version,
        out_of=_plain(answer.out_of),
        maximum=_plain(answer.maximum),
        lines=[_line(line, language) for line in answer.lines],
        explain=None,
        split_from=parts.split_from,
        split_into=parts.split_into,
    )


def series_row(
    indicator: Indicator,
    question: Question,
    answer: Answer,
    unit: Text,
    language: Language,
    parts: Divided = UNDIVIDED,
) -> SeriesRow:
    """One figure of a series, in the same shape, with the member it is split by."""
    body = figure_body(indicator, question, replace(answer, lines=()), unit, language, parts)
    # Validated already; a year by commune would pay for it 166 times.
    told = dict(body) | {"out_of": _plain(answer.out_of), "maximum": _plain(answer.maximum)}
    return SeriesRow.model_construct(**told, member=answer.member or None)


def catalogue_body(listed: Iterable[Indicator]) -> CatalogueBody:
    """The catalogue in the contract's shape."""
    return CatalogueBody(indicators=[_indicator(one) for one in listed])


def place_body(unit: Unit, language: Language) -> PlaceBody:
    """One unit in the contract's shape."""
    return PlaceBody(
        code=unit.code,
        name=unit.title.to(language),
        level=unit.level,
        parent=unit.parent or None,
        map=unit.map_name,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
    )


def _indicator(indicator: Indicator) -> IndicatorBody:
    return IndicatorBody(
        name=indicator.name,
        title=words(indicator.title),
        unit=indicator.measure,
        measure=indicator.measure,
        feed=indicator.feed.name,
        desk=DeskBody(name=indicator.desk.name, title=words(indicator.desk.title)),
        kind=indicator.kind_name,
        definition=words(indicator.definition),
        formula=indicator.formula,
        window=indicator.window,
        dimensions=list(indicator.dimensions),
        targets=[
            DeclaredTarget(
                value=number(target.value, ""), by=target.by, at_least=target.at_least, source=target.source
            )
            for target in indicator.targets
        ],
        alert=None,
        owner=words(indicator.owner),
        source=indicator.source,
        version=indicator.definition_version,
        better=indicator.better,
        parts=list(indicator.parts),
        is_headline=indicator.is_headline,
    )


def _completeness(answer: Answer) -> CompletenessBody | None:
    if answer.declared is None or answer.received is None:
        return None
    share = Decimal(answer.received) / answer.declared if answer.declared else Decimal(1)
    return CompletenessBody(declared=answer.declared, received=answer.received, share=number(share, ""))


def _line(line: Line, language: Language) -> LineBody:
    return LineBody(
        code=line.code,
        title=TITLES[line.code].to(language),
        points=_plain(line.points),
        maximum=number(line.maximum, ""),
        figures=list(line.figures),
        reported=line.is_reported,
    )


def _plain(value: Decimal | None) -> Decimal | None:
    return None if value is None else number(value, "")


def words(text: Text) -> Words:
    """The same words in both languages."""
    return Words(vi=text.vi, en=text.en)
