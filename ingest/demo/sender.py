"""The demo province's agencies: they send what is due through the gateway, like any agency."""

import json
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from iochub.ingest.demo import present
from iochub.ingest.demo.deliveries import deliveries
from iochub.ingest.demo.past.posts import Post
from iochub.ingest.demo.schedule import happenings

HISTORY = {
    "documents": timedelta(days=5),
    "dossiers": timedelta(days=45),
    "einvoices": timedelta(days=10),
    "hospitals": timedelta(days=7),
    "reports": timedelta(days=2),
}
"""How far back a fresh hub is filled: far enough for a trend, near enough for the first minute."""
PACE_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 30.0
WINDOW = timedelta(hours=6)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Agency:
    """One sender: which feed it feeds, and where it remembers how far it came."""

    feed: str
    memory: Path


class Sender:
    """Sends one feed's deliveries in order, waits while the hub is away, and goes on where it stopped.

    `gateway` is a client that carries the agency's key.
    """

    def __init__(
        self, agency: Agency, gateway: httpx.Client, units: tuple[str, ...], clock: Callable[[], datetime]
    ) -> None:
        self._agency = agency
        self._units = units
        self._clock = clock
        self._client = gateway

    def run(self, go_on: Callable[[], bool]) -> None:
        """Send what has become due, every few seconds, until told to stop."""
        while go_on():
            self.catch_up(go_on)
            time.sleep(PACE_SECONDS)

    def catch_up(self, go_on: Callable[[], bool]) -> None:
        """Send everything due since the last time, a window at a time.

        A crash repeats at most one window, re-batched: the hub counts it once.
        """
        now = self._clock()
        since = self._remembered()
        if since is None:
            since = now - HISTORY[self._agency.feed]
            for post in present.opening(self._agency.feed, now):
                self._send(post, go_on)
        while since < now and go_on():
            until = min(since + WINDOW, now)
            for post in self._due(since, until):
                self._send(post, go_on)
            if not go_on():
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

    def _send(self, post: Post, go_on: Callable[[], bool]) -> None:
        wait = 0.5
        while go_on():
            try:
                answer = self._client.post(
                    post.path, content=post.body, headers={"Content-Type": post.content_type}
                )
            except httpx.TransportError:
                status, retry_after = 503, None
            else:
                status, retry_after = answer.status_code, answer.headers.get("Retry-After")
            if status not in (429, 503):
                if status not in (202, 422):
                    log.warning("The gateway refused a demo request to %s with %d", post.path, status)
                return
            time.sleep(min(float(retry_after or wait), LONGEST_WAIT_SECONDS))
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)

    def _remembered(self) -> datetime | None:
        if not self._agency.memory.exists():
            return None
        return datetime.fromisoformat(json.loads(self._agency.memory.read_text())["sent_until"])

    def _remember(self, until: datetime) -> None:
        self._agency.memory.parent.mkdir(parents=True, exist_ok=True)
        draft = self._agency.memory.with_suffix(".new")
        draft.write_text(json.dumps({"sent_until": until.isoformat()}))
        draft.replace(self._agency.memory)
