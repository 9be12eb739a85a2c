"""The statements as they are written; that they also run, and what they answer, is in test_answers."""

from datetime import UTC, date, datetime

import pytest
from permit_figures import DUE_SOON, ON_TIME, OPEN, RECEIVED, SELLERS

from iochub.warehouse.indicator import Indicator
from iochub.warehouse.period import read_period
from iochub.warehouse.query import Asked, beginnings, statement
from iochub.warehouse.question import Question

NOON_MS = 1626750000000


def asked(indicator: Indicator, **how: object) -> Asked:
    as_of = how.pop("as_of", None)
    question = Question(indicator.name, "14797", read_period("2021"), as_of)
    return Asked(indicator, question, NOON_MS, date(2021, 7, 20), **how)


def test_a_flow() -> None:
    assert (
        statement(asked(RECEIVED)).text
        == """\
SELECT start, shown, sum(rows) AS counted, sum(amount) AS total, 0 AS moved,
    NULL AS next_change_ms, max(recorded_at) AS computed_at,
    groupUniqArrayIf(definition_version, rows > 0) AS definitions
FROM (
    SELECT {since:Date32} AS start, '' AS shown, role, rows, amount, elements, instants,
        recorded_at, definition_version
    FROM figures_current FINAL
    WHERE indicator IN ('permits_received') AND dimension = '' AND role IN ('received') \
AND day >= {since:Date32} AND day < {until:Date32}
)
GROUP BY start, shown"""
    )


def test_a_share_by_month_and_unit_is_judged_at_each_months_end() -> None:
    written = statement(asked(ON_TIME, every="month", by="unit", units=["14797"], groups={"14797": "14797"}))
    assert (
        written.text
        == """\
SELECT start, shown, sum(rows) AS counted, sum(amount) AS total, \
sum(arrayCount(instant -> instant < judged_ms, instants)) AS moved,
    minIfOrNull(following_ms, following_ms > 0) AS next_change_ms, max(recorded_at) AS computed_at,
    groupUniqArrayIf(definition_version, rows > 0) AS definitions
FROM (
    SELECT greatest(makeDate32(toYear(day), toMonth(day), 1), {since:Date32}) AS start, \
transform(unit, {keys:Array(String)}, {codes:Array(String)}, 'unknown') AS shown, \
role, rows, amount, elements, instants,
        recorded_at, definition_version,
        toUnixTimestamp64Milli(toDateTime64(\
least(makeDate32(toYear(day), toMonth(day), 1) + INTERVAL 1 MONTH, {until:Date32}), 3, 'Asia/Ho_Chi_Minh')) \
AS end_ms, least(end_ms, {at:Int64}) AS judged_ms,
        arrayMin(arrayFilter(instant -> instant >= judged_ms AND instant < end_ms, instants))
            AS following_ms
    FROM figures_current FINAL
    WHERE indicator IN ('permits_on_time') AND dimension = '' AND role IN ('received') \
AND unit IN {units:Array(String)} AND day >= {since:Date32} AND day < {until:Date32}
)
GROUP BY start, shown"""
    )
    assert {name: str(value) for name, value in written.parameters.items()} == {
        "since": "2021-01-01", "until": "2022-01-01", "upto": "2021-07-21", "end": "1640970000000",
        "at": str(NOON_MS), "units": "['14797']", "keys": "['14797']", "codes": "['14797']",
    }  # fmt: skip


def test_a_stock_so_far_without_steps_counts_different_values_and_no_first_days() -> None:
    assert (
        statement(asked(SELLERS, by="unit", groups={"14797": "14797"})).text
        == """\
SELECT start, shown, uniqExactArray(elements) AS counted, sum(amount) AS total, 0 AS moved,
    NULL AS next_change_ms, max(recorded_at) AS computed_at,
    groupUniqArrayIf(definition_version, rows > 0) AS definitions
FROM (
    SELECT {since:Date32} AS start, transform(unit, {keys:Array(String)}, {codes:Array(String)}, 'unknown') \
AS shown, role, rows, amount, elements, instants,
        recorded_at, definition_version
    FROM figures_current FINAL
    WHERE indicator IN ('permits_sellers') AND dimension = '' AND role IN ('received') AND day < {upto:Date32}
)
GROUP BY start, shown"""
    )


