"""Processes that a measurement starts: ended by it whatever happens, and watched for what they use."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Self

from iochub.supervisor.lifeline import PR_SET_PDEATHSIG

STOP_SECONDS = 20.0
TICKS = os.sysconf("SC_CLK_TCK")
_libc = ctypes.CDLL(None)


def die_with_parent() -> None:
    """Runs in the child before it becomes its program: the kernel ends it when the measurement ends."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


class Children:
    """The processes of one measurement; leaving the block ends them, the last started first."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        logs.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for name in reversed(tuple(self._running)):
            self.stop(name)

    def start(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
        *,
        answers: bool = False,
    ) -> subprocess.Popen[bytes]:
        """Start a process under a name; `answers` when its standard output is read by us."""
        with (self._logs / f"{name}.log").open("ab") as log:
            child = subprocess.Popen(
                command,
                env=None if environment is None else dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if answers else log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the measurement alone, which ends them in order
                preexec_fn=die_with_parent,
            )
        self._running[name] = child
        return child

    def pid(self, name: str) -> int:
        return self._running[name].pid

    def ended_well(self, name: str) -> bool:
        return self._running[name].poll() == 0

    def stop(self, name: str, number: int = signal.SIGTERM) -> None:
        """Ask it to stop, and end it when it does not."""
        child = self._running.pop(name)
        if child.poll() is None:
            child.send_signal(number)
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        if child.stdout is not None:
            child.stdout.close()

    def wait_until(self, name: str, holds: Callable[[], object], seconds: float) -> None:
        """Wait for a claim about a process; when it dies instead, or takes too long, show its last words."""
        child = self._running[name]
        deadline = time.monotonic() + seconds
        while not holds():
            if child.poll() is not None or time.monotonic() > deadline:
                if holds():
                    return
                words = (self._logs / f"{name}.log").read_text(errors="replace")[-3000:]
                raise RuntimeError(f"{name} did not come to it within {seconds:.0f} s:\n{words}")
            time.sleep(0.05)


class Used(NamedTuple):
    """Processor seconds by process name, over so many seconds."""

    cores: Mapping[str, float]
    seconds: float

    def share(self, name: str) -> float:
        """How many cores it kept busy on average."""
        return self.cores[name] / self.seconds


class Meter:
    """Measures which of some processes use the processor, between two instants."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = dict(pids)
        self._began = time.monotonic()
        self._before = {name: cpu_seconds(pid) for name, pid in self._pids.items()}

    def used(self) -> Used:
        seconds = time.monotonic() - self._began
        return Used(
            {name: cpu_seconds(pid) - self._before[name] for name, pid in self._pids.items()}, seconds
        )


def cpu_seconds(pid: int) -> float:
    """User and system time of a process with all its threads; 0 once it is gone. Source: proc(5)."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS
    return 0.0


class Memory(NamedTuple):
    """Megabytes of some processes: shared pages counted once (`pss`), or for each (`rss`)."""

    pss: float
    rss: float


def memory(pids: Iterable[int]) -> Memory:
    """Source: proc(5), smaps_rollup."""
    pss = rss = 0
    for pid in pids:
        with suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                name, _, rest = line.partition(":")
                if name == "Pss":
                    pss += int(rest.split()[0])
                elif name == "Rss":
                    rss += int(rest.split()[0])
    return Memory(pss / 1024, rss / 1024)


def tree(pid: int) -> dict[int, str]:
    """A process and all that descend from it, with the words of their command lines."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                parents[int(folder.name)] = int(fields[1])
    found = {pid}
    while more := {one for one, parent in parents.items() if parent in found} - found:
        found |= more
    return {one: _words(one) for one in found}


def _words(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""
