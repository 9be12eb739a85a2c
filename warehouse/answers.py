"""From a question to what the warehouse counted, and how sure one may be of it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

from iochub.clock import day_start, local_day, milliseconds, next_day
from iochub.errors import InvalidPeriod, UnknownIndicator
from iochub.ingest.unit_map import MAPS, PROVINCE
from iochub.ingest.units import UNKNOWN, Units
from iochub.warehouse.counted import Counted, Key, counted_of, running, value_of
from iochub.warehouse.derived import combined
from iochub.warehouse.indicator import Indicator, by_version
from iochub.warehouse.instants import clock_of
from iochub.warehouse.kinds import Ahead, Balance, Latest, SoFar
from iochub.warehouse.period import EARLIEST_YEAR, Period, Step
from iochub.warehouse.query import Asked, beginnings, statement
from iochub.warehouse.question import SMALL, Answer, Question, Standing, State
from iochub.warehouse.store import Store

SETTLED_AFTER = timedelta(seconds=10)
"""A younger instant may still receive figures, and the same question must have the same answer for ever."""

Beginnings = Mapping[str, date]
"""From which day on there is any row, by unit or member."""


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
        today = {unit.key for unit in units.all() if unit.map_name == MAPS[-1][0]}
        self._ended = sorted({unit.key for unit in units.all()} - today)
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
        if indicator is not None and indicator.parts:
            parts = {
                name: self.series(replace(question, indicator=name, sees_small=True), every, by)
                for name in indicator.parts
            }
            return combined(indicator, parts, sees_small=question.sees_small)
        asked = self._asked(question, every, by)
        # Asked first: what is said to be counted by now is in what is read after it.
        standing = self._standing(asked.indicator.feed.name)
        added = self._counted(asked)
        counted, shown = _stood(asked, added)
        began = self._began(asked, counted, len(shown))
        if began is not None and _missed(asked, added, began):
            counted, shown = _stood(asked, self._counted(asked))
        return [
            _answer(asked, period, one, counted.get((period.start, one), Counted()), began, standing)
            for period in asked.periods
            for one in shown
        ]

    def _counted(self, asked: Asked) -> dict[Key, Counted]:
        written = statement(asked)
        return {
            (start, shown): counted_of(rest)
            for start, shown, *rest in self._store.rows(written.text, written.parameters)
        }

    def _asked(self, question: Question, every: Step | None, by: str | None) -> Asked:
        indicator = self._indicators.get(question.indicator)
        if indicator is None or (by not in (None, "unit") and by not in indicator.dimensions):
            raise UnknownIndicator("There is no such indicator or dimension.")
        now = self._clock()
        if question.as_of is not None:
            # Figures are recorded by the warehouse's clock, and ours may be ahead of it.
            _check_instant(question.as_of, min(now, self._warehouse_clock()))
        at = question.as_of or now
        groups = self._groups(question) if by == "unit" else None
        keys = (
            sorted(groups) if groups and self._indicators[question.indicator].is_own else self._keys(question)
        )
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

    def _began(self, asked: Asked, counted: Mapping[Key, Counted], shown: int) -> Beginnings | None:
        """Asked for only where something is zero, to tell zero from nothing; None where all is there."""
        if len(counted) == shown * len(asked.periods) and all(one.counted for one in counted.values()):
            return None
        written = beginnings(asked)
        return {str(key): day for key, day in self._store.rows(written.text, written.parameters)}


def _stood(asked: Asked, added: dict[Key, Counted]) -> tuple[Mapping[Key, Counted], list[str]]:
    """What stood at the end of each step, and all that is shown; a stock has added up to it."""
    shown = _shown(asked, added)
    if isinstance(asked.indicator.kind, SoFar | Balance):
        return running(added, [period.start for period in asked.periods], shown), shown
    return added, shown


def _missed(asked: Asked, added: Collection[Key], began: Beginnings) -> bool:
    """Whether something began in a step that had no row of it a moment before: it was recounted in between.

    Without a second look that step would be told as 0 and well.
    """
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


def _answer(
    asked: Asked,
    period: Period,
    shown: str,
    counted: Counted,
    began: Beginnings | None,
    standing: Standing,
) -> Answer:
    """Judge one row: whether it is known, may be shown, and can be relied on."""
    value = value_of(asked.indicator, counted)
    state = _state(asked, period, began, shown, standing, counted)
    if state in ("ok", "stale") and _is_being_redefined(asked, counted):
        state = "partial"
    if value.value is None and state != "no_data":
        state = "no_data"
    hidden = asked.indicator.hides_small and not asked.question.sees_small
    if hidden and state != "no_data" and 0 < value.rows < SMALL:
        state = "suppressed"
    known = state not in ("no_data", "suppressed")
    judged_ms = min(asked.at_ms, milliseconds(day_start(period.end)))
    return Answer(
        period=period,
        value=value.value if known else None,
        numerator=value.numerator if known else None,
        denominator=value.denominator if known else None,
        rows=value.rows if known else 0,
        state=state,
        computed_at=counted.computed_at,
        definition_version=max(
            counted.definitions, key=by_version, default=asked.indicator.definition_version
        ),
        last_event_at=standing.last_event_at,
        last_received_at=standing.last_received_at,
        next_change_at=None if state == "suppressed" else _next_change(asked, period, counted),
        judged_at=_instant(judged_ms),
        unit=shown if asked.groups is not None else "",
        member=shown if asked.by and asked.groups is None else "",
    )


def _state(
    asked: Asked,
    period: Period,
    began: Beginnings | None,
    shown: str,
    standing: Standing,
    counted: Counted,
) -> State:
    """Days before the first row and days to come are not known; zero is only said of what is."""
    # What is told of the feed may be a second old: then its very first rows are already counted.
    unheard = standing.state == "no_data" and not counted.counted
    unsaid = isinstance(asked.indicator.kind, Latest) and not counted.counted
    if period.start > asked.today or unheard or unsaid:
        return "no_data"
    if began is not None:
        first = began.get(shown if asked.groups is not None else "")
        if first is None or (first >= period.end and not isinstance(asked.indicator.kind, Ahead)):
            return "no_data"
    if asked.question.as_of is not None or standing.state == "no_data":
        return "ok"
    return standing.state


def _is_being_redefined(asked: Asked, counted: Counted) -> bool:
    """Cells counted by another declaration than the rest, or than today's, still wait to be recounted."""
    if asked.question.as_of is not None:
        return len(counted.definitions) > 1
    return not counted.definitions <= {asked.indicator.definition_version}


def _next_change(asked: Asked, period: Period, counted: Counted) -> datetime | None:
    """When the figure may move without any event."""
    if isinstance(asked.indicator.kind, Ahead) and asked.today < period.end:
        return day_start(next_day(asked.today))
    return _instant(counted.next_change_ms) if counted.next_change_ms is not None else None


def _instant(ms: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=ms)
