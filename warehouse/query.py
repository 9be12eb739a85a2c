"""From an indicator and a question to the one statement that answers it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from iochub.clock import PROVINCE_ZONE, day_start, milliseconds
from iochub.ingest.unit_map import MAPS
from iochub.warehouse.aggregates import Distinct, InTime, Late
from iochub.warehouse.binding import instant, numbers, texts, unit_list
from iochub.warehouse.hub_tables import FIGURE_KEY
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.kinds import Ahead, Balance, Latest, Listed, SoFar
from iochub.warehouse.period import Period, Step, steps
from iochub.warehouse.question import Question
from iochub.warehouse.recount import literal

STATE = ("definition_version", "recorded_at", "rows", "amount", "elements", "instants")

DEFINITIONS = "groupUniqArrayIf(definition_version, rows > 0) AS definitions"

# Written out, for ClickHouse's own toStartOf… leave Date32 and turn days before 1970 into others.
STEP_START: dict[Step, str] = {
    "day": "{day}",
    "week": "{day} - (toDayOfWeek({day}) - 1)",
    "month": "makeDate32(toYear({day}), toMonth({day}), 1)",
    "quarter": "makeDate32(toYear({day}), toQuarter({day}) * 3 - 2, 1)",
    "year": "makeDate32(toYear({day}), 1, 1)",
}


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement and the values bound to it."""

    text: str
    parameters: dict[str, object]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with all it names looked up.

    `at_ms` is the instant it is asked at (now, or `as_of`) and `today` its local day. `units` are the keys of
    cells that count, None where all do, also those whose unit is unknown. `groups` names for each key the
    unit it is shown under, where the answer is split by unit; `listed` are the units that are shown then even
    where there is nothing.
    """

    indicator: Indicator
    question: Question
    at_ms: int
    today: date
    units: Sequence[str] | None = None
    every: Step | None = None
    by: str | None = None
    groups: Mapping[str, str] | None = None
    listed: Sequence[str] = ()
    ended: Sequence[str] = ()
    """The keys of units that are on no map of today."""
    names: Sequence[str] = ()
    """Indicators counted alike that are asked together: `shown` is then a pair, the name comes before it."""

    @property
    def periods(self) -> list[Period]:
        """The steps of the period, oldest first; without steps the whole."""
        period = self.question.period
        return list(steps(period, self.every)) if self.every else [period]


def statement(asked: Asked) -> Statement:
    """Write the statement for one row per step and member, or a single row.

    Shape: `start` (first day of the step), `shown` (the unit or member), `counted`, `total`, `moved` (what
    was late, had left or was over), `next_change_ms`, `computed_at`, `definitions` (by which anything was
    counted). A stock so far or in balance answers what each step adds.
    """
    kind = asked.indicator.kind
    if isinstance(kind, Ahead):
        text = _ahead(asked, kind)
    elif isinstance(kind, Latest):
        text = _latest(asked)
    elif isinstance(kind, Listed):
        text = _listed(asked, kind)
    elif asked.every and isinstance(kind, SoFar) and isinstance(asked.indicator.value, Distinct):
        text = _first_seen(asked)  # without steps four times as dear as counting the different values
    else:
        text = _summed(asked)
    return Statement(text, _bound(asked))


def beginnings(asked: Asked) -> Statement:
    """Write the statement that tells from which day on there is any row, whatever the period.

    Shape: `shown`, `first_day`; no row for a unit that never had any.
    """
    whole = replace(asked, by=None) if asked.groups is None else asked
    kind = asked.indicator.kind
    counted = f"rows > 0 AND role = {literal(kind.role)}" if isinstance(kind, Listed) else "rows > 0"
    text = f"""SELECT {_shown(whole)} AS shown, min(day) AS first_day
FROM {_figures(whole, counted)}
GROUP BY shown"""
    return Statement(text, _bound(asked))


def _summed(asked: Asked) -> str:
    """Sums of day cells; where the instant matters, each step is judged at its own end or now."""
    counted, moved, following, judged = "sum(rows)", "0", "NULL", ""
    kind, value = asked.indicator.kind, asked.indicator.value
    if isinstance(kind, Balance):
        entered = f"role = {literal(kind.enters)}"
        counted, moved = f"sumIf(rows, {entered})", f"sumIf(rows, NOT ({entered}))"
    elif isinstance(value, InTime | Late):
        moved = "sum(arrayCount(instant -> instant < judged_ms, instants))"
        following = "minIfOrNull(following_ms, following_ms > 0)"
        judged = f""",
        {_end_ms(asked)} AS end_ms, least(end_ms, {{at:Int64}}) AS judged_ms,
        arrayMin(arrayFilter(instant -> instant >= judged_ms AND instant < end_ms, instants))
            AS following_ms"""
    elif isinstance(value, Distinct):
        counted = "uniqExactArray(elements)"
    return f"""SELECT start, shown, {counted} AS counted, sum(amount) AS total, {moved} AS moved,
    {following} AS next_change_ms, max(recorded_at) AS computed_at,
    {DEFINITIONS}
