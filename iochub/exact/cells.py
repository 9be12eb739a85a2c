"""From the versions of one thing to its rows in day cells: alive where it is, tombstones where it was."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from iochub.errors import DeclarationError
from iochub.exact.version import WITHDRAWAL, Current, Folding, Version, live


class CellRow(NamedTuple):
    """One row of `<feed>_cells`: alive with the current values, or a tombstone where `current` is None."""

    role: str
    day: date
    unit: str
    entity: str
    version: int
    current: Current | None


def rows_of(
    feed: Folding, entity: str, own: Sequence[Version], related: Sequence[Version] = ()
) -> list[CellRow]:
    """One entity's rows: alive where it is, tombstones in every other cell that it ever implied.

    The row's version is the number of distinct versions read: full knowledge wins over any part of it,
    whoever writes last.

    Raises: DeclarationError when the fold leaves the cells that the versions imply; the feed's author acts.
    """
    version = len(own) + len(related)
    mine = live(own)
    current = feed.fold(mine, live(related) if related else ()) if mine else None
    if current is not None and len(own) == 1:
        # Nearly every thing has one version: it is where that one says, and never was elsewhere.
        unit, days = feed.implied(own[0])
        if unit == current.unit and (days == current.days or set(days) == set(current.days)):
            return [CellRow(role, day, unit, entity, version, current) for role, day in days]
    implied = implied_cells(feed, own)
    alive = {(role, day, current.unit) for role, day in current.days} if current else set()
    if not alive <= implied:
        raise DeclarationError("the fold left the cells that its versions imply", feed=feed.name)
    return [
        CellRow(role, day, unit, entity, version, current if (role, day, unit) in alive else None)
        for role, day, unit in implied
    ]


def implied_cells(feed: Folding, versions: Iterable[Version]) -> set[tuple[str, date, str]]:
    """Every (role, day, unit) that any mixture of these versions could have put the entity into."""
    units: set[str] = set()
    days: set[tuple[str, date]] = set()
    for version in versions:
        if version.kind == WITHDRAWAL:
            continue
        implied = feed.implied(version)
        days.update(implied.days)
        if implied.unit is not None:
            units.add(implied.unit)
    return {(role, day, unit) for unit in units for role, day in days}
