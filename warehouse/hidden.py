"""Which figures would point at a person, and so are hidden from who may not see small counts."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from iochub.warehouse.indicator import Indicator
from iochub.warehouse.kinds import Flow, PeriodEnd
from iochub.warehouse.question import SMALL, Answer

Counts = tuple[Decimal, ...]
"""How many things an answer tells of; of a share also those that have what it asks for, and those without."""

Lines = Collection[Sequence[int]]
"""Rows, by their places, of which somebody may know the sum."""


def hidden(indicator: Indicator, answers: Sequence[Answer], within: Collection[date] = ()) -> list[Answer]:
    """Hide what is small, and what would tell it by subtraction from the sum of its line.

    `within` are the first days of steps of which all is hidden, because the whole had to be hidden in the
    table of the units beside it. What is made of other figures needs no further rows: it is hidden with them.
    """
    counts = {place: counts_of(one) for place, one in enumerate(answers) if one.state != "no_data"}
    found = {
        place
        for place, told in counts.items()
        if is_small(told) or answers[place].state == "suppressed" or answers[place].period.start in within
    }
    if found and indicator.is_stored:
        _cover(found, counts, _lines(indicator, answers))
    return [_without(one) if place in found else one for place, one in enumerate(answers)]


def counts_of(answer: Answer) -> Counts:
    """What an answer counts: two of a hundred point at the two, and 98 of a hundred at the other two."""
    rows = Decimal(answer.rows)
    if answer.numerator is None or answer.denominator is None:
        return (rows,)
    return rows, answer.numerator, answer.denominator - answer.numerator


def is_small(counts: Counts) -> bool:
    """Whether any of them is so small, and not nothing, that it can point at a person."""
    return any(0 < one < SMALL for one in counts)


def _lines(indicator: Indicator, answers: Sequence[Answer]) -> Lines:
    """The members of each step; and the steps of each member, where days add up."""
    lines: dict[Hashable, list[int]] = defaultdict(list)
    adds_up = isinstance(indicator.kind, Flow | PeriodEnd)
    for place, one in enumerate(answers):
        if one.unit or one.member:
            lines[one.period.start].append(place)
        if adds_up:
            lines[one.unit, one.member].append(place)
    return lines.values()


def _cover(found: set[int], counts: Mapping[int, Counts], lines: Lines) -> None:
    """Hide further rows until in no line the hidden ones can be told from the sum and the rest."""
    before = 0
    while before < len(found):
        before = len(found)
        for line in lines:
            while (one := _next(found, counts, [place for place in line if place in counts])) is not None:
                found.add(one)


def _next(found: Collection[int], counts: Mapping[int, Counts], line: Sequence[int]) -> int | None:
    """The smallest row that must be hidden too: no line has a single hidden row, or hides a small sum.

    Two rows that are two together are one each. Where none is left the sum is small, and hidden itself.
    """
    unseen = [counts[place] for place in line if place in found]
    if not unseen:
        return None
    small = [number for number, sums in enumerate(map(sum, zip(*unseen, strict=True))) if 0 < sums < SMALL]
    if len(unseen) > 1 and not small:
        return None
    number = small[0] if small else 0
    shown = [place for place in line if place not in found and counts[place][number] > 0]
    return min(shown, key=lambda place: (counts[place][number], place), default=None)


def _without(answer: Answer) -> Answer:
    """When it will change tells of it too."""
    return replace(
        answer,
        value=None,
        numerator=None,
        denominator=None,
        rows=0,
        state="suppressed",
        next_change_at=None,
        lines=(),
    )
