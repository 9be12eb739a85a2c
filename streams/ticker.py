"""Figures that move without an event: cells whose rows come to change at an instant are touched then."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial

from iochub.exact.version import Cell
from iochub.ingest.feed import Feed
from iochub.streams.patience import until_done
from iochub.warehouse.binding import instant
from iochub.warehouse.instants import remember
from iochub.warehouse.store import Store

TICK_SECONDS = 5.0
LOOK_BACK = timedelta(days=1)
"""After a stop, instants passed in the meantime are made up for as far back as this."""

COLUMN = "next_change_at"


async def tick(
    store: Store,
    feeds: Iterable[Feed],
    publish: Callable[[Collection[Cell]], Mapping[int, int]],
    clock: Callable[[], datetime],
) -> None:
    """Every few seconds, remember the instant, and touch the cells in which one has passed since before."""
    changing = [feed.name for feed in feeds if any(column.name == COLUMN for column in feed.columns)]
    since = clock() - LOOK_BACK
    while True:
        until = clock()
        await until_done("the ticker", partial(remember, store))
        for feed in changing:
            cells = await until_done("the ticker", partial(passed, store, feed, since, until))
            if cells:
                await until_done("the ticker", partial(publish, cells))
        since = until
        await asyncio.sleep(TICK_SECONDS)


def passed(store: Store, feed: str, since: datetime, until: datetime) -> list[Cell]:
    """Cells with a row whose next change lies in (since, until].

    Read without FINAL: a superseded row costs a recount that changes nothing, FINAL would cost a merge.
    """
    rows = store.rows(
        f"SELECT DISTINCT role, day, unit FROM {feed}_cells "
        f"WHERE {COLUMN} > {{since:DateTime64(3, 'UTC')}} AND {COLUMN} <= {{until:DateTime64(3, 'UTC')}} "
        "AND NOT is_deleted",
        {"since": instant(since), "until": instant(until)},
    )
    return [Cell(feed, role, day, unit) for role, day, unit in rows]
