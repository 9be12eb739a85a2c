"""From what an agency sent to its receipt: read, keep in Kafka, and only then answer."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import msgspec
from starlette.responses import Response

from iochub.api.gateway.bodies import THREAD_BYTES
from iochub.api.gateway.limits import Buckets
from iochub.api.gateway.measures import Measures
from iochub.api.gateway.stopping import Stops, too_many_rejects
from iochub.api.keys import Keys
from iochub.api.problems import Problem
from iochub.clock import now
from iochub.errors import RecordRejected, StoreUnavailable
from iochub.event import partition_of
from iochub.ingest.dead_letters import DeadLetterLookup
from iochub.ingest.declarations import HoldingsLookup
from iochub.ingest.delivery import Addressed, Prepared, Rejected, Verdicts, prepare
from iochub.ingest.door import Door
from iochub.ingest.feed import Feed
from iochub.ingest.names import new_name
from iochub.ingest.publish import Outgoing, Position
from iochub.ingest.receipts import (
    REJECTS_KEPT,
    Kept,
    LatestReceipts,
    Receipt,
    ReceiptLookup,
    pack_receipt,
)
from iochub.ingest.sealing import Seal
from iochub.ingest.topic_list import RECEIPTS
from iochub.text import Language, Text

REJECTS_ANSWERED = 10_000
"""An answer lists so many; every reject is a dead letter that can be listed in pages."""


class Publishing(Protocol):
    """What the gateway needs of the way to Kafka."""

    @property
    def ready(self) -> bool:
        """Whether Kafka answers."""

    async def publish(self, records: Sequence[Outgoing]) -> list[Position]:
        """Positions of all records once acknowledged; raises StoreUnavailable."""


@dataclass(slots=True)
class Gateway:
    """All that the gateway works with, handed in by whoever starts it.

    `door` gives a delivery's sender and time the pseudonyms and units to read it with. `is_open` says whether
    anything may be kept yet; `ready` is what `/readyz` asks: each check answers why not, or nothing.
    """

    feeds: Mapping[str, Feed]
    publisher: Publishing
    keys: Keys
    seal: Seal
    door: Callable[[str, datetime], Door]
    partitions: int
    max_delivery_bytes: int
    buckets: Buckets
    receipts: ReceiptLookup | None = None
    dead_letters: DeadLetterLookup | None = None
    holdings: HoldingsLookup | None = None
    ready: Mapping[str, Callable[[], Awaitable[str | None]]] = field(default_factory=dict)
    is_open: Callable[[], bool] = lambda: True
    latest: LatestReceipts = field(default_factory=LatestReceipts)
    measures: Measures = field(default_factory=Measures)
    stops: Stops = field(default_factory=Stops)


@dataclass(frozen=True, slots=True)
class Sending:
    """One request to keep something: whose, for which feed, how large, and how it is to be read.

    `beside` makes what is kept together with the receipt. What `is_mending` a stopped sender may send too.
    """

    feed: Feed
    sender: str
    size: int
    read: Callable[[Door], Verdicts]
    language: Language
    dry_run: bool = False
    corrected_from: str = ""
    is_mending: bool = False
    beside: Callable[[Prepared, Receipt], Outgoing] | None = None


class RejectAnswer(msgspec.Struct, frozen=True):
    """One verdict against a record, in the sender's language."""

    index: int
    dead_letter: str | None
    reason: str
    field: str
    message: str


class ReceiptAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer to a delivery; `receipt` is null for a dry run, which keeps nothing."""

    receipt: str | None
    feed: str
    received_at: str
    delivery: str
    accepted: int
    rejected: int
    rejects: tuple[RejectAnswer, ...]
    dry_run: bool = False


SECOND_CHARACTERS = 8
"""Of a ULID: receipts of about one second share a partition, and so the batches in which Kafka keeps them."""

_encode = msgspec.json.Encoder().encode


async def accept(gateway: Gateway, sending: Sending) -> Response:
    """Read a delivery, keep it, answer its receipt: 202, or 422 when every record was rejected."""
    body, status = await taken(gateway, sending)
    return json_answer(body, status)


async def taken(gateway: Gateway, sending: Sending) -> tuple[ReceiptAnswer, int]:
    """Read a delivery, keep it, and give its answer and status.

    What is rejected is kept too, as dead letters. A dry run keeps nothing and answers 200 or 422.

    Raises: Problem 413 for a record too large to be kept, 429 while too many are refused, the publisher acts;
    StoreUnavailable when Kafka did not acknowledge everything, the publisher sends again: nothing was
    promised.
    """
    feed, sender = sending.feed.name, sending.sender
    counts = not (sending.dry_run or sending.is_mending)
    if counts and (stop := gateway.stops.stop(sender, feed)) is not None:
        raise too_many_rejects(feed, stop)
    if not sending.dry_run and not gateway.is_open():
        raise StoreUnavailable("The hub is not ready to keep anything yet.", store="kafka")
    began = time.perf_counter()
    door = gateway.door(sending.sender, now())
    receipt = new_name()
    with gateway.measures.in_flight.track_inprogress():
        try:
            if sending.size > THREAD_BYTES:
                prepared = await asyncio.to_thread(_prepared, gateway, sending, door, receipt)
            else:
                prepared = _prepared(gateway, sending, door, receipt)
        except RecordRejected as rejected:
            raise _unkept(rejected) from rejected
        if not sending.dry_run:
            kept = await _keep(gateway, sending, prepared, door, receipt)
            gateway.latest.remember(kept)
            seconds = time.perf_counter() - began
            gateway.measures.receipt(feed, prepared.accepted, prepared.rejected, seconds)
        if counts:
            refused = (verdict.reject.reason for verdict in prepared.rejected)
            gateway.stops.told(sender, feed, prepared.accepted, refused)
        elif sending.dry_run and prepared.accepted and not prepared.rejected and not sending.is_mending:
            gateway.stops.open(sender, feed)
    return _answer(sending, prepared, door, receipt)


def _prepared(gateway: Gateway, sending: Sending, door: Door, receipt: str) -> Prepared:
    seal = None if sending.dry_run else gateway.seal
    to = Addressed(sending.feed.name, receipt, door, gateway.partitions, sending.corrected_from)
    return prepare(sending.read(door), to, seal)


async def _keep(gateway: Gateway, sending: Sending, prepared: Prepared, door: Door, receipt: str) -> Receipt:
    """Parcels and dead letters first, then the receipt that names where they lie."""
    positions = await gateway.publisher.publish(prepared.records)
    record = Receipt(
        receipt=receipt,
        feed=sending.feed.name,
        sender=sending.sender,
        delivery=prepared.delivery,
        accepted=prepared.accepted,
        rejected=len(prepared.rejected),
        parcels=tuple(
            Kept(at.partition, at.offset, count)
            # Parcels come first and have counts; the dead letters behind them have none.
            for at, count in zip(positions, prepared.counts, strict=False)
        ),
        rejects=tuple(verdict.reject for verdict in prepared.rejected[:REJECTS_KEPT]),
        received_at=door.received_at,
        accepted_at=now(),
    )
    partition = partition_of(receipt[:SECOND_CHARACTERS], gateway.partitions)
    answered = [Outgoing(RECEIPTS, partition, pack_receipt(record), receipt.encode())]
    if sending.beside is not None:
        answered.append(sending.beside(prepared, record))
    await gateway.publisher.publish(answered)
    return record


def _answer(sending: Sending, prepared: Prepared, door: Door, receipt: str) -> tuple[ReceiptAnswer, int]:
    body = ReceiptAnswer(
        receipt=None if sending.dry_run else receipt,
        feed=sending.feed.name,
        received_at=instant(door.received_at),
        delivery=f"sha256:{prepared.delivery}",
        accepted=prepared.accepted,
        rejected=len(prepared.rejected),
        rejects=tuple(_reject(verdict, sending.language) for verdict in prepared.rejected[:REJECTS_ANSWERED]),
        dry_run=sending.dry_run,
    )
    refused = prepared.rejected and not prepared.accepted
    kept_status = 200 if sending.dry_run else 202
    return body, 422 if refused else kept_status


def _reject(verdict: Rejected, language: Language) -> RejectAnswer:
    reject = verdict.reject
    return RejectAnswer(
        reject.index, reject.dead_letter or None, reject.reason, reject.field, verdict.message.to(language)
    )


def instant(at: datetime) -> str:
    """An instant as every answer writes it: UTC, milliseconds, Z."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def json_answer(body: object, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(_encode(body), status, media_type="application/json")


def _unkept(rejected: RecordRejected) -> Problem:
    number = rejected.facts.get("index", "?")
    return Problem(
        413,
        "record_too_large",
        Text(
            f"Bản ghi số {number} quá lớn để giữ lại; chưa nhận bản ghi nào. Hãy chia nhỏ.",
            f"Record {number} is too large to be kept; nothing was kept. Split it.",
        ),
    )
