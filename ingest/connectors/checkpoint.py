"""What a connector remembers: where it stopped and what is settled, in one file that survives a kill."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from iochub.clock import now
from iochub.ingest.sqlite_file import opened

SETTLED_KEPT = 1_000_000
"""About 100 MB. What a source lists again after that is pushed again, which changes no figure."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS settled (
  number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, said TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS counts (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
"""


class Checkpoint:
    """One connector's memory: every change is on the disk, whole or not at all, when its call returns.

    Raises: StoreUnavailable from each of its calls while the disk takes no more; the operator acts.
    """

    def __init__(self, path: Path, *, kept: int = SETTLED_KEPT) -> None:
        self._database = opened(path, _SCHEMA)
        with self.step():
            self._database.execute(
                "DELETE FROM settled WHERE number <= (SELECT max(number) FROM settled) - ?", (kept,)
            )

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    @contextmanager
    def step(self) -> Iterator[None]:
        """Several changes that are kept together or not at all."""
        with self._database.step():
            yield

    def mark(self, name: str) -> str:
        """A place that was kept under a name, or nothing."""
        return self._database.mark(name)

    def keep(self, name: str, value: str) -> None:
        """Keep a place under a name."""
        self._database.keep(name, value)

    def settled(self, key: str) -> str | None:
        """What was said when this was settled, or None when it was not."""
        found = self._database.execute("SELECT said FROM settled WHERE key = ?", (key,)).fetchone()
        return str(found[0]) if found else None

    def settle(self, key: str, said: str) -> None:
        """Remember that this is settled, and how."""
        with self.step():
            self._database.execute(
                "INSERT INTO settled (key, said) VALUES (?, ?) "
                "ON CONFLICT (key) DO UPDATE SET said = excluded.said",
                (key, said),
            )

    def count(self, **more: int) -> None:
        """Add to counters, and note when that was."""
        with self.step():
            for name, number in more.items():
                self._database.execute(
                    "INSERT INTO counts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + ?",
                    (name, number, number),
                )
            self.keep("at", now().isoformat(timespec="seconds"))

    def counts(self) -> dict[str, int]:
        """All counters."""
        return dict(self._database.execute("SELECT name, value FROM counts ORDER BY name"))

    def last_at(self) -> datetime | None:
        """When something was counted last."""
        told = self.mark("at")
        return datetime.fromisoformat(told) if told else None
