"""What Kafka took so long ago that it should be counted by now."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from iochub.api.query.ports import Arrived
from iochub.errors import StoreUnavailable
from iochub.ingest.topics import OlderThan

LOOK_SECONDS = 2.0

log = logging.getLogger(__name__)


class Arrivals:
    """Asks Kafka again and again in a thread of its own: no figure waits for a Kafka that is away."""

    def __init__(
        self,
        connect: Callable[[], AbstractContextManager[OlderThan]],
        clock: Callable[[], datetime],
        age: timedelta,
        pause_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._connect = connect
        self._clock = clock
        self._age = age
        self._pause = pause_seconds
        self._older: Mapping[tuple[str, int], int] = {}
        self._answered: float | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="arrivals", daemon=True)

    def start(self) -> None:
        """Begin to look; until then nothing is known and nothing is missed."""
        self._answered = time.monotonic()
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()

    def read(self) -> Arrived:
        """What was seen at the latest look, and how long Kafka has been silent since."""
        if self._answered is None:
            return Arrived({}, 0.0)
        return Arrived(self._older, time.monotonic() - self._answered)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._look()
            except StoreUnavailable as error:
                log.warning("Kafka is not asked what waits: %s", error.message)
                self._stopping.wait(self._pause)

    def _look(self) -> None:
        with self._connect() as older_than:
            while not self._stopping.is_set():
                self._older = older_than(self._clock() - self._age)
                self._answered = time.monotonic()
                self._stopping.wait(self._pause)