FROM (
    SELECT {_start(asked)} AS start, {_shown(asked)} AS shown, role, rows, amount, elements, instants,
        recorded_at, definition_version{judged}
    FROM {_figures(asked, _days(asked))}
)
GROUP BY start, shown"""


def _first_seen(asked: Asked) -> str:
    """Different values so far: each counts in the step in which it was first seen."""
    return f"""SELECT {_start(asked, "first_day")} AS start, shown, count() AS counted, 0 AS total,
    0 AS moved, NULL AS next_change_ms, max(latest) AS computed_at,
    groupUniqArrayArray(versions) AS definitions
FROM (
    SELECT {_shown(asked)} AS shown, element, min(day) AS first_day, max(recorded_at) AS latest,
        groupUniqArray(definition_version) AS versions
    FROM (SELECT * FROM {_figures(asked, _days(asked))})
    ARRAY JOIN elements AS element
    GROUP BY shown, element
)
GROUP BY start, shown"""


def _ahead(asked: Asked, kind: Ahead) -> str:
    """What is due within some days of each step's last day (or today), and is not over by then."""
    return f"""SELECT step.1 AS start, shown, sum(rows) AS counted, sum(amount) AS total,
    sum(arrayCount(instant -> instant <= step.3, instants)) AS moved, NULL AS next_change_ms,
    max(recorded_at) AS computed_at, {DEFINITIONS}
FROM (
    SELECT day, {_shown(asked)} AS shown, rows, amount, instants, recorded_at, definition_version
    FROM {_figures(asked, _days(asked))}
)
ARRAY JOIN arrayFilter(
    step -> day >= step.2 AND day < step.2 + {kind.days},
    arrayZip({{starts:Array(Date32)}}, {{lasts:Array(Date32)}}, {{judged:Array(Int64)}})
) AS step
GROUP BY start, shown"""


def _latest(asked: Asked) -> str:
    """What each unit said last by the end of each step, or by today; all of it adds up.

    Split by a dimension too it is the unit's last day: a member that said something before says it no more.
    """
    return f"""SELECT start, one.1 AS shown, sum(one.2) AS counted, sum(one.3) AS total, 0 AS moved,
    NULL AS next_change_ms, max(one.4) AS computed_at, groupUniqArray(one.5) AS definitions
FROM (
    SELECT step.1 AS start, argMax(said, day) AS last
    FROM (
        SELECT day, unit, indicator,
            groupArray(({_shown(asked)}, rows, amount, recorded_at, definition_version)) AS said
        FROM {_figures(asked, f"rows > 0 AND {_days(asked)}")}
        GROUP BY day, unit, indicator
    )
    ARRAY JOIN arrayFilter(
        step -> day <= step.2{_still_there(asked)},
        arrayZip({{starts:Array(Date32)}}, {{lasts:Array(Date32)}})
    ) AS step
    GROUP BY start, unit, indicator
)
ARRAY JOIN last AS one
GROUP BY start, shown"""


def _listed(asked: Asked, kind: Listed) -> str:
    """Different values met in each step, of those that are in the list at its last day, or today."""
    roles = kind.role, kind.enters, kind.leaves
    met, listed, gone = (f"groupUniqArrayArrayIf(elements, role = {literal(role)})" for role in roles)
    return f"""SELECT step.1 AS start, shown,
    length(arrayIntersect({met}, {listed}) AS known) - length(arrayIntersect(known, {gone})) AS counted,
    0 AS total, 0 AS moved, NULL AS next_change_ms, max(recorded_at) AS computed_at, {DEFINITIONS}
FROM (
    SELECT day, {_shown(asked)} AS shown, role, rows, elements, recorded_at, definition_version
    FROM {_figures(asked, _days(asked))}
)
ARRAY JOIN arrayFilter(
    step -> day <= step.2 AND (day >= step.1 OR role != {literal(kind.role)}),
    arrayZip({{starts:Array(Date32)}}, {{lasts:Array(Date32)}})
) AS step
GROUP BY start, shown
HAVING countIf(role = {literal(kind.role)}) > 0"""


