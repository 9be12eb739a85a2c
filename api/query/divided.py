"""What a figure lacks, and where a divided unit went, because two maps do not lie whole in each other."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from iochub.api.query.models import UnitBody
from iochub.ingest.units import Units
from iochub.text import Language
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.kinds import Ahead
from iochub.warehouse.question import Question


class Divided(NamedTuple):
    """Units of other maps: those of which a part is not in a figure, and those that a divided one went to."""

    split_from: list[UnitBody]
    split_into: list[UnitBody]


UNDIVIDED = Divided([], [])


def divided(
    units: Units, indicator: Indicator, question: Question, shown: str, language: Language
) -> Divided:
    """What must be said of one row of an answer, under a unit of the asked map or under a guest on it."""
    areas, named = units.areas, question.map_name
    since, until = _days(indicator, question)
    lacking = areas.parts_not_in(shown, named, since, until)
    takers = areas.divided_among(shown, named, question.unit)
    if not lacking and not takers:
        return UNDIVIDED
    return Divided(_named(units, lacking, question, language), _named(units, takers, question, language))


def _named(units: Units, codes: Iterable[str], question: Question, language: Language) -> list[UnitBody]:
    titles = ((code, units.areas.title(code, question.map_name)) for code in codes)
    return [UnitBody(code=code, name=title.to(language)) for code, title in titles if title is not None]


def _days(indicator: Indicator, question: Question) -> tuple[date, date]:
    """From when until when what a figure counts may have happened; a stock reaches back to the beginning."""
    start, end = question.period.start, question.period.end
    if isinstance(indicator.kind, Ahead):
        return start, end + timedelta(days=indicator.kind.days)
    return (date.min if indicator.kind_name == "stock" else start), end
