"""What a viewer may not see of small counts, in SQL: `warehouse/hidden.py` says what, and why."""

from iochub.warehouse.indicator import Indicator
from iochub.warehouse.kinds import Flow, PeriodEnd
from iochub.warehouse.period import Step
from iochub.warehouse.question import SMALL

COUNTS = """if(isNull(denominator), [behind, 0, 0],
        arrayMap(count -> ifNull(count, 0), [behind, numerator, denominator - numerator]))"""
"""As `hidden.counts_of`; of what is no share the second and third are nothing."""

TURNS = 1 + 3 * (SMALL - 1)
"""So many rows are hidden beside small ones at most: each adds one at least to a sum that is below five."""

SUMS = "arrayMap(number -> arraySum(arrayMap((one, row) -> one * row[number], unseen, counts)), [1, 2, 3])"
LITTLE = f"arrayFirstIndex(sum -> sum > 0 AND sum < {SMALL}, {SUMS})"
OPEN = """arrayMap((one, row) -> if(one = 0 AND row[greatest(little, 1)] > 0,
            row[greatest(little, 1)], inf), unseen, counts)"""
# A list of one is mapped where the same is needed more than once: written out it would be planned each time.
NEXT = f"""arrayMap(little -> arrayMap(open -> if(
            (arraySum(unseen) = 1 OR little > 0) AND arrayMin(open) < inf, indexOf(open, arrayMin(open)), 0
        ), [{OPEN}])[1], [{LITTLE}])[1]"""
"""The place of the smallest row that must be hidden too, as `hidden._next`; 0 where none must."""


def hidden(indicator: Indicator, told: str, every: Step | None) -> str:
    """Write the SQL that marks what of the answers a viewer must not see.

    Shape: as what is told (`made.told`), with `unseen` of who may not see small counts.
    """
    if not indicator.hides_small:
        return told
    marked = f"""SELECT first, value, numerator, denominator, behind, {COUNTS} AS counts,
    unseen OR (isNotNull(value) AND arrayExists(count -> count > 0 AND count < {SMALL}, counts)) AS hides
FROM (
{told}
)"""  # noqa: S608 - written from declarations
    adds_up = isinstance(indicator.kind, Flow | PeriodEnd) and not indicator.parts
    return _covered(marked) if every and adds_up else _alone(marked)


def _alone(marked: str) -> str:
    return f"""SELECT first, value, numerator, denominator, behind, hides AS unseen
FROM (
{marked}
)"""  # noqa: S608 - written from declarations


def _covered(marked: str) -> str:
    """Where days add up, a single hidden one could be told from the whole and the other days."""
    return f"""SELECT day.1 AS first, day.2 AS value, day.3 AS numerator, day.4 AS denominator,
    day.5 AS behind, covered AS unseen
FROM (
    SELECT days, arrayMap(day -> day.6, days) AS counts, arrayFold(
        (unseen, turn) -> arrayMap(next -> arrayMap((one, place) -> one OR place = next,
            unseen, arrayEnumerate(unseen)), [{NEXT}])[1],
        range({TURNS}), arrayMap(day -> day.7, days)
    ) AS seen_by_none
    FROM (
        SELECT arraySort(day -> day.1, groupArray(
            (first, value, numerator, denominator, behind, counts, hides))) AS days
        FROM (
{marked}
        )
    )
)
ARRAY JOIN days AS day, seen_by_none AS covered"""  # noqa: S608 - written from declarations