def test_a_stock_so_far_as_it_stood_then() -> None:
    written = statement(asked(SELLERS, every="month", as_of=datetime(2021, 7, 19, 1, 2, 3, tzinfo=UTC)))
    assert (
        written.text
        == """\
SELECT greatest(makeDate32(toYear(first_day), toMonth(first_day), 1), {since:Date32}) AS start, shown, \
count() AS counted, 0 AS total,
    0 AS moved, NULL AS next_change_ms, max(latest) AS computed_at,
    groupUniqArrayArray(versions) AS definitions
FROM (
    SELECT '' AS shown, element, min(day) AS first_day, max(recorded_at) AS latest,
        groupUniqArray(definition_version) AS versions
    FROM (SELECT * FROM (
        SELECT indicator, dimension, role, day, unit, member, stood.1 AS definition_version, \
stood.2 AS recorded_at, stood.3 AS rows, stood.4 AS amount, stood.5 AS elements, stood.6 AS instants
        FROM (
            SELECT indicator, dimension, role, day, unit, member, \
argMax((definition_version, recorded_at, rows, amount, elements, instants), (version, recorded_at)) AS stood
            FROM figures
            WHERE recorded_at <= {as_of:DateTime64(6, 'UTC')} AND indicator IN ('permits_sellers') \
AND dimension = '' AND role IN ('received')
            GROUP BY indicator, dimension, role, day, unit, member
        )
        WHERE day < {upto:Date32}
    ))
    ARRAY JOIN elements AS element
    GROUP BY shown, element
)
GROUP BY start, shown"""
    )
    assert written.parameters["as_of"] == "2021-07-19 01:02:03.000000"


def test_a_stock_ahead() -> None:
    written = statement(asked(DUE_SOON))
    assert (
        written.text
        == """\
SELECT step.1 AS start, shown, sum(rows) AS counted, sum(amount) AS total,
    sum(arrayCount(instant -> instant <= step.3, instants)) AS moved, NULL AS next_change_ms,
    max(recorded_at) AS computed_at, groupUniqArrayIf(definition_version, rows > 0) AS definitions
FROM (
    SELECT day, '' AS shown, rows, amount, instants, recorded_at, definition_version
    FROM figures_current FINAL
    WHERE indicator IN ('permits_due_soon') AND dimension = '' AND role IN ('due') \
AND day >= {since:Date32} AND day < {until:Date32}
)
ARRAY JOIN arrayFilter(
    step -> day >= step.2 AND day < step.2 + 3,
    arrayZip({starts:Array(Date32)}, {lasts:Array(Date32)}, {judged:Array(Int64)})
) AS step
GROUP BY start, shown"""
    )
    assert {name: str(written.parameters[name]) for name in ("since", "until", "lasts", "judged")} == {
        "since": "2021-07-20", "until": "2021-07-23", "lasts": "['2021-07-20']", "judged": f"[{NOON_MS}]",
    }  # fmt: skip


def test_a_balance_adds_what_entered_and_what_left() -> None:
    assert statement(asked(OPEN)).text.startswith(
        "SELECT start, shown, sumIf(rows, role = 'received') AS counted, sum(amount) AS total, "
        "sumIf(rows, NOT (role = 'received')) AS moved,\n"
    )


def test_where_a_figure_begins() -> None:
    assert (
        beginnings(asked(RECEIVED, by="channel")).text
        == """\
SELECT '' AS shown, min(day) AS first_day
FROM figures_current FINAL
    WHERE indicator IN ('permits_received') AND dimension = '' AND role IN ('received') AND rows > 0
GROUP BY shown"""
    )


@pytest.mark.parametrize("unit", ["14797' OR 1=1", "\\'); DROP TABLE figures"])
def test_what_people_ask_is_bound_and_never_written(unit: str) -> None:
    written = statement(asked(RECEIVED, units=[unit]))
    assert unit not in written.text