def _still_there(asked: Asked) -> str:
    """A unit that has ended says nothing of the days after it: its heirs speak, and would count twice."""
    if not asked.ended:
        return ""
    first = literal(str(MAPS[-1][1]))  # of the map that holds today
    return f" AND (step.2 < toDate32({first}) OR unit NOT IN {{ended:Array(String)}})"


def _days(asked: Asked) -> str:
    """A stock, and a list, reach back to the first day there is; nothing after today has happened yet."""
    if isinstance(asked.indicator.kind, SoFar | Balance | Latest | Listed):
        return "day < {upto:Date32}"
    return "day >= {since:Date32} AND day < {until:Date32}"


def _figures(asked: Asked, condition: str) -> str:
    """The rows that matter, as they stand or as they stood."""
    where = " AND ".join(_where(asked))
    if asked.question.as_of is None:
        return f"figures_current FINAL\n    WHERE {where} AND {condition}"
    key = ", ".join(FIGURE_KEY)
    names = ", ".join(f"stood.{number} AS {name}" for number, name in enumerate(STATE, 1))
    return f"""(
        SELECT {key}, {names}
        FROM (
            SELECT {key}, argMax(({", ".join(STATE)}), (version, recorded_at)) AS stood
            FROM figures
            WHERE recorded_at <= {{as_of:DateTime64(6, 'UTC')}} AND {where}
            GROUP BY {key}
        )
        WHERE {condition}
    )"""


def _where(asked: Asked) -> list[str]:
    dimension = asked.by if asked.by and asked.groups is None else ""
    where = [
        f"indicator IN ({', '.join(map(literal, asked.names or (asked.indicator.name,)))})",
        f"dimension = {literal(dimension)}",
        f"role IN ({', '.join(map(literal, asked.indicator.roles))})",
    ]
    return where if asked.units is None else [*where, "unit IN {units:Array(String)}"]


def _start(asked: Asked, day: str = "day") -> str:
    """The first day of the step that a day belongs to; what lies before the period belongs to its first."""
    if asked.every is None:
        return "{since:Date32}"
    return f"greatest({STEP_START[asked.every].format(day=day)}, {{since:Date32}})"


def _end_ms(asked: Asked) -> str:
    """The instant at which a step ends: the local midnight after its last day."""
    if asked.every is None:
        return "{end:Int64}"
    begun = STEP_START[asked.every].format(day="day")
    after = f"least({begun} + INTERVAL 1 {asked.every.upper()}, {{until:Date32}})"
    return f"toUnixTimestamp64Milli(toDateTime64({after}, 3, {literal(str(PROVINCE_ZONE))}))"


def _shown(asked: Asked) -> str:
    shown = "member" if asked.by else "''"
    if asked.groups is not None:
        shown = "transform(unit, {keys:Array(String)}, {codes:Array(String)}, 'unknown')"
    return f"(indicator, {shown})" if asked.names else shown


def _bound(asked: Asked) -> dict[str, object]:
    """All values that any of the statements names; ClickHouse takes no offence at one too many."""
    question, kind = asked.question, asked.indicator.kind
    since, until = question.period.start, question.period.end
    bound: dict[str, object] = {
        "upto": min(until, asked.today + timedelta(days=1)),
        "end": milliseconds(day_start(until)),
        "at": asked.at_ms,
    }
    if isinstance(kind, Ahead | Latest | Listed):
        periods = asked.periods
        lasts = [min(one.end - timedelta(days=1), asked.today) for one in periods]
        bound["starts"], bound["lasts"] = texts(one.start for one in periods), texts(lasts)
        bound["judged"] = numbers(min(milliseconds(day_start(one.end)), asked.at_ms) for one in periods)
    if isinstance(kind, Ahead):
        since, until = lasts[0], lasts[-1] + timedelta(days=kind.days)
    bound |= {"since": since, "until": until}
    if question.as_of is not None:
        bound["as_of"] = instant(question.as_of)
    lists = {"ended": asked.ended or None, "units": asked.units}
    if asked.groups is not None:
        lists |= {"keys": [*asked.groups], "codes": [*asked.groups.values()]}
    return bound | {name: unit_list(tuple(units)) for name, units in lists.items() if units is not None}
