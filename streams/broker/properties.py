"""How the embedded broker is tuned: one node, quick to start, quick to come back, and losing nothing."""

from dataclasses import dataclass
from pathlib import Path

MESSAGE_BYTES = 8 * 1024 * 1024
"""The largest parcel that Kafka takes; the gateway's parcels stay far below."""

FIXED = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    # After SIGKILL the controller keeps the dead registration for the session, 9 s by default.
    "broker.session.timeout.ms": "2500",
    "broker.heartbeat.interval.ms": "500",
    "controller.quorum.election.timeout.ms": "500",
    "controller.quorum.fetch.timeout.ms": "1000",
    # One node can hold one copy.
    "default.replication.factor": "1",
    "min.insync.replicas": "1",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    # Fewer partitions of Kafka's own (50 each by default) start and recover sooner.
    "offsets.topic.num.partitions": "12",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.num.partitions": "4",
    # Workers come back at once, and may ask for a session of a few seconds.
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    # A hub that was off for a month goes on where it stood: Kafka forgets positions after 7 days by default.
    "offsets.retention.minutes": "525600",
    "auto.create.topics.enable": "false",
    "num.partitions": "12",
    # Nothing accepted ever expires, and age counts from receipt: a back-dated event is not old.
    "log.retention.ms": "-1",
    "log.retention.bytes": "-1",
    "log.message.timestamp.type": "LogAppendTime",
    "compression.type": "producer",
    "message.max.bytes": str(MESSAGE_BYTES),
    "replica.fetch.max.bytes": str(MESSAGE_BYTES),
    # Small segments and indexes: recovery after SIGKILL reads the last segment of every partition.
    "log.segment.bytes": str(256 * 1024 * 1024),
    "log.index.size.max.bytes": str(1024 * 1024),
    # Sized for two cores and a heap of 512 MB; the cleaner alone would take 128 MB.
    "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
    "num.network.threads": "2",
    "num.io.threads": "4",
    "background.threads": "4",
    "num.recovery.threads.per.data.dir": "2",
}


@dataclass(frozen=True)
class Address:
    """Where the one node listens: for clients, and for itself as its own controller."""

    host: str
    port: int
    controller_port: int


def server_properties(log_dir: Path, address: Address) -> str:
    """Write Kafka's configuration file for one node at this address.

    Shape: one `name=value` per line, as Java's properties are.
    """
    listeners = (
        f"PLAINTEXT://{address.host}:{address.port},CONTROLLER://{address.host}:{address.controller_port}"
    )
    placed = {
        "log.dirs": _escaped(str(log_dir)),
        "listeners": listeners,
        "advertised.listeners": listeners,
        "controller.quorum.bootstrap.servers": f"{address.host}:{address.controller_port}",
    }
    return "".join(f"{name}={value}\n" for name, value in {**FIXED, **placed}.items())


def _escaped(value: str) -> str:
    # Java reads these files as Latin-1 with \u escapes; a folder's name may well be Vietnamese.
    units = value.replace("\\", "\\\\").encode("utf-16-be")
    pairs = (int.from_bytes(units[i : i + 2], "big") for i in range(0, len(units), 2))
    return "".join(chr(unit) if 0x20 <= unit < 0x7F else f"\\u{unit:04x}" for unit in pairs)
