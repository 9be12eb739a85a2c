"""The demo province's agencies: they send what is due through the gateway, like any agency."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from iochub.errors import DeclarationError, StoreUnavailable
from iochub.ingest.demo import present
from iochub.ingest.demo.deliveries import deliveries
from iochub.ingest.demo.memory import keep, kept
from iochub.ingest.demo.past.posts import Post
from iochub.ingest.demo.schedule import happenings
from iochub.ingest.pauses import Pauses
from iochub.ingest.push import Answer, Gateway, until_answered

HISTORY = {
    "documents": timedelta(days=5),
    "dossiers": timedelta(days=45),
    "einvoices": timedelta(days=10),
    "hospitals": timedelta(days=7),
    "reports": timedelta(days=2),
}
"""How far back a fresh hub is filled: far enough for a trend, near enough for the first minute."""
PACE_SECONDS = 2.0
WINDOW = timedelta(hours=6)
SENT_UNTIL = "sent_until"

Wait = Callable[[float], bool]
"""Wait so many seconds, or less when told to stop; true when told to stop."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Agency:
    """One sender: which feed it feeds, and where it remembers how far it came."""

    feed: str
    memory: Path


class Sender:
    """Sends one feed's deliveries in order, waits while the hub is away, and goes on where it stopped."""

    def __init__(
        self, agency: Agency, gateway: Gateway, units: tuple[str, ...], clock: Callable[[], datetime]
    ) -> None:
        self._agency = agency
        self._units = units
        self._clock = clock
        self._gateway = gateway

    def run(self, wait: Wait) -> None:
        """Send what has become due, every few seconds, until told to stop."""
        while not wait(0.0):
            self.catch_up(wait)
            wait(PACE_SECONDS)

    def catch_up(self, wait: Wait) -> None:
        """Send everything due since the last time, a window at a time.

        A crash repeats at most one window, re-batched: the hub counts it once.
        """
        now = self._clock()
        since = self._remembered()
        if since is None:
            since = now - HISTORY[self._agency.feed]
            for post in present.opening(self._agency.feed, now):
                self._send(post, wait)
        while since < now and not wait(0.0):
            until = min(since + WINDOW, now)
            for post in self._due(since, until):
                self._send(post, wait)
            if wait(0.0):
                return
            since = until
            self._remember(since)

    def _due(self, since: datetime, until: datetime) -> Iterator[Post]:
        feed = self._agency.feed
        if feed in present.FEEDS:
            yield from present.due(feed, since, until)
            return
        for happened in happenings(feed, self._units, since, until):
            yield from deliveries(feed, happened)

    def _send(self, post: Post, wait: Wait) -> None:
        def ask() -> Answer:
            try:
                return self._gateway.post(post.path, post.content_type, post.body)
            except DeclarationError as refused:
                log.warning("%s", refused.message)
                raise StoreUnavailable(refused.message, store="gateway") from refused

        answer = until_answered(ask, wait, Pauses())
        if answer is not None and not answer.is_kept:
            log.warning("The gateway refused a demo request to %s with %d", post.path, answer.status)

    def _remembered(self) -> datetime | None:
        until = kept(self._agency.memory, SENT_UNTIL)
        return None if until is None else datetime.fromisoformat(until)

    def _remember(self, until: datetime) -> None:
        keep(self._agency.memory, SENT_UNTIL, until.isoformat())
