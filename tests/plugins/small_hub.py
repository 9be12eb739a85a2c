"""A second hub, on a small disk of its own, that its tests may break while a storm feeds it."""

import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from running_hub import RunningHub, free_base
from storm import Storm, shown_in_time, shown_received

ACKNOWLEDGE_SECONDS = 2
POLL_SECONDS = 5
"""Shortened: a worker that waits longer for the warehouse never consumes again, and must be found out."""

FILLING_SECONDS, HOLDING_SECONDS = 18.0, 7.0
"""First the worker takes all that it can hold, then it may not ask for more for longer than it may wait.

Together they are less than the 30 s after which a supervisor ends who does not answer: that, too, would be an
outage, but another than the one that is meant.
"""

MORE_THAN_A_WORKER_HOLDS = 500
FLOOD_DOSSIERS = 40
"""So many at once make eleven or twelve parcels: a worker holds some four thousand before it stops asking."""

DISK_MIB = 640
"""A hub starts with 512 MiB free; what it needs in these minutes is a tenth of that."""

ALMOST_FULL_BYTES = 100 * 1024 * 1024
FILLED_SECONDS = 1.0
"""With so little room the warehouse begins nothing; so long may take what it had begun."""

Shown = tuple[object, object]


def wait_until(holds: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait for a claim to hold; a deadline decides."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come to hold in time"
        time.sleep(0.1)


@dataclass
class SmallHub:
    """The hub, its storm, and whether the machine gave it a disk of its own."""

    hub: RunningHub
    storm: Storm
    has_own_disk: bool

    def whole(self) -> int:
        """All dossiers received, by the oracle."""
        return sum(self.storm.oracle.received().values())

    def shown(self) -> Shown | None:
        """Value and state of all dossiers received, or nothing while nobody answers."""
        with suppress(httpx.HTTPError):
            figure = self.hub.ask("/v1/indicators/dossiers_received", period="2026-08")
            return figure["value"], figure["state"]
        return None

    def settle(self) -> None:
        """Follow the latest receipts and some others to the end; then every figure is the oracle's."""
        receipts = self.storm.receipts
        some = self.storm.random.sample(receipts, min(20, len(receipts)))
        self.storm.receipts = [*some, *receipts[-5:]]
        self.storm.settle()
        assert shown_received(self.hub) == self.storm.oracle.received()
        assert shown_in_time(self.hub) == self.storm.oracle.in_time()

    @contextmanager
    def storming(self) -> Iterator[None]:
        """Deliver all the while, each delivery until it is confirmed."""
        stop = threading.Event()
        failed: list[BaseException] = []

        def run() -> None:
            try:
                while not stop.is_set():
                    self.storm.step()
            except BaseException as error:  # noqa: BLE001 -- told to the test that joins this thread
                failed.append(error)

        sender = threading.Thread(target=run, daemon=True)
        sender.start()
        try:
            yield
        finally:
            stop.set()
            sender.join(120)
        assert not sender.is_alive()
        assert not failed, failed


@dataclass
class Outage:
    """What was accepted by its end, and what the API has said since."""

    accepted: int
    said: list[Shown] = field(default_factory=list)


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """A small disk in memory at this folder; False where the machine does not let us mount one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", str(folder)]
    is_mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield is_mounted
    finally:
        if is_mounted:
            subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def no_room(folder: Path) -> Iterator[None]:
    """Leave not a byte on the disk of this folder, whatever others give back meanwhile.

    As a disk fills in life, not in a blink: what had begun while there was room comes to its end.
    """
    filling, stop = folder / "filling", threading.Event()

    def fill() -> None:
        with filling.open("ab", buffering=0) as file:
            while not stop.is_set():
                try:
                    file.write(bytes(256 * 1024))
                except OSError:
                    stop.wait(0.02)

    with filling.open("wb") as file:
        room = os.statvfs(folder)
        os.posix_fallocate(file.fileno(), 0, room.f_bavail * room.f_frsize - ALMOST_FULL_BYTES)
    time.sleep(FILLED_SECONDS)
    filler = threading.Thread(target=fill, daemon=True)
    filler.start()
    try:
        yield
    finally:
        stop.set()
        filler.join()
        filling.unlink()


@contextmanager
def small_hub(folder: Path) -> Iterator[SmallHub]:
    """Start it, and stop whatever is left of it in the end."""
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    environment = {
        "IOCHUB_GATEWAY__ACKNOWLEDGE_SECONDS": str(ACKNOWLEDGE_SECONDS),
        "IOCHUB_STREAMS__MAX_POLL_SECONDS": str(POLL_SECONDS),
    }
    with small_disk(folder) as has_own_disk:
        hub = RunningHub(folder, free_base(), environment)
        try:
            hub.start().open_doors("H56.1")
            with Storm(hub, "H56.1", seed, "SMALL") as storm:
                yield SmallHub(hub, storm, has_own_disk)
        finally:
            if hub.process is not None and hub.process.poll() is None:
                hub.stop()
            wait_until(lambda: not hub.pids_left())


@contextmanager
def late_warehouse(small: SmallHub) -> Iterator[Outage]:
    """Hold the warehouse for longer than a worker may wait, under load; then let it go, and ask every second.

    The worker stands still for good, and only what watches it helps. That takes a minute.
    """
    for _ in range(5):
        small.storm.step()
    small.settle()
    warehouse = small.hub.pids()["warehouse"]
    os.kill(warehouse, signal.SIGSTOP)
    try:
        began, steps = time.monotonic(), 0
        while steps < MORE_THAN_A_WORKER_HOLDS and time.monotonic() - began < FILLING_SECONDS:
            small.storm.flood(FLOOD_DOSSIERS)
            steps += 1
        until = time.monotonic() + HOLDING_SECONDS
        while time.monotonic() < until:
            small.storm.step()
            time.sleep(0.5)
    finally:
        os.kill(warehouse, signal.SIGCONT)
    outage, stop = Outage(small.whole()), threading.Event()

    def ask() -> None:
        while not stop.wait(1.0 if outage.said else 0.1):
            shown = small.shown()
            if shown is not None:
                outage.said.append(shown)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    try:
        yield outage
    finally:
        stop.set()
        asking.join(60)
