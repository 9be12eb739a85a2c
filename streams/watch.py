"""Notices a worker that looks alive and does nothing, and ends it."""

import asyncio
import logging
import os
from collections.abc import Callable, Collection

from iochub.errors import HubError
from iochub.streams.pulse import Pulse
from iochub.warehouse.positions import Places

LOOK_SECONDS = 5.0
STUCK_LOOKS = 5
"""So many looks in a row at work that waits, in a store that answers, with nobody moving."""

STUCK = 71
"""Exit code of a worker that stood still; the supervisor starts it again."""

log = logging.getLogger(__name__)

Partition = tuple[str, int]
"""A topic's name and the number of the partition in it."""


async def beat(pulse: Pulse) -> None:
    """Show that the event loop turns."""
    while True:
        pulse.beat()
        await asyncio.sleep(1.0)


class Lookout:
    """Judges, look by look, whether this worker's share of the work lies untouched.

    Its share is the partitions assigned to it. With none assigned it may be one worker too many, or caught
    in a rebalance that never ends: from within, the two look the same. Its share is then everything, and it
    is stuck only when nobody moves, which the positions in the warehouse tell, whoever stored them. So it
    may end beside another that is stuck or very long at one batch. That costs nothing: it holds nothing.
    """

    def __init__(
        self,
        pulse: Pulse,
        ends: Callable[[], Places],
        stored: Callable[[], Places],
        assigned: Callable[[], Collection[Partition]],
    ) -> None:
        self._pulse = pulse
        self._ends = ends
        self._stored = stored
        self._assigned = assigned
        self._own: tuple[Places, int] = ({}, 0)
        self._known: dict[Partition, int] = {}

    def nobody_moves(self) -> bool:
        """Whether work waits and nothing of this worker's share has moved since the last look; blocks.

        Kafka is asked only when this worker has stood still, and the warehouse only when work seems to wait:
        it would have to read through all positions it ever stored.

        Raises: StoreUnavailable or another HubError when one of them does not answer; the caller looks again.
        """
        # What is read again after a restart moves this worker alone: the warehouse knows it already.
        own = (self._pulse.positions(), self._pulse.steps())
        if own != self._own:
            self._own = own
            self._learn(own[0])
            return False
        ends = self._ends()
        share = [place for place in self._assigned() or ends if place in ends]
        return self._waits(share, ends) and not self._moved(share) and self._waits(share, ends)

    def _waits(self, share: Collection[Partition], ends: Places) -> bool:
        return any(ends[place] > self._known.get(place, 0) for place in share)

    def _moved(self, share: Collection[Partition]) -> bool:
        before = dict(self._known)
        self._learn(self._stored())
        return any(self._known.get(place, 0) > before.get(place, 0) for place in share)

    def _learn(self, positions: Places) -> None:
        for place, position in positions.items():
            self._known[place] = max(position, self._known.get(place, 0))


async def watch(lookout: Lookout) -> None:
    """End this process as soon as it is certain to be stuck.

    On the spot: what hangs would hang in an orderly end too, and what is not acknowledged is read again.
    From outside the supervisor would see the same only after it had waited for answers once more.
    """
    await until_stuck(lookout)
    log.critical("Nothing moved for %d s although there is work", LOOK_SECONDS * STUCK_LOOKS)
    logging.shutdown()
    os._exit(STUCK)


async def until_stuck(lookout: Lookout) -> None:
    """Look on until nobody has moved for long enough.

    Faust can hang after a crash or a rebalance; the process then looks healthy to everyone else.
    """
    still = 0
    while still < STUCK_LOOKS:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            stands_still = await asyncio.to_thread(lookout.nobody_moves)
        except HubError:
            stands_still = False
        still = still + 1 if stands_still else 0
