"""A wait is not a loss: what may pass is tried again in place, what may not ends the process."""

import asyncio
import logging
import os
import random
from collections.abc import Callable
from typing import TypeVar

from iochub.errors import StoreUnavailable

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.1, 5.0
CRASHED = 70
"""Exit code of a worker that met a bug; the supervisor starts it again."""

log = logging.getLogger(__name__)

Result = TypeVar("Result")


async def until_done(what: str, attempt: Callable[[], Result]) -> Result:
    """Run one attempt after another in a thread, so that heartbeats go on, until one succeeds.

    Anything but a store that is away ends the process on the spot: an exception that escapes an agent
    would acknowledge what was not stored.
    """
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            return await asyncio.to_thread(attempt)
        except StoreUnavailable as error:
            if pause == FIRST_PAUSE_SECONDS:
                log.warning("%s waits: %s", what, error.message)
        except asyncio.CancelledError:
            raise
        except BaseException:
            log.critical("%s met what it does not understand", what, exc_info=True)
            logging.shutdown()
            os._exit(CRASHED)
        await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 -- spreads retries, hides nothing
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
