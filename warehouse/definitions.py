"""Which declarations the figures were counted by, so that a new or changed one is counted from all rows."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice

from iochub.exact.version import Cell
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.store import Store

CELLS_AT_ONCE = 10_000

KNOWN = "SELECT indicator, argMax(definition_version, recorded_at) FROM definitions GROUP BY indicator"


def touch_for_changes(
    store: Store, indicators: Iterable[Indicator], publish: Callable[[Collection[Cell]], object]
) -> list[str]:
    """Touch every cell of the feeds whose figures are declared anew; answers these figures' names.

    The declarations are remembered only after their touches were published: a crash in between repeats.

    Raises: StoreUnavailable; the caller tries again.
    """
    known: dict[str, str] = dict(store.rows(KNOWN))
    changed = [one for one in indicators if known.get(one.name) != one.definition_version]
    for feed in sorted({one.feed.name for one in changed}):
        for cells in _portions(cells_of(store, feed)):
            publish(cells)
    store.insert(
        "definitions",
        ("indicator", "definition_version"),
        [(one.name, one.definition_version) for one in changed],
    )
    return [one.name for one in changed]


def cells_of(store: Store, feed: str) -> Iterator[Cell]:
    """Every cell that ever held a row; an emptied one costs a recount that changes nothing."""
    for role, day, unit in store.rows(f"SELECT DISTINCT role, day, unit FROM {feed}_cells"):
        yield Cell(feed, role, day, unit)


def _portions(cells: Iterator[Cell]) -> Iterator[Sequence[Cell]]:
    while portion := list(islice(cells, CELLS_AT_ONCE)):
        yield portion
