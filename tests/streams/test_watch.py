"""A worker that stands still is noticed, one that is merely long at work is let be."""

import asyncio
from collections.abc import Callable

import pytest

from iochub.streams import watch as watching
from iochub.streams.pulse import Pulse
from iochub.streams.taking import Taken

TOPIC = "windows.touched"


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.02)


def trouble(work: Callable[[Pulse], None], *, end: int = 10, well: bool = True) -> str:
    """What is said of a worker after so many looks that standing still would be noticed."""
    pulse = Pulse()

    async def look() -> None:
        looking = asyncio.create_task(
            watching.watch(pulse, [TOPIC], {}, lambda topic: {0: end}, lambda: {(TOPIC, 0)}, lambda: well)
        )
        for _ in range(60):
            await asyncio.sleep(0.01)
            work(pulse)
        looking.cancel()

    asyncio.run(look())
    return pulse.trouble()


def test_a_worker_that_does_nothing_although_there_is_work_is_stuck() -> None:
    assert "nothing moves" in trouble(lambda pulse: None)


def test_a_worker_without_work_or_without_a_store_is_not() -> None:
    assert trouble(lambda pulse: None, end=0) == ""
    assert trouble(lambda pulse: None, well=False) == ""


def test_a_worker_that_moves_on_is_not_stuck() -> None:
    offsets = iter(range(1_000))
    assert trouble(lambda pulse: pulse.moved(TOPIC, [Taken(0, next(offsets), 0, b"", None)]), end=9_999) == ""


def test_a_worker_that_is_long_at_one_batch_is_not_stuck_while_it_makes_steps() -> None:
    assert trouble(lambda pulse: pulse.stepped()) == ""
