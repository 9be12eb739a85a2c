"""Runs one connector: fetch, push, remember, tell the source, and never give up."""

import fcntl
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path

from iochub.errors import DeclarationError, SourceUnavailable, StoreUnavailable
from iochub.ingest.connectors.checkpoint import Checkpoint
from iochub.ingest.connectors.connector import Arrived, Connector
from iochub.ingest.pauses import Pauses
from iochub.ingest.push import Answer, Gateway, retry_after, until_answered

LONGEST_PAUSE_SECONDS = 60.0
TOLD_SECONDS = 60.0
"""How often progress is logged at most."""

log = logging.getLogger(__name__)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold a lock: two that fetch for one checkpoint, or send from one file, would push everything twice.

    Raises: DeclarationError when another process has it, or it cannot be made; the operator acts.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = path.open("a")
    except OSError as error:
        raise DeclarationError(f"{path} cannot be written: {error.strerror}.", connector=path.stem) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise DeclarationError(
                f"{path.stem} runs already in another process; stop that one first.",
                connector=path.stem,
            ) from taken
        yield


class Running:
    """One connector at work between its source and the gateway.

    One delivery at a time is held in memory, and the next is fetched only when the gateway has answered for
    this one: what waits, waits at its source.
    """

    def __init__(
        self,
        connector: Connector,
        gateway: Gateway,
        checkpoint: Checkpoint,
        stop: threading.Event,
        *,
        pauses: Pauses | None = None,
    ) -> None:
        self._connector = connector
        self._gateway = gateway
        self._checkpoint = checkpoint
        self._stop = stop
        self._pauses = pauses or Pauses(longest=LONGEST_PAUSE_SECONDS)
        self._told_at = 0.0
        self._since_told = 0

    def forever(self, every_seconds: float) -> None:
        """Round after round until told to stop."""
        while not self._stop.is_set():
            if self.round():
                self._stop.wait(every_seconds)

    def round(self) -> bool:
        """Fetch all there is now, and answer whether that went well; if not, a pause has passed.

        Raises: DeclarationError when a key, a secret or a declaration must be mended first.
        """
        try:
            self._take(self._connector.arrivals(self._checkpoint, self._stop.wait))
        except (SourceUnavailable, StoreUnavailable) as error:
            self._failed(error)
            return False
        self._stands("ok")
        self._pauses.reset()
        return True

    def backfill(self, since: date, until: date) -> Iterator[tuple[date, int]]:
        """Fetch the past, a day at a time, and go on where it was stopped; each day done is told.

        Raises: DeclarationError where the source cannot be asked for the past.
        """
        name = f"backfill {since} {until}"
        day = date.fromisoformat(self._checkpoint.mark(name) or since.isoformat())
        while day <= until and not self._stop.is_set():
            try:
                taken = self._take(self._connector.day(day, self._checkpoint, self._stop.wait))
            except (SourceUnavailable, StoreUnavailable) as error:
                self._failed(error)
                continue
            if self._stop.is_set():
                return
            self._pauses.reset()
            yield day, taken
            day += timedelta(days=1)
            self._checkpoint.keep(name, day.isoformat())

    def _take(self, arrivals: Iterator[Arrived]) -> int:
        taken = 0
        for arrived in arrivals:
            answer = self._pushed(arrived)
            if answer is None:
                return taken
            with self._checkpoint.step():
                self._checkpoint.count(
                    delivered=int(answer.is_kept),
                    untaken=int(not answer.is_kept),
                    accepted=answer.accepted,
                    rejected=answer.rejected,
                    bytes=len(arrived.body),
                )
                self._connector.remember(arrived, answer, self._checkpoint)
            self._connector.tell(arrived, answer, self._checkpoint)
            taken += 1
            self._progress()
        return taken

    def _pushed(self, arrived: Arrived) -> Answer | None:
        """The gateway's last word on a delivery, however long it takes; nothing when told to stop."""
        feed = arrived.feed or self._connector.feed
        answer = until_answered(
            lambda: self._gateway.push(feed, arrived.content_type, arrived.body),
            self._stop.wait,
            self._pauses,
            self._tell,
        )
        if answer is not None and not answer.is_kept:
            log.error(
                "%s: the gateway did not take a delivery (%d, %d bytes): nothing of it is kept",
                self._connector.name,
                answer.status,
                len(arrived.body),
            )
        return answer

    def _failed(self, error: SourceUnavailable | StoreUnavailable) -> None:
        """Say what stands in the way, and wait."""
        pause = self._pauses.next(retry_after(error))
        self._tell(error, pause)
        self._stop.wait(pause)

    def _tell(self, error: SourceUnavailable | StoreUnavailable, pause: float) -> None:
        self._stands(error.message)
        log.warning("%s: %s Trying again in %.1f s.", self._connector.name, error.message, pause)

    def _stands(self, words: str) -> None:
        """Keep how it stands, for `iochub connectors list`; a full disk is said in the log."""
        with suppress(StoreUnavailable):
            self._checkpoint.keep("stands", words)

    def _progress(self) -> None:
        self._since_told += 1
        if time.monotonic() - self._told_at >= TOLD_SECONDS:
            counts = self._checkpoint.counts()
            log.info(
                "%s: %d deliveries since last told; in all %d delivered, %d records accepted, %d rejected",
                self._connector.name,
                self._since_told,
                counts.get("delivered", 0),
                counts.get("accepted", 0),
                counts.get("rejected", 0),
            )
            self._told_at, self._since_told = time.monotonic(), 0
