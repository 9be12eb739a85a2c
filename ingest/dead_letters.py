"""Records that were set aside whole, each with its reason, until their sender corrects them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec


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


class DeadLetterLookup(Protocol):
    """Where landed dead letters can be looked up; a sender sees only its own."""

    async def listing(
        self,
        sender: str,
        feed: str | None,
        reason: str | None,
        since: datetime | None,
        limit: int,
    ) -> Sequence[DeadLetter]:
        """The latest dead letters first; `record` and `envelope` may be left empty.

        Raises: StoreUnavailable; the caller asks again later.
        """

    async def find(self, dead_letter_id: str, sender: str) -> DeadLetter | None:
        """One dead letter with its sealed record and envelope.

        Raises: StoreUnavailable; the caller asks again later.
        """
