"""What the warehouse counted for one row of an answer, and the value it comes to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from iochub.warehouse.aggregates import InTime, Late, Share, Sum, Worth
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.kinds import Ahead, Balance

DIGITS = Decimal("0.000001")
"""As exact as amounts are kept; whoever shows a share rounds it."""

Key = tuple[date, str]
"""The first day of a step, and the unit or member that the row is shown under."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Counts of one step; `moved` was late, had left or was over, by the kind of the figure.

    `definitions` are the versions of the declaration by which anything was counted.
    """

    counted: int = 0
    total: Decimal = Decimal(0)
    moved: int = 0
    next_change_ms: int | None = None
    computed_at: datetime | None = None
    definitions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Value:
    """A value with what it was divided from, and how many rows stand behind it."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    rows: int


def counted_of(row: Sequence[Any]) -> Counted:
    """Read one row of a statement's answer, after its key."""
    counted, total, moved, next_change_ms, computed_at, definitions = row
    return Counted(
        int(counted), Decimal(total), int(moved), next_change_ms, computed_at, frozenset(definitions)
    )


def running(
    counted: Mapping[Key, Counted], starts: Sequence[date], shown: Iterable[str]
) -> dict[Key, Counted]:
    """What had added up by the end of each step."""
    summed: dict[Key, Counted] = {}
    for one in shown:
        before = Counted()
        for start in starts:
            added = counted.get((start, one))
            if added is not None:
                before = _together(before, added)
            summed[start, one] = before
    return summed


def value_of(indicator: Indicator, counted: Counted) -> Value:
    """The value of a figure; nothing where a share has nothing to share."""
    rows = counted.counted
    if isinstance(indicator.value, InTime):
        return share(Decimal(rows - counted.moved), Decimal(rows), rows)
    if isinstance(indicator.value, Late):
        return share(Decimal(counted.moved), Decimal(rows), rows)
    if isinstance(indicator.value, Share):
        return share(counted.total, Decimal(rows), rows)
    if isinstance(indicator.value, Sum | Worth):
        each = indicator.value.each if isinstance(indicator.value, Worth) else Decimal(1)
        return Value(counted.total * each, counted.total * each, None, rows)
    if isinstance(indicator.kind, Balance | Ahead):
        rows -= counted.moved
    return Value(Decimal(rows), Decimal(rows), None, rows)


def share(part: Decimal, whole: Decimal, rows: int) -> Value:
    """A share in percent; nothing where there is nothing to share."""
    value = (100 * part / whole).quantize(DIGITS) if whole else None
    return Value(value, part, whole, rows)


def _together(before: Counted, added: Counted) -> Counted:
    instants = [one for one in (before.computed_at, added.computed_at) if one is not None]
    return Counted(
        before.counted + added.counted,
        before.total + added.total,
        before.moved + added.moved,
        None,
        max(instants, default=None),
        before.definitions | added.definitions,
    )
