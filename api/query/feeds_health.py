"""How the feeds are doing, from the receipts and from how far landing has come."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from ulid import ULID

from iochub.api.query.ports import FeedHealth, FeedState
from iochub.clock import day_start, local_day, milliseconds
from iochub.ingest.feed import SILENT_BEATS, Feed
from iochub.warehouse.store import Store

KEPT_SECONDS = 1.0
"""All who ask within this time share one answer: a screen asks every two seconds."""
CATCHING_UP = timedelta(seconds=10)
"""Landing is normally done within two seconds; what waits longer is a backlog."""
MARGIN = timedelta(minutes=10)
"""Receipts are named by the gateways' clocks, which may differ a little."""
OLDEST = timedelta(days=7)
"""How far back unlanded deliveries are looked for."""

TODAY = """
SELECT feed, sum(accepted), sum(rejected), sumMap(reasons), max(received_at)
FROM receipts FINAL
WHERE receipt >= {first:String} AND received_at >= {today:DateTime64(3, 'UTC')}
GROUP BY feed
"""

LANDED = """
SELECT feed, max(last_received_at), max(last_event_at) FROM land_progress GROUP BY feed
"""

WAITING = """
SELECT sum(parcel.3), min(accepted_at)
FROM (
    SELECT era, accepted_at, arrayJoin(parcels) AS parcel
    FROM receipts FINAL WHERE receipt >= {first:String} AND feed = {feed:String}
) AS kept
LEFT JOIN (
    SELECT era, partition, max(position) AS reached
    FROM land_progress WHERE feed = {feed:String} GROUP BY era, partition
) AS landed ON landed.era = kept.era AND landed.partition = kept.parcel.1
WHERE kept.parcel.2 >= landed.reached
HAVING count() > 0
"""


class StoredFeedsHealth:
    """The feeds' health as the warehouse knows it; one answer serves everybody for a second."""

    def __init__(
        self, store: Store, feeds: Iterable[type[Feed] | Feed], clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._feeds = tuple(feeds)
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: tuple[float, Sequence[FeedHealth]] | None = None

    def read(self) -> Sequence[FeedHealth]:
        """Every feed, in the order of the registry.

        Raises: StoreUnavailable when the warehouse is away; whoever watches the hub acts.
        """
        with self._lock:
            if self._kept is None or time.monotonic() - self._kept[0] > KEPT_SECONDS:
                self._kept = (time.monotonic(), self._read())
            return self._kept[1]

    def _read(self) -> list[FeedHealth]:
        at = self._clock()
        midnight = day_start(local_day(at))
        today = {
            row[0]: row[1:]
            for row in self._store.rows(TODAY, {"first": first_receipt(midnight - MARGIN), "today": midnight})
        }
        landed = {row[0]: row[1:] for row in self._store.rows(LANDED)}
        return [self._health(feed, today.get(feed.name), landed.get(feed.name), at) for feed in self._feeds]

    def _health(
        self,
        feed: type[Feed] | Feed,
        today: tuple[Any, ...] | None,
        landed: tuple[Any, ...] | None,
        at: datetime,
    ) -> FeedHealth:
        accepted, rejected, reasons, last_today = today or (0, 0, {}, None)
        last_landed, last_event = landed or (None, None)
        received = max((instant for instant in (last_today, last_landed) if instant), default=None)
        events, oldest = self._waiting(feed.name, last_landed, at)
        waited = None if oldest is None else max((at - oldest).total_seconds(), 0.0)
        return FeedHealth(
            name=feed.name,
            title=feed.title,
            publisher=feed.publisher,
            every_seconds=int(feed.every.total_seconds()),
            state=state_of(received, waited, feed.every, at),
            last_received_at=received,
            last_event_at=last_event,
            lag_events=events,
            lag_seconds=0.0 if waited is None else round(waited, 1),
            accepted_today=accepted,
            rejected_today=rejected,
            rejects=tuple(sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))),
        )

    def _waiting(self, feed: str, last_landed: datetime | None, at: datetime) -> tuple[int, datetime | None]:
        since = max(at - OLDEST, (last_landed or at - OLDEST) - MARGIN)
        rows = self._store.rows(WAITING, {"first": first_receipt(since), "feed": feed})
        return (rows[0][0], rows[0][1]) if rows else (0, None)


def state_of(received: datetime | None, waited: float | None, every: timedelta, at: datetime) -> FeedState:
    """What to say of a feed in one word: never zero for silence, never fine while a backlog waits."""
    if received is None:
        return "no_data"
    if waited is not None and waited > CATCHING_UP.total_seconds():
        return "partial"
    return "stale" if at - received > SILENT_BEATS * every else "ok"


def first_receipt(instant: datetime) -> str:
    """The lowest receipt id that an instant can have: ULIDs sort by time."""
    return str(ULID.from_bytes(milliseconds(instant).to_bytes(6, "big") + bytes(10)))
