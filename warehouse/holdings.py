"""What the hub holds of one sender, per day, so that the sender can compare it with its own books."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date

from iochub.ingest.declarations import Holding
from iochub.ingest.feed import Feed
from iochub.warehouse.store import Store
from iochub.warehouse.tables import quoted

SENDER = "agency"
"""The column of every feed that names whose version stands."""


class Holdings:
    """Counts what stands of a sender's things by the first day its feed declares: the day they began."""

    def __init__(self, store: Store, feeds: Mapping[str, Feed]) -> None:
        self._store = store
        self._statements = {name: _statement(feed) for name, feed in feeds.items()}

    async def holdings(self, sender: str, feed: str, since: date, until: date) -> Sequence[Holding]:
        """One holding per day that has any, oldest first; `until` is exclusive.

        Raises: StoreUnavailable; the caller asks again later.
        """
        asked = {"sender": sender, "since": since, "until": until}
        rows = await asyncio.to_thread(self._store.rows, self._statements[feed], asked)
        return [Holding(day, records, total) for day, records, total in rows]


def _statement(feed: Feed) -> str:
    total = f"sum({quoted(feed.control_total)})" if feed.control_total else "NULL"
    return f"""SELECT day, count() AS records, {total} AS total
FROM {quoted(feed.name + "_cells")} FINAL
WHERE role = '{feed.roles[0].name}' AND day >= {{since:Date32}} AND day < {{until:Date32}}
    AND {quoted(SENDER)} = {{sender:String}}
GROUP BY day
ORDER BY day"""
