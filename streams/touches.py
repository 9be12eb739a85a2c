"""Touches on their way: notes that cells must be recounted, packed per partition."""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date

import msgspec

from iochub.errors import StoreUnavailable
from iochub.event import partition_of
from iochub.exact.place import mark_of
from iochub.exact.rollup import Touch
from iochub.exact.version import Cell
from iochub.ingest.publish import Outgoing, Publisher
from iochub.ingest.topic_list import FIGURES_CHANGED, WINDOWS_TOUCHED

CELLS_IN_RECORD = 2_000
WAIT_SECONDS = 60.0

Packed = tuple[str, str, date, str]

_pack = msgspec.json.Encoder().encode
_unpack = msgspec.json.Decoder(list[Packed]).decode


class CellPublisher:
    """Publishes cells from any thread, through the producer that lives beside the event loop."""

    def __init__(self, publisher: Publisher, partitions: int) -> None:
        self._publisher = publisher
        self._partitions = partitions
        self.loop: asyncio.AbstractEventLoop | None = None
        """The loop beside which the publisher lives, once it runs."""

    def touches(self, era: int) -> Callable[[Collection[Cell]], Mapping[int, int]]:
        """A function that publishes touches and answers the end mark of each touched partition."""

        def publish(cells: Collection[Cell]) -> Mapping[int, int]:
            ends: dict[int, int] = {}
            for partition, offset in self._publish(WINDOWS_TOUCHED, cells):
                ends[partition] = max(ends.get(partition, 0), mark_of(era, offset + 1))
            return ends

        return publish

    def changed(self, cells: Collection[Cell]) -> None:
        """Tell listeners which cells were recounted."""
        self._publish(FIGURES_CHANGED, cells)

    def _publish(self, topic: str, cells: Collection[Cell]) -> list[tuple[int, int]]:
        if self.loop is None:
            raise StoreUnavailable("The way to Kafka is not open yet.", store="kafka")
        records = list(packed(topic, cells, self._partitions))
        told = asyncio.run_coroutine_threadsafe(self._publisher.publish(records), self.loop)
        return [(position.partition, position.offset) for position in told.result(WAIT_SECONDS)]


def packed(topic: str, cells: Collection[Cell], partitions: int) -> Iterator[Outgoing]:
    """One record per partition and two thousand cells; a cell always has the same partition."""
    by_partition: dict[int, list[Cell]] = {}
    for cell in cells:
        by_partition.setdefault(cell_partition(cell, partitions), []).append(cell)
    for partition, own in by_partition.items():
        for start in range(0, len(own), CELLS_IN_RECORD):
            yield Outgoing(topic, partition, _pack(own[start : start + CELLS_IN_RECORD]))


def cell_partition(cell: Cell, partitions: int) -> int:
    """The partition of a cell's touches, the same for every process."""
    return partition_of(f"{cell.feed}|{cell.role}|{cell.day}|{cell.unit}", partitions)


def unpacked(partition: int, offset: int, value: bytes) -> list[Touch]:
    """The touches of one record.

    Raises: msgspec.DecodeError for bytes that are none.
    """
    return [Touch(partition, offset, Cell(*cell)) for cell in _unpack(value)]
