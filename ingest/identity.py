"""One identity key for ever: its fingerprint is the first record of a topic, and another key is refused."""

import time

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from iochub.errors import DeclarationError, StoreUnavailable
from iochub.ingest.topic_list import IDENTITY
from iochub.ingest.topics import broker_is_ready

WITHIN_SECONDS = 15.0


def ensure_identity(bootstrap: str, fingerprint: str, *, within_seconds: float = WITHIN_SECONDS) -> None:
    """Write the fingerprint of the identity key once, or compare it with the one that stands there.

    Raises: DeclarationError when another key made the entity keys that are kept; the operator acts.
    StoreUnavailable when Kafka does not answer; the caller tries again.
    """
    if not broker_is_ready(bootstrap, within_seconds):
        raise StoreUnavailable("Kafka does not answer.", store="kafka")
    try:
        standing = _first_record(bootstrap, within_seconds)
        if standing is None:
            _write(bootstrap, fingerprint, within_seconds)
            standing = _first_record(bootstrap, within_seconds)
    except KafkaError as error:
        raise StoreUnavailable("Kafka did not tell the identity fingerprint.", store="kafka") from error
    if standing != fingerprint:
        raise DeclarationError(
            "IOCHUB_IDENTITY_KEY is not the key that this hub's entity keys were made with: every household "
            "seller would be counted twice. Put the former key back (it lies in the backup's secrets.json). "
            "The identity key is never rotated.",
            setting="IOCHUB_IDENTITY_KEY",
        )


def _first_record(bootstrap: str, within_seconds: float) -> str | None:
    """The oldest record of the topic; of two writers at once, the first stands for both."""
    place = TopicPartition(IDENTITY, 0)
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap.split(","),
        enable_auto_commit=False,
        bootstrap_timeout_ms=int(within_seconds * 1000),
    )
    try:
        consumer.assign([place])
        begin, end = consumer.beginning_offsets([place])[place], consumer.end_offsets([place])[place]
        if begin == end:
            return None
        consumer.seek(place, begin)
        deadline = time.monotonic() + within_seconds
        while time.monotonic() < deadline:
            for record in consumer.poll(timeout_ms=500).get(place, []):
                return str(record.value, "utf-8")
        raise StoreUnavailable("Kafka did not tell the identity fingerprint.", store="kafka")
    finally:
        consumer.close()


def _write(bootstrap: str, fingerprint: str, within_seconds: float) -> None:
    producer = KafkaProducer(
        bootstrap_servers=bootstrap.split(","),
        acks="all",
        enable_idempotence=True,
        allow_auto_create_topics=False,
        bootstrap_timeout_ms=int(within_seconds * 1000),
    )
    try:
        producer.send(IDENTITY, value=fingerprint.encode(), partition=0).get(timeout=within_seconds)
    finally:
        producer.close(timeout=5)
