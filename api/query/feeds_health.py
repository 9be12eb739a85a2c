"""How the feeds are doing, from what was accepted and from how far landing and roll up have come."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from iochub.api.gateway.stopping import LEAST_RECORDS, ONE_IN, WINDOW_SECONDS
from iochub.api.query.kept import Kept
from iochub.api.query.ports import AgencyHealth, Arrived, FeedHealth, FeedState
from iochub.clock import day_start, local_day
from iochub.event import events_topic
from iochub.exact.place import MARK_BITS
from iochub.ingest.feed import Feed
from iochub.ingest.silence import Silence, silence
from iochub.ingest.topic_list import WINDOWS_TOUCHED
from iochub.warehouse.positions import reached
from iochub.warehouse.receipts import first_receipt
from iochub.warehouse.senders import SenderTally
from iochub.warehouse.store import Store
from iochub.warehouse.tally import together

KEPT_SECONDS = 1.0
"""All who ask within this time share one answer: a screen asks every two seconds."""
CATCHING_UP = timedelta(seconds=10)
"""Landing and roll up are normally done within two seconds; what waits longer is missing from the figures."""
MARGIN = timedelta(minutes=10)
"""Receipts are named by the gateways' clocks, which may differ a little."""
OLDEST = timedelta(days=7)
"""How far back uncounted deliveries are looked for."""

TODAY = """
SELECT feed, sum(accepted), sum(rejected), sumMap(reasons), max(received_at)
FROM receipts FINAL
WHERE receipt >= {first:String} AND received_at >= {today:DateTime64(3, 'UTC')}
GROUP BY feed
"""

# By the receipts alone, as the gateways judge: a sender whose good trial opened a feed again is still named
# until its window has passed, and what was sent to mend counts on neither side.
TOO_BAD = """
SELECT feed, count() FROM (
    SELECT feed, sender, sum(accepted) AS taken, sum(rejected) AS refused
    FROM receipts FINAL
    WHERE receipt >= {first:String} AND received_at >= {since:DateTime64(3, 'UTC')} AND receipt NOT IN (
        SELECT receipt FROM dead_letter_replays WHERE at >= {since:DateTime64(3, 'UTC')}
    )
    GROUP BY feed, sender
    HAVING taken + refused >= {least:UInt64} AND refused * {one_in:UInt64} > taken + refused
) GROUP BY feed
"""

LANDED = """
SELECT feed, max(last_received_at), max(last_event_at) FROM land_progress GROUP BY feed
"""

