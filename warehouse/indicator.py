"""What an indicator is: a number the province watches, declared once and never retyped."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Literal

from iochub.errors import DeclarationError
from iochub.ingest.feed import Feed
from iochub.text import Text
from iochub.warehouse.aggregates import (
    Aggregate,
    Count,
    Derived,
    Distinct,
    InTime,
    Is,
    Late,
    Points,
    Ratio,
    Share,
    Sum,
    Worth,
)
from iochub.warehouse.kinds import Ahead, Balance, Flow, Kind, KindName, Latest, Listed, PeriodEnd
from iochub.warehouse.period import Period, Step


@dataclass(frozen=True, slots=True)
class Target:
    """A value aimed for by the end of a year, with its legal source."""

    value: Decimal
    by: str
    """The year, e.g. `2025`."""
    source: str
    at_least: bool = True
    """False where the value must not be exceeded."""


@dataclass(frozen=True, slots=True)
class Desk:
    """People who watch a family of indicators."""

    name: str
    title: Text


@dataclass(frozen=True, slots=True)
class Indicator:
    """One number the province watches, everywhere the same; its values are figures.

    Raises: DeclarationError when it names what its feed does not carry; its author acts.
    """

    name: str
    title: Text
    feed: type[Feed]
    desk: Desk
    kind: Kind
    value: Aggregate | Derived
    measure: str
    """The unit of measurement, in Vietnamese; `dashboards/wall/format.py` has its English."""
    definition: Text
    formula: str
    """For people, in Vietnamese alone: the API has one field for it, not one per language."""
    owner: Text
    source: str
    version: int
    """Raised when something else is counted; figures quoted earlier keep theirs."""
    better: Literal["higher", "lower", "neither"]
    """Which way is good; colours a change."""
    dimensions: tuple[str, ...] = ()
    where: tuple[Is, ...] = ()
    targets: tuple[Target, ...] = ()
    window: Step = "year"
    """The period shown when none is asked for."""
    is_headline: bool = True
    """Whether the overview has a tile of it; all are on their desk's page."""
    hides_small: bool = True
    """Whether its rows are about people, so that fewer than five can point at one."""
    definition_version: str = field(init=False, compare=False)
    """Names what is counted and how, not the titles: `1-9f447b43` is version 1 and a hash.

    With another one the hub counts the figure anew from all rows, at its next start.
    """

    def __post_init__(self) -> None:
        object.__setattr__(self, "definition_version", self._hashed())
        self._check_names()
        self._check_meaning()

    @property
    def roles(self) -> tuple[str, ...]:
        """The date roles whose cells this figure is counted from."""
        if isinstance(self.kind, Balance):
            return self.kind.enters, self.kind.leaves
        if isinstance(self.kind, Listed):
            return self.kind.role, self.kind.enters, self.kind.leaves
        return (self.kind.role,)

    @property
    def kind_name(self) -> KindName:
        """The kind in the words of the API."""
        if isinstance(self.kind, Flow | Listed):
            return "flow"
        return "period_end" if isinstance(self.kind, PeriodEnd) else "stock"

    @property
    def parts(self) -> tuple[str, ...]:
        """The indicators this one is made of when it is asked for; none where it is counted from rows."""
        return self.value.parts if isinstance(self.value, Ratio | Points) else ()

    @property
    def is_stored(self) -> bool:
        """Whether it is counted from rows; of what is made of other figures nothing is stored."""
        return not self.parts

    @property
    def is_own(self) -> bool:
        """Whether a unit's figure is only what it said of itself."""
        return isinstance(self.kind, Latest) and self.kind.own

    @property
    def instants(self) -> str | None:
        """The column whose instants each cell keeps, so that the figure can be judged at any instant."""
        if isinstance(self.value, InTime | Late):
            return self.value.late
        return self.kind.over if isinstance(self.kind, Ahead) else None

    def _hashed(self) -> str:
        counted = (
            self.name, self.feed.name, self.kind, self.value, self.where, self.dimensions, self.version
        )  # fmt: skip
        return f"{self.version}-{hashlib.sha256(_written(counted).encode()).hexdigest()[:8]}"

    def _check_names(self) -> None:
        roles = {role.name for role in self.feed.roles}
        types = {column.name: column.type for column in self.feed.columns}
        for role in self.roles:
            self._demand(role in roles, f"has no date role {role}")
        named = [*self.dimensions, *(one.column for one in self.where)]
        if isinstance(self.value, Share):
            named += [one.column for one in self.value.of]
        if isinstance(self.value, Sum | Worth | Distinct):
            named.append(self.value.column)
        if self.instants is not None:
            named.append(self.instants)
        for column in named:
            self._demand(column in types, f"has no column {column}")
        if isinstance(self.value, Sum | Worth):
            self._demand("Decimal" in types[self.value.column], f"column {self.value.column} is no Decimal")
        if self.instants is not None:
            self._demand("DateTime64" in types[self.instants], f"column {self.instants} is no instant")

    def _check_meaning(self) -> None:
        if self.is_stored and isinstance(self.value, InTime | Late) != isinstance(self.kind, PeriodEnd):
            raise DeclarationError(
                f"{self.name}: a share in time is judged at a period's end, and nothing else is.",
                indicator=self.name,
            )
        if self.is_stored and isinstance(self.kind, Balance | Ahead) and not isinstance(self.value, Count):
            raise DeclarationError(f"{self.name}: this kind of stock only counts.", indicator=self.name)
        if self.is_stored and isinstance(self.kind, Listed) and not isinstance(self.value, Distinct):
            raise DeclarationError(f"{self.name}: of what is listed values are counted.", indicator=self.name)
        if isinstance(self.kind, Latest) and not isinstance(self.value, Sum):
            raise DeclarationError(f"{self.name}: what was said last is a sum.", indicator=self.name)
        if len(set(self.dimensions)) != len(self.dimensions) or "unit" in self.dimensions:
            raise DeclarationError(
                f"{self.name}: a dimension is named twice, or `unit`, which every figure has.",
                indicator=self.name,
            )

    def _demand(self, holds: bool, what: str) -> None:
        if not holds:
            raise DeclarationError(
                f"{self.name}: the feed {self.feed.name} {what}.", indicator=self.name, feed=self.feed.name
            )


def by_version(definition_version: str) -> tuple[int, str]:
    """Sort key of definition versions: `10-…` comes after `9-…`."""
    return int(definition_version.partition("-")[0]), definition_version


def target_of(targets: Sequence[Target], period: Period) -> Target | None:
    """The target in force: the nearest one due in the period's last year or later, else the last one.

    So a target by 2025 is the aim of every year before it too and, where none is later, of every year after
    it: a tile always has something to aim at.
    """
    last_year = str((period.end - timedelta(days=1)).year)
    ordered = sorted(targets, key=lambda target: target.by)
    ahead = [target for target in ordered if target.by >= last_year]
    return next(iter(ahead or ordered[-1:]), None)


def _written(value: object) -> str:
    """Write a declaration the same way in every process; with a class or field renamed here it is another."""
    if is_dataclass(value) and not isinstance(value, type):
        inner = ",".join(f"{field.name}={_written(getattr(value, field.name))}" for field in fields(value))
        return f"{type(value).__name__}({inner})"
    if isinstance(value, tuple):
        return "(" + ",".join(map(_written, value)) + ")"
    return repr(value)
