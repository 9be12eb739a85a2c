import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType

from iochub.errors import DeclarationError, StoreUnavailable
from iochub.ingest.topics import (
    Topic,
    asking_for_age,
    begins_of,
    broker_is_ready,
    delete_before,
    end_offsets,
    ensure_topics,
    topic_ids,
)
from iochub.streams.broker.ports import free_ports


def fresh(partitions: int = 3, **configs: str) -> Topic:
    return Topic(
        f"test.{uuid4().hex}", partitions, configs={k.replace("_", "."): v for k, v in configs.items()}
    )


def settings_of(bootstrap: str, topic: Topic) -> dict[str, str]:
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        asked = [ConfigResource(ConfigResourceType.TOPIC, topic.name)]
        found = admin.describe_configs(asked, config_filter="all")["topic"][topic.name]
        return {name: config["value"] for name, config in found.items()}
    finally:
        admin.close()


def send(bootstrap: str, topic: Topic, partition: int, count: int) -> None:
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
    try:
        sent = [producer.send(topic.name, b"parcel", partition=partition) for _ in range(count)]
        for one in sent:
            one.get(10)
    finally:
        producer.close()


def test_a_topic_is_made_as_declared_and_never_expires(kafka: str) -> None:
    topic = fresh(partitions=5, max_message_bytes="1000000")
    ensure_topics(kafka, [topic])
    assert topic_ids(kafka, [topic.name])[topic.name][1] == 5
    settings = settings_of(kafka, topic)
    assert settings["message.timestamp.type"] == "LogAppendTime"
    assert settings["retention.ms"] == "-1"
    assert settings["cleanup.policy"] == "delete"
    assert settings["max.message.bytes"] == "1000000"


def test_a_declaration_cannot_switch_off_what_every_topic_keeps_to(kafka: str) -> None:
    topic = fresh(retention_ms="1000", message_timestamp_type="CreateTime")
    ensure_topics(kafka, [topic])
    assert settings_of(kafka, topic)["retention.ms"] == "-1"
    assert settings_of(kafka, topic)["message.timestamp.type"] == "LogAppendTime"


def test_ensuring_again_keeps_the_topic_and_what_is_in_it(kafka: str) -> None:
    old, new = fresh(), fresh()
    ensure_topics(kafka, [old])
    before = topic_ids(kafka, [old.name])
    send(kafka, old, partition=1, count=4)
    ensure_topics(kafka, [old, new])
    assert topic_ids(kafka, [old.name]) == before
    assert end_offsets(kafka, old.name) == {0: 0, 1: 4, 2: 0}
    assert new.name in topic_ids(kafka, [new.name])


def test_settings_that_somebody_changed_are_corrected(kafka: str) -> None:
    topic = fresh()
    ensure_topics(kafka, [topic])
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    try:
        admin.alter_configs(
            [ConfigResource(ConfigResourceType.TOPIC, topic.name, configs={"retention.ms": "86400000"})]
        )
    finally:
        admin.close()
    assert settings_of(kafka, topic)["retention.ms"] == "86400000"
    ensure_topics(kafka, [topic])
    assert settings_of(kafka, topic)["retention.ms"] == "-1"


def test_another_partition_count_is_refused_and_changes_nothing(kafka: str) -> None:
    topic = fresh(partitions=3)
    ensure_topics(kafka, [topic])
    with pytest.raises(DeclarationError, match=r"has 3 partitions, 4 are declared"):
        ensure_topics(kafka, [Topic(topic.name, 4)])
    assert topic_ids(kafka, [topic.name])[topic.name][1] == 3


@pytest.mark.parametrize(
    "topic",
    [
        Topic("test.replicated", replication=3),
        Topic("test.misspelt", configs={"retention.mss": "1"}),
        Topic("test/slash"),
        Topic("test.none", partitions=0),
    ],
    ids=["more copies than brokers", "unknown setting", "impossible name", "no partition"],
)
def test_what_kafka_refuses_is_the_declarations_fault(kafka: str, topic: Topic) -> None:
    with pytest.raises(DeclarationError):
        ensure_topics(kafka, [topic])


def test_an_unknown_setting_of_an_existing_topic_is_refused(kafka: str) -> None:
    topic = fresh()
    ensure_topics(kafka, [topic])
    with pytest.raises(DeclarationError):
        ensure_topics(kafka, [Topic(topic.name, 3, configs={"retention.mss": "1"})])


