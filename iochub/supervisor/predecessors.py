"""Waits for the processes of a hub that was killed: they die with it, but not in the same instant."""

import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from iochub.errors import DeclarationError

GONE_SECONDS = 15.0


def born(pid: int | None) -> str:
    """What tells a process from a later one with the same id; empty when it is gone or cannot be told."""
    with suppress(OSError):
        # The 22nd field of /proc/<pid>/stat, counted after the name, which may hold spaces. Source: proc(5).
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if fields[0] in "ZX" else fields[19]
    return ""


def wait_for_predecessors(known: Iterable[tuple[int | None, str]], seconds: float = GONE_SECONDS) -> None:
    """Return when none of these processes, given by id and birth, runs any more.

    Raises: DeclarationError when one outlives the deadline; the operator ends it.
    """
    deadline = time.monotonic() + seconds
    left = [(pid, birth) for pid, birth in known if birth]
    while left := [(pid, birth) for pid, birth in left if born(pid) == birth]:
        if time.monotonic() > deadline:
            pids = " ".join(str(pid) for pid, _ in left)
            raise DeclarationError(
                f"Processes of the former hub on this folder still run. End them with `kill -9 {pids}`.",
                problem="predecessors",
            )
        time.sleep(0.05)
