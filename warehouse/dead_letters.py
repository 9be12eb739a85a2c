"""Landed dead letters, for the sender who wants to see and mend what was refused."""

import asyncio
import base64
from collections.abc import Sequence
from typing import Any

from iochub.ingest.dead_letters import DeadLetter, Listed, Replay, Tried, Wanted
from iochub.warehouse.binding import instant, texts
from iochub.warehouse.store import Rows, Store

COLUMNS = (
    "id, feed, sender, receipt, delivery, index, reason, field, content_type, record, at, corrected_from, "
    "envelope"
)
LIGHT = COLUMNS.replace("record", "'' AS record", 1).replace("envelope", "'' AS envelope", 1)

# A letter that was taken once stays so, whatever is tried with it later; of several the latest one tells.
STANDING = """
LEFT JOIN (
    SELECT dead_letter, max((rejected = 0 AND accepted > 0, before != after, id, receipt)) AS best
    FROM dead_letter_replays WHERE sender = {sender:String} GROUP BY dead_letter
) AS tried ON tried.dead_letter = letter.id
"""
STATE = """
multiIf(
    tried.best.3 = '', 'open', NOT tried.best.1, 'refused_again', tried.best.2, 'corrected', 'replayed'
) AS state, tried.best.4 AS replayed_as
"""

# By when it was set aside, and of one delivery in the order of its records: a name tells no time.
ORDER = "(at, delivery, -toInt64(index), id)"

LISTING = f"""
SELECT {LIGHT}, {STATE}
FROM (SELECT * EXCEPT (record, envelope) FROM dead_letters FINAL
    WHERE sender = {{sender:String}} AND feed IN {{feeds:Array(String)}}
        AND ({{reason:String}} = '' OR reason = {{reason:String}}
            OR startsWith(reason, {{reason:String}} || ':'))
        AND at >= {{since:DateTime64(3, 'UTC')}} AND ({{before:String}} = '' OR {ORDER} < (
            SELECT max({ORDER}) FROM dead_letters WHERE sender = {{sender:String}} AND id = {{before:String}}
        ))
) AS letter
{STANDING}
WHERE {{state:String}} = '' OR state = {{state:String}}
ORDER BY {ORDER} DESC LIMIT {{most:UInt32}}
"""

ONE = f"""
SELECT {COLUMNS}, {STATE}
FROM (
    SELECT * FROM dead_letters FINAL WHERE sender = {{sender:String}} AND id = {{id:String}} LIMIT 1
) AS letter
{STANDING.replace("GROUP BY", "AND dead_letter = {id:String} GROUP BY")}
"""

REPLAYS = """
SELECT id, dead_letter, feed, sender, key, receipt, before, after, fields, suggested, accepted, rejected, at,
    delivery
FROM dead_letter_replays FINAL
WHERE sender = {sender:String} AND dead_letter = {id:String} ORDER BY id
"""

NEWER = """
SELECT receipt, delivery, id FROM dead_letters FINAL
WHERE sender = {sender:String} AND corrected_from = {id:String} ORDER BY delivery, index, id
"""

EPOCH = "1970-01-01 00:00:00.000"


class DeadLetters:
    """Looks dead letters up where the streams have put them; a sender sees only its own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def listing(self, sender: str, wanted: Wanted) -> Sequence[Listed]:
        """Those set aside last first, without their records and envelopes.

        Raises: StoreUnavailable; the caller asks again later.
        """
        asked = {
            "sender": sender,
            "feeds": texts(wanted.feeds),
            "reason": wanted.reason,
            "since": instant(wanted.since) if wanted.since else EPOCH,
            "state": wanted.state or "",
            "before": wanted.before,
            "most": wanted.limit,
        }
        return _listed(await asyncio.to_thread(self._store.rows, LISTING, asked))

    async def find(self, dead_letter_id: str, sender: str) -> Listed | None:
        """One dead letter with its sealed record and envelope.

        Raises: StoreUnavailable; the caller asks again later.
        """
        found = await asyncio.to_thread(self._store.rows, ONE, {"sender": sender, "id": dead_letter_id})
        return next(iter(_listed(found)), None)

    async def history(self, dead_letter_id: str, sender: str) -> Sequence[Tried]:
        """Every replay of one dead letter, oldest first, with the newer letters that came of each.

        Raises: StoreUnavailable; the caller asks again later.
        """
        asked = {"sender": sender, "id": dead_letter_id}
        replays, newer = await asyncio.gather(
            asyncio.to_thread(self._store.rows, REPLAYS, asked),
            asyncio.to_thread(self._store.rows, NEWER, asked),
        )
        return [Tried(replay, _came_of(replay, newer)) for replay in map(_replay, replays)]


def _came_of(replay: Replay, newer: Rows) -> tuple[str, ...]:
    """The newer letters of one replay; where the same was sent again, those of the first time."""
    return tuple(
        identifier
        for receipt, delivery, identifier in newer
        if receipt == replay.receipt or (replay.rejected and delivery == replay.delivery)
    )


def _replay(row: tuple[Any, ...]) -> Replay:
    names = ("id", "dead_letter", "feed", "sender", "key", "receipt", "before", "after")
    fields, suggested, accepted, rejected, at, delivery = row[len(names) :]
    told = dict(zip(names, row, strict=False))
    return Replay(
        **told, fields=tuple(fields), suggested=bool(suggested), accepted=accepted, rejected=rejected, at=at,
        delivery=delivery,
    )  # fmt: skip


def _listed(rows: Rows) -> list[Listed]:
    return [
        Listed(
            DeadLetter(
                identifier, feed, sender, receipt, delivery, index, reason, field, content_type,
                base64.b64decode(record), at, corrected_from, base64.b64decode(envelope),
            ),
            state,
            replayed_as,
        )
        for (
            identifier, feed, sender, receipt, delivery, index, reason, field, content_type, record, at,
            corrected_from, envelope, state, replayed_as,
        ) in rows
    ]  # fmt: skip
