"""From an indicator to the SQL of its panels: the API's own statement, asked with the dashboard's range."""

import re
from collections.abc import Mapping
from datetime import date

from iochub.clock import PROVINCE_ZONE
from iochub.ingest.unit_map import PROVINCE
from iochub.ingest.units import Units
from iochub.warehouse.aggregates import InTime, Late, Share, Sum, Worth
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.kinds import Ahead, Balance, Latest, SoFar
from iochub.warehouse.period import Period, Step
from iochub.warehouse.query import Asked, beginnings, statement
from iochub.warehouse.question import SMALL, Question
from iochub.warehouse.recount import literal

ZONE = literal(str(PROVINCE_ZONE))

# What the range means: whole local days. One that ends at midnight ends with the day before.
# `$__fromTime` and `$__toTime` are macros of the data source. No bracket may follow them: it would be theirs.
RANGE = {
    "grafana_first": f"toDate32(toTimeZone($__fromTime, {ZONE}))",
    "grafana_after": f"toDate32(toTimeZone($__toTime - 1, {ZONE})) + 1",
    "grafana_today": f"toDate32(toTimeZone(now(), {ZONE}))",
    "grafana_now": "toUnixTimestamp64Milli(now64(3))",
}

WHOLE = "[(grafana_first, grafana_after)]"
DAYS = """arrayMap(number -> (grafana_first + number, grafana_first + number + 1),
        range(toUInt32(dateDiff('day', grafana_first, grafana_after))))"""

MIDNIGHT = f"toUnixTimestamp64Milli(toDateTime64({{day}}, 3, {ZONE}))"

BOUND = re.compile(r"\{(\w+):([^{}]+)\}")
"""How a statement names a bound value and its type."""


def total(indicator: Indicator) -> str:
    """Write the SQL for the figure of the whole range.

    Shape: one row, `value` (`indicator.measure`): NULL is *not known*, NaN is *hidden, fewer than five rows*.
    """
    return _written(indicator, None, "value")


def by_day(indicator: Indicator) -> str:
    """Write the SQL for the figure of each local day of the range, oldest first.

    Shape: `time` (DateTime64(3, 'UTC'), the local midnight the day begins at), `value` as in `total`.
    """
    return _written(indicator, "day", f"toTimeZone(toDateTime64(first, 3, {ZONE}), 'UTC') AS time, value")


def silence(feed: str) -> str:
    """Write the SQL for how long nothing of a feed was received and stored.

    Shape: one row, `value` (seconds): NULL when nothing ever was.
    """
    return (
        "SELECT dateDiff('second', maxOrNull(last_received_at), now64(3)) AS value\n"
        f"FROM land_progress WHERE feed = {literal(feed)}"
    )


def _written(indicator: Indicator, every: Step | None, shown: str) -> str:
    asked = _asked(indicator, every)
    values = _values(asked)
    counted = _bound_to_range(statement(asked).text, values)
    began = _bound_to_range(beginnings(asked).text, values)
    small = SMALL if indicator.hides_small else 0
    names = [*RANGE.items(), ("grafana_steps", DAYS if every else WHOLE), *_named(counted, values)]
    written = ",\n    ".join(f"{what} AS {name}" for name, what in names)
    return f"""WITH
    {written},
    (SELECT minOrNull(first_day) FROM (
{began}
    )) AS grafana_began
SELECT {shown}
FROM (
    SELECT step.1 AS first, counted, total, moved, {_rows(indicator)} AS behind,
        step.1 <= grafana_today AND ifNull({_has_begun(indicator)}, 0) AS known,
        multiIf(NOT known, NULL, behind > 0 AND behind < {small}, nan, {_value(indicator)}) AS value
    FROM (
        SELECT step, {", ".join(_gathered(indicator, name) for name in ("counted", "total", "moved"))}
        FROM (SELECT arrayJoin(grafana_steps) AS step) AS steps
        LEFT JOIN (
{counted}
        ) AS found ON found.start = step.1
    )
)
ORDER BY first"""  # noqa: S608 - written from declarations; nothing that a person asks is in it


def _asked(indicator: Indicator, every: Step | None) -> Asked:
    """Any question will do: its values are replaced by the range."""
    day = date(2021, 1, 1)
    question = Question(indicator.name, PROVINCE, Period(day, date(2022, 1, 1)))
    if indicator.is_own:  # what the province said of itself, and it has not ended
        return Asked(indicator, question, 0, day, units=(PROVINCE,), every=every)
    ended = Units.load().ended() if isinstance(indicator.kind, Latest) else ()
    return Asked(indicator, question, 0, day, every=every, ended=ended)


def _values(asked: Asked) -> Mapping[str, str]:
    """What each bound value of a statement is, as `query` binds it, in terms of the range."""
    since, until = "grafana_first", "grafana_after"
    last = "arrayMap(step -> least(step.2 - 1, grafana_today), grafana_steps)"
    kind = asked.indicator.kind
    if isinstance(kind, Ahead):
        since, until = f"({last})[1]", f"({last})[-1] + {kind.days}"
    return {
        "since": since,
        "until": until,
        "upto": "least(grafana_after, grafana_today + 1)",
        "end": MIDNIGHT.format(day="grafana_after"),
        "at": "grafana_now",
        "units": f"[{literal(PROVINCE)}]",
        "ended": f"splitByChar(' ', {literal(' '.join(asked.ended))})",
        "starts": "arrayMap(step -> step.1, grafana_steps)",
        "lasts": last,
        "judged": f"arrayMap(step -> least({MIDNIGHT.format(day='step.2')}, grafana_now), grafana_steps)",
    }


def _named(text: str, values: Mapping[str, str]) -> list[tuple[str, str]]:
    """The values that a statement uses, each under the name that stands in its place."""
    return [(f"asked_{name}", what) for name, what in values.items() if f"asked_{name}" in text]


def _bound_to_range(text: str, values: Mapping[str, str]) -> str:
    """Put names where bound values were, each of the type that the statement declares."""
    return BOUND.sub(lambda bound: f"CAST(asked_{bound[1]} AS {bound[2]})", text)


def _has_begun(indicator: Indicator) -> str:
    """Days before the first row there ever was are not known; what lies ahead is seen from before."""
    return "grafana_began IS NOT NULL" if isinstance(indicator.kind, Ahead) else "grafana_began < step.2"


def _gathered(indicator: Indicator, column: str) -> str:
    """A stock so far or in balance has what all steps up to its own added."""
    if isinstance(indicator.kind, SoFar | Balance):
        return f"sum(found.{column}) OVER (ORDER BY step.1) AS {column}"
    return f"found.{column} AS {column}"


def _rows(indicator: Indicator) -> str:
    """How many rows stand behind the value, as `counted.value_of` tells."""
    return "counted - moved" if isinstance(indicator.kind, Balance | Ahead) else "counted"


def _value(indicator: Indicator) -> str:
    """The value, as `counted.value_of` has it."""
    match indicator.value:
        case InTime():
            return "if(counted = 0, NULL, 100 * (toInt64(counted) - moved) / counted)"
        case Late():
            return "if(counted = 0, NULL, 100 * moved / counted)"
        case Share():
            return "if(counted = 0, NULL, 100 * toFloat64(total) / counted)"
        case Worth(each=each):
            return f"toFloat64(total) * {each}"
        case Sum():
            return "toFloat64(total)"
        case _:
            return "toFloat64(behind)"
