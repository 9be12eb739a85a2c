"""What travels through Kafka: events, in parcels."""

import hashlib

import msgspec


class Event(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One validated record in its envelope, immutable.

    `revision_ms` is the publisher's own revision time, 0 where the kind declares none.
    `reading` is the feed's row as JSON, already free of personal data.
    """

    index: int
    kind: str
    entity: str
    version_id: str
    revision_ms: int
    relations: tuple[tuple[str, str], ...]
    reading: msgspec.Raw


class Parcel(msgspec.Struct, frozen=True, gc=False):
    """The events of one delivery that share a partition, in one Kafka record.

    `delivery` is the hash of the delivery's bytes and its sender; `sender` is an agency code.
    """

    delivery: str
    receipt: str
    sender: str
    received_ms: int
    events: list[Event]


def events_topic(feed: str) -> str:
    """The topic that carries a feed."""
    return f"events.{feed}"


def partition_of(entity: str, partitions: int) -> int:
    """The partition of an entity: the same for every process, on every machine, for ever."""
    digest = hashlib.blake2b(entity.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % partitions


pack = msgspec.json.Encoder().encode
"""Write a parcel as the bytes of a Kafka record."""

unpack = msgspec.json.Decoder(Parcel).decode
"""Read a parcel; raises `msgspec.DecodeError` for bytes that are none."""
