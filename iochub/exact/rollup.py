"""From touches to figures: recount what was touched, once, and never let an older count win."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from iochub.exact.version import Cell

OFFSET_BITS = 48
"""A figure's version is its touch topic's era above 48 bits of offset."""


class Touch(NamedTuple):
    """A note that one cell must be recounted, as it comes from `windows.touched`."""

    partition: int
    offset: int
    cell: Cell


class RollupStore(Protocol):
    """What rolling up asks of the warehouse and of Kafka; every call may be repeated."""

    def recount(self, cells: Mapping[Cell, int]) -> Collection[Cell]:
        """Recount these cells from their rows, keep what changed under the given version, answer it."""

    def record_positions(self, era: int, positions: Mapping[int, int]) -> None:
        """Remember the next offset to read per partition of `windows.touched`."""

    def publish_changed(self, cells: Collection[Cell]) -> None:
        """Tell listeners which cells have new figures."""


def roll_up(era: int, batch: Sequence[Touch], store: RollupStore) -> Iterator[str]:
    """Walk one batch of touches through all steps, pausing after each."""
    changed = store.recount(newest_touches(era, batch))
    yield "figures stored"
    store.publish_changed(changed)
    yield "changes published"
    positions: dict[int, int] = {}
    for touch in batch:
        positions[touch.partition] = max(positions.get(touch.partition, 0), touch.offset + 1)
    store.record_positions(era, positions)
    yield "progress recorded"


def newest_touches(era: int, batch: Sequence[Touch]) -> dict[Cell, int]:
    """Coalesce by cell; the version is the last touch consumed for it.

    Offsets do not step back, clocks may; a zombie that is behind carries a lower offset and loses.
    """
    newest: dict[Cell, int] = {}
    for touch in batch:
        version = era << OFFSET_BITS | touch.offset
        if version > newest.get(touch.cell, -1):
            newest[touch.cell] = version
    return newest
