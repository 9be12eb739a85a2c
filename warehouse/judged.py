"""From what was counted for one row to its answer: whether it is known, and can be relied on."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from iochub.clock import day_start, milliseconds, next_day
from iochub.warehouse.counted import Counted, Value, value_of
from iochub.warehouse.indicator import by_version
from iochub.warehouse.kinds import Ahead, Latest, Monthly, Told
from iochub.warehouse.period import Period
from iochub.warehouse.query import Asked
from iochub.warehouse.question import Answer, Standing, State

Beginnings = Mapping[str, date]
"""From which day on there is any row, by unit or member."""


def judged(
    asked: Asked,
    period: Period,
    shown: str,
    counted: Counted,
    began: Beginnings | None,
    standing: Standing,
) -> Answer:
    """Judge one row. `began` is asked for only where something is zero; None where all is there."""
    state = _state(asked, period, began, shown, standing, counted)
    if state in ("ok", "stale") and _is_being_redefined(asked, counted):
        state = "partial"
    judged_ms = min(asked.at_ms, milliseconds(day_start(period.end)))
    answer = Answer(
        period=period,
        value=None,
        numerator=None,
        denominator=None,
        rows=0,
        state=state,
        computed_at=counted.computed_at,
        definition_version=max(
            counted.definitions, key=by_version, default=asked.indicator.definition_version
        ),
        last_event_at=standing.last_event_at,
        last_received_at=standing.last_received_at,
        next_change_at=_next_change(asked, period, counted),
        judged_at=_instant(judged_ms),
        unit=shown if asked.groups is not None else "",
        member=shown if asked.by and asked.groups is None else "",
    )
    return told(answer, value_of(asked.indicator, counted))


def told(answer: Answer, value: Value) -> Answer:
    """Tell a value; what is not known has none, and without one nothing is known."""
    if answer.state in ("no_data", "suppressed") or value.value is None:
        state: State = "suppressed" if answer.state == "suppressed" else "no_data"
        return replace(answer, value=None, numerator=None, denominator=None, rows=0, state=state)
    return replace(
        answer,
        value=value.value,
        numerator=value.numerator,
        denominator=value.denominator,
        rows=value.rows,
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
    unsaid = isinstance(asked.indicator.kind, Latest | Told) and not counted.counted
    within = isinstance(asked.indicator.kind, Monthly) and period.start.day != 1
    if period.start > asked.today or unheard or unsaid or within:
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
