"""Landed dead letters, for the sender who wants to see and mend what was refused."""

import asyncio
import base64
from collections.abc import Sequence
from datetime import datetime

from iochub.ingest.dead_letters import DeadLetter
from iochub.warehouse.binding import instant
from iochub.warehouse.store import Rows, Store

COLUMNS = (
    "id, feed, sender, receipt, delivery, index, reason, field, content_type, record, at, corrected_from, "
    "envelope"
)
LIGHT = COLUMNS.replace("record", "'' AS record", 1).replace("envelope", "'' AS envelope", 1)

LISTING = f"""
SELECT {LIGHT} FROM dead_letters FINAL
WHERE sender = {{sender:String}} AND ({{feed:String}} = '' OR feed = {{feed:String}})
    AND ({{reason:String}} = '' OR reason = {{reason:String}}) AND at >= {{since:DateTime64(3, 'UTC')}}
ORDER BY id DESC LIMIT {{most:UInt32}}
"""

ONE = f"""
SELECT {COLUMNS} FROM dead_letters FINAL
WHERE sender = {{sender:String}} AND id = {{id:String}} LIMIT 1
"""

EPOCH = "1970-01-01 00:00:00.000"


class DeadLetters:
    """Looks dead letters up where the streams have put them; a sender sees only its own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def listing(
        self, sender: str, feed: str | None, reason: str | None, since: datetime | None, limit: int
    ) -> Sequence[DeadLetter]:
        """The latest dead letters first, without their records and envelopes.

        Raises: StoreUnavailable; the caller asks again later.
        """
        asked = {
            "sender": sender,
            "feed": feed or "",
            "reason": reason or "",
            "since": instant(since) if since else EPOCH,
            "most": limit,
        }
        return _letters(await asyncio.to_thread(self._store.rows, LISTING, asked))

    async def find(self, dead_letter_id: str, sender: str) -> DeadLetter | None:
        """One dead letter with its sealed record and envelope.

        Raises: StoreUnavailable; the caller asks again later.
        """
        found = await asyncio.to_thread(self._store.rows, ONE, {"sender": sender, "id": dead_letter_id})
        return next(iter(_letters(found)), None)


def _letters(rows: Rows) -> list[DeadLetter]:
    return [
        DeadLetter(
            identifier, feed, sender, receipt, delivery, index, reason, field, content_type,
            base64.b64decode(record), at, corrected_from, base64.b64decode(envelope),
        )
        for (
            identifier, feed, sender, receipt, delivery, index, reason, field, content_type, record, at,
            corrected_from, envelope,
        ) in rows
    ]  # fmt: skip
