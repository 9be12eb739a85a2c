"""How much one agency may send: a bucket of tokens per key, refilled all the time."""

import time
from collections.abc import Callable
from typing import NamedTuple

BURST_SECONDS = 10.0
"""A key that was quiet may send this long a run of requests at once."""


class Allowance(NamedTuple):
    """Whether one more request is allowed, and what is left."""

    allowed: bool
    limit: int
    remaining: int
    reset_seconds: int
    """Until the bucket is full again; when not allowed, until the next request is."""

    def headers(self) -> dict[str, str]:
        """The headers that tell a sender how it stands.

        Source: draft-ietf-httpapi-ratelimit-headers-03.
        """
        told = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
        }
        return told if self.allowed else told | {"Retry-After": str(self.reset_seconds)}


class Buckets:
    """One bucket per key; keys are few, so that nothing needs to be forgotten."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = per_minute / 60.0
        self._size = max(1, round(self._rate * BURST_SECONDS))
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, key: str) -> Allowance:
        """Take one token for a request, if there is one."""
        at = self._clock()
        tokens, since = self._buckets.get(key, (float(self._size), at))
        tokens = min(self._size, tokens + (at - since) * self._rate)
        if tokens < 1.0:
            self._buckets[key] = (tokens, at)
            return Allowance(False, self._size, 0, max(1, round((1.0 - tokens) / self._rate + 0.5)))
        tokens -= 1.0
        self._buckets[key] = (tokens, at)
        return Allowance(True, self._size, int(tokens), int((self._size - tokens) / self._rate) + 1)
