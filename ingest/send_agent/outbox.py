"""The agent's one file: every delivery, from when it was taken until some time after it was counted."""

import hashlib
import json
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple

from iochub.ingest.connectors.drop import plain
from iochub.ingest.push import Answer
from iochub.ingest.sqlite_file import opened

State = Literal["waiting", "sent", "counted", "refused"]
"""`sent` has a receipt; `refused` was not taken by the gateway, and a person must look at it."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS deliveries (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  feed TEXT NOT NULL, content_type TEXT NOT NULL, name TEXT NOT NULL,
  digest TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting', tries INTEGER NOT NULL DEFAULT 0,
  receipt TEXT NOT NULL DEFAULT '', said TEXT NOT NULL DEFAULT '{}',
  taken_at TEXT NOT NULL, sent_at TEXT, counted_at TEXT, asked_at TEXT NOT NULL DEFAULT '',
  UNIQUE (feed, digest)
);
CREATE INDEX IF NOT EXISTS by_state ON deliveries (state, feed, number);
CREATE TABLE IF NOT EXISTS bodies (number INTEGER PRIMARY KEY, body BLOB NOT NULL);
"""


OLDER = 8
"""A receipt that was sent eight minutes ago is asked for once a minute."""


class Waiting(NamedTuple):
    """One delivery that is to be sent."""

    number: int
    feed: str
    content_type: str
    name: str
    body: bytes


class Followed(NamedTuple):
    """One delivery that has a receipt and is not counted yet."""

    number: int
    receipt: str
    sent_at: datetime


