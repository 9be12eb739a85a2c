"""Notices a worker that looks alive and does nothing, and ends it."""

import asyncio
import logging
import os
from collections.abc import Callable, Mapping, Sequence

from iochub.errors import StoreUnavailable
from iochub.streams.pulse import Pulse

LOOK_SECONDS = 5.0
STUCK_LOOKS = 5
"""So many looks in a row with lag, a healthy store, not one position moved and no step of long work made."""

STUCK = 71
"""Exit code of a worker that stood still; the supervisor starts it again."""

log = logging.getLogger(__name__)

Ends = Callable[[str], Mapping[int, int]]


async def beat(pulse: Pulse) -> None:
    """Show that the event loop turns."""
    while True:
        pulse.beat()
        await asyncio.sleep(1.0)


async def watch(
    pulse: Pulse,
    topics: Sequence[str],
    begun: Mapping[tuple[str, int], int],
    ends: Ends,
    assigned: Callable[[], set[tuple[str, int]]],
    store_is_well: Callable[[], bool],
) -> None:
    """End this process as soon as it is certain to be stuck.

    On the spot: what hangs would hang in an orderly end too, and what is not acknowledged is read again.
    From outside the supervisor would see the same only after it had waited for answers once more.
    """
    await until_stuck(pulse, topics, begun, ends, assigned, store_is_well)
    log.critical("Nothing moved for %d s although there is work", LOOK_SECONDS * STUCK_LOOKS)
    logging.shutdown()
    os._exit(STUCK)


async def until_stuck(
    pulse: Pulse,
    topics: Sequence[str],
    begun: Mapping[tuple[str, int], int],
    ends: Ends,
    assigned: Callable[[], set[tuple[str, int]]],
    store_is_well: Callable[[], bool],
) -> None:
    """Look on until this worker stands still while there is lag and the store answers.

    Faust can hang after a crash or a rebalance; the process then looks healthy to everyone else.
    """
    before: tuple[dict[tuple[str, int], int], int] = ({}, 0)
    still = 0
    while still < STUCK_LOOKS:
        await asyncio.sleep(LOOK_SECONDS)
        now = pulse.positions()
        moves = (now, pulse.steps())
        try:
            ended = {
                (topic, partition): end
                for topic in topics
                for partition, end in (await asyncio.to_thread(ends, topic)).items()
            }
            well = await asyncio.to_thread(store_is_well)
        except StoreUnavailable:
            still = 0
            continue
        mine = assigned() or set(ended)
        lags = any(
            ended[place] > max(now.get(place, 0), begun.get(place, 0)) for place in mine if place in ended
        )
        still = still + 1 if lags and well and moves == before else 0
        before = moves
