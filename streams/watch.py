"""Notices a worker that looks alive and does nothing."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

from iochub.errors import StoreUnavailable
from iochub.streams.pulse import Pulse

LOOK_SECONDS = 5.0
STUCK_LOOKS = 5
"""So many looks in a row with lag, a healthy store, not one position moved and no step of long work made."""

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
    """Declare this worker stuck when it stands still while there is lag and the store answers.

    Faust can hang after a crash or a rebalance; the process then looks healthy to everyone else.
    """
    before: tuple[dict[tuple[str, int], int], int] = ({}, 0)
    still = 0
    while True:
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
        if still >= STUCK_LOOKS:
            log.critical("Nothing moved for %d s although there is work", LOOK_SECONDS * STUCK_LOOKS)
            pulse.declare_stuck("nothing moves although there is work")
