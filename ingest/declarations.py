"""What publishers say they sent, and what the hub holds of it, so that both can be compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

import msgspec


class Declaration(msgspec.Struct, frozen=True):
    """The record on topic `declarations`: one sender's control totals for local days, `until` exclusive."""

    id: str
    feed: str
    sender: str
    since: date
    until: date
    records: int
    sum: Decimal | None
    at: datetime


pack_declaration = msgspec.json.Encoder().encode
"""Write a declaration as the bytes of a Kafka record."""

unpack_declaration = msgspec.json.Decoder(Declaration).decode
"""Read a declaration; raises `msgspec.DecodeError` for bytes that are none."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What the hub holds of one sender in one feed for one local day."""

    day: date
    records: int
    sum: Decimal | None


class HoldingsLookup(Protocol):
    """Where a sender's holdings can be counted."""

    async def holdings(self, sender: str, feed: str, since: date, until: date) -> Sequence[Holding]:
        """One holding per day that has any, oldest first; `until` is exclusive.

        Raises: StoreUnavailable; the caller asks again later.
        """
