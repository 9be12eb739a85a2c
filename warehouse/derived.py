"""From the answers of other figures to a figure that is made of them: a ratio, or points of a scoring."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from iochub.warehouse.aggregates import Points, Ratio
from iochub.warehouse.counted import Value, share
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.judged import told
from iochub.warehouse.question import Answer, State
from iochub.warehouse.score_lines import Line, PartValue, points_of
from iochub.warehouse.scoring import RULES

WORST_FIRST: tuple[State, ...] = ("suppressed", "no_data", "partial", "stale", "ok")
"""What is made of parts is no better known than the worst of them, and hidden where one of them is."""

Parts = Mapping[str, Sequence[Answer]]
"""The answers of each part to one question, in the same order of steps."""


def combined(indicator: Indicator, parts: Parts) -> list[Answer]:
    """Make one answer of the parts' answers to the same step, unit and member.

    Shape: as the parts' answers, oldest first; a row that one part lacks is a row that is not known.
    """
    rows: dict[tuple[date, str, str], dict[str, Answer]] = {}
    for name in indicator.parts:
        for answer in parts[name]:
            rows.setdefault((answer.period.start, answer.unit, answer.member), {})[name] = answer
    return [_combined(indicator, rows[key]) for key in sorted(rows)]


def _combined(indicator: Indicator, parts: Mapping[str, Answer]) -> Answer:
    lead = parts.get(indicator.parts[-1]) or next(iter(parts.values()))
    state, lines = _worst(indicator, parts), _lines(indicator, parts)
    moments = [one.computed_at for one in parts.values() if one.computed_at is not None]
    changes = [one.next_change_at for one in parts.values() if one.next_change_at is not None]
    answer = replace(
        lead,
        state=state,
        computed_at=max(moments, default=None),
        next_change_at=min(changes, default=None),
        definition_version=indicator.definition_version,
        lines=lines if state != "suppressed" else (),
    )
    return told(answer, _value(indicator, parts, lines))


def _worst(indicator: Indicator, parts: Mapping[str, Answer]) -> State:
    """What points lack is told by their lines, and makes the rest no less known."""
    states = [one.state for one in parts.values()]
    if isinstance(indicator.value, Points):
        states = [one for one in states if one != "no_data"]
    return min(states, key=WORST_FIRST.index, default="no_data")


def _lines(indicator: Indicator, parts: Mapping[str, Answer]) -> tuple[Line, ...]:
    """The lines of a score."""
    if not isinstance(indicator.value, Points):
        return ()
    known = {
        name: PartValue(one.numerator, one.denominator, one.rows, one.lines) for name, one in parts.items()
    }
    return RULES[indicator.value.rule].lines(known)


def _value(indicator: Indicator, parts: Mapping[str, Answer], lines: Sequence[Line]) -> Value:
    made = indicator.value
    if isinstance(made, Ratio):
        part, whole = parts.get(made.of), parts.get(made.among)
        if part is None or whole is None or part.value is None or not whole.value:
            return NOTHING
        return share(part.value, whole.value, whole.rows)
    if isinstance(made, Points):
        return Value(points_of(lines), None, None, max((one.rows for one in parts.values()), default=0))
    return NOTHING


NOTHING = Value(None, None, None, 0)
"""Of a share of nothing, and of points that cannot be told."""
