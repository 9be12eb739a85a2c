"""From the indicators of a feed to the one statement that recounts all of them for touched cells."""

from collections.abc import Iterable, Sequence

import msgspec

from iochub.exact.version import Cell
from iochub.warehouse.aggregates import Distinct, Is, Share, Sum, Worth
from iochub.warehouse.hub_tables import FIGURE_COLUMNS, FIGURE_KEY
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.instants import LATEST
from iochub.warehouse.tables import quoted

# Materialised, for the planner takes much longer over constants: it would carry each list with it, unfolded.
TOUCHED = """touched AS (
    SELECT cell.1 AS role, toDate32(cell.2) AS day, cell.3 AS unit, cell.4 AS version, cell.5 AS forced
    FROM (SELECT arrayJoin(JSONExtract(materialize({cells:String}),
        'Array(Tuple(String, String, String, UInt64, UInt8))')) AS cell)
)"""

_json = msgspec.json.Encoder().encode

STATE = ("rows", "amount", "elements", "instants")


def touched(cells: Iterable[tuple[Cell, int, bool]]) -> dict[str, str]:
    """What is bound to `TOUCHED`: cells, each with its new version and whether it is kept even if equal."""
    rows = [(cell.role, cell.day, cell.unit, version, int(forced)) for cell, version, forced in cells]
    return {"cells": _json(rows).decode()}


def recount(feed: str, indicators: Sequence[Indicator]) -> str:
    """Write the statement that recounts cells and keeps what differs from the current figures.

    A member or a cell that lost its last row gets a figure of 0 rows. `forced` keeps a figure even where it
    is equal: when nobody knows whether an earlier attempt reached both tables.
    """
    key = ", ".join(FIGURE_KEY)
    names = ", ".join(literal(one.name) for one in indicators)
    own_key = ", ".join(f"found.{column}" for column in FIGURE_KEY)
    return f"""
INSERT INTO figures_counted ({", ".join(column for column, _ in FIGURE_COLUMNS)})
WITH {TOUCHED},
    greatest((SELECT max(recorded_at) FROM figures), {LATEST}) + INTERVAL 1 MICROSECOND AS after,
    greatest(now64(6), after) AS recorded
SELECT found.indicator, if(counted.1 = '', kept.1, counted.1), found.dimension, found.role, found.day,
    found.unit, found.member, touched.version, recorded, counted.2, counted.3, counted.4, counted.5
FROM (
    SELECT {key}, fresh.state AS counted, before.state AS kept
    FROM (
        {counts(feed, indicators)}
    ) AS fresh
    FULL JOIN (
        SELECT {key}, (definition_version, rows, amount, elements, instants) AS state
        FROM figures_current FINAL
        WHERE indicator IN ({names}) AND (role, day, unit) IN (SELECT role, day, unit FROM touched)
    ) AS before USING ({key})
) AS found
INNER JOIN touched ON touched.role = found.role AND touched.day = found.day AND touched.unit = found.unit
WHERE tuple(counted.2, counted.3, counted.4, counted.5) != tuple(kept.2, kept.3, kept.4, kept.5)
    OR (counted.1 != kept.1 AND counted.1 != '' AND kept.1 != '')
    OR (touched.forced AND (counted.2 > 0 OR kept.1 != ''))
ORDER BY {own_key}
"""


def counts(feed: str, indicators: Sequence[Indicator]) -> str:
    """Write the part that counts the touched cells once for all indicators, dimensions and members."""
    return f"""SELECT one.1 AS indicator, dimension, role, day, unit, member,
            (one.2, one.3, one.4, one.5, one.6) AS state
        FROM (
            SELECT role, day, unit, split.1 AS dimension, split.2 AS member,
                arrayFilter(one -> has(one.7, dimension) AND has(one.8, role), [
                    {("," + chr(10) + " " * 20).join(map(_state, indicators))}
                ]) AS each
            FROM {quoted(feed + "_cells")} FINAL
            ARRAY JOIN [{", ".join(_splits(indicators))}] AS split
            WHERE (role, day, unit) IN (SELECT role, day, unit FROM touched)
            GROUP BY role, day, unit, dimension, member
        )
        ARRAY JOIN each AS one
        WHERE one.3 > 0"""


def _splits(indicators: Sequence[Indicator]) -> list[str]:
    """Each row counts once as a whole and once for its member of each dimension."""
    named = sorted({dimension for one in indicators for dimension in one.dimensions})
    return ["('', '')", *(f"({literal(name)}, toString({quoted(name)}))" for name in named)]


def _state(indicator: Indicator) -> str:
    """What one indicator keeps of a cell: name, definition, rows, amount, elements, instants; then where."""
    matches = _matches(indicator.where)
    rows = f"countIf({matches})" if matches else "count()"
    amount, elements, instants = "toDecimal128(0, 6)", "emptyArrayUInt64()", "emptyArrayInt64()"
    value = indicator.value
    if isinstance(value, Sum | Worth):
        column = quoted(value.column)
        total = f"sumIf({column}, {matches})" if matches else f"sum({column})"
        amount = f"toDecimal128({total}, 6)"
    elif isinstance(value, Share):
        amount = f"toDecimal128(countIf({_matches((*indicator.where, *value.of))}), 6)"
    elif isinstance(value, Distinct):
        element = f"sipHash64(toString({quoted(value.column)}))"
        union = f"groupUniqArrayIf({element}, {matches})" if matches else f"groupUniqArray({element})"
        elements = f"arraySort({union})"
        rows = f"length({elements})"
    if indicator.instants is not None:
        # Nulls do not enter an array.
        instant = f"toUnixTimestamp64Milli({quoted(indicator.instants)})"
        union = f"groupArrayIf({instant}, {matches})" if matches else f"groupArray({instant})"
        instants = f"arraySort({union})"
    dimensions = ", ".join(map(literal, ("", *indicator.dimensions)))
    roles = ", ".join(map(literal, indicator.roles))
    name, version = literal(indicator.name), literal(indicator.definition_version)
    return f"({name}, {version}, {rows}, {amount}, {elements}, {instants}, [{dimensions}], [{roles}])"


def _matches(values: Sequence[Is]) -> str:
    return " AND ".join(f"{quoted(one.column)} = {literal(one.value)}" for one in values)


def literal(value: str | int) -> str:
    """Write a declared value; what people ask is bound, never written."""
    if isinstance(value, int):
        return str(value)
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
