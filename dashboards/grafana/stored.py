"""From an indicator that is counted from rows to the SQL of its answers: the API's own statement.

What the API binds is replaced by the range of the dashboard; what it makes of a statement's rows in Python is
made of them in SQL here.
"""

import re
from collections.abc import Mapping
from datetime import date

from iochub.clock import PROVINCE_ZONE
from iochub.ingest.unit_map import PROVINCE
from iochub.ingest.units import Units
from iochub.warehouse.aggregates import InTime, Late, Share, Sum, Worth
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.kinds import Ahead, Balance, Latest, Monthly, SoFar, Told
from iochub.warehouse.period import Period, Step
from iochub.warehouse.query import Asked, beginnings, statement
from iochub.warehouse.question import Question
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


def stored(indicator: Indicator, every: Step | None) -> str:
    """Write the SQL for the answers of each day of the range, or of the whole, to who sees small counts.

    Shape: `first` (the step's first day), `value`, `numerator`, `denominator` (Nullable(Float64): NULL is
    *not known*, or that there is none), `behind` (rows behind the value).
    """
    asked = _asked(indicator, every)
    values = _values(asked)
    counted = _bound_to_range(statement(asked).text, values)
    began = _bound_to_range(beginnings(asked).text, values)
    names = [*RANGE.items(), ("grafana_steps", DAYS if every else WHOLE), *_named(counted, values)]
    written = ",\n    ".join(f"{what} AS {name}" for name, what in names)
    value, numerator, denominator = _value(indicator)
    return f"""WITH
    {written},
    (SELECT minOrNull(first_day) FROM (
{began}
    )) AS grafana_began
SELECT first, value, if(isNull(value), NULL, {numerator}) AS numerator,
    if(isNull(value), NULL, {denominator}) AS denominator, if(isNull(value), 0, toFloat64(rows)) AS behind
FROM (
    SELECT step.1 AS first, counted, total, moved, {_rows(indicator)} AS rows,
        step.1 <= grafana_today AND ifNull({_has_begun(indicator)}, 0) AS known,
        if(known, {value}, NULL) AS value
    FROM (
        SELECT step, {", ".join(_gathered(indicator, name) for name in ("counted", "total", "moved"))}
        FROM (SELECT arrayJoin(grafana_steps) AS step) AS steps
        LEFT JOIN (
{counted}
        ) AS found ON found.start = step.1
    )
)"""  # noqa: S608 - written from declarations; nothing that a person asks is in it


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
    """Days before the first row there ever was are not known; what lies ahead is seen from before.

    Nor is a stock that nobody has said yet, for what ended units said no longer counts.
    """
    if isinstance(indicator.kind, Told):  # nor what nobody reported, nor a part of a month that somebody did
        return f"counted > 0{' AND toDayOfMonth(step.1) = 1' if isinstance(indicator.kind, Monthly) else ''}"
    if isinstance(indicator.kind, Latest):
        return "grafana_began < step.2 AND counted > 0"
    return "grafana_began IS NOT NULL" if isinstance(indicator.kind, Ahead) else "grafana_began < step.2"


def _gathered(indicator: Indicator, column: str) -> str:
    """A stock so far or in balance has what all steps up to its own added."""
    if isinstance(indicator.kind, SoFar | Balance):
        return f"sum(found.{column}) OVER (ORDER BY step.1) AS {column}"
    return f"found.{column} AS {column}"


def _rows(indicator: Indicator) -> str:
    """How many rows stand behind the value, as `counted.value_of` tells."""
    balanced = isinstance(indicator.kind, Balance | Ahead)
    return "toInt64(counted) - toInt64(moved)" if balanced else "toInt64(counted)"


def _value(indicator: Indicator) -> tuple[str, str, str]:
    """The value, its numerator and its denominator, as `counted.value_of` has them."""
    match indicator.value:
        case InTime():
            return _share("toInt64(counted) - toInt64(moved)")
        case Late():
            return _share("moved")
        case Share():
            return _share("total")
        case Worth(each=each):
            return f"toFloat64(total) * {each}", "value", NONE
        case Sum():
            return "toFloat64(total)", "value", NONE
        case _:
            return "toFloat64(rows)", "value", NONE


def _share(part: str) -> tuple[str, str, str]:
    """A share of nothing is not known."""
    return f"if(counted = 0, NULL, 100 * toFloat64({part}) / counted)", f"toFloat64({part})", COUNTED


NONE, COUNTED = "CAST(NULL AS Nullable(Float64))", "toFloat64(counted)"
