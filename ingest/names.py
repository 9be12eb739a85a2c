"""Makes the names of receipts, dead letters and declarations: ULIDs, which sort by their time."""

import os
import threading
import time

from ulid import ULID

RANDOM_BYTES = 10
"""Source: the ULID specification, 48 bits of milliseconds and 80 random bits."""
POOL_BYTES = 400 * RANDOM_BYTES


class _Pool(threading.local):
    """Random bytes in store, per thread.

    Each call of the kernel gives the interpreter away to another thread, and waiting for it back was the
    dearest step of a small delivery.
    """

    def __init__(self) -> None:
        self.store = b""
        self.used = 0


_pool = _Pool()


def new_name() -> str:
    """A new ULID as text."""
    pool = _pool
    if pool.used + RANDOM_BYTES > len(pool.store):
        pool.store, pool.used = os.urandom(POOL_BYTES), 0
    random = pool.store[pool.used : pool.used + RANDOM_BYTES]
    pool.used += RANDOM_BYTES
    return str(ULID((time.time_ns() // 1_000_000).to_bytes(6, "big") + random))
