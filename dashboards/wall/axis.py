"""From the values of a chart to the marks of its axis: few, round, and far enough apart to be read."""

from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import NamedTuple

from iochub.text import Language, Text

LOCALES: dict[Language, str] = {"vi": "vi-VN", "en": "en-GB"}
STEPS = 5
"""About so many steps lie between the lowest and the highest mark; never more than two beyond it."""
WHOLE = Decimal(100)
SHARE_SPAN = Decimal(2)
"""Percentage points that an axis shows at least: less would make a fall of what is hardly a change."""

_SIZES = (
    (Decimal(10) ** 9, Text("tỷ", "bn")),
    (Decimal(10) ** 6, Text("tr", "m")),
)


class Axis(NamedTuple):
    """The lowest mark, the highest, and the step from one to the next, which divides what is between them."""

    low: Decimal
    high: Decimal
    step: Decimal

    def near_top(self, value: Decimal) -> bool:
        """Whether a line of writing has no room between this value and the highest mark."""
        return self.high - value < (self.high - self.low) / 10


def axis(values: Sequence[Decimal], *, is_share: bool, from_zero: bool) -> Axis:
    """Choose the marks that hold all values, a target among them.

    A share of at least a half is drawn up to the whole and none beyond it; what is counted has no fractions.
    """
    bottom, top = min(values, default=Decimal(0)), max(values, default=Decimal(0))
    if is_share and WHOLE / 2 <= top <= WHOLE:
        top = WHOLE
    if from_zero or bottom == top:
        bottom, top = min(bottom, Decimal(0)), max(top, Decimal(0))
    if is_share:
        bottom = min(bottom, max(top - SHARE_SPAN, Decimal(0)))
    step = _step(top - bottom, Decimal(0) if is_share else Decimal(1))
    low = (bottom / step).to_integral_value(ROUND_FLOOR) * step
    high = (top / step).to_integral_value(ROUND_CEILING) * step
    return Axis(low, max(high, low + step), step)


def _step(span: Decimal, least: Decimal) -> Decimal:
    """The smallest round step that needs no more than `STEPS` steps."""
    wanted = max(span / STEPS, least)
    if not wanted:
        return Decimal(1)
    return next(step for step in _round_steps(wanted.adjusted()) if step >= wanted)


def _round_steps(power: int) -> Iterator[Decimal]:
    for first in (1, 2, 5, 10):
        yield first * Decimal(10) ** power


def label(marks: Axis, *, is_share: bool, language: Language) -> str:
    """The JavaScript that writes a mark: all in one size, large ones in the words people use, none alike."""
    size, after = Decimal(1), " + ' %'" if is_share else ""
    if not is_share:
        largest = max(abs(marks.low), abs(marks.high))
        sized = ((size, f" + (v ? ' {name.to(language)}' : '')") for size, name in _SIZES if largest >= size)
        size, after = next(sized, (size, after))
    places = max(0, -(marks.step / size).normalize().adjusted())
    written = f"(v / {size:f}).toLocaleString('{LOCALES[language]}', {{maximumFractionDigits: {places}}})"
    return f"v => {written}{after}"
