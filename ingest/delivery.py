"""From a delivery's bytes to what Kafka shall keep: parcels, dead letters, and the verdict on each record."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from iochub.clock import milliseconds
from iochub.errors import RecordRejected
from iochub.event import Event, Parcel, events_topic, pack, partition_of
from iochub.exact.version import WITHDRAWAL
from iochub.ingest.dead_letters import DeadLetter, envelope_name, letter_name, pack_dead_letter
from iochub.ingest.door import Door
from iochub.ingest.feed import Feed, Outcome, Reading, Refusal, refusal
from iochub.ingest.publish import Outgoing
from iochub.ingest.receipts import Reject
from iochub.ingest.sealing import Seal
from iochub.ingest.topic_list import DEAD_LETTERS, LARGEST_RECORD_BYTES
from iochub.text import Text

PARCEL_BYTES = 900_000
"""Below Kafka's usual record limit of 1 MiB, with room for the envelope."""

EVENT_ENVELOPE_BYTES = 160
"""What an event weighs besides its reading, entity and relations; only an estimate, and generous."""

DEAD_LETTER_BYTES = LARGEST_RECORD_BYTES * 7 // 10
"""The sealed record travels as base64, which adds a third."""

TOO_LARGE = "too_large"

_encode = msgspec.json.Encoder().encode


class Part(NamedTuple):
    """A piece of a delivery that its feed reads by itself: the file, or the data of one CloudEvent.

    `envelope` is what a dead letter kept for its record, where that is replayed.
    """

    content_type: str
    data: bytes
    envelope: bytes = b""


class Rejected(NamedTuple):
    """One verdict against a record, as the sender is told."""

    reject: Reject
    message: Text


