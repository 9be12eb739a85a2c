"""Notices a worker that looks alive and does nothing, and ends it."""

import asyncio
import logging
import os
from collections.abc import Callable, Collection
from contextlib import suppress

from iochub.errors import HubError
from iochub.streams.pulse import Pulse
from iochub.warehouse.positions import Places
from iochub.warehouse.store import ANSWER_SECONDS

LOOK_SECONDS = 5.0
STUCK_LOOKS = 5
"""So many looks in a row at a topic whose work waits, in a store that answers, with nothing moving."""

AT_WORK_LOOKS = round(2.5 * ANSWER_SECONDS / LOOK_SECONDS)
"""So many when an agent has records of the topic in hand: it may wait for the warehouse, and is merely slow.

From one step to the next are at most two statements of a warehouse that answers others at once, and a pause
before the next attempt, or a wait for other recounts.
"""

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
    """Judges, look by look, whether a topic of this worker's share lies untouched.

    Topic by topic: receipts are copied all the time, and would hide a feed whose agent hangs. A topic goes on
    when a position or a step of it moves. One that no agent has in hand goes on too while another agent is
    long at the same records: Faust hands out records in one order, and a buffer without room holds up all.
    Our consumer stops fetching before that; after a rebalance it may come to it all the same.

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
        self._known: dict[Partition, int] = {}
        self._steps: dict[str, int] = {}
        self._hands: set[tuple[str, int]] = set()
        self._looks: dict[str, int] = {}

    def stuck(self) -> list[str]:
        """Look once more, and name the topics that have stood still for too many looks in a row; blocks.

        Raises: StoreUnavailable or another HubError when Kafka or the warehouse does not answer; the caller
        looks again, and all looks before are forgotten.
        """
        before, self._looks = self._looks, {}
        hands_before, self._hands = self._hands, self._pulse.hands()
        at_work = {topic for topic, _ in self._hands}
        still = self._still()
        if hands_before & self._hands:
            still &= at_work
        self._looks = {topic: before.get(topic, 0) + 1 for topic in still}
        most = {topic: AT_WORK_LOOKS if topic in at_work else STUCK_LOOKS for topic in still}
        return sorted(topic for topic in still if self._looks[topic] >= most[topic])

    def _still(self) -> set[str]:
        """The topics of the share in which work waits and nothing has moved since the last look."""
        stepped = self._stepped()
        # What is read again after a restart moves this worker alone: the warehouse knows it already.
        self._learn(self._pulse.positions())
        ends = self._ends()
        assigned = self._assigned()
        share = [place for place in assigned or ends if place in ends]
        moved = stepped | self._moved([place for place in share if place[0] not in stepped], ends)
        if moved and not assigned:
            return set()
        return self._waiting(share, ends) - moved

    def _stepped(self) -> set[str]:
        """The topics on which this worker itself went on."""
        before, self._steps = self._steps, self._pulse.steps()
        return {topic for topic, step in self._steps.items() if step != before.get(topic)}

    def _waiting(self, share: Collection[Partition], ends: Places) -> set[str]:
        return {place[0] for place in share if ends[place] > self._known.get(place, 0)}

    def _moved(self, share: Collection[Partition], ends: Places) -> set[str]:
        """The topics whose positions in the warehouse have moved, whoever moved them.

        The warehouse is asked only when work seems to wait: it reads through all positions it ever stored.
        """
        if not self._waiting(share, ends):
            return set()
        before = dict(self._known)
        self._learn(self._stored())
        return {place[0] for place in share if self._known.get(place, 0) > before.get(place, 0)}

    def _learn(self, positions: Places) -> None:
        for place, position in positions.items():
            self._known[place] = max(position, self._known.get(place, 0))


async def watch(lookout: Lookout) -> None:
    """End this process as soon as it is certain to be stuck.

    On the spot: what hangs would hang in an orderly end too, and what is not acknowledged is read again.
    From outside the supervisor would see the same only after it had waited for answers once more.
    """
    topics = await until_stuck(lookout)
    log.critical("Nothing moved for long although there is work: %s", ", ".join(topics))
    logging.shutdown()
    os._exit(STUCK)


async def until_stuck(lookout: Lookout) -> list[str]:
    """Look on until a topic has stood still for long enough, and name it.

    Faust can hang after a crash or a rebalance; the process then looks healthy to everyone else.
    """
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        with suppress(HubError):
            if topics := await asyncio.to_thread(lookout.stuck):
                return topics
