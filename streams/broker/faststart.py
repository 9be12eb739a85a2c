"""Lets Java remember, from one trial run, what it would otherwise work out again at every start of Kafka."""

import logging
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from iochub.errors import HubError
from iochub.ingest.topics import Topic, broker_is_ready, ensure_topics
from iochub.streams.broker.jars import alone_in, write_whole
from iochub.streams.broker.ports import free_ports
from iochub.streams.broker.properties import Address, server_properties
from iochub.streams.broker.storage import format_storage
from iochub.supervisor.lifeline import tie_to_parent

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
READY_SECONDS = 60
ASSEMBLE_SECONDS = 120


def fast_start(java: list[str], cache: Path, java_version: str) -> list[str]:
    """Return the options for a start from memory, making that memory by a trial run the first time.

    Java checks by itself that it fits (same Java, same jars) and starts without it otherwise: what fails here
    costs a second per start and nothing else.
    """
    memory = cache / f"fast-start-{java_version}.aot"
    failed = memory.with_suffix(".failed")
    try:
        if not memory.exists() and not failed.exists():
            with alone_in(cache):
                if not memory.exists():
                    _remember(java, cache, memory, failed)
    except OSError as error:
        log.warning("No fast starts for Kafka: %s", error.strerror)
    return [f"-XX:AOTCache={memory}"] if memory.exists() else []


def _remember(java: list[str], cache: Path, memory: Path, failed: Path) -> None:
    print("Preparing Kafka for fast starts, once …", file=sys.stderr, flush=True)
    folder = cache / ".trial"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    made = folder / "memory.aot"
    try:
        _trial_run([java[0], f"-XX:AOTCacheOutput={made}", *java[1:]], java, folder)
    except (HubError, subprocess.TimeoutExpired) as error:
        log.warning("Kafka's trial run failed: %s", error)
    if made.exists():
        os.replace(made, memory)
    else:
        # A machine on which it fails once is not asked again at every start.
        write_whole(failed, "")
    shutil.rmtree(folder, ignore_errors=True)


def _trial_run(recording: list[str], java: list[str], folder: Path) -> None:
    address = Address(HOST, *free_ports(2))
    log_dir = folder / "log"
    format_storage(java, log_dir, address)
    properties = folder / "server.properties"
    write_whole(properties, server_properties(log_dir, address))
    with subprocess.Popen(
        [*recording, "kafka.Kafka", str(properties)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=tie_to_parent,
    ) as broker:
        try:
            _use(broker, f"{HOST}:{address.port}")
            broker.terminate()
            broker.wait(ASSEMBLE_SECONDS)
        finally:
            broker.kill()


def _use(broker: subprocess.Popen[bytes], bootstrap: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not broker_is_ready(bootstrap) and broker.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    ensure_topics(bootstrap, [Topic("trial", partitions=1)])
