"""What a published scoring consists of: groups of lines, each a formula of two counts; pure.

A line of which a count is not known is neither nothing nor all: its points are not known, and the score is
told out of fewer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Literal

ZERO = Decimal(0)
WHOLE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a score: its points, None where they are not known, and the most there are."""

    code: str
    points: Decimal | None
    maximum: Decimal
    figures: tuple[str, ...]
    """The indicators behind it."""
    is_reported: bool
    """Whether what agencies report is in it."""


@dataclass(frozen=True, slots=True)
class PartValue:
    """What is known of one figure that a score is made of; None where it is not known."""

    numerator: Decimal | None
    denominator: Decimal | None = None
    rows: int = 0
    lines: tuple[Line, ...] = ()
    """Of a figure that is a score itself."""


Parts = Mapping[str, PartValue]
"""By the name of the figure."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric with one numerator and one denominator; `full_from` is the ratio that already earns all."""

    group: str
    maximum: Decimal
    full_from: Decimal = WHOLE
    of_nothing: Decimal = ZERO
    """The points where the denominator is 0."""

    def earned(self, numerator: Decimal | Fraction, denominator: Decimal | Fraction) -> Fraction:
        """The points before they are rounded; exact, or a third of a point could cost a cent."""
        if not denominator:
            return Fraction(self.of_nothing)
        done = Fraction(numerator) / Fraction(denominator) / Fraction(self.full_from)
        return Fraction(self.maximum) * max(Fraction(0), min(Fraction(1), done))

    def points(self, numerator: Decimal | Fraction, denominator: Decimal | Fraction) -> Decimal:
        """The points, as the portal rounds them."""
        return rounded(self.earned(numerator, denominator))


def rounded(points: Fraction) -> Decimal:
    """Two decimals, a half up, as the portal shows them; points are never below zero."""
    return Decimal(floor(100 * points + Fraction(1, 2))) / 100


@dataclass(frozen=True, slots=True)
class Of:
    """How many things a figure counted, or among how many."""

    figure: str
    side: Literal["numerator", "denominator"] = "numerator"

    def among(self, parts: Parts) -> Decimal | None:
        """The count; None where it is not known."""
        part = parts.get(self.figure)
        return None if part is None else getattr(part, self.side)


@dataclass(frozen=True, slots=True)
class Earned:
    """What one metric is worth, by its code, from two counts."""

    code: str
    metric: Metric
    numerator: Of
    denominator: Of
    reported: bool = False
    """Whether agencies report both counts, for the hub sees no event of them."""
    times: "Earned | None" = None
    """The metric by whose ratio the numerator is multiplied."""

    @property
    def figures(self) -> tuple[str, ...]:
        """The indicators it is made of."""
        before = self.times.figures if self.times else ()
        return tuple(dict.fromkeys((*before, self.numerator.figure, self.denominator.figure)))

    @property
    def is_reported(self) -> bool:
        """Whether what agencies report is in it."""
        return self.reported or self.times is not None

    def counts(self, parts: Parts) -> tuple[Fraction, Fraction] | None:
        """Both counts; None where one is not known.

        Nor are they where they are reported and one lacks a report that the other has, or the part is more
        than the whole: nobody knows which of them to believe.
        """
        numerator, denominator = self.numerator.among(parts), self.denominator.among(parts)
        if numerator is None or denominator is None:
            return None
        if self.reported and not (numerator <= denominator and self._reported_alike(parts)):
            return None
        times = (Fraction(1), Fraction(1)) if self.times is None else self.times.counts(parts)
        if times is None:
            return None
        ratio = times[0] / times[1] if times[1] else Fraction(0)
        return Fraction(numerator) * ratio, Fraction(denominator)

    def _reported_alike(self, parts: Parts) -> bool:
        """Whether as many reports stand behind the one as behind the other."""
        return parts[self.numerator.figure].rows == parts[self.denominator.figure].rows


@dataclass(frozen=True, slots=True)
class Group:
    """A group's points: what its lines are worth together. With `at_once` all its metrics are one line."""

    code: str
    earned: tuple[Earned, ...]
    at_most: Decimal
    at_once: bool = False

    @property
    def figures(self) -> tuple[str, ...]:
        """The indicators it is made of, reported ones first: the last one tells how fresh the score is."""
        reported = [name for one in self.earned if one.reported for name in one.figures]
        return tuple(dict.fromkeys((*reported, *(name for one in self.earned for name in one.figures))))

    def lines(self, parts: Parts) -> tuple[Line, ...]:
        """Every line, whether it is known or not."""
        if self.at_once:
            return (Line(self.code, self._together(parts), self.at_most, self.figures, is_reported=False),)
        return tuple(
            Line(one.code, _points(one, parts), one.metric.maximum, one.figures, one.is_reported)
            for one in self.earned
        )

    def _together(self, parts: Parts) -> Decimal | None:
        """All metrics, rounded once."""
        counts = [one.counts(parts) for one in self.earned]
        known = [
            one.metric.earned(*pair)
            for one, pair in zip(self.earned, counts, strict=True)
            if pair is not None
        ]
        return min(self.at_most, rounded(sum(known, Fraction(0)))) if len(known) == len(counts) else None


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of groups, by the names of their figures."""

    groups: Mapping[str, Group]

    @property
    def figures(self) -> tuple[str, ...]:
        """The indicators it is made of."""
        return tuple(self.groups)

    def lines(self, parts: Parts) -> tuple[Line, ...]:
        """The lines of all groups; those of a group that was not answered are not known."""
        return tuple(
            line
            for name, group in self.groups.items()
            for line in (parts[name].lines if name in parts and parts[name].lines else group.lines({}))
        )


Rule = Group | Total


def points_of(lines: Iterable[Line]) -> Decimal | None:
    """The points of the lines that are known, together; None where none is."""
    known = [line.points for line in lines if line.points is not None]
    return sum(known, ZERO) if known else None


def _points(one: Earned, parts: Parts) -> Decimal | None:
    counts = one.counts(parts)
    return None if counts is None else one.metric.points(*counts)
