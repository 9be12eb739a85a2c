"""A whole hub in processes of its own, started and stopped as a person would, for tests of the whole."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from iochub.data_folder import DataFolder
from iochub.supervisor.predecessors import born

READY_SECONDS = 120


def iochub(*arguments: str, data: Path) -> str:
    """Run one command of the hub's own and answer what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "iochub", *arguments, "--data", str(data)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"iochub {' '.join(arguments)}: {done.stdout}\n{done.stderr}"
    return done.stdout


@dataclass
class RunningHub:
    """One `iochub up`, its addresses and keys."""

    data: Path
    port_base: int
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    keys: dict[str, str] = field(default_factory=dict)
    token: str = ""

    @property
    def gateway(self) -> str:
        return f"http://127.0.0.1:{self.port_base}"

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port_base + 100}"

    @property
    def wall(self) -> str:
        return f"http://127.0.0.1:{self.port_base + 200}"

    def start(self, *, demo: bool = False) -> "RunningHub":
        """Start it and wait for the line `ready`."""
        output = self.data.with_name(f"{self.data.name}.up.log")
        with output.open("ab") as log:
            begin = log.tell()
            self.process = subprocess.Popen(
                [
                    sys.executable, "-m", "iochub", "up", "--demo" if demo else "--no-demo",
                    "--data", str(self.data), "--port-base", str(self.port_base),
                ],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=os.environ | self.environment,
            )  # fmt: skip
        deadline = time.monotonic() + READY_SECONDS
        while b"\nready" not in b"\n" + output.read_bytes()[begin:]:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"The hub did not become ready:\n{output.read_text()[-4000:]}")
            time.sleep(0.1)
        return self

    def open_doors(self, *agencies: str) -> "RunningHub":
        """Make a key per agency for every feed, and a viewer token."""
        for agency in agencies:
            made = iochub(
                "keys", "create", "--agency", agency, "--feed", "dossiers", "--feed", "einvoices", "--json",
                data=self.data,
            )  # fmt: skip
            self.keys[agency] = json.loads(made)["secret"]
        made = iochub("tokens", "create", "--role", "operator", "--unit", "38", "--json", data=self.data)
        self.token = json.loads(made)["secret"]
        return self

    def status(self) -> dict[str, object]:
        """What `iochub status --json` says."""
        found: dict[str, object] = json.loads(iochub("status", "--json", data=self.data))
        return found

    def pids(self) -> dict[str, int]:
        """The pid of each running process, by name."""
        processes = self.status()["processes"]
        assert isinstance(processes, list)
        return {each["name"]: each["pid"] for each in processes if each.get("pid")}

    def ports(self) -> dict[str, int]:
        """The ports that the hub said it uses, whether it still runs or not."""
        found: dict[str, int] = DataFolder(self.data).last_state()["ports"]
        return found

    def pids_left(self) -> list[int]:
        """Processes that the hub said it has and that still run, whether the hub itself does or not."""
        processes = DataFolder(self.data).last_state().get("processes", [])
        return [each["pid"] for each in processes if each["pid"] and born(each["pid"]) == each["born"]]

    def ask(self, path: str, **parameters: str) -> dict[str, object]:
        """One question to the API, as a viewer."""
        answer = httpx.get(
            f"{self.api}{path}",
            params=parameters,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=30,
        )
        answer.raise_for_status()
        found: dict[str, object] = answer.json()
        return found

    def stop(self, seconds: float = 60) -> int:
        """Ask it to stop as Ctrl-C would, and answer its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        """End only the supervisor, by SIGKILL: its children must follow it by themselves."""
        assert self.process is not None
        with suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()


def free_base() -> int:
    """A port base whose three web ports are free; where one looks first is left to chance.

    Two runs on one machine that look at the same moment would otherwise find the same.
    """
    bases = list(range(21_000, 32_000, 7))
    random.SystemRandom().shuffle(bases)
    for base in bases:
        taken = False
        for port in (base, base + 100, base + 200):
            with socket.socket() as probe:
                taken = taken or probe.connect_ex(("127.0.0.1", port)) == 0
        if not taken:
            return base
    raise AssertionError("No free ports between 21000 and 32000.")


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """One hub for the whole session; tests use entities and days of their own."""
    running = RunningHub(tmp_path_factory.mktemp("hub") / "data", free_base())
    try:
        yield running.start().open_doors("H56.1", "H56.2")
    finally:
        if running.process is not None and running.process.poll() is None:
            running.stop()
