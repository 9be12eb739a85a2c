"""How much of the line the agent may use: the office works on the same one."""

import time
from collections.abc import Callable

from iochub.errors import StoreUnavailable


class Budget:
    """Bytes per second, kept over every second; 0 is no limit.

    `wait` waits so many seconds and answers whether to stop: then the delivery in hand is broken off, and is
    sent again as a whole the next time.
    """

    def __init__(
        self,
        bytes_per_second: int,
        wait: Callable[[float], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate = bytes_per_second
        self._wait = wait
        self._clock = clock
        self._free_at = 0.0

    def take(self, size: int) -> None:
        """Wait until a piece of this size may go.

        Raises: StoreUnavailable when told to stop meanwhile.
        """
        if not self._rate:
            return
        at = self._clock()
        pause = self._free_at - at
        self._free_at = max(self._free_at, at) + size / self._rate
        if pause > 0 and self._wait(pause):
            raise StoreUnavailable("Stopped in the middle of a delivery.", store="gateway")
