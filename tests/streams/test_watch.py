"""A worker that stands still is noticed and ends, one that is merely long at work is let be."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from clickhouse_engine import free_port

from iochub.streams import pulse as pulses
from iochub.streams import watch as watching
from iochub.streams.pulse import Pulse
from iochub.streams.taking import Taken
from iochub.supervisor.probes import answers

TOPIC = "windows.touched"

HANGS = """
import asyncio, logging, sys, threading
from iochub.streams import watch as watching
from iochub.streams.pulse import Pulse
logging.basicConfig(stream=sys.stdout)
watching.LOOK_SECONDS = 0.02

async def work():
    hanging = asyncio.create_task(asyncio.to_thread(threading.Event().wait))
    try:
        await watching.watch(Pulse(), ["t"], {}, lambda topic: {0: 1}, lambda: {("t", 0)}, lambda: True)
    finally:
        print("an orderly end, which waits for what hangs")

asyncio.run(work())
"""


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.02)


def is_stuck(work: Callable[[Pulse], None], *, end: int = 10, well: bool = True) -> bool:
    """Whether a worker is taken for stuck within three times the looks that this needs."""
    pulse = Pulse()

    async def look() -> bool:
        looking = asyncio.create_task(
            watching.until_stuck(
                pulse, [TOPIC], {}, lambda topic: {0: end}, lambda: {(TOPIC, 0)}, lambda: well
            )
        )
        for _ in range(60):
            await asyncio.sleep(0.01)
            work(pulse)
        found = looking.done()
        looking.cancel()
        return found

    return asyncio.run(look())


def test_a_worker_that_does_nothing_although_there_is_work_is_stuck() -> None:
    assert is_stuck(lambda pulse: None)


def test_a_worker_without_work_or_without_a_store_is_not() -> None:
    assert not is_stuck(lambda pulse: None, end=0)
    assert not is_stuck(lambda pulse: None, well=False)


def test_a_worker_that_moves_on_is_not_stuck() -> None:
    offsets = iter(range(1_000))
    assert not is_stuck(lambda pulse: pulse.moved(TOPIC, [Taken(0, next(offsets), 0, b"", None)]), end=9_999)


def test_a_worker_that_is_long_at_one_batch_is_not_stuck_while_it_makes_steps() -> None:
    assert not is_stuck(lambda pulse: pulse.stepped())


def test_a_stuck_worker_ends_at_once_with_its_last_words_and_waits_for_nothing_that_hangs() -> None:
    ended = subprocess.run([sys.executable, "-c", HANGS], capture_output=True, text=True, timeout=30)
    assert ended.returncode == watching.STUCK
    assert "Nothing moved" in ended.stdout
    assert "orderly" not in ended.stdout


def test_a_silent_event_loop_is_seen_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulses, "SILENT_SECONDS", 0.5)
    pulse, port = Pulse(), free_port()
    pulse.serve(port)
    is_well = answers(f"http://127.0.0.1:{port}/healthz")
    pulse.beat()
    assert is_well()
    time.sleep(0.6)
    assert not is_well()
    pulse.beat()
    assert is_well()
