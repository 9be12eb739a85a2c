"""A worker that stands still is noticed and ends, one that is merely long at work is let be."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from itertools import count

import pytest
from clickhouse_engine import free_port

from iochub.errors import StoreUnavailable
from iochub.streams import pulse as pulses
from iochub.streams import watch as watching
from iochub.streams.pulse import Pulse
from iochub.streams.taking import Taken
from iochub.streams.watch import Lookout, Partition
from iochub.supervisor.probes import answers
from iochub.warehouse.positions import Places

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
        await watching.watch(watching.Lookout(Pulse(), lambda: {("t", 0): 1}, dict, lambda: {("t", 0)}))
    finally:
        print("an orderly end, which waits for what hangs")

asyncio.run(work())
"""


MINE, OTHER = (TOPIC, 0), (TOPIC, 1)
END = 9_999


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.02)


def is_stuck(
    work: Callable[[Pulse], None],
    *,
    end: int = END,
    assigned: Callable[[], Collection[Partition]] = lambda: {MINE},
    stored: Callable[[], Places] = dict,
    ends: Callable[[], Places] | None = None,
) -> bool:
    """Whether a worker is taken for stuck within several times the looks that this needs."""
    pulse = Pulse()
    lookout = Lookout(pulse, ends or (lambda: {MINE: end, OTHER: end}), stored, assigned)

    async def look() -> bool:
        looking = asyncio.create_task(watching.until_stuck(lookout))
        for _ in range(50):
            await asyncio.sleep(0.01)
            work(pulse)
        found = looking.done()
        looking.cancel()
        return found

    return asyncio.run(look())


def nothing(pulse: Pulse) -> None:
    """What a worker does that is idle or stuck."""


def moving(*places: Partition) -> Callable[[], Places]:
    """Positions in the warehouse that have grown at these places whenever they are asked for."""
    positions = count(1)
    return lambda: dict.fromkeys((MINE, OTHER), 0) | dict.fromkeys(places, next(positions))


def away() -> Places:
    raise StoreUnavailable("Away, for this test.")


def test_a_worker_that_does_nothing_although_there_is_work_is_stuck() -> None:
    assert is_stuck(nothing)


def test_a_worker_without_work_or_without_a_store_or_kafka_is_not() -> None:
    assert not is_stuck(nothing, end=0)
    assert not is_stuck(nothing, stored=away)
    assert not is_stuck(nothing, ends=away)


def test_a_worker_that_moves_on_is_not_stuck() -> None:
    offsets = count()
    assert not is_stuck(lambda pulse: pulse.moved(TOPIC, [Taken(0, next(offsets), 0, b"", None)]))


def test_a_worker_that_reads_again_what_was_stored_before_is_not_stuck() -> None:
    offsets = count()
    assert not is_stuck(
        lambda pulse: pulse.moved(TOPIC, [Taken(0, next(offsets), 0, b"", None)]),
        stored=lambda: {MINE: END - 1},
    )


def test_a_worker_that_is_long_at_one_batch_is_not_stuck_while_it_makes_steps() -> None:
    assert not is_stuck(lambda pulse: pulse.stepped())


def test_a_worker_with_nothing_to_hold_is_not_stuck_while_another_works() -> None:
    assert not is_stuck(nothing, assigned=set, stored=moving(OTHER))


def test_a_worker_that_is_never_given_anything_is_stuck_when_nobody_works() -> None:
    assert is_stuck(nothing, assigned=set)


def test_a_worker_whose_own_share_lies_is_stuck_whatever_others_do() -> None:
    assert is_stuck(nothing, stored=moving(OTHER))


def test_a_worker_has_no_work_in_what_another_did_before_it() -> None:
    assert not is_stuck(nothing, stored=lambda: {MINE: END, OTHER: 0})


def test_a_rebalance_that_goes_round_is_no_work() -> None:
    turns = count()
    assert is_stuck(nothing, assigned=lambda: {MINE} if next(turns) % 2 else set())


def test_the_warehouse_is_not_asked_by_who_has_no_work() -> None:
    """It keeps a position of every batch, and reads them all for the answer."""
    asked = count()

    def stored() -> Places:
        next(asked)
        return {MINE: END, OTHER: END}

    assert not is_stuck(nothing, stored=stored)
    assert next(asked) == 1


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
