"""Records that were set aside whole, each with its reason, until their sender corrects them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

import msgspec

State = Literal["open", "refused_again", "corrected", "replayed"]
"""`open`: nothing was done yet. `refused_again`: its replay was refused, and a newer letter stands for it.
`corrected`, `replayed`: taken, with changes or as it was."""

STATES: tuple[State, ...] = ("open", "refused_again", "corrected", "replayed")


class DeadLetter(msgspec.Struct, frozen=True):
    """The record on topic `dead_letters`; `record` is sealed, for it may hold personal data.

    `index` is the record's number in its delivery, `content_type` how to read it again,
    `corrected_from` the dead letter whose replay failed again, empty for a first failure. `envelope`, sealed
    too, is what the feed needs of the record's envelope to read it as in its delivery (`Feed.envelope_of`);
    empty where it needs nothing, and in letters older than the field.
    """

    id: str
    feed: str
    sender: str
    receipt: str
    delivery: str
    index: int
    reason: str
    field: str
    content_type: str
    record: bytes
    at: datetime
    corrected_from: str = ""
    envelope: bytes = b""


def envelope_name(dead_letter: str) -> str:
    """The name that a dead letter's envelope is sealed for: the record's own must not open it."""
    return f"{dead_letter}/envelope"


pack_dead_letter = msgspec.json.Encoder().encode
"""Write a dead letter as the bytes of a Kafka record; sealed bytes travel as base64."""

unpack_dead_letter = msgspec.json.Decoder(DeadLetter).decode
"""Read a dead letter; raises `msgspec.DecodeError` for bytes that are none."""


class Replay(msgspec.Struct, frozen=True):
    """The record on topic `dead_letters.replays`: who sent a dead letter again, and what came of it.

    It is only ever added to. `key` is the id of the agency's key; `before` and `after` are sha256 in hex of
    the record as it was and as it was sent; `fields` names what differs, without what it says; `suggested`
    tells whether the correction was the hub's own.
    """

    id: str
    dead_letter: str
    feed: str
    sender: str
    key: str
    receipt: str
    before: str
    after: str
    fields: tuple[str, ...]
    suggested: bool
    accepted: int
    rejected: int
    at: datetime


pack_replay = msgspec.json.Encoder().encode
"""Write a replay as the bytes of a Kafka record."""

unpack_replay = msgspec.json.Decoder(Replay).decode
"""Read a replay; raises `msgspec.DecodeError` for bytes that are none."""


def fingerprint(record: bytes) -> str:
    """A record's sha256 in hex: tells two records apart and shows nothing of them."""
    return hashlib.sha256(record).hexdigest()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which dead letters of a sender are asked for; `before` is the id that the page before ended with."""

    feed: str = ""
    reason: str = ""
    since: datetime | None = None
    state: State | None = None
    before: str = ""
    limit: int = 1_000


@dataclass(frozen=True, slots=True)
class Listed:
    """A dead letter, how it stands, and the receipt of the replay by which it does."""

    letter: DeadLetter
    state: State = "open"
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """One replay of a dead letter, and the newer letters that came of it where it was refused."""

    replay: Replay
    set_aside: tuple[str, ...] = ()


class DeadLetterLookup(Protocol):
    """Where landed dead letters can be looked up; a sender sees only its own."""

    async def listing(self, sender: str, wanted: Wanted) -> Sequence[Listed]:
        """The latest dead letters first; `record` and `envelope` may be left empty.

        Raises: StoreUnavailable; the caller asks again later.
        """

    async def find(self, dead_letter_id: str, sender: str) -> Listed | None:
        """One dead letter with its sealed record and envelope.

        Raises: StoreUnavailable; the caller asks again later.
        """

    async def history(self, dead_letter_id: str, sender: str) -> Sequence[Tried]:
        """Every replay of one dead letter, oldest first.

        Raises: StoreUnavailable; the caller asks again later.
        """
