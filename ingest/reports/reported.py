"""What a reported indicator is: one that an agency tells and the hub cannot compute."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from iochub.text import Text

Form = Literal["count", "share", "rank", "growth"]

PROVINCES = 63
"""Ranked from 2020 to June 2025; fewer since. Source: NQ 202/2025/QH15."""

MOST_COUNTED = Decimal(10) ** 12
"""Far above anything that is counted in a province, far below what a slipped key writes."""

LEAST: dict[Form, Decimal] = {
    "count": Decimal(0), "share": Decimal(0), "rank": Decimal(1), "growth": Decimal(-100),
}  # fmt: skip
MOST: dict[Form, Decimal] = {
    "count": MOST_COUNTED, "share": Decimal(100), "rank": Decimal(PROVINCES), "growth": Decimal(100),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reported:
    """One indicator that agencies report."""

    name: str
    title: Text
    what: Text
    """What is counted, as the beginning of a sentence."""
    measure: str
    form: Form = "count"
    each: Literal["day", "month"] | None = None
    """The period that one report is of, where it happens in time, so that periods add up; else it is how
    things stand on the last day of any period."""
    most: Decimal | None = None
    """The most there can be of it, where that is known."""

    @property
    def is_daily(self) -> bool:
        """Whether it is reported day by day."""
        return self.each == "day"

    @property
    def is_monthly(self) -> bool:
        """Whether it is reported month by month."""
        return self.each == "month"

    @property
    def is_whole(self) -> bool:
        """Whether only whole numbers make sense."""
        return self.form in ("count", "rank")

    @property
    def adds_up(self) -> bool:
        """Whether what the parts of the province report adds up to the whole."""
        return self.form == "count"

    @property
    def bounds(self) -> tuple[Decimal, Decimal]:
        """The least and the most that may be reported."""
        return LEAST[self.form], MOST[self.form] if self.most is None else self.most
