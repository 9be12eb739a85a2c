"""Which days count for a period, and when they are judged: the kind of an indicator."""

from dataclasses import dataclass
from typing import Literal

KindName = Literal["flow", "stock", "period_end"]


@dataclass(frozen=True, slots=True)
class Flow:
    """What happened on the days of a period; days add up."""

    role: str


@dataclass(frozen=True, slots=True)
class Told(Flow):
    """What is reported day by day; days add up, and one that nobody reported is not known."""


@dataclass(frozen=True, slots=True)
class Monthly(Told):
    """What is reported of whole months, on the last day of each; months add up, and have no days.

    A period that begins within a month is not known.
    """


@dataclass(frozen=True, slots=True)
class PeriodEnd:
    """What happened in a period, judged at its end or now, whichever is earlier; months do not add up."""

    role: str


@dataclass(frozen=True, slots=True)
class SoFar:
    """A stock: all that had happened by the end of the period, or by now."""

    role: str


@dataclass(frozen=True, slots=True)
class Balance:
    """A stock: what had entered and not yet left by the end of the period, or by now."""

    enters: str
    leaves: str


@dataclass(frozen=True, slots=True)
class Ahead:
    """A stock: what lies within so many days, from the period's last day or today on, and is not yet over."""

    role: str
    over: str
    """The column with the instant at which a thing was over."""
    days: int


@dataclass(frozen=True, slots=True)
class Latest:
    """A stock: what each unit last said by the end of the period, or by now; the units' add up.

    With `own` only what the asked unit said of itself: ranks and shares do not add up.
    """

    role: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """What happened in a period to things that are in a list at its end, or now; periods do not add up."""

    role: str
    enters: str
    leaves: str


Kind = Flow | PeriodEnd | SoFar | Balance | Ahead | Latest | Listed
"""Which days count for a period, and when they are judged. `role`, `enters` and `leaves` are date roles."""
