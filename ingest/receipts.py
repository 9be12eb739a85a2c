"""What the hub answers to a delivery, and how the answer is followed to stored and counted."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import msgspec

from iochub.exact.receipt import ParcelAt, State

REJECTS_KEPT = 1_000
"""A receipt's record in Kafka lists so many rejects; all of them are dead letters that can be listed."""


class Kept(msgspec.Struct, frozen=True, gc=False):
    """Where one acknowledged parcel lies, and how many events it holds."""

    partition: int
    offset: int
    count: int


class Reject(msgspec.Struct, frozen=True, gc=False):
    """One record that was set aside: its number in the delivery and why."""

    index: int
    dead_letter: str
    reason: str
    field: str


class Receipt(msgspec.Struct, frozen=True):
    """The record on topic `receipts`: a delivery that Kafka has acknowledged whole.

    `receipt` is a ULID, `delivery` the hex hash of sender, feed and bytes.
    """

    receipt: str
    feed: str
    sender: str
    delivery: str
    accepted: int
    rejected: int
    parcels: tuple[Kept, ...]
    rejects: tuple[Reject, ...]
    received_at: datetime
    accepted_at: datetime


pack_receipt = msgspec.json.Encoder().encode
"""Write a receipt as the bytes of a Kafka record."""

unpack_receipt = msgspec.json.Decoder(Receipt).decode
"""Read a receipt; raises `msgspec.DecodeError` for bytes that are none."""


def parcels_of(receipt: Receipt) -> tuple[ParcelAt, ...]:
    """The parcels of a receipt as the exact part compares them."""
    return tuple(ParcelAt(kept.partition, kept.offset, kept.count) for kept in receipt.parcels)


@dataclass(frozen=True, slots=True)
class ReceiptState:
    """How far a delivery has come. accepted = stored + set_aside once its state is `stored`."""

    receipt: str
    feed: str
    sender: str
    state: State
    accepted: int
    rejected: int
    stored: int
    set_aside: int
    counted: int
    accepted_at: datetime
    stored_at: datetime | None = None
    counted_at: datetime | None = None


class ReceiptLookup(Protocol):
    """Where receipts can be looked up after they were landed."""

    async def find(self, receipt_id: str, sender: str | None) -> ReceiptState | None:
        """The state of a receipt; of this sender's only, unless `sender` is None.

        Raises: StoreUnavailable; the caller asks again later.
        """


class LatestReceipts:
    """The latest receipts of this process, so that a fresh one is known before it is landed."""

    def __init__(self, most: int = 50_000) -> None:
        self._most = most
        self._receipts: OrderedDict[str, ReceiptState] = OrderedDict()

    def remember(self, receipt: Receipt) -> None:
        """Keep a receipt just answered; the oldest goes when there are too many."""
        self._receipts[receipt.receipt] = ReceiptState(
            receipt=receipt.receipt,
            feed=receipt.feed,
            sender=receipt.sender,
            state="accepted",
            accepted=receipt.accepted,
            rejected=receipt.rejected,
            stored=0,
            set_aside=0,
            counted=0,
            accepted_at=receipt.accepted_at,
        )
        if len(self._receipts) > self._most:
            self._receipts.popitem(last=False)

    def told(self, state: ReceiptState) -> None:
        """Remember what its sender has been told of a receipt, if it is among the latest."""
        if state.receipt in self._receipts:
            self._receipts[state.receipt] = state

    async def find(self, receipt_id: str, sender: str | None) -> ReceiptState | None:
        """The receipt as it was last told, if it is among the latest and of this sender."""
        known = self._receipts.get(receipt_id)
        return known if known is not None and sender in (None, known.sender) else None
