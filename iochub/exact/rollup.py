"""From touches to figures: recount what was touched, once, and never let an older count win."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from iochub.exact.place import mark_of
from iochub.exact.version import Cell


class Touch(NamedTuple):
    """A note that one cell must be recounted, as it comes from `windows.touched`."""

    partition: int
    offset: int
    cell: Cell


class RollupStore(Protocol):
    """What rolling up asks of the warehouse and of Kafka; every call may be repeated."""

    def recount(self, cells: Mapping[Cell, int]) -> None:
        """Recount these cells from their rows and keep, under the given version, what differs from before.

        A member or a cell that has lost its last row gets a figure of 0 rows. Begins only after every recount
        that anyone began before has ended, also one whose caller has given up or died: what equals the
        current figure is not kept, so an older count that became visible later would win.
        """

    def publish_changed(self, cells: Collection[Cell]) -> None:
        """Tell listeners which cells were recounted."""

    def record_positions(self, era: int, positions: Mapping[int, int]) -> None:
        """Remember the next offset to read per partition of `windows.touched`; never an earlier one."""


def roll_up(era: int, batch: Sequence[Touch], store: RollupStore) -> Iterator[str]:
    """Walk one batch of touches through all steps, pausing after each.

    Listeners hear of every recounted cell, not only of what this attempt changed: the attempt that changed
    it may have died before it could tell.
    """
    newest = newest_touches(era, batch)
    store.recount(newest)
    yield "figures stored"
    store.publish_changed(newest.keys())
    yield "changes published"
    store.record_positions(era, next_offsets(batch))
    yield "progress recorded"


def newest_touches(era: int, batch: Sequence[Touch]) -> dict[Cell, int]:
    """Coalesce by cell; the version is the mark of the last touch consumed for it.

    Offsets do not step back, clocks may; a zombie that is behind carries a lower offset and loses.
    """
    newest: dict[Cell, int] = {}
    for touch in batch:
        version = mark_of(era, touch.offset)
        if version > newest.get(touch.cell, -1):
            newest[touch.cell] = version
    return newest


def next_offsets(batch: Sequence[Touch]) -> dict[int, int]:
    """The next offset to read, per partition of the batch."""
    positions: dict[int, int] = {}
    for touch in batch:
        positions[touch.partition] = max(positions.get(touch.partition, 0), touch.offset + 1)
    return positions
