"""What is made of the rows of an indicator, or of other figures: its aggregate."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Is:
    """A filter: only rows whose column has this value count."""

    column: str
    value: str | int


@dataclass(frozen=True, slots=True)
class Count:
    """How many things."""


@dataclass(frozen=True, slots=True)
class Sum:
    """The exact total of a column."""

    column: str


@dataclass(frozen=True, slots=True)
class Distinct:
    """How many different values of a column, exactly."""

    column: str


@dataclass(frozen=True, slots=True)
class InTime:
    """The share, in percent, of the things not yet late at the period's end, or now while it lasts."""

    late: str
    """The column with the instant after which a thing is late; empty where it never is."""


@dataclass(frozen=True, slots=True)
class Late:
    """The share, in percent, of the things that are late at the period's end, or now while it lasts."""

    late: str
    """As in `InTime`."""


@dataclass(frozen=True, slots=True)
class Share:
    """The share, in percent, of the rows with all these values among the rows that count."""

    of: tuple[Is, ...]


@dataclass(frozen=True, slots=True)
class Worth:
    """The exact total of a column, each worth a declared number: a saving per document exchanged."""

    column: str
    each: Decimal


Aggregate = Count | Sum | Worth | Distinct | Share | InTime | Late
"""What is made of the rows that count."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """The share, in percent, that one figure is of another, of the same unit and period."""

    of: str
    among: str

    @property
    def parts(self) -> tuple[str, ...]:
        """The indicators it is made of."""
        return self.of, self.among


@dataclass(frozen=True, slots=True)
class Points:
    """Points of a published scoring, by a rule of `scoring.py`, from other figures of the unit and period.

    They are told as far as their parts are known, and out of how many points that is.
    """

    rule: str
    parts: tuple[str, ...]


Derived = Ratio | Points
"""What is made of other figures when it is asked for; nothing of it is stored."""
