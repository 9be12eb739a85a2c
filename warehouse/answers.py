"""From a question to what the warehouse counted, and how sure one may be of it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

from iochub.clock import local_day, milliseconds
from iochub.errors import InvalidPeriod, UnknownIndicator
from iochub.ingest.unit_map import PROVINCE
from iochub.ingest.units import UNKNOWN, Units
from iochub.warehouse.bundles import bundles
from iochub.warehouse.counted import Counted, Key, counted_of, running
from iochub.warehouse.derived import combined
from iochub.warehouse.hidden import hidden
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.instants import clock_of
from iochub.warehouse.judged import Beginnings, judged
from iochub.warehouse.kinds import Ahead, Balance, Latest, SoFar
from iochub.warehouse.period import EARLIEST_YEAR, Period, Step
from iochub.warehouse.query import Asked, beginnings, statement
from iochub.warehouse.question import Answer, Question, Standing
from iochub.warehouse.store import Store

SETTLED_AFTER = timedelta(seconds=10)
"""A younger instant may still receive figures, and the same question must have the same answer for ever."""

Added = dict[Key, Counted]


class Answers:
    """Answers questions about figures; threads may share it.

    `standing` tells how a feed is doing as a whole.
    """

    def __init__(
        self,
        store: Store,
        indicators: Mapping[str, Indicator],
        units: Units,
        standing: Callable[[str], Standing],
        clock: Callable[[], datetime],
        warehouse_clock: Callable[[], datetime] | None = None,
    ) -> None:
        self._store = store
        self._indicators = indicators
        self._units = units
        self._ended = units.ended()
        self._standing = standing
        self._clock = clock
        self._warehouse_clock = warehouse_clock or partial(clock_of, store)

    def figure(self, question: Question) -> Answer:
        """One figure.

        Raises: UnknownIndicator, InvalidPeriod, the caller acts; StoreUnavailable, the caller tries again.
        """
        return self.series(question, None, None)[0]

    def series(self, question: Question, every: Step | None, by: str | None) -> list[Answer]:
        """The figure per step, per unit or member of a dimension, or both; oldest first, then by member.

        Raises: as `figure`; UnknownIndicator too for a dimension that the figure does not have.
        """
        indicator = self._indicators.get(question.indicator)
        if indicator is None:
            raise UnknownIndicator("There is no such indicator or dimension.")
        stored = self._stored(indicator)
        now = self._clock()
        if question.as_of is not None:
            # Figures are recorded by the warehouse's clock, and ours may be ahead of it.
            _check_instant(question.as_of, min(now, self._warehouse_clock()))
        at = question.as_of or now
        found = self._told([self._asked(replace(question, indicator=name), every, by, at) for name in stored])
        answers = self._made(indicator, found, question.sees_small)
        if question.sees_small or not any(one.hides_small for one in (indicator, *stored.values())):
            return answers
        return hidden(indicator, answers, self._hidden_beside(question, every))

    def _stored(self, indicator: Indicator) -> dict[str, Indicator]:
        """All that an indicator is made of in the end; itself, where it is counted from rows."""
        if not indicator.parts:
            return {indicator.name: indicator}
        found: dict[str, Indicator] = {}
        for name in indicator.parts:
            found |= self._stored(self._indicators[name])
        return found

    def _made(
        self, indicator: Indicator, found: Mapping[str, list[Answer]], sees_small: bool
    ) -> list[Answer]:
        """The answers of an indicator, itself not hidden yet; each part of it hides what it must."""
        if indicator.is_stored:
            return found[indicator.name]
        parts = {}
        for part in (self._indicators[name] for name in indicator.parts):
            made = self._made(part, found, sees_small)
            parts[part.name] = hidden(part, made) if part.hides_small and not sees_small else made
        return combined(indicator, parts)

    def _hidden_beside(self, question: Question, every: Step | None) -> set[date]:
        """The steps in which the asked unit is hidden in the table of the units beside it.

        Asked alone it would be told after all, and with it what was to be hidden there.
        """
        if question.unit in (question.sees_from, PROVINCE):
            return set()
        unit = self._units.find(question.unit, question.map_name)
        above = unit.parent if unit is not None and unit.parent else PROVINCE
        table = self.series(replace(question, unit=above), every, "unit")
        return {row.period.start for row in table if row.unit == question.unit and row.state == "suppressed"}

    def _told(self, asked: Sequence[Asked]) -> dict[str, list[Answer]]:
        """The answers of indicators that are stored, by name; in few statements."""
        # Asked first: what is said to be counted by now is in what is read after it.
        standing = {name: self._standing(name) for name in {one.indicator.feed.name for one in asked}}
        added = self._counted(asked)
        lacking = [one for one in asked if _lacks(one, *_stood(one, added[one.indicator.name]))]
        began = self._began(lacking)
        # Without a second look what was recounted in between would be told as 0 and well.
        added |= self._counted(
            [one for one in lacking if _missed(one, added[one.indicator.name], began[one.indicator.name])]
        )
        return {
            one.indicator.name: _answers(
                one,
                added[one.indicator.name],
                began.get(one.indicator.name),
                standing[one.indicator.feed.name],
            )
            for one in asked
        }

    def _counted(self, asked: Sequence[Asked]) -> dict[str, Added]:
        found: dict[str, Added] = {one.indicator.name: {} for one in asked}
        for written in bundles(asked, statement):
            for name, start, shown, *rest in self._store.rows(written.text, written.parameters):
                found[name][start, shown] = counted_of(rest)
        return found

    def _began(self, asked: Sequence[Asked]) -> dict[str, Beginnings]:
        found: dict[str, dict[str, date]] = {one.indicator.name: {} for one in asked}
        for written in bundles(asked, beginnings):
            for name, shown, day in self._store.rows(written.text, written.parameters):
                found[name][str(shown)] = day
        return dict(found)

    def _asked(self, question: Question, every: Step | None, by: str | None, at: datetime) -> Asked:
        indicator = self._indicators[question.indicator]
        if by not in (None, "unit") and by not in indicator.dimensions:
            raise UnknownIndicator("There is no such indicator or dimension.")
        groups = self._groups(question) if by == "unit" else None
        keys = sorted(groups) if groups and indicator.is_own else self._keys(question)
        listed = self._units.areas.lower(question.unit, question.map_name)
        ended = self._ended if isinstance(indicator.kind, Latest) else ()
        return Asked(
            indicator, question, milliseconds(at), local_day(at), keys, every, by, groups, listed, ended
        )

    def _keys(self, question: Question) -> Sequence[str] | None:
        """The keys of cells that count for the asked unit; None, which is all, for the province."""
        if self._indicators[question.indicator].is_own:
            own = self._units.find(question.unit, question.map_name)
            return (own.key if own else question.unit,)
        if question.unit == PROVINCE:
            return None
        if question.unit == UNKNOWN:
            return (UNKNOWN,)
        return sorted(self._units.members(question.unit, question.map_name))

    def _groups(self, question: Question) -> dict[str, str]:
        """Under which code each key is shown: the next lower units, what lies in none of them by itself.

        Where there is nothing lower, that is the asked unit.
        """
        named, areas = question.map_name, self._units.areas
        if self._indicators[question.indicator].is_own:
            codes = (question.unit, *areas.lower(question.unit, named))
            return {unit.key: unit.code for code in codes if (unit := self._units.find(code, named))}
        return areas.shown_under(question.unit, named)


def _stood(asked: Asked, added: Added) -> tuple[Mapping[Key, Counted], list[str]]:
    """What stood at the end of each step, and all that is shown; a stock has added up to it."""
    shown = _shown(asked, added)
    if isinstance(asked.indicator.kind, SoFar | Balance):
        return running(added, [period.start for period in asked.periods], shown), shown
    return added, shown


def _lacks(asked: Asked, counted: Mapping[Key, Counted], shown: Sequence[str]) -> bool:
    """Whether something is zero; then it is asked where it began, to tell zero from nothing."""
    return len(counted) < len(shown) * len(asked.periods) or not all(one.counted for one in counted.values())


def _answers(asked: Asked, added: Added, began: Beginnings | None, standing: Standing) -> list[Answer]:
    counted, shown = _stood(asked, added)
    return [
        judged(asked, period, one, counted.get((period.start, one), Counted()), began, standing)
        for period in asked.periods
        for one in shown
    ]


def _missed(asked: Asked, added: Collection[Key], began: Beginnings) -> bool:
    """Whether something began in a step that had no row a moment before: it was recounted in between."""
    begun = asked.periods[0].start
    is_stock = isinstance(asked.indicator.kind, SoFar | Balance | Latest)
    for one, first in began.items():
        if is_stock and first > asked.today:
            continue
        day = max(first, begun) if is_stock else first
        for step in asked.periods:
            since, until = _span(asked, step)
            if since <= day < until and (step.start, one) not in added:
                return True
    return False


def _span(asked: Asked, step: Period) -> tuple[date, date]:
    """The days of the rows behind a step; until is exclusive."""
    kind = asked.indicator.kind
    if isinstance(kind, Ahead):
        last = min(step.end - timedelta(days=1), asked.today)
        return last, last + timedelta(days=kind.days)
    return step.start, step.end


def _check_instant(as_of: datetime, now: datetime) -> None:
    if as_of.year < EARLIEST_YEAR:
        raise InvalidPeriod(
            f"The hub knows nothing of instants before {EARLIEST_YEAR}.",
            vi=f"Hệ thống không có số liệu trước năm {EARLIEST_YEAR}.",
            field="as_of",
        )
    if as_of > now - SETTLED_AFTER:
        raise InvalidPeriod(
            "as_of must lie at least 10 seconds back: younger figures may still move.", field="as_of"
        )


def _shown(asked: Asked, counted: Iterable[Key]) -> list[str]:
    """Every lower unit, so that a silent one is seen too; of a dimension the members there are."""
    found = {shown for _, shown in counted}
    if asked.groups is not None:
        return sorted(found.union(asked.listed)) or [asked.question.unit]
    return sorted(found) if asked.by else [""]
