"""Where rolling up recounts touched cells and keeps every version of every figure."""

import time
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import islice

from iochub.errors import StoreUnavailable
from iochub.exact.version import Cell
from iochub.warehouse.binding import texts
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.recount import recount, touched
from iochub.warehouse.store import Store

LONGEST_SECONDS = 8
"""A recount that ran longer could become visible after `as_of` has been asked for: that is 10 s."""

CELLS_AT_ONCE = 2_500
"""Few enough for a statement far below its longest time, many enough to share the cost of one."""

LOOK_AGAIN_SECONDS = 0.02

RUNNING = """
SELECT count() FROM system.processes
WHERE arrayExists(
    mark -> position(concat(query_id, Settings['log_comment']), mark) > 0, {marks:Array(String)}
)
"""


class ClickHouseRollupStore:
    """One worker's way into the figures; lives as long as the worker.

    `unsettled` tells, by partition of touches, below which mark a recount may repeat one that another worker
    left half done: those figures are kept even where they are equal, so that both tables have them.
    `stepped` is told of every statement: a new definition touches so many cells that all take minutes.
    """

    def __init__(
        self,
        store: Store,
        indicators: Iterable[Indicator],
        partition_of: Callable[[Cell], int],
        publish: Callable[[Collection[Cell]], None],
        stepped: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._partition_of = partition_of
        self._publish = publish
        self._stepped = stepped
        self._statements: dict[str, str] = {}
        by_feed: dict[str, list[Indicator]] = {}
        for indicator in indicators:
            if indicator.is_stored:
                by_feed.setdefault(indicator.feed.name, []).append(indicator)
        for feed, watched in by_feed.items():
            self._statements[feed] = recount(feed, watched)
        self._uncertain: set[Cell] = set()
        self.unsettled: dict[int, int] = {}

    def recount(self, cells: Mapping[Cell, int]) -> None:
        """Recount cells and keep, under the given version, what differs from before."""
        for feed, statement in self._statements.items():
            left = iter([(cell, version) for cell, version in cells.items() if cell.feed == feed])
            while some := list(islice(left, CELLS_AT_ONCE)):
                self._recount(statement, some)
                self._stepped()

    def publish_changed(self, cells: Collection[Cell]) -> None:
        """Tell listeners which cells were recounted."""
        self._publish(cells)

    def record_positions(self, era: int, positions: Mapping[int, int]) -> None:
        """Remember the next offset to read per partition; whoever asks takes the highest."""
        self._store.insert(
            "rollup_progress",
            ("era", "partition", "position"),
            [(era, partition, position) for partition, position in positions.items()],
        )

    def _recount(self, statement: str, cells: Sequence[tuple[Cell, int]]) -> None:
        partitions = {cell: self._partition_of(cell) for cell, _ in cells}
        marks = sorted({f"recount.{partition}." for partition in partitions.values()})
        self._wait_for_others(marks)
        asked = [
            (cell, version, cell in self._uncertain or version <= self.unsettled.get(partitions[cell], -1))
            for cell, version in cells
        ]
        self._uncertain.update(partitions)
        self._store.run(
            statement,
            touched(asked),
            {"max_execution_time": str(LONGEST_SECONDS), "query_id": "".join(marks) + uuid.uuid4().hex},
        )
        self._uncertain.difference_update(partitions)

    def _wait_for_others(self, marks: Sequence[str]) -> None:
        """Begin only after every recount of these partitions has ended, also one whose caller died.

        Raises: StoreUnavailable when one does not end; the caller tries again.
        """
        deadline = time.monotonic() + LONGEST_SECONDS
        while self._store.rows(RUNNING, {"marks": texts(marks)})[0][0]:
            if time.monotonic() > deadline:
                raise StoreUnavailable("Another recount does not end.", store="clickhouse")
            time.sleep(LOOK_AGAIN_SECONDS)
