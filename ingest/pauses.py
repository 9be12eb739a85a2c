"""How long to wait before trying again: longer each time, and never in step with others."""

import random
from collections.abc import Callable


class Pauses:
    """Waits that double, with jitter, until something went well.

    Without jitter all connectors that lost the hub at one moment would come back at one moment.

    Units: seconds.
    """

    def __init__(
        self, first: float = 0.5, longest: float = 60.0, dice: Callable[[], float] = random.random
    ) -> None:
        self._first = first
        self._longest = longest
        self._dice = dice
        self._next = first

    def next(self, at_least: float = 0.0) -> float:
        """The wait after one more failure; never shorter than who refused us asks for."""
        whole, self._next = self._next, min(self._next * 2, self._longest)
        return max(at_least, whole * (0.5 + 0.5 * self._dice()))

    def reset(self) -> None:
        """Something went well: the next failure is the first again."""
        self._next = self._first