@dataclass(slots=True)
class Verdicts:
    """What a feed said about every record of a delivery, before anything is kept."""

    delivery: str
    accepted: int = 0
    events: dict[int, list[Event]] = field(default_factory=dict)
    refused: list[tuple[int, str, Refusal]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A delivery ready for Kafka: `records` are first parcels (`counts` events each), then dead letters."""

    delivery: str
    accepted: int
    rejected: tuple[Rejected, ...]
    counts: tuple[int, ...]
    records: tuple[Outgoing, ...]


def delivery_id(sender: str, feed: str, parts: Sequence[Part]) -> str:
    """Name a delivery by its bytes and its sender: sent again over any transport, it is the same delivery.

    A kept envelope is one of its bytes: in two of them one record may have two readings, and of one delivery
    only the first is ever kept.

    Shape: sha256 in hex over sender, feed and data; several parts are each preceded by their length, a kept
    envelope stands before its part, in a form that no feed reads.
    """
    digest = hashlib.sha256(f"{sender}\0{feed}\0".encode())
    for part in parts:
        if len(parts) > 1:
            digest.update(f"{len(part.data)}\0".encode())
        if part.envelope:
            digest.update(b"\0%d\0%b" % (len(part.envelope), part.envelope))
        digest.update(part.data)
    return digest.hexdigest()


def read_delivery(feed: Feed, parts: Sequence[Part], door: Door, partitions: int) -> Verdicts:
    """Let the feed read every record: each becomes an event or a refusal, none is dropped.

    Raises: RecordRejected when one record does not fit into Kafka; the publisher splits it.
    """
    verdicts = Verdicts(delivery_id(door.sender, feed.name, parts))
    seen = 0
    for part in parts:
        first = seen
        for outcome in feed.read(part.data, part.content_type, door, part.envelope):
            seen += 1
            _judge(verdicts, outcome, first, part.content_type, partitions)
    return verdicts


def _judge(verdicts: Verdicts, outcome: Outcome, first: int, content_type: str, partitions: int) -> None:
    number = first + outcome.number
    if isinstance(outcome, Reading):
        event = _event(outcome, number)
        if _weight(event) > PARCEL_BYTES:
            raise RecordRejected(TOO_LARGE, index=str(number))
        verdicts.events.setdefault(partition_of(event.entity, partitions), []).append(event)
        verdicts.accepted += 1
        return
    verdicts.refused.append((number, content_type, outcome))


def _event(reading: Reading, number: int) -> Event:
    return Event(
        number,
        reading.kind,
        reading.entity,
        reading.version_id,
        reading.revision_ms,
        reading.relations,
        msgspec.Raw(_encode(reading.row)),
    )


def _weight(event: Event) -> int:
    related = sum(len(name) + len(target) for name, target in event.relations)
    return memoryview(event.reading).nbytes + 4 * (len(event.entity) + related) + EVENT_ENVELOPE_BYTES


def read_withdrawal(
    feed: Feed, entities: Sequence[object], raw: bytes, door: Door, partitions: int
) -> Verdicts:
    """Turn a list of entities sent by mistake into events that take back what this sender said of them."""
    verdicts = Verdicts(delivery_id(door.sender, f"{feed.name}\0{WITHDRAWAL}", (Part("", raw),)))
    for number, named in enumerate(entities):
        try:
            entity = feed.entity_named(_text_of(named), door)
        except RecordRejected as rejected:
            verdicts.refused.append((number, "application/json", refusal(number, rejected, _encode(named))))
            continue
        version = hashlib.sha256(f"{verdicts.delivery}\0{entity}".encode()).hexdigest()[:32]
        event = Event(number, WITHDRAWAL, entity, version, 0, (), msgspec.Raw(b"{}"))
        verdicts.events.setdefault(partition_of(entity, partitions), []).append(event)
        verdicts.accepted += 1
    return verdicts


def _text_of(named: object) -> str:
    if not isinstance(named, str):
        raise RecordRejected("not_text:entity", "entity")
    if not named.strip():
        raise RecordRejected("missing:entity", "entity")
    return named.strip()


@dataclass(frozen=True, slots=True)
class Addressed:
    """What belongs on everything that is kept of one delivery."""

    feed: str
    receipt: str
    door: Door
    partitions: int
    corrected_from: str = ""


def prepare(verdicts: Verdicts, to: Addressed, seal: Seal | None) -> Prepared:
    """Pack what was read for Kafka; without a seal nothing is to be kept (a dry run).

    Raises: RecordRejected when a bad record is too large to be kept whole; the publisher splits it.
    """
    if seal is None:
        told = tuple(_rejected(number, "", refused) for number, _, refused in verdicts.refused)
        return Prepared(verdicts.delivery, verdicts.accepted, told, (), ())
    portions = [
        (partition, portion)
        for partition, events in sorted(verdicts.events.items())
        for portion in _portions(events)
    ]
    records = [_parcel(verdicts.delivery, to, partition, portion) for partition, portion in portions]
    rejected: list[Rejected] = []
    for number, content_type, refused in verdicts.refused:
        name = letter_name(verdicts.delivery, number, to.corrected_from)
        rejected.append(_rejected(number, name, refused))
        letter = DeadLetter(
            id=name,
            feed=to.feed,
            sender=to.door.sender,
            receipt=to.receipt,
            delivery=verdicts.delivery,
            index=number,
            reason=refused.reason,
            field=refused.field,
            content_type=content_type,
            record=seal.close(refused.raw, name),
            at=to.door.received_at,
            corrected_from=to.corrected_from,
            envelope=seal.close(refused.envelope, envelope_name(name)) if refused.envelope else b"",
        )
        if len(letter.record) + len(letter.envelope) > DEAD_LETTER_BYTES:
            raise RecordRejected(TOO_LARGE, index=str(number))
        partition = partition_of(name, to.partitions)
        records.append(Outgoing(DEAD_LETTERS, partition, pack_dead_letter(letter), name.encode()))
    counts = tuple(len(portion) for _, portion in portions)
    return Prepared(verdicts.delivery, verdicts.accepted, tuple(rejected), counts, tuple(records))


def _rejected(number: int, name: str, refused: Refusal) -> Rejected:
    return Rejected(Reject(number, name, refused.reason, refused.field), refused.message)


def _parcel(delivery: str, to: Addressed, partition: int, events: list[Event]) -> Outgoing:
    parcel = Parcel(delivery, to.receipt, to.door.sender, milliseconds(to.door.received_at), events)
    return Outgoing(events_topic(to.feed), partition, pack(parcel))


def _portions(events: list[Event]) -> Iterator[list[Event]]:
    """Cut a partition's events so that each parcel fits into one Kafka record."""
    portion: list[Event] = []
    weight = 0
    for event in events:
        more = _weight(event)
        if portion and weight + more > PARCEL_BYTES:
            yield portion
            portion, weight = [], 0
        portion.append(event)
        weight += more
    if portion:
        yield portion
