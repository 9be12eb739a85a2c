"""How each sender of each feed has done of late, counted from receipts, declarations and what stands."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from iochub.clock import day_start, local_day
from iochub.ingest.feed import Feed
from iochub.warehouse.completeness import Compared
from iochub.warehouse.holdings import SENDER
from iochub.warehouse.receipts import first_receipt
from iochub.warehouse.store import Store
from iochub.warehouse.tables import quoted
from iochub.warehouse.tally import Tally

SCORED_DAYS = 30
"""An office that sends once a week is judged by four deliveries; what was mended weeks ago is forgotten."""

FLAGGED = "flagged"
"""The column by which a feed marks what contradicts itself and needs a look."""

# A delivery that comes again is acknowledged and counts once: what it carried is repeated.
RECEIVED = """
SELECT feed, sender, sum(taken), sum(refused), sum(taken) - sum(once)
FROM (
    SELECT feed, sender, sum(accepted) AS taken, sum(rejected) AS refused, max(accepted) AS once
    FROM receipts FINAL WHERE receipt >= {first:String}
    GROUP BY feed, sender, cityHash64(delivery)
)
GROUP BY feed, sender
"""

LATEST = "SELECT feed, sender, max(received_at) FROM receipts GROUP BY feed, sender"

Sender = tuple[str, str]
"""A feed's name and the code of an agency that sends it."""


@dataclass(frozen=True, slots=True)
class SenderTally:
    """What one agency sent of one feed, and when it last did; None: never."""

    agency: str
    tally: Tally
    last_received_at: datetime | None


class Senders:
    """Counts by feed and agency.

    Listed is who sent on the scored days, and who holds a key for the feed, whether or not it ever sent.
    """

    def __init__(
        self,
        store: Store,
        feeds: Iterable[type[Feed] | Feed],
        compared: Callable[[str], Sequence[Compared]],
        expected: Callable[[], Iterable[Sender]],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._feeds = tuple(feeds)
        self._compared = compared
        self._expected = expected
        self._clock = clock

    def read(self) -> Mapping[str, Sequence[SenderTally]]:
        """By feed, its senders in the order of their codes.

        Raises: StoreUnavailable; the caller asks again later.
        """
        since = day_start(local_day(self._clock()) - timedelta(days=SCORED_DAYS - 1))
        tallies = defaultdict(Tally, dict.fromkeys(self._expected(), Tally()))
        self._add_received(tallies, since)
        for feed in self._feeds:
            self._add_standing(tallies, feed, since)
            self._add_declared(tallies, feed.name, since)
        latest = {(feed, sender): at for feed, sender, at in self._store.rows(LATEST)}
        found: dict[str, list[SenderTally]] = {feed.name: [] for feed in self._feeds}
        for (name, sender), tally in sorted(tallies.items()):
            if name in found:
                found[name].append(SenderTally(sender, tally, latest.get((name, sender))))
        return found

    def _add_received(self, tallies: dict[Sender, Tally], since: datetime) -> None:
        asked = {"first": first_receipt(since)}
        for feed, sender, accepted, rejected, repeated in self._store.rows(RECEIVED, asked):
            tallies[feed, sender] = replace(
                tallies[feed, sender], accepted=accepted, rejected=rejected, repeated=repeated
            )

    def _add_standing(self, tallies: dict[Sender, Tally], feed: type[Feed] | Feed, since: datetime) -> None:
        """Of whom nothing came lately nothing is judged either, though others' corrections may move it."""
        if FLAGGED not in {column.name for column in feed.columns}:
            return
        for sender, held, flagged in self._store.rows(_standing(feed), {"since": local_day(since)}):
            if (feed.name, sender) in tallies:
                tallies[feed.name, sender] = replace(tallies[feed.name, sender], held=held, flagged=flagged)

    def _add_declared(self, tallies: dict[Sender, Tally], feed: str, since: datetime) -> None:
        for one in self._compared(feed):
            if one.declared.at >= since:
                sender = (feed, one.declared.sender)
                before, said = tallies[sender], one.declared.records
                tallies[sender] = replace(
                    before, declared=before.declared + said, found=before.found + min(one.held, said)
                )


def _standing(feed: type[Feed] | Feed) -> str:
    return f"""SELECT {quoted(SENDER)} AS sender, count(), countIf({quoted(FLAGGED)} = 1)
FROM {quoted(feed.name + "_cells")} FINAL
WHERE role = '{feed.roles[0].name}' AND day >= {{since:Date32}}
GROUP BY sender"""
