"""An embedded ClickHouse for tests: started once per session, on a free port, with its own folder."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class ClickHouse:
    """Where the engine listens, and as whom one may ask."""

    host: str
    port: int
    writer_password: str
    reader_password: str
    data_dir: Path
    pid: int


def start_clickhouse(
    data_dir: Path, *, port: int = 0, writer: str = "", reader: str = ""
) -> tuple[ClickHouse, subprocess.Popen[bytes]]:
    """Start an engine on a folder and wait until it answers."""
    port = port or free_port()
    writer, reader = writer or secrets.token_hex(8), reader or secrets.token_hex(8)
    environment = {
        **os.environ,
        "IOCHUB_CLICKHOUSE__WRITER_PASSWORD": writer,
        "IOCHUB_CLICKHOUSE__READER_PASSWORD": reader,
    }
    child = subprocess.Popen(
        [sys.executable, "-m", "iochub.warehouse.engine", "--data", str(data_dir), "--port", str(port)],
        env=environment,
    )
    try:
        wait_until_ready(port, child)
    except BaseException:
        child.kill()
        child.wait()
        raise
    return ClickHouse("127.0.0.1", port, writer, reader, data_dir, child.pid), child


def free_port() -> int:
    """Ask the machine for a port nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


def wait_until_ready(port: int, child: subprocess.Popen[bytes], seconds: float = 30.0) -> None:
    """Poll `/ping` until it answers or the child has died."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise RuntimeError(f"the engine ended with {child.returncode} before it was ready")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=2) as answer:
                if answer.read() == b"Ok.\n":
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError("the engine did not answer in time")


def stop_clickhouse(
    child: subprocess.Popen[bytes], number: int = signal.SIGTERM, seconds: float = 20.0
) -> int:
    """End an engine and give its exit code."""
    if child.poll() is None:
        child.send_signal(number)
    return child.wait(seconds)


@pytest.fixture(scope="session")
def clickhouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouse]:
    """A running embedded ClickHouse with an empty database `iochub`."""
    engine, child = start_clickhouse(tmp_path_factory.mktemp("clickhouse"))
    yield engine
    stop_clickhouse(child)
