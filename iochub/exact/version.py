"""What is known about one thing, and what it adds up to."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol

from iochub.exact.place import arrival_of

WITHDRAWAL = "withdrawal"
"""The kind every feed has: its sender takes back what it sent about an entity before."""


class Version(NamedTuple):
    """One record of one kind about one entity in one delivery.

    `place` is its rank among the versions of its entity, packed by `place_of`. `reading` is the validated row
    that the feed read; `relations` are (relation, target entity) pairs.
    """

    entity: str
    kind: str
    place: int
    version_id: str
    sender: str
    relations: tuple[tuple[str, str], ...]
    reading: Mapping[str, object]


class Cell(NamedTuple):
    """The smallest drawer of a figure: what lies in one unit on one local day.

    `role` is the date role, which of a thing's days is meant: received, finished, issued.
    """

    feed: str
    role: str
    day: date
    unit: str


class Implied(NamedTuple):
    """Where one version alone would put its entity: the unit it names, and days by date role."""

    unit: str | None
    days: tuple[tuple[str, date], ...]


class Current(NamedTuple):
    """The current row of an entity: its unit, its days by role, its values in the feed's column order."""

    unit: str
    days: tuple[tuple[str, date], ...]
    values: tuple[object, ...]


class Folding(Protocol):
    """What the exact part needs to know of a feed."""

    @property
    def name(self) -> str:
        """Its name, as tables and topics have it."""

    @property
    def has_relations(self) -> bool:
        """Whether its versions ever name other entities."""

    def implied(self, version: Version) -> Implied:
        """The unit and days that this version names; `unknown` is a unit too, None names none."""

    def fold(self, own: Sequence[Version], related: Sequence[Version]) -> Current | None:
        """The current row from the live versions of an entity and of its relations, in place order.

        Pure. The unit is one that a version of `own` implies, and so is each day: elsewhere no tombstone
        (`cells.py`) would ever find the row. `related` holds every neighbour that any version ever named, so
        a relation that a later version dropped is judged here. Of no versions there is no row.
        """


def live(versions: Sequence[Version]) -> list[Version]:
    """Drop what its own sender withdrew after it had arrived; in place order.

    A version that arrives after the withdrawal counts again; the same delivery sent again keeps its
    first arrival and so stays withdrawn. A withdrawal reaches no other entity, whoever else is in the list.
    """
    if len(versions) < 2:
        return [version for version in versions if version.kind != WITHDRAWAL]
    withdrawn: dict[tuple[str, str], int] = {}
    for version in versions:
        if version.kind == WITHDRAWAL:
            key = (version.entity, version.sender)
            withdrawn[key] = max(withdrawn.get(key, 0), arrival_of(version.place))
    if withdrawn:
        versions = [version for version in versions if not _masked(version, withdrawn)]
    return sorted(versions, key=by_place)


def _masked(version: Version, withdrawn: Mapping[tuple[str, str], int]) -> bool:
    """A withdrawal itself says nothing more than what it masks."""
    until = withdrawn.get((version.entity, version.sender), -1)
    return version.kind == WITHDRAWAL or arrival_of(version.place) <= until


def by_place(version: Version) -> tuple[int, str]:
    """Sort key: the place; two entities of two partitions may share one."""
    return version.place, version.entity