def test_two_processes_may_make_the_same_topics_at_once(kafka: str) -> None:
    topics = [fresh(partitions=2) for _ in range(6)]
    with ThreadPoolExecutor(3) as starters:
        for made in [
            starters.submit(ensure_topics, kafka, order) for order in (topics, topics[::-1], topics)
        ]:
            made.result()
    assert {name: count for name, (_, count) in topic_ids(kafka, [t.name for t in topics]).items()} == {
        topic.name: 2 for topic in topics
    }


def test_a_topic_made_again_has_another_id(kafka: str) -> None:
    topic = fresh()
    ensure_topics(kafka, [topic])
    first, _ = topic_ids(kafka, [topic.name])[topic.name]
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    try:
        admin.delete_topics([topic.name])
    finally:
        admin.close()
    ensure_topics(kafka, [topic])
    second, _ = topic_ids(kafka, [topic.name])[topic.name]
    assert UUID(first) != UUID(second)
    assert UUID(int=0) not in {UUID(first), UUID(second)}


def test_a_topic_that_does_not_exist_has_no_id_and_no_offsets(kafka: str) -> None:
    assert topic_ids(kafka, ["test.never-made"]) == {}
    assert end_offsets(kafka, "test.never-made") == {}
    assert topic_ids(kafka, ["test.never-made"]) == {}, "asking must not make it"


def test_how_far_a_topic_is_older_than_an_instant(kafka: str) -> None:
    one, other = fresh(partitions=2), fresh(partitions=1)
    ensure_topics(kafka, [one, other])
    send(kafka, one, partition=1, count=3)
    time.sleep(0.02)
    between = datetime.now(UTC)
    time.sleep(0.02)
    with asking_for_age(kafka, [one.name, other.name]) as older_than:
        assert older_than(between) == {(one.name, 0): 0, (one.name, 1): 3, (other.name, 0): 0}
        send(kafka, one, partition=1, count=2)
        send(kafka, other, partition=0, count=1)
        assert older_than(between) == {(one.name, 0): 0, (one.name, 1): 3, (other.name, 0): 0}
        later = between + timedelta(minutes=1)
        assert older_than(later) == {(one.name, 0): 0, (one.name, 1): 5, (other.name, 0): 1}


def test_no_age_is_told_of_topics_that_are_not_there(kafka: str) -> None:
    with pytest.raises(StoreUnavailable), asking_for_age(kafka, ["test.never-made"]):
        pass


def test_kafka_away_is_said_as_store_unavailable() -> None:
    nobody = f"127.0.0.1:{free_ports(1)[0]}"
    assert not broker_is_ready(nobody, 0.2)
    with pytest.raises(StoreUnavailable):
        ensure_topics(nobody, [fresh()], timeout_s=0.3)


def test_a_client_is_refused_inside_an_event_loop(kafka: str) -> None:
    async def inside() -> None:
        with pytest.raises(RuntimeError, match="thread"):
            topic_ids(kafka, ["any"])
        assert await asyncio.to_thread(topic_ids, kafka, ["test.never-made"]) == {}

    asyncio.run(inside())


def test_what_lies_before_an_offset_is_forgotten_for_ever_and_the_topic_stays_the_same(kafka: str) -> None:
    topic = fresh()
    ensure_topics(kafka, [topic])
    before = topic_ids(kafka, [topic.name])
    send(kafka, topic, partition=1, count=7)
    assert begins_of(kafka, [topic.name, "test.never-made"]) == {
        (topic.name, 0): 0, (topic.name, 1): 0, (topic.name, 2): 0,
    }  # fmt: skip
    for offset in (4, 4, 2):
        delete_before(kafka, {(topic.name, 1): offset})
        assert begins_of(kafka, [topic.name])[topic.name, 1] == 4
    assert end_offsets(kafka, topic.name) == {0: 0, 1: 7, 2: 0}
    delete_before(kafka, {(topic.name, 1): 7})
    send(kafka, topic, partition=1, count=1)
    assert (begins_of(kafka, [topic.name])[topic.name, 1], end_offsets(kafka, topic.name)[1]) == (7, 8)
    assert topic_ids(kafka, [topic.name]) == before


def test_beyond_its_end_nothing_of_a_topic_is_forgotten(kafka: str) -> None:
    topic = fresh()
    ensure_topics(kafka, [topic])
    send(kafka, topic, partition=0, count=3)
    with pytest.raises(StoreUnavailable):
        delete_before(kafka, {(topic.name, 0): 4, (topic.name, 1): 0})
    with pytest.raises(StoreUnavailable):
        delete_before(kafka, {("test.never-made", 0): 1})
    assert begins_of(kafka, [topic.name])[topic.name, 0] == 0
    delete_before(kafka, {})
