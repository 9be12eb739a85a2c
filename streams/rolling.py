"""From touches to recounted figures: the thin shell around `iochub.exact.rollup`."""

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial

import faust

from iochub.exact.rollup import RollupStore, Touch, roll_up
from iochub.exact.version import Cell
from iochub.ingest.topic_list import WINDOWS_TOUCHED
from iochub.streams.patience import until_done
from iochub.streams.pulse import Pulse
from iochub.streams.taking import Taken, acknowledge, take
from iochub.streams.touches import unpacked

MOST_BYTES = 32 * 1024 * 1024
"""Of touches that wait: what comes during a long recount and the rest after it is counted together, for many
of its cells are the same."""
GATHER_SECONDS = 0.05
LONG_SECONDS = 1.0
LONGEST_REST_SECONDS = 10.0
BREATH_SECONDS = 1.0


def add_rolling(app: faust.App, era: int, store: RollupStore, pulse: Pulse, recount_seconds: float) -> None:
    """Add the agent that recounts what was touched; the same cell again only after `recount_seconds`."""
    topic = app.topic(WINDOWS_TOUCHED, key_serializer="raw", value_serializer="raw")
    stepped = partial(pulse.stepped, WINDOWS_TOUCHED)

    async def agent(stream: faust.StreamT[bytes]) -> None:
        before: set[Cell] = set()
        async for records in take(stream, MOST_BYTES, GATHER_SECONDS):
            with pulse.at_work(WINDOWS_TOUCHED):
                began = time.monotonic()
                touches = touched(records)
                await until_done("rolling up", partial(_roll_up, era, touches, store, stepped))
                await acknowledge(stream, records)
                pulse.moved(WINDOWS_TOUCHED, records)
                cells = {touch.cell for touch in touches}
                if cells & before:
                    await rest(pause(time.monotonic() - began, recount_seconds), stepped)
                before = cells

    app.agent(topic, name="roll-up", concurrency=1)(agent)


def pause(took: float, recount_seconds: float) -> float:
    """How many seconds to rest before the same cells are counted again.

    After a long recount as long as it took: what catches up touches the same cells again and again, and
    landing needs the warehouse meanwhile.
    """
    return min(took, LONGEST_REST_SECONDS) if took > LONG_SECONDS else max(0.0, recount_seconds - took)


async def rest(seconds: float, stepped: Callable[[], None]) -> None:
    """Rest, and tell so with every breath: who rests does not hang."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        stepped()
        await asyncio.sleep(min(left, BREATH_SECONDS))


def touched(records: Sequence[Taken]) -> list[Touch]:
    """All touches of these records, oldest first in each partition.

    A record that holds none is one of ours gone wrong: it raises, the worker ends, and someone looks.
    """
    return [touch for record in records for touch in unpacked(record.partition, record.offset, record.value)]


def _roll_up(era: int, touches: Sequence[Touch], store: RollupStore, stepped: Callable[[], None]) -> None:
    stepped()
    for _ in roll_up(era, touches, store):
        stepped()