class Outbox:
    """The queue. Every change is on the disk when its call returns.

    Several processes may share it, as `put` does while the agent runs; each thread opens its own.

    Raises: StoreUnavailable from each of its calls while the disk takes no more; the office acts.
    """

    def __init__(self, path: Path) -> None:
        self._database = opened(path, _SCHEMA)
        if self._is_older():
            with self._database.step():
                if self._is_older():  # nobody else has brought it over meanwhile
                    self._database.execute("INSERT OR IGNORE INTO bodies SELECT number, body FROM deliveries")
                    self._database.execute("ALTER TABLE deliveries DROP COLUMN body")

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _is_older(self) -> bool:
        """Whether the file is of an agent that kept bodies beside its notes: each note wrote them again."""
        columns = self._database.execute("SELECT name FROM pragma_table_info('deliveries')")
        return ("body",) in columns.fetchall()

    def put(self, feed: str, content_type: str, name: str, body: bytes, at: datetime) -> bool:
        """Take a delivery; false when this content was taken before, for then it is the same delivery.

        One that the gateway refused, of which nothing is kept, is tried again as it is put now.
        """
        with self._database.step():
            taken = self._database.execute(
                "INSERT INTO deliveries (feed, content_type, name, digest, taken_at) "
                "VALUES (?, ?, ?, ?, ?) ON CONFLICT (feed, digest) DO UPDATE SET "
                "content_type = excluded.content_type, name = excluded.name, state = 'waiting', said = '{}' "
                "WHERE state = 'refused' RETURNING number",
                (feed, content_type, plain(name), hashlib.sha256(body).hexdigest(), at.isoformat()),
            ).fetchall()
            for (number,) in taken:
                self._database.execute("INSERT OR IGNORE INTO bodies VALUES (?, ?)", (number, body))
        return bool(taken)

    def next(self, held: Collection[str]) -> Waiting | None:
        """The oldest delivery that waits, of feeds that are not held; within a feed the order is kept."""
        found = self._database.execute(
            "SELECT number, feed, content_type, name, body FROM deliveries JOIN bodies USING (number) "
            "WHERE state = 'waiting' AND feed NOT IN (SELECT value FROM json_each(?)) "
            "ORDER BY number LIMIT 1",
            (json.dumps(list(held)),),
        ).fetchone()
        return Waiting(*found) if found else None

    def trying(self, number: int) -> None:
        """It is sent now. A disk that takes not even this note would not take the answer either."""
        self._database.execute("UPDATE deliveries SET tries = tries + 1 WHERE number = ?", (number,))

    def answered(self, number: int, answer: Answer, at: datetime) -> None:
        """The gateway has answered for good."""
        state: State = "sent" if answer.is_kept else "refused"
        self._database.execute(
            "UPDATE deliveries SET state = ?, receipt = ?, said = ?, sent_at = ?, asked_at = '' "
            "WHERE number = ?",
            (state, answer.receipt, json.dumps(answer.facts(), ensure_ascii=False), at.isoformat(), number),
        )

    def to_follow(self, at: datetime, every: timedelta, most: int) -> Iterator[Followed]:
        """Receipts that are not counted yet and are to be asked for, the longest ago first.

        Each is asked for every so often at first, and the older it is the more seldom: a hub that counts
        nothing for a day must not fill a thin line with questions. The office's clock may have been put back,
        so a distance in time is one in either direction.
        """
        for number, receipt, sent_at in self._database.execute(
            "SELECT number, receipt, sent_at FROM deliveries WHERE state = 'sent' AND (asked_at = '' OR "
            "86400 * abs(julianday(?1) - julianday(asked_at)) >= "
            "max(?2, 86400 * abs(julianday(?1) - julianday(sent_at)) / ?3)) "
            "ORDER BY asked_at, number LIMIT ?4",
            (at.isoformat(), every.total_seconds(), OLDER, most),
        ).fetchall():
            yield Followed(number, receipt, datetime.fromisoformat(sent_at))

    def followed(self, number: int, told: dict[str, Any] | None, at: datetime) -> None:
        """What the gateway says of a receipt: counted, or not yet."""
        counted = told is not None and told.get("state") == "counted"
        self._database.execute(
            "UPDATE deliveries SET asked_at = ?, state = iif(?, 'counted', state), "
            "counted_at = iif(?, ?, counted_at) WHERE number = ?",
            (at.isoformat(), counted, counted, at.isoformat(), number),
        )

    def again(self, number: int) -> bool:
        """Send a delivery again; false when there is none, or when it waits already."""
        done = self._database.execute(
            "UPDATE deliveries SET state = 'waiting', receipt = '' WHERE number = ? AND state != 'waiting'",
            (number,),
        )
        return done.rowcount == 1

    def trim(self, before: datetime) -> int:
        """Forget what was counted before an instant, and give its room back to the disk."""
        with self._database.step():
            done = self._database.execute(
                "DELETE FROM deliveries WHERE state = 'counted' AND counted_at < ?", (before.isoformat(),)
            )
            self._database.execute("DELETE FROM bodies WHERE number NOT IN (SELECT number FROM deliveries)")
        # As a script, for Python's `execute` takes one step of it, which frees one page.
        self._database.executescript("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)")
        return done.rowcount

    def keep(self, name: str, value: str) -> None:
        """Keep one thing to be told by `status`."""
        self._database.keep(name, value)

    def facts(self, at: datetime) -> dict[str, Any]:
        """Counts by state and feed, what is refused, how long the oldest waits, and how the line is."""
        states = dict.fromkeys(("waiting", "sent", "counted", "refused"), 0)
        feeds: dict[str, dict[str, int]] = {}
        for feed, state, number in self._database.execute(
            "SELECT feed, state, count(*) FROM deliveries GROUP BY feed, state ORDER BY feed, state"
        ):
            states[state] += number
            feeds.setdefault(feed, {})[state] = number
        size, oldest = self._database.execute(
            "SELECT coalesce(sum(length(body)), 0), min(taken_at) FROM deliveries JOIN bodies USING (number) "
            "WHERE state = 'waiting'"
        ).fetchone()
        waits = at - datetime.fromisoformat(oldest) if oldest else timedelta()
        records = {"accepted": 0, "rejected": 0}
        for name in records:
            found = self._database.execute(
                "SELECT coalesce(sum(json_extract(said, ?)), 0) FROM deliveries WHERE receipt != ''",
                (f"$.{name}",),
            )
            records[name] = found.fetchone()[0]
        marks = dict(self._database.execute("SELECT name, value FROM marks"))
        return {
            **states,
            **records,
            "waiting_bytes": size,
            "oldest_waits_seconds": round(waits.total_seconds()),
            "feeds": feeds,
            "refused_deliveries": [
                {"number": number, "feed": feed, "name": name, "status": json.loads(said).get("status")}
                for number, feed, name, said in self._database.execute(
                    "SELECT number, feed, name, said FROM deliveries WHERE state = 'refused' "
                    "ORDER BY number LIMIT 100"
                )
            ],
            **marks,
        }
