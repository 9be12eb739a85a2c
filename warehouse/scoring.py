"""Points of a published scoring, from the figures it is made of; pure, so that published answers prove it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class PartValue:
    """What is known of one figure that a score is made of; None where it is not known."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None


Rule = Callable[[Mapping[str, PartValue]], Decimal | None]

RULES: dict[str, Rule] = {}
"""By the name that an indicator's `Points` gives; None where the points cannot be told."""
