"""Who may push and who may look: agency keys and viewer tokens, of which only hashes are kept."""

import hashlib
import hmac
import secrets
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from iochub.clock import now

AGENCY_MARK = "ioc"
VIEWER_MARK = "iov"
SECRET_BYTES = 32
"""256 random bits: nothing a guess or a rainbow table reaches, so that one round of SHA-256 is enough."""
LOOK_SECONDS = 1.0
"""How often the file is looked at for a change."""
RELOAD_SECONDS = 5.0
"""A revoked key is refused within this time by every process, should the change not show on the file."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS agency_keys (
  id TEXT PRIMARY KEY, agency TEXT NOT NULL, feeds TEXT NOT NULL,
  digest BLOB NOT NULL, created_at TEXT NOT NULL, revoked_at TEXT
);
CREATE TABLE IF NOT EXISTS viewer_tokens (
  id TEXT PRIMARY KEY, role TEXT NOT NULL, unit TEXT NOT NULL,
  digest BLOB NOT NULL, created_at TEXT NOT NULL, revoked_at TEXT
);
"""


@dataclass(frozen=True, slots=True)
class AgencyKey:
    """What an agency's key allows; an empty `feeds` allows none."""

    id: str
    agency: str
    feeds: tuple[str, ...]
    created_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class ViewerToken:
    """What a viewer's token allows: a role within a unit and all below it."""

    id: str
    role: str
    unit: str
    created_at: datetime
    revoked_at: datetime | None


Some = TypeVar("Some", AgencyKey, ViewerToken)


class Keys:
    """The keys of one hub in a file that only its owner may read; several processes may share it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._agencies: dict[str, tuple[AgencyKey, bytes]] = {}
        self._viewers: dict[str, tuple[ViewerToken, bytes]] = {}
        self._mark: tuple[int, int, int] | None = None
        self._looked_at = -LOOK_SECONDS
        self._loaded_at = -RELOAD_SECONDS

    def create_agency_key(self, agency: str, feeds: Iterable[str]) -> str:
        """Make a key for an agency; the text is shown this once and nowhere kept."""
        return self._create(
            "INSERT INTO agency_keys (id, digest, created_at, agency, feeds) VALUES (?, ?, ?, ?, ?)",
            AGENCY_MARK,
            (agency, " ".join(feeds)),
        )

    def create_viewer_token(self, role: str, unit: str) -> str:
        """Make a token for a viewer; the text is shown this once and nowhere kept."""
        return self._create(
            "INSERT INTO viewer_tokens (id, digest, created_at, role, unit) VALUES (?, ?, ?, ?, ?)",
            VIEWER_MARK,
            (role, unit),
        )

    def agency_keys(self) -> tuple[AgencyKey, ...]:
        """Every agency key ever made, revoked ones too, oldest first."""
        self._load()
        return tuple(sorted((key for key, _ in self._agencies.values()), key=lambda key: key.created_at))

    def viewer_tokens(self) -> tuple[ViewerToken, ...]:
        """Every viewer token ever made, revoked ones too, oldest first."""
        self._load()
        return tuple(
            sorted((token for token, _ in self._viewers.values()), key=lambda token: token.created_at)
        )

    def revoke(self, identifier: str) -> bool:
        """Stop a key or token by its id; false when there is none to stop."""
        stopped = 0
        with self._open() as store:
            for statement in (
                "UPDATE agency_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
                "UPDATE viewer_tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
            ):
                stopped += store.execute(statement, (now().isoformat(), identifier)).rowcount
        self._mark = None
        return stopped > 0

    def verify_agency(self, text: str) -> AgencyKey | None:
        """The agency key that this text is, or nothing if it is none or revoked."""
        self._refresh()
        found = _verified(text, AGENCY_MARK, self._agencies)
        if found is None and self._mark != _mark(self._path):
            self._load()
            found = _verified(text, AGENCY_MARK, self._agencies)
        return found

    def verify_viewer(self, text: str) -> ViewerToken | None:
        """The viewer token that this text is, or nothing if it is none or revoked."""
        self._refresh()
        found = _verified(text, VIEWER_MARK, self._viewers)
        if found is None and self._mark != _mark(self._path):
            self._load()
            found = _verified(text, VIEWER_MARK, self._viewers)
        return found

    def _create(self, statement: str, mark: str, values: tuple[str, str]) -> str:
        identifier, secret = secrets.token_hex(6), secrets.token_urlsafe(SECRET_BYTES)
        with self._open() as store:
            store.execute(statement, (identifier, _digest(secret), now().isoformat(), *values))
        self._mark = None
        return f"{mark}_{identifier}_{secret}"

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open the file, made for its owner alone; commit and close."""
        if not self._path.exists():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch(mode=0o600, exist_ok=True)
            self._path.chmod(0o600)
        store = sqlite3.connect(self._path, timeout=5.0)
        try:
            with store:
                store.executescript(_SCHEMA)
                yield store
        finally:
            store.close()

    def _refresh(self) -> None:
        """Read the file again when it changed; looked at no more than once a second."""
        at = time.monotonic()
        if self._mark is not None and at - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = at
        if self._mark is None or at - self._loaded_at > RELOAD_SECONDS or self._mark != _mark(self._path):
            self._load()

    def _load(self) -> None:
        mark = _mark(self._path)
        with self._open() as store:
            self._agencies = {
                row[0]: (
                    AgencyKey(row[0], row[1], tuple(row[2].split()), _at(row[4]), _at_or_none(row[5])),
                    row[3],
                )
                for row in store.execute(
                    "SELECT id, agency, feeds, digest, created_at, revoked_at FROM agency_keys"
                )
            }
            self._viewers = {
                row[0]: (ViewerToken(row[0], row[1], row[2], _at(row[4]), _at_or_none(row[5])), row[3])
                for row in store.execute(
                    "SELECT id, role, unit, digest, created_at, revoked_at FROM viewer_tokens"
                )
            }
        self._mark = mark or _mark(self._path)
        self._loaded_at = time.monotonic()


def _verified(text: str, mark: str, known: Mapping[str, tuple[Some, bytes]]) -> Some | None:
    pieces = text.split("_", 2)
    if len(pieces) != 3 or pieces[0] != mark:
        return None
    key, digest = known.get(pieces[1], (None, b""))
    same = hmac.compare_digest(_digest(pieces[2]), digest)
    return key if same and key is not None and key.revoked_at is None else None


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _mark(path: Path) -> tuple[int, int, int] | None:
    """What tells that a file has changed, without reading it."""
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    return state.st_mtime_ns, state.st_size, state.st_ino


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _at_or_none(text: str | None) -> datetime | None:
    return None if text is None else _at(text)
