"""A worker that stands still is noticed and ends, one that is merely long at work is let be."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import partial
from itertools import count

import pytest

from iochub.errors import StoreUnavailable
from iochub.streams import rolling
from iochub.streams import watch as watching
from iochub.streams.pulse import Pulse
from iochub.streams.taking import Taken
from iochub.streams.watch import AT_WORK_LOOKS, LOOK_SECONDS, STUCK_LOOKS, Lookout, Partition
from iochub.warehouse.positions import Places
from iochub.warehouse.store import ANSWER_SECONDS

TOPIC, RECEIPTS, DOSSIERS = "windows.touched", "receipts", "events.dossiers"

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
    assert not is_stuck(lambda pulse: pulse.stepped(TOPIC))


def test_a_worker_with_nothing_to_hold_is_not_stuck_while_another_works() -> None:
    assert not is_stuck(nothing, assigned=set, stored=moving(OTHER))
    elsewhere = moving((RECEIPTS, 0))
    ends = {MINE: END, (RECEIPTS, 0): END}
    assert not is_stuck(nothing, assigned=set, stored=elsewhere, ends=lambda: ends)


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


class Watched:
    """A worker that holds three topics with work in each, and its lookout, asked look by look."""

    def __init__(self) -> None:
        self.pulse = Pulse()
        self.is_away = False
        share = [(topic, 0) for topic in (TOPIC, RECEIPTS, DOSSIERS)]
        self._lookout = Lookout(self.pulse, lambda: dict.fromkeys(share, END), self._stored, lambda: share)
        self._offsets = count()

    def _stored(self) -> Places:
        return away() if self.is_away else {}

    def copies(self, *topics: str) -> None:
        """A batch from its beginning to its end, soon over."""
        for topic in topics:
            with self.pulse.at_work(topic):
                self.pulse.moved(topic, [Taken(0, next(self._offsets), 0, b"", None)])

    def looks(self, work: Callable[[], None], most: int = 3 * AT_WORK_LOOKS) -> tuple[int, list[str]]:
        """How many looks until something is stuck, and what; all looks and nothing if nothing is."""
        for number in range(1, most + 1):
            work()
            with suppress(StoreUnavailable):
                if topics := self._lookout.stuck():
                    return number, topics
        return most, []


@pytest.fixture
def watched() -> Watched:
    watched = Watched()
    watched.looks(lambda: watched.copies(TOPIC, RECEIPTS, DOSSIERS), 1)
    return watched


def test_a_topic_that_nobody_takes_is_noticed_while_receipts_are_copied_all_the_time(
    watched: Watched,
) -> None:
    assert watched.looks(lambda: watched.copies(TOPIC, RECEIPTS)) == (STUCK_LOOKS, [DOSSIERS])


def test_an_agent_that_hangs_is_noticed_while_all_others_go_on(watched: Watched) -> None:
    with watched.pulse.at_work(DOSSIERS):
        looks, topics = watched.looks(lambda: watched.copies(TOPIC, RECEIPTS))
    assert topics == [DOSSIERS]
    assert looks == AT_WORK_LOOKS + 1  # the first still sees the batch begin


def test_two_statements_as_long_as_they_may_be_are_no_hang(watched: Watched) -> None:
    looks, slow = count(), round(2 * ANSWER_SECONDS / LOOK_SECONDS)

    def land() -> None:
        watched.copies(TOPIC, RECEIPTS)
        if next(looks) % slow == 0:
            watched.pulse.stepped(DOSSIERS)

    with watched.pulse.at_work(DOSSIERS):
        assert watched.looks(land) == (3 * AT_WORK_LOOKS, [])


def test_what_a_long_batch_waited_is_not_held_against_what_comes_after(watched: Watched) -> None:
    with watched.pulse.at_work(DOSSIERS):
        watched.looks(lambda: watched.copies(TOPIC, RECEIPTS), AT_WORK_LOOKS - 1)
    looks, topics = watched.looks(lambda: watched.copies(TOPIC, RECEIPTS))
    assert (looks, topics) == (STUCK_LOOKS + 1, [DOSSIERS])


def test_a_topic_waits_while_another_is_long_at_one_batch_and_holds_up_all_that_is_handed_out(
    watched: Watched,
) -> None:
    with watched.pulse.at_work(TOPIC):
        assert watched.looks(lambda: watched.pulse.stepped(TOPIC)) == (3 * AT_WORK_LOOKS, [])
        assert watched.looks(lambda: None) == (AT_WORK_LOOKS, [TOPIC])


def test_looks_at_a_warehouse_that_was_away_do_not_count(watched: Watched) -> None:
    watched.looks(lambda: None, STUCK_LOOKS - 1)
    watched.is_away = True
    watched.looks(lambda: None, 1)
    watched.is_away = False
    assert watched.looks(lambda: None)[0] == STUCK_LOOKS


def test_rest_between_recounts_is_no_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rolling, "BREATH_SECONDS", 0.01)
    pulse = Pulse()
    lookout = Lookout(pulse, lambda: {MINE: END}, dict, lambda: {MINE})

    async def rest() -> bool:
        looking = asyncio.create_task(watching.until_stuck(lookout))
        began = time.monotonic()
        await rolling.rest(0.4, partial(pulse.stepped, TOPIC))
        assert time.monotonic() - began >= 0.4
        found = looking.done()
        looking.cancel()
        return found

    assert not asyncio.run(rest())


def test_a_stuck_worker_ends_at_once_with_its_last_words_and_waits_for_nothing_that_hangs() -> None:
    ended = subprocess.run([sys.executable, "-c", HANGS], capture_output=True, text=True, timeout=30)
    assert ended.returncode == watching.STUCK
    assert "Nothing moved" in ended.stdout
    assert "orderly" not in ended.stdout
