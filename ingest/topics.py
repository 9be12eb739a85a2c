"""Makes Kafka's topics as the hub declares them, and tells what is in Kafka."""

import asyncio
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, OffsetSpec
from kafka.errors import (
    InvalidConfigurationError,
    InvalidPartitionsError,
    InvalidReplicationFactorError,
    InvalidTopicError,
    KafkaError,
    TopicAlreadyExistsError,
)

from iochub.clock import milliseconds
from iochub.errors import DeclarationError, StoreUnavailable

OlderThan = Callable[[datetime], dict[tuple[str, int], int]]
"""By (topic, partition) the offset before which every record was appended before an instant."""

ALWAYS = {
    # An event's own time as record time would let retention delete a back-dated event minutes after receipt.
    "message.timestamp.type": "LogAppendTime",
    "retention.ms": "-1",
    "cleanup.policy": "delete",
}
"""What every topic of the hub keeps to, whatever the broker's defaults are."""

TIMEOUT_SECONDS = 20.0

UNKNOWN_TOPIC = 3
"""Source: Kafka protocol, error UNKNOWN_TOPIC_OR_PARTITION."""

CONTRADICTIONS = (
    InvalidConfigurationError,
    InvalidPartitionsError,
    InvalidReplicationFactorError,
    InvalidTopicError,
)
"""Answers of Kafka that no waiting mends: the declaration and the cluster do not fit."""


@dataclass(frozen=True)
class Topic:
    """A topic as declared; its partition count never changes, for the order per entity depends on it."""

    name: str
    partitions: int = 12
    replication: int = 1
    configs: Mapping[str, str] = field(default_factory=dict)

    @property
    def settings(self) -> dict[str, str]:
        """All settings of the topic; those that every topic keeps to win."""
        return {**self.configs, **ALWAYS}


def ensure_topics(bootstrap: str, topics: Sequence[Topic], timeout_s: float = TIMEOUT_SECONDS) -> None:
    """Create the topics that are missing and correct the settings of the others; nothing is ever re-created.

    Call it in a thread, not inside an event loop.

    Raises: DeclarationError when a topic exists with another partition count or Kafka refuses what is
    declared (the declaration's author acts), StoreUnavailable when Kafka does not answer (on-call acts).
    """
    with _admin(bootstrap, timeout_s) as admin:
        existing = _partition_counts(admin, [topic.name for topic in topics])
        missing = [topic for topic in topics if topic.name not in existing]
        if missing:
            _create(admin, missing)
            existing = _partition_counts(admin, [topic.name for topic in topics])
        for topic in topics:
            count = existing[topic.name]
            if count != topic.partitions:
                raise DeclarationError(
                    f"Topic {topic.name} has {count} partitions, {topic.partitions} are declared. "
                    "Declare what it has: another count would break the order of one entity's events.",
                    topic=topic.name,
                )
        _correct_settings(admin, topics)


