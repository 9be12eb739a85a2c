"""How far a landed receipt has come: positions are compared, rows are never counted."""

import asyncio
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import itemgetter

from ulid import ULID

from iochub.clock import milliseconds
from iochub.exact.place import mark_of
from iochub.exact.receipt import LandedUpTo, ParcelAt, state_of, tally
from iochub.ingest.receipts import ReceiptState
from iochub.warehouse import positions
from iochub.warehouse.binding import numbers
from iochub.warehouse.store import Store

RECEIPT = """
SELECT receipt, feed, sender, era, accepted, rejected, parcels, accepted_at
FROM receipts FINAL WHERE receipt = {receipt:String} LIMIT 1
"""

# Sought by the key, for the table grows for ever, and a receipt may be years old. A position once at most, so
# that as many rows as offsets are asked for reach beyond the last of them.
NEAR_LANDED = """
SELECT partition, position, any(touch_ends), min(recorded_at) FROM land_progress
WHERE feed = {{feed:String}} AND era = {{era:UInt16}} AND ({places})
GROUP BY partition, position ORDER BY partition, position LIMIT {number} BY partition
"""

REACHED = """
SELECT partition, max(position) FROM land_progress
WHERE feed = {feed:String} AND era = {era:UInt16} GROUP BY feed, era, partition
"""

LANDED = """(
    SELECT partition, position, touch_ends, recorded_at FROM land_progress
    WHERE feed = {{feed:String}} AND era = {{era:UInt16}} AND partition = {partition} AND position > {first}
    ORDER BY position LIMIT 1 BY position LIMIT {number}
)"""

ASIDE = """
SELECT partition, offset FROM set_aside FINAL
WHERE feed = {feed:String} AND era = {era:UInt16} AND (partition, offset) IN (
    SELECT arrayJoin(arrayZip({partitions:Array(UInt16)}, {offsets:Array(UInt64)}))
)
"""

ROLLED = f"SELECT partition, max((era, latest)) FROM ({positions.ROLLED}) GROUP BY partition"

NEAR_COUNTED_AT = """
SELECT partition, argMin(recorded_at, position) FROM rollup_progress WHERE {places} GROUP BY partition
"""

COUNTED_AT = """(
    SELECT recorded_at FROM rollup_progress
    WHERE partition = {partition} AND (era > {era} OR era = {era} AND position >= {end})
    ORDER BY era, position LIMIT 1
)"""

TOGETHER = "\nUNION ALL\n"

NEAR = 200
"""A step of landing or roll up is hardly ever longer, in records. Within it one statement asks for all
partitions; each partition of a statement that may look to the end of the table costs as much as all of these.
"""

Landed = dict[ParcelAt, LandedUpTo | None]
Step = tuple[int, Mapping[int, int], datetime]
"""A position that landing reached, the end marks of the touches published by then, and when."""


class Receipts:
    """Looks receipts up where the streams have put them; `near` is how far beyond them it looks first."""

    def __init__(self, store: Store, near: int = NEAR) -> None:
        self._store = store
        self._near = near

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
        """Of each parcel the first position beyond it, and when the last of them was reached."""
        steps = self._steps(feed, era, parcels)
        landed: Landed = {}
        latest: datetime | None = None
        for parcel in parcels:
            own = steps.get(parcel.partition, [])
            at = bisect_right(own, parcel.offset, key=itemgetter(0))
            if at == len(own):
                landed[parcel] = None
                continue
            position, ends, reached_at = own[at]
            landed[parcel] = LandedUpTo(position, ends)
            latest = max(latest, reached_at) if latest else reached_at
        return landed, latest

    def _steps(self, feed: str, era: int, parcels: Sequence[ParcelAt]) -> dict[int, list[Step]]:
        """The steps of landing over these parcels, in order, by partition."""
        if not parcels:
            return {}
        asked = {"feed": feed, "era": era}
        offsets: dict[int, list[int]] = {}
        for parcel in parcels:
            offsets.setdefault(parcel.partition, []).append(parcel.offset)
        places = " OR ".join(
            f"(partition = {partition} AND position > {min(own)} AND position <= {max(own) + self._near})"
            for partition, own in offsets.items()
        )
        number = max(max(own) - min(own) + 1 for own in offsets.values())
        steps = self._asked(NEAR_LANDED.format(places=places, number=number), asked)
        far = {one: own for one, own in offsets.items() if one not in steps or steps[one][-1][0] <= max(own)}
        if far:
            reached: dict[int, int] = dict(self._store.rows(REACHED, asked))
            sought = [
                LANDED.format(partition=one, first=min(own), number=max(own) - min(own) + 1)
                for one, own in far.items()
                if reached.get(one, 0) > max(own)
            ]
            steps |= self._asked(TOGETHER.join(sought), asked) if sought else {}
        return steps

    def _asked(self, statement: str, asked: Mapping[str, object]) -> dict[int, list[Step]]:
        steps: dict[int, list[Step]] = {}
        for partition, *step in self._store.rows(statement, asked):
            steps.setdefault(partition, []).append((step[0], step[1], step[2]))
        for own in steps.values():
            own.sort(key=itemgetter(0))
        return steps

    def _aside(self, feed: str, era: int, parcels: Sequence[ParcelAt]) -> dict[ParcelAt, int]:
        if not parcels:
            return {}
        aside = set(self._store.rows(ASIDE, _places(feed, era, parcels)))
        return {parcel: parcel.events for parcel in parcels if (parcel.partition, parcel.offset) in aside}

    def _counted_at(self, landed: Landed, stored_at: datetime) -> datetime:
        """When the last touch of the last parcel was consumed."""
        ends: dict[int, int] = {}
        for up_to in landed.values():
            for partition, end in (up_to.touch_ends if up_to else {}).items():
                ends[partition] = max(ends.get(partition, 0), end)
        if not ends:
            return stored_at
        marks = {partition: divmod(end, mark_of(1, 0)) for partition, end in ends.items()}
        places = " OR ".join(
            f"partition = {one} AND era = {era} AND position >= {end} AND position <= {end + self._near}"
            for one, (era, end) in marks.items()
        )
        found: dict[int, datetime] = dict(self._store.rows(NEAR_COUNTED_AT.format(places=places)))
        sought = [
            COUNTED_AT.format(partition=one, era=era, end=end)
            for one, (era, end) in marks.items()
            if one not in found
        ]
        later = [at for (at,) in self._store.rows(TOGETHER.join(sought))] if sought else []
        latest: datetime = max([stored_at, *found.values(), *later])
        return latest


def _places(feed: str, era: int, parcels: Sequence[ParcelAt]) -> Mapping[str, object]:
    return {
        "feed": feed,
        "era": era,
        "partitions": numbers(parcel.partition for parcel in parcels),
        "offsets": numbers(parcel.offset for parcel in parcels),
    }


def first_receipt(instant: datetime) -> str:
    """The lowest receipt id that an instant can have: ULIDs sort by time."""
    return str(ULID.from_bytes(milliseconds(instant).to_bytes(6, "big") + bytes(10)))
