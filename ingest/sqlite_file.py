"""What a program keeps in one SQLite file: it survives a kill, and a disk that takes no more is said."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from iochub.errors import DeclarationError, HubError, StoreUnavailable

BUSY_SECONDS = 60.0

SAID = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_BUSY: "another program holds it",
    sqlite3.SQLITE_READONLY: "it may not be written",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
    sqlite3.SQLITE_IOERR: "the disk does not read or write",
}
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
MARKS = "CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
PRIMARY = 0xFF
"""The last byte of a result code is its kind. Source: sqlite.org/rescode.html."""


class SqliteFile(sqlite3.Connection):
    """A connection whose troubles are the hub's errors: a full disk is waited for, a damaged file is not."""

    path: Path

    def execute(self, *asked: Any) -> sqlite3.Cursor:
        """Run one statement. Raises: StoreUnavailable, DeclarationError; the operator acts."""
        try:
            return super().execute(*asked)
        except sqlite3.Error as error:
            raise _foreseen(self.path, error) from error

    def executescript(self, *asked: Any) -> sqlite3.Cursor:
        """Run several statements. Raises: as `execute`."""
        try:
            return super().executescript(*asked)
        except sqlite3.Error as error:
            raise _foreseen(self.path, error) from error

    def mark(self, name: str) -> str:
        """What was kept under a name, or nothing. Raises: as `execute`."""
        found = self.execute("SELECT value FROM marks WHERE name = ?", (name,)).fetchone()
        return str(found[0]) if found else ""

    def keep(self, name: str, value: str) -> None:
        """Keep one thing under a name; what is kept there already is no write. Raises: as `execute`."""
        self.execute(
            "INSERT INTO marks VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value "
            "WHERE value != excluded.value",
            (name, value),
        )

    @contextmanager
    def step(self) -> Iterator[None]:
        """Several changes that are kept together or not at all; one inside another is part of it."""
        if self.in_transaction:
            yield
            return
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            if self.in_transaction:  # a full disk may have ended it already
                self.execute("ROLLBACK")
            raise


def opened(path: Path, schema: str) -> SqliteFile:
    """Open or make the file, for its owner alone: it may hold persons.

    Every change is on the disk, whole or not at all, when its call returns: WAL, synchronous FULL. Each
    commit is an fsync, and costs the same however much is kept, which a file written anew would not. Several
    processes may share it; each thread opens its own.

    Raises: StoreUnavailable, DeclarationError; the operator acts.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        database = sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS, factory=SqliteFile)
        database.path = path
        path.chmod(0o600)
    except (OSError, sqlite3.Error) as error:
        raise _foreseen(path, error) from error
    try:
        database.execute("PRAGMA auto_vacuum=INCREMENTAL")
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute(MARKS)
        database.executescript(schema)
    except BaseException:
        database.close()
        raise
    return database


def _foreseen(path: Path, error: Exception) -> HubError | Exception:
    """In the hub's words; a mistake in a statement is a bug, and stays what it is."""
    if isinstance(error, OSError):
        return StoreUnavailable(f"{path} cannot be used: {error.strerror}.", store="sqlite")
    kind = getattr(error, "sqlite_errorcode", 0) & PRIMARY
    if kind in DAMAGED:
        return DeclarationError(
            f"{path} is damaged, or no file of this program: keep a copy of it, and start without it.",
            setting="store",
        )
    if kind in SAID:
        return StoreUnavailable(f"{path} cannot be used: {SAID[kind]}.", store="sqlite")
    return error
