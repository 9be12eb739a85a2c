"""Which declarations the figures were counted by, so that a new or changed one is counted from all rows."""

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice

from iochub.exact.version import Cell
from iochub.ingest.topic_list import WINDOWS_TOUCHED
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.store import Store

CELLS_AT_ONCE = 10_000

NOT_DECLARED = ""
"""The definition of a figure that was declared once and is no more."""

KNOWN = "SELECT indicator, argMax(definition_version, recorded_at) FROM definitions GROUP BY indicator"


def touch_for_changes(
    store: Store, indicators: Collection[Indicator], publish: Callable[[Collection[Cell]], object], era: int
) -> list[str]:
    """Touch every cell of the feeds whose figures are declared anew; answers these figures' names.

    In a new era of `windows.touched` all are: what had been touched and not recounted went with the topic of
    before. The declarations are remembered only after their touches were published: a crash in between
    repeats. A figure that is declared no more is forgotten: while it is, nobody recounts it. Of one that is
    made of others nothing is stored.

    Raises: StoreUnavailable; the caller tries again.
    """
    known: dict[str, str] = dict(store.rows(KNOWN))
    indicators = [one for one in indicators if one.is_stored]
    declared = {one.name: one.definition_version for one in indicators} | {WINDOWS_TOUCHED: str(era)}
    lost = known.get(WINDOWS_TOUCHED, str(era)) != str(era)
    changed = [one for one in indicators if lost or known.get(one.name) != one.definition_version]
    for feed in sorted({one.feed.name for one in changed}):
        for cells in _portions(cells_of(store, feed)):
            publish(cells)
    told = dict.fromkeys(known, NOT_DECLARED) | declared
    fresh = [(name, version) for name, version in told.items() if known.get(name) != version]
    store.insert("definitions", ("indicator", "definition_version"), fresh)
    return [one.name for one in changed]


def cells_of(store: Store, feed: str) -> Iterator[Cell]:
    """Every cell that ever held a row; an emptied one costs a recount that changes nothing."""
    for role, day, unit in store.rows(f"SELECT DISTINCT role, day, unit FROM {feed}_cells"):
        yield Cell(feed, role, day, unit)


def _portions(cells: Iterator[Cell]) -> Iterator[Sequence[Cell]]:
    while portion := list(islice(cells, CELLS_AT_ONCE)):
        yield portion
