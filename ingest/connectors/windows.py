"""Fetches page by page and day by day: what a source says now and did not say before."""

import hashlib
from abc import abstractmethod
from collections.abc import Iterator
from datetime import date, timedelta

from iochub.clock import local_day, now
from iochub.errors import SourceUnavailable
from iochub.ingest.connectors.checkpoint import Checkpoint
from iochub.ingest.connectors.connector import FAILURES_IN_A_ROW, Arrived, Connector, Wait
from iochub.ingest.push import Answer

ALWAYS = "always"
"""The window of a source that is not asked by day."""
STOOD = "until"


class WindowConnector(Connector):
    """A source whose answers are pages of a day, which may still change after that day.

    Each round looks again at the last `look_back_days`, for states change late; a page that says what it said
    the last time is not pushed again.
    """

    def __init__(self, name: str, feed: str, *, by_day: bool, look_back_days: int = 1) -> None:
        super().__init__(name, feed)
        self._by_day = by_day
        self._look_back = timedelta(days=max(1, look_back_days) - 1)

    @abstractmethod
    def fetched(self, day: date | None) -> Iterator[tuple[str, str, bytes]]:
        """Each page of a day as its name within the day, its type and its bytes."""

    def arrivals(self, checkpoint: Checkpoint, wait: Wait) -> Iterator[Arrived]:
        """The last days, or all that the source says where it is not asked by day.

        Raises: SourceUnavailable at the end where a day failed: the others need not wait for it.
        """
        if not self._by_day:
            yield from self._window(None, checkpoint, wait)
            return
        today = local_day(now())
        stood = checkpoint.mark(STOOD)
        day = min(date.fromisoformat(stood) if stood else today, today) - self._look_back
        failed: SourceUnavailable | None = None
        in_a_row = 0
        while day <= today and not wait(0.0):
            try:
                yield from self._window(day, checkpoint, wait)
                in_a_row = 0
            except SourceUnavailable as error:
                failed, in_a_row = failed or error, in_a_row + 1
                if in_a_row >= FAILURES_IN_A_ROW:
                    raise
            day += timedelta(days=1)
        if failed is not None:
            raise failed
        if day > today:
            checkpoint.keep(STOOD, today.isoformat())

    def day(self, day: date, checkpoint: Checkpoint, wait: Wait) -> Iterator[Arrived]:
        """One day of the past: the pages that say what they did not say before."""
        if not self._by_day:
            yield from super().day(day, checkpoint, wait)
        yield from self._window(day, checkpoint, wait)

    def remember(self, arrived: Arrived, answer: Answer, checkpoint: Checkpoint) -> None:
        """What this page says now, and that these bytes were pushed."""
        place, _, _ = arrived.key.rpartition("=")
        plain = arrived.body.rstrip(b"\n")
        content = f"body:{_digest(plain)}"
        checkpoint.settle(place, _digest(plain))
        checkpoint.settle(content, str(len(arrived.body) - len(plain) + 1))

    def _window(self, day: date | None, checkpoint: Checkpoint, wait: Wait) -> Iterator[Arrived]:
        window = day.isoformat() if day else ALWAYS
        for name, content_type, fetched in self.fetched(day):
            if wait(0.0):
                return
            body = fetched.rstrip(b"\n")
            place = f"page:{window}:{name}"
            with checkpoint.step():
                number = _number(place, _digest(body), checkpoint)
            if number is not None:
                yield Arrived(place, content_type, body + b"\n" * number, f"{place}=")


def _number(place: str, digest: str, checkpoint: Checkpoint) -> int | None:
    """How often the hub may have these bytes already; nothing where the page says what it said.

    A page that returns to what it once said is a new delivery. Its bytes must differ for that, or the hub
    takes it for the old one, and the figures stay at what the page said in between. So a push is noted before
    it is made: killed before its answer, it may have arrived all the same.
    """
    tried, _, told = (checkpoint.settled(f"try:{place}") or "").partition(" ")
    is_sure = not tried or int(checkpoint.settled(f"body:{tried}") or 0) > int(told)
    if is_sure and checkpoint.settled(place) == digest:
        return None
    if not is_sure and tried != digest:
        checkpoint.settle(f"body:{tried}", str(int(told) + 1))
    number = int(checkpoint.settled(f"body:{digest}") or 0)
    checkpoint.settle(f"try:{place}", f"{digest} {number}")
    return number


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
