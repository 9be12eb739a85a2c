import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from iochub.errors import DeclarationError
from iochub.ingest.topics import Topic, end_offsets, ensure_topics, topic_ids
from iochub.streams.broker.embedded import prepare
from iochub.streams.broker.ports import free_ports

Start = Callable[..., Any]
TOPIC = Topic("events.test", partitions=3)


def send(bootstrap: str, values: list[bytes]) -> None:
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
    try:
        for sent in [producer.send(TOPIC.name, value) for value in values]:
            sent.get(20)
    finally:
        producer.close()


def read(bootstrap: str) -> set[bytes]:
    ends = {TopicPartition(TOPIC.name, p): end for p, end in end_offsets(bootstrap, TOPIC.name).items()}
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    try:
        consumer.assign(list(ends))
        consumer.seek_to_beginning(*ends)
        values: set[bytes] = set()
        while any(consumer.position(partition) < end for partition, end in ends.items()):
            for records in consumer.poll(timeout_ms=500).values():
                values.update(record.value for record in records)
        return values
    finally:
        consumer.close()


def identity(data: Path) -> str:
    return (data / "log" / "meta.properties").read_text().split("\n", 2)[2]


def test_acknowledged_messages_survive_sigkill_and_other_ports(tmp_path: Path, start_broker: Start) -> None:
    broker = start_broker(tmp_path / "dữ liệu")
    assert Path(f"/proc/{broker.process.pid}/comm").read_text() == "java\n", (
        "what was started is Kafka itself"
    )
    ensure_topics(broker.bootstrap, [TOPIC])
    ids = topic_ids(broker.bootstrap, [TOPIC.name])
    before = identity(broker.data)
    first = [b"first %d" % i for i in range(500)]
    send(broker.bootstrap, first)
    broker.kill()

    broker = start_broker(broker.data)
    assert identity(broker.data) == before, "a second start must not format again"
    assert topic_ids(broker.bootstrap, [TOPIC.name]) == ids
    assert read(broker.bootstrap) == set(first)
    second = [b"second %d" % i for i in range(500)]
    send(broker.bootstrap, second)
    broker.kill()

    broker = start_broker(broker.data)
    assert read(broker.bootstrap) == {*first, *second}


def test_a_format_cut_short_heals(tmp_path: Path, start_broker: Start) -> None:
    data = tmp_path / "data"
    half_done = data / "log.formatting"
    half_done.mkdir(parents=True)
    (half_done / "bootstrap.checkpoint").write_bytes(b"half")
    broker = start_broker(data)
    ensure_topics(broker.bootstrap, [TOPIC])
    assert not half_done.exists()


def test_two_brokers_never_share_a_folder(tmp_path: Path, start_broker: Start) -> None:
    broker = start_broker(tmp_path / "data")
    with pytest.raises(DeclarationError, match="Another broker is running"):
        prepare(broker.data, *free_ports(2))


@pytest.mark.parametrize("taken", [0, 1], ids=["kafka", "controller"])
def test_a_busy_port_is_named_before_anything_is_written(tmp_path: Path, taken: int) -> None:
    ports = free_ports(2)
    with socket.socket() as other:
        other.bind(("127.0.0.1", ports[taken]))
        other.listen()
        with pytest.raises(DeclarationError, match=f"Port {ports[taken]} .*another port"):
            prepare(tmp_path / "data", *ports)
    assert not (tmp_path / "data").exists()


def test_a_foreign_address_is_refused(tmp_path: Path) -> None:
    port, controller_port = free_ports(2)
    with pytest.raises(DeclarationError, match="another address"):
        prepare(tmp_path, port, controller_port, "192.0.2.1")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(DeclarationError, match=r"cannot write to .*data: .*another data folder"):
        prepare(tmp_path / "data", *free_ports(2))


def test_a_full_disk_is_said_before_the_broker_starts(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=r"MiB are free .*Free space there"):
        prepare(tmp_path / "data", *free_ports(2), free_bytes=2**62)
