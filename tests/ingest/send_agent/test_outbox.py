import random
import sqlite3
from contextlib import closing
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iochub.clock import now
from iochub.errors import StoreUnavailable
from iochub.ingest.push import Answer
from iochub.ingest.send_agent.outbox import Outbox


def test_a_note_on_a_delivery_does_not_write_its_body_again(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "agent.sqlite")
    outbox.put("dossiers", "application/json", "a.json", random.Random(0).randbytes(5_000_000), now())
    outbox._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for _ in range(3):
        outbox.trying(1)
        outbox.answered(1, Answer(202, "R" * 26, 1), now())
        outbox.followed(1, None, now())
        outbox.again(1)
    assert (tmp_path / "agent.sqlite-wal").stat().st_size < 500_000
    assert len(outbox.next(()).body) == 5_000_000
    outbox.close()


OLDER = """
CREATE TABLE deliveries (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  feed TEXT NOT NULL, content_type TEXT NOT NULL, name TEXT NOT NULL,
  digest TEXT NOT NULL, body BLOB NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting', tries INTEGER NOT NULL DEFAULT 0,
  receipt TEXT NOT NULL DEFAULT '', said TEXT NOT NULL DEFAULT '{}',
  taken_at TEXT NOT NULL, sent_at TEXT, counted_at TEXT, asked_at TEXT NOT NULL DEFAULT '',
  UNIQUE (feed, digest)
);
INSERT INTO deliveries (feed, content_type, name, digest, body, taken_at) VALUES
  ('dossiers', 'application/json', 'a.json', 'x', 'first', '2026-11-26T00:00:00+00:00'),
  ('dossiers', 'application/json', 'b.json', 'y', 'second', '2026-11-26T00:00:00+00:00');
"""


def test_what_an_older_agent_took_is_sent_by_this_one(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "agent.sqlite")) as older:
        older.executescript(OLDER)
    for _ in range(2):  # and it is brought over once
        outbox = Outbox(tmp_path / "agent.sqlite")
        assert outbox.next(()).body == "first"
        assert outbox.facts(now())["waiting"] == 2
        outbox.close()


def test_a_delivery_for_which_there_is_no_room_leaves_nothing_behind(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "agent.sqlite")
    pages = outbox._database.execute("PRAGMA page_count").fetchone()[0]
    outbox._database.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StoreUnavailable):
        outbox.put("dossiers", "application/json", "a.json", b"1" * 100_000, now())
    assert outbox.put("dossiers", "application/json", "b.json", b"2", now())
    assert outbox.facts(now())["waiting"] == 1
    assert outbox.next(()).body == b"2"
    outbox.close()


@settings(max_examples=8, deadline=None)
@given(every=st.integers(5, 60), hours=st.integers(1, 30))
def test_the_older_a_receipt_the_more_seldom_it_is_asked_for(
    tmp_path_factory, every: int, hours: int
) -> None:
    outbox = Outbox(tmp_path_factory.mktemp("office") / "agent.sqlite")
    sent = now()
    outbox.put("dossiers", "application/json", "a.json", b"{}", sent)
    outbox.answered(1, Answer(202, "R1", 1), sent)
    asked = [sent]
    at = sent
    while at < sent + timedelta(hours=hours):
        for followed in outbox.to_follow(at, timedelta(seconds=every), 50):
            outbox.followed(followed.number, None, at)
            asked.append(at)
        at += max(timedelta(seconds=every), (at - sent) / 40)
    pauses = [(later - earlier).total_seconds() for earlier, later in pairwise(asked[1:])]
    assert pauses[0] <= 2 * every
    for pause, later in zip(pauses, asked[2:], strict=True):
        assert pause <= max(3 * every, (later - sent).total_seconds() / 4)
    assert len(asked) < 100
    outbox.close()