def topic_ids(bootstrap: str, names: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Tell the id that Kafka gave each topic when it was made, and its partition count.

    A topic that was deleted and made again has another id: positions stored before mean nothing in it.
    Call it in a thread, not inside an event loop.

    Shape: {name: (id, partitions)}; a topic that does not exist is left out.
    Raises: StoreUnavailable when Kafka does not answer (on-call acts).
    """
    with _admin(bootstrap) as admin:
        return {
            found["name"]: (str(found["topic_id"]), len(found["partitions"]))
            for found in _described(admin, names)
        }


def end_offsets(bootstrap: str, topic: str) -> dict[int, int]:
    """Tell, for every partition of a topic, the offset that the next record will get.

    Call it in a thread, not inside an event loop.

    Shape: {partition: offset}; empty when the topic does not exist.
    Raises: StoreUnavailable when Kafka does not answer (on-call acts).
    """
    return {partition: end for (_, partition), end in ends_of(bootstrap, [topic]).items()}


def ends_of(bootstrap: str, topics: Sequence[str]) -> dict[tuple[str, int], int]:
    """Tell the same of several topics, by (topic, partition).

    Raises: StoreUnavailable when Kafka does not answer (on-call acts).
    """
    return _offsets(bootstrap, topics, OffsetSpec.LATEST)


def begins_of(bootstrap: str, topics: Sequence[str]) -> dict[tuple[str, int], int]:
    """Tell, by (topic, partition), the offset of the oldest record that Kafka still has, or will get.

    Raises: StoreUnavailable when Kafka does not answer (on-call acts).
    """
    return _offsets(bootstrap, topics, OffsetSpec.EARLIEST)


def _offsets(bootstrap: str, topics: Sequence[str], which: OffsetSpec) -> dict[tuple[str, int], int]:
    with _admin(bootstrap) as admin:
        counts = _partition_counts(admin, topics)
        asked = {
            TopicPartition(topic, partition): which
            for topic, count in counts.items()
            for partition in range(count)
        }
        found = admin.list_partition_offsets(asked) if asked else {}
        return {(place.topic, place.partition): int(at.offset) for place, at in found.items()}


def delete_before(bootstrap: str, offsets: Mapping[tuple[str, int], int]) -> None:
    """Let Kafka forget, for ever, what lies before these offsets by (topic, partition).

    What is forgotten already stays so, and nothing comes back. The disk is freed segment by segment, within
    minutes. Call it in a thread, not inside an event loop.

    Raises: StoreUnavailable when Kafka does not do it, or only a part of it; the caller tries again.
    """
    with _admin(bootstrap) as admin:
        if offsets:
            admin.delete_records({TopicPartition(*place): offset for place, offset in offsets.items()})


@contextmanager
def asking_for_age(
    bootstrap: str, topics: Sequence[str], timeout_s: float = TIMEOUT_SECONDS
) -> Iterator[OlderThan]:
    """Ask again and again, over one connection, how far a topic is older than an instant.

    Call it in a thread, not inside an event loop.

    Raises: StoreUnavailable when Kafka does not answer or has not all topics (on-call acts).
    """
    with _admin(bootstrap, timeout_s) as admin:
        counts = _partition_counts(admin, topics)
        if len(counts) < len(topics):
            raise StoreUnavailable("Kafka has not all topics yet.", store="kafka")
        places = [TopicPartition(topic, number) for topic in topics for number in range(counts[topic])]

        def older_than(instant: datetime) -> dict[tuple[str, int], int]:
            # The ends are asked for first: a record that comes between the two questions is not old.
            ends = admin.list_partition_offsets(dict.fromkeys(places, OffsetSpec.LATEST))
            younger = admin.list_partition_offsets(dict.fromkeys(places, milliseconds(instant)))
            found = {}
            for place in places:
                first = int(younger[place].offset)
                found[place.topic, place.partition] = first if first >= 0 else int(ends[place].offset)
            return found

        yield older_than


def broker_is_ready(bootstrap: str, timeout_s: float = 2.0) -> bool:
    """Kafka is ready when it answers and at least one broker is in service.

    Call it in a thread, not inside an event loop.
    """
    if not _listens(bootstrap, timeout_s):
        return False
    try:
        with _admin(bootstrap, timeout_s) as admin:
            return bool(admin.describe_cluster()["brokers"])
    except StoreUnavailable:
        return False


def _listens(bootstrap: str, timeout_s: float) -> bool:
    # A refused connection answers in microseconds, without the client's threads.
    for server in bootstrap.split(","):
        host, _, port = server.strip().rpartition(":")
        try:
            socket.create_connection((host, int(port)), timeout_s).close()
        except OSError:
            continue
        return True
    return False


@contextmanager
def _admin(bootstrap: str, timeout_s: float = TIMEOUT_SECONDS) -> Iterator[KafkaAdminClient]:
    _refuse_event_loop()
    milliseconds = int(timeout_s * 1000)
    try:
        admin = KafkaAdminClient(
            bootstrap_servers=bootstrap.split(","),
            bootstrap_timeout_ms=milliseconds,
            request_timeout_ms=milliseconds,
        )
        try:
            yield admin
        finally:
            admin.close()
    # With too many files open, the client cannot open its own.
    except (KafkaError, OSError) as error:
        raise StoreUnavailable(
            f"Kafka at {bootstrap} did not do what was asked: {type(error).__name__}. Check that it runs.",
            error=type(error).__name__,
        ) from error


def _refuse_event_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError(
        "A Kafka client built inside a running event loop can dead-lock: build it in a thread."
    )


def _described(admin: KafkaAdminClient, names: Sequence[str]) -> list[dict[str, Any]]:
    return [found for found in admin.describe_topics(list(names)) if found["error_code"] != UNKNOWN_TOPIC]


def _partition_counts(admin: KafkaAdminClient, names: Sequence[str]) -> dict[str, int]:
    return {found["name"]: len(found["partitions"]) for found in _described(admin, names)}


def _create(admin: KafkaAdminClient, topics: Sequence[Topic]) -> None:
    wanted = {
        topic.name: {
            "num_partitions": topic.partitions,
            "replication_factor": topic.replication,
            "configs": topic.settings,
        }
        for topic in topics
    }
    try:
        admin.create_topics(wanted)
    except TopicAlreadyExistsError:
        # Another process starts at the same moment and was quicker; the caller checks what it made.
        pass
    except CONTRADICTIONS as error:
        raise DeclarationError(
            f"Kafka refuses the topics {', '.join(wanted)} as declared: {type(error).__name__}. "
            "Correct the declaration, or the number of brokers.",
            error=type(error).__name__,
        ) from error
    admin.wait_for_topics(list(wanted))


def _correct_settings(admin: KafkaAdminClient, topics: Sequence[Topic]) -> None:
    asked = [ConfigResource(ConfigResourceType.TOPIC, topic.name) for topic in topics]
    found = admin.describe_configs(asked, config_filter="all")["topic"] if asked else {}
    corrections = []
    for topic in topics:
        now = found[topic.name]
        wrong = {name: to for name, to in topic.settings.items() if now.get(name, {}).get("value") != to}
        if wrong:
            corrections.append(ConfigResource(ConfigResourceType.TOPIC, topic.name, configs=wrong))
    if not corrections:
        return
    answers = admin.alter_configs(corrections, raise_on_unknown=False)["topic"]
    refused = sorted(name for name, answer in answers.items() if answer != "OK")
    if refused:
        raise DeclarationError(
            f"Kafka refuses the settings of {', '.join(refused)}: correct the declaration.", topic=refused[0]
        )