# Of what was landed lately, that is counted whose touches roll up has consumed; what was landed earlier and
# still is not counted shows in the age of its touches.
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
LEFT JOIN (
    WITH (
        SELECT mapFromArrays(groupArray(touched), groupArray(mark)) FROM (
            SELECT toUInt32(partition) AS touched,
                max(bitShiftLeft(toUInt64(era), {bits:UInt8}) + latest) AS mark
            FROM (
                SELECT era, partition, max(position) AS latest FROM rollup_progress GROUP BY era, partition
            ) GROUP BY touched
        )
    ) AS rolled,
    arrayAll((one, end) -> end <= rolled[one], mapKeys(touch_ends), mapValues(touch_ends)) AS is_counted
    SELECT era, partition, 1 AS is_behind, maxIf(position, is_counted) AS reached
    FROM land_progress WHERE feed = {feed:String} AND recorded_at >= {lately:DateTime64(3, 'UTC')}
    GROUP BY era, partition HAVING countIf(NOT is_counted) > 0
) AS uncounted ON uncounted.era = kept.era AND uncounted.partition = kept.parcel.1
WHERE kept.parcel.2 >= if(uncounted.is_behind, uncounted.reached, landed.reached)
HAVING count() > 0
"""


class Lag(NamedTuple):
    """How much was accepted and is not counted, at least, and since how many seconds the oldest of it."""

    events: int
    seconds: float


NOTHING = Lag(0, 0.0)


class StoredFeedsHealth:
    """The feeds' health as the warehouse knows it; one answer serves everybody for a second."""

    def __init__(
        self,
        store: Store,
        feeds: Iterable[type[Feed] | Feed],
        clock: Callable[[], datetime],
        arrived: Callable[[], Arrived] = lambda: Arrived({}, 0.0),
        tallies: Callable[[], Mapping[str, Sequence[SenderTally]]] = dict,
    ) -> None:
        self._store = store
        self._feeds = tuple(feeds)
        self._clock = clock
        self._arrived = arrived
        self._tallies = tallies
        self._overdue_since: dict[str, datetime] = {}
        self._kept = Kept(self._read, KEPT_SECONDS)

    def read(self) -> Sequence[FeedHealth]:
        """Every feed, in the order of the registry.

        Raises: StoreUnavailable when the warehouse is away; whoever watches the hub acts.
        """
        return self._kept.read()

    def _read(self) -> Sequence[FeedHealth]:
        at = self._clock()
        midnight = day_start(local_day(at))
        today = {
            row[0]: row[1:]
            for row in self._store.rows(TODAY, {"first": first_receipt(midnight - MARGIN), "today": midnight})
        }
        landed = {row[0]: row[1:] for row in self._store.rows(LANDED)}
        arrived, tallies, bad = self._arrived(), self._tallies(), self._too_bad(at)
        overdue = _overdue(arrived, reached(self._store) if arrived.older else {})
        found = []
        for feed in self._feeds:
            records = overdue[WINDOWS_TOUCHED] + overdue[events_topic(feed.name)]
            landed_last, last_event = landed.get(feed.name, (None, None))
            waiting = self._waiting(feed.name, landed_last, at)
            missing = self._missing(feed.name, records, arrived.silent_seconds, at)
            lag = max(waiting, missing, key=lambda one: one.seconds)
            health = _health(feed, today.get(feed.name), (landed_last, last_event), lag, at)
            health = replace(health, too_many_rejects=bad.get(feed.name, 0))
            found.append(_scored(health, feed, tallies.get(feed.name, ()), at))
        return found

    def _too_bad(self, at: datetime) -> dict[str, int]:
        """From how many senders each feed has lately had more rejects than it stands."""
        since = at - timedelta(seconds=WINDOW_SECONDS)
        asked = {
            "first": first_receipt(since - MARGIN),
            "since": since,
            "least": LEAST_RECORDS,
            "one_in": ONE_IN,
        }
        return {feed: int(senders) for feed, senders in self._store.rows(TOO_BAD, asked)}

    def _waiting(self, feed: str, last_landed: datetime | None, at: datetime) -> Lag:
        """By the receipts that were copied: what they promise and is not counted."""
        since = max(at - OLDEST, (last_landed or at - OLDEST) - MARGIN)
        asked = {"feed": feed, "first": first_receipt(since), "lately": at - 2 * MARGIN, "bits": MARK_BITS}
        rows = self._store.rows(WAITING, asked)
        return Lag(rows[0][0], max((at - rows[0][1]).total_seconds(), 0.0)) if rows else NOTHING

    def _missing(self, feed: str, records: int, silent: float, at: datetime) -> Lag:
        """By Kafka itself: workers that stand still copy no receipt, and while Kafka is away none is made."""
        since = self._overdue_since.setdefault(feed, at) if records else self._overdue_since.pop(feed, at)
        if records:
            return Lag(records, CATCHING_UP.total_seconds() + (at - since).total_seconds())
        return Lag(0, silent) if silent >= CATCHING_UP.total_seconds() else NOTHING


def _overdue(arrived: Arrived, positions: Mapping[tuple[str, int], int]) -> Counter[str]:
    """How many records of each topic are older than landing and roll up need, and not worked off.

    Touches of all feeds share a topic: while they wait, no feed's figures are sure.
    """
    counts: Counter[str] = Counter()
    for place, older in arrived.older.items():
        counts[place[0]] += max(0, older - positions.get(place, 0))
    return counts


def _health(
    feed: type[Feed] | Feed,
    today: tuple[Any, ...] | None,
    landed: tuple[datetime | None, datetime | None],
    lag: Lag,
    at: datetime,
) -> FeedHealth:
    accepted, rejected, reasons, last_today = today or (0, 0, {}, None)
    last_landed, last_event = landed
    received = max((instant for instant in (last_today, last_landed) if instant), default=None)
    silent = None if received is None else silence(feed, received, at)
    return FeedHealth(
        name=feed.name,
        title=feed.title,
        publisher=feed.publisher,
        every_seconds=int(feed.every.total_seconds()),
        state=state_of(silent, lag.seconds),
        last_received_at=received,
        last_event_at=last_event,
        lag_events=lag.events,
        lag_seconds=round(lag.seconds, 1),
        accepted_today=accepted,
        rejected_today=rejected,
        rejects=tuple(sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))),
        calendar=feed.calendar,
        silence=silent,
    )


def _scored(
    health: FeedHealth, feed: type[Feed] | Feed, senders: Sequence[SenderTally], at: datetime
) -> FeedHealth:
    """With what its senders did of late; one that never sent is listed, for somebody waits for it."""
    agencies = tuple(
        AgencyHealth(
            one.agency,
            one.tally,
            None if one.last_received_at is None else silence(feed, one.last_received_at, at),
        )
        for one in senders
    )
    return replace(health, tally=together(one.tally for one in senders), agencies=agencies)


def state_of(silent: Silence | None, waited: float) -> FeedState:
    """What to say of a feed in one word: never zero for silence, never fine while something waits."""
    if silent is None:
        return "no_data"
    if waited >= CATCHING_UP.total_seconds():
        return "partial"
    return "stale" if silent.is_broken_promise else "ok"
