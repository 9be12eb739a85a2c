"""Records that were set aside whole, each with its reason, until their sender corrects them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

import msgspec
from ulid import ULID

State = Literal["open", "refused_again", "corrected", "replayed"]
"""`open`: nothing was done yet. `refused_again`: its replay was refused, and a newer letter stands for it.
`corrected`, `replayed`: taken, with changes or as it was."""

STATES: tuple[State, ...] = ("open", "refused_again", "corrected", "replayed")

ULID_BYTES = 16


class DeadLetter(msgspec.Struct, frozen=True):
    """The record on topic `dead_letters`; `record` is sealed, for it may hold personal data.

    `id` is by `letter_name`, so that a delivery sent again sets nothing aside anew: `receipt` and `at` are of
    the first time. `index` is the record's number in its delivery, `content_type` how to read it again,
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


def letter_name(delivery: str, index: int, corrected_from: str = "") -> str:
    """Name a dead letter by its delivery and its place there: sent again, it is the same letter.

    However often the same bytes come, each refused record is shown once, and every receipt names the same
    letter. One that was mended stays so: what the sender sent for it counts, and to open it again would ask
    for the same work twice. What a replay sets aside is another letter than the one it was made from, though
    the bytes may be those of the delivery.

    Shape: as a ULID is written, so that who stored the older names stores these; it tells no time.
    """
    named = hashlib.sha256(f"{delivery}\0{index}\0{corrected_from}".encode())
    return str(ULID.from_bytes(named.digest()[:ULID_BYTES]))


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
    tells whether the correction was the hub's own. `delivery` is what it was sent as; empty in older notes.
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
    delivery: str = ""


pack_replay = msgspec.json.Encoder().encode
"""Write a replay as the bytes of a Kafka record."""

unpack_replay = msgspec.json.Decoder(Replay).decode
"""Read a replay; raises `msgspec.DecodeError` for bytes that are none."""


def fingerprint(record: bytes) -> str:
    """A record's sha256 in hex: tells two records apart and shows nothing of them."""
    return hashlib.sha256(record).hexdigest()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which dead letters of a sender are asked for, of these feeds and no other.

    `before` is the id that the page before ended with.
    """

    feeds: tuple[str, ...]
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
        """Those set aside last first, those of a delivery in its order; without `record` and `envelope`.

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
