"""Fixtures with a real embedded broker: one per session, and a starter for tests that kill their own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from iochub.ingest.topics import broker_is_ready
from iochub.streams.broker.embedded import install
from iochub.streams.broker.ports import free_ports

START_SECONDS = 60
STOP_SECONDS = 20

BROKER = """
import sys
from pathlib import Path
from iochub.streams.broker.embedded import run
from iochub.supervisor.lifeline import tie_to_parent
tie_to_parent(int(sys.argv[4]))
run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
"""


class Broker:
    """An embedded broker in a process of its own, as the supervisor starts it."""

    def __init__(self, data: Path, port: int, controller_port: int) -> None:
        self.data = data
        self.port = port
        self.bootstrap = f"127.0.0.1:{port}"
        self.log = data.with_name(f"{data.name}.log")
        install()  # here, so that a first fetch is no part of the time that a start may take
        arguments = [str(data), str(port), str(controller_port), str(os.getpid())]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", BROKER, *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def wait_until_ready(self, seconds: float = START_SECONDS) -> "Broker":
        """Return when the broker answers; fail with its own words when it ends instead."""
        deadline = time.monotonic() + seconds
        while not broker_is_ready(self.bootstrap, 2.0):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise AssertionError(f"The broker did not start:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.02)
        return self

    def kill(self) -> None:
        """End it as a power cut or the kernel would: SIGKILL."""
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it in order."""
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One broker for the whole session; its address. Tests keep apart by topic names."""
    broker = Broker(tmp_path_factory.mktemp("kafka") / "data", *free_ports(2))
    try:
        yield broker.wait_until_ready().bootstrap
    finally:
        broker.kill()


@pytest.fixture
def start_broker() -> Iterator[Callable[..., Broker]]:
    """Start brokers that the test may kill; whatever still runs afterwards is killed."""
    started: list[Broker] = []

    def start(data: Path, port: int | None = None, controller_port: int | None = None) -> Broker:
        spare = free_ports(2)
        broker = Broker(data, port or spare[0], controller_port or spare[1])
        started.append(broker)
        return broker.wait_until_ready()

    yield start
    for broker in started:
        broker.kill()
