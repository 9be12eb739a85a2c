"""How far a landed receipt has come: positions are compared, rows are never counted."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from iochub.exact.place import mark_of
from iochub.exact.receipt import LandedUpTo, ParcelAt, state_of, tally
from iochub.ingest.receipts import ReceiptState
from iochub.warehouse.binding import numbers
from iochub.warehouse.store import Store

RECEIPT = """
SELECT receipt, feed, sender, era, accepted, rejected, parcels, accepted_at
FROM receipts FINAL WHERE receipt = {receipt:String} LIMIT 1
"""

LANDED = """
SELECT parcel.1 AS partition, parcel.2 AS offset, min(position) AS reached,
    argMin(touch_ends, position) AS ends, argMin(recorded_at, position) AS stored_at
FROM land_progress
INNER JOIN (
    SELECT arrayJoin(arrayZip({partitions:Array(UInt16)}, {offsets:Array(UInt64)})) AS parcel
) AS asked ON land_progress.partition = asked.parcel.1
WHERE feed = {feed:String} AND era = {era:UInt16} AND position > asked.parcel.2
GROUP BY parcel
"""

ASIDE = """
SELECT partition, offset FROM set_aside FINAL
WHERE feed = {feed:String} AND era = {era:UInt16} AND (partition, offset) IN (
    SELECT arrayJoin(arrayZip({partitions:Array(UInt16)}, {offsets:Array(UInt64)}))
)
"""

ROLLED = "SELECT partition, argMax((era, position), (era, position)) FROM rollup_progress GROUP BY partition"

COUNTED_AT = """
SELECT partition, min(recorded_at) FROM rollup_progress
INNER JOIN (
    SELECT arrayJoin(arrayZip({partitions:Array(UInt16)}, {eras:Array(UInt16)}, {ends:Array(UInt64)}))
        AS wanted
) AS asked ON rollup_progress.partition = asked.wanted.1
WHERE (era, position) >= (asked.wanted.2, asked.wanted.3)
GROUP BY partition
"""

Landed = dict[ParcelAt, LandedUpTo | None]


class Receipts:
    """Looks receipts up where the streams have put them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def find(self, receipt_id: str, sender: str | None) -> ReceiptState | None:
        """The state of a receipt; of this sender's only, unless `sender` is None.

        Raises: StoreUnavailable; the caller asks again later.
        """
        return await asyncio.to_thread(self._find, receipt_id, sender)

    def _find(self, receipt_id: str, sender: str | None) -> ReceiptState | None:
        found = self._store.rows(RECEIPT, {"receipt": receipt_id})
        if not found or sender not in (None, found[0][2]):
            return None
        receipt, feed, own_sender, era, accepted, rejected, kept, accepted_at = found[0]
        parcels = [ParcelAt(*parcel) for parcel in kept]
        landed, stored_at = self._landed(feed, era, parcels)
        rolled = {partition: mark_of(*reached) for partition, reached in self._store.rows(ROLLED)}
        counts = tally(parcels, landed, rolled, self._aside(feed, era, parcels))
        state = state_of(parcels, landed, rolled)
        return ReceiptState(
            receipt, feed, own_sender, state, accepted, rejected, counts.stored, counts.set_aside,
            counts.counted, accepted_at,
            stored_at=None if state == "accepted" else stored_at or accepted_at,
            counted_at=self._counted_at(landed, stored_at or accepted_at) if state == "counted" else None,
        )  # fmt: skip

    def _landed(self, feed: str, era: int, parcels: Sequence[ParcelAt]) -> tuple[Landed, datetime | None]:
        rows = self._store.rows(LANDED, _asked(feed, era, parcels)) if parcels else []
        reached = {
            (partition, offset): (LandedUpTo(position, ends), stored_at)
            for partition, offset, position, ends, stored_at in rows
        }
        landed: Landed = {}
        latest: datetime | None = None
        for parcel in parcels:
            here = reached.get((parcel.partition, parcel.offset))
            landed[parcel] = here[0] if here else None
            if here:
                latest = max(latest, here[1]) if latest else here[1]
        return landed, latest

    def _aside(self, feed: str, era: int, parcels: Sequence[ParcelAt]) -> dict[ParcelAt, int]:
        if not parcels:
            return {}
        aside = set(self._store.rows(ASIDE, _asked(feed, era, parcels)))
        return {parcel: parcel.events for parcel in parcels if (parcel.partition, parcel.offset) in aside}

    def _counted_at(self, landed: Landed, stored_at: datetime) -> datetime:
        """When the last touch of the last parcel was consumed."""
        ends: dict[int, int] = {}
        for up_to in landed.values():
            for partition, end in (up_to.touch_ends if up_to else {}).items():
                ends[partition] = max(ends.get(partition, 0), end)
        if not ends:
            return stored_at
        split = [(partition, *divmod(end, mark_of(1, 0))) for partition, end in ends.items()]
        rows = self._store.rows(
            COUNTED_AT,
            {
                "partitions": numbers(partition for partition, _, _ in split),
                "eras": numbers(era for _, era, _ in split),
                "ends": numbers(end for _, _, end in split),
            },
        )
        latest: datetime = max([stored_at, *(at for _, at in rows)])
        return latest


def _asked(feed: str, era: int, parcels: Sequence[ParcelAt]) -> Mapping[str, object]:
    return {
        "feed": feed,
        "era": era,
        "partitions": numbers(parcel.partition for parcel in parcels),
        "offsets": numbers(parcel.offset for parcel in parcels),
    }
