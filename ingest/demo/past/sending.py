"""The past, sent through the gateway day by day: it can be stopped at any moment, and then goes on."""

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from iochub.errors import DeclarationError, StoreUnavailable
from iochub.ingest.demo.memory import keep, kept
from iochub.ingest.demo.past.facts import PastPeriod
from iochub.ingest.demo.past.posts import Post, Posts, days_of, some_twice
from iochub.ingest.pauses import Pauses
from iochub.ingest.push import Gateway, until_answered

NEXT_DAY = "next_day"


@dataclass(slots=True)
class Course:
    """How far one feed has come; the screen reads it while the feed's thread writes it."""

    days: int
    done: int = 0
    requests: int = 0
    accepted: int = 0
    rejected: int = 0
    trouble: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def taken(self, accepted: int, rejected: int) -> None:
        """Count one more answered request."""
        with self._lock:
            self.requests += 1
            self.accepted += accepted
            self.rejected += rejected


@dataclass(frozen=True, slots=True)
class FeedPast:
    """One feed's past: what is sent on each day, and for how many days after the period it goes on."""

    opening: Callable[[PastPeriod], Iterator[Post]]
    """What is sent before the first day: rosters and catalogues as they stood."""
    posts: Posts
    tail: int
    at_once: int = 1
    """Requests of one day under way together: one where a day's own order matters."""


@dataclass(slots=True)
class Replay:
    """Sends one period, one thread per feed, each in the order of days.

    `gateway` makes one that carries the key for a feed. `memory` is a folder that keeps, per feed, the
    first day that is not wholly sent: a crash repeats that day, and the hub counts it once.
    """

    period: PastPeriod
    feeds: Mapping[str, FeedPast]
    gateway: Callable[[str], Gateway]
    memory: Path
    courses: dict[str, Course] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)

    def stop(self) -> None:
        """Let every feed end after the request that is under way."""
        self._stop.set()

    def start(self) -> list[threading.Thread]:
        """Begin, or go on; each thread ends when its feed's past has been sent."""
        threads = []
        for name, past in self.feeds.items():
            days = days_of(self.period, past.tail)
            self.courses[name] = Course(len(days), sum(day < self._reached(name) for day in days))
            threads.append(threading.Thread(target=self._send, args=(name, past, days), daemon=True))
        for thread in threads:
            thread.start()
        return threads

    def _send(self, name: str, past: FeedPast, days: list[date]) -> None:
        course = self.courses[name]
        course.trouble = f"Sending {name} broke off."
        try:
            with closing(self.gateway(name)) as gateway, ThreadPoolExecutor(past.at_once) as senders:
                for day in days[course.done :]:
                    send = partial(self._post, gateway, course)
                    for _ in senders.map(send, self._due(past, day)):
                        pass
                    if self._stop.is_set():
                        break
                    self._remember(name, day)
                    course.done += 1
            course.trouble = ""
        except (StoreUnavailable, DeclarationError) as refused:
            course.trouble = refused.message

    def _due(self, past: FeedPast, day: date) -> Iterator[Post]:
        if day == self.period.first:
            yield from past.opening(self.period)
        yield from some_twice(past.posts(self.period, day), day)

    def _post(self, gateway: Gateway, course: Course, post: Post) -> None:
        """Send until the hub has taken it.

        Raises: StoreUnavailable, DeclarationError for an answer that waiting will not change; the operator
        acts.
        """
        answer = until_answered(
            lambda: gateway.post(post.path, post.content_type, post.body), self._stop.wait, Pauses(), _bug
        )
        if answer is None:
            return
        if not answer.is_kept:
            raise StoreUnavailable(
                f"The gateway answered {answer.status} to {post.path}: {answer.problem}", store="gateway"
            )
        course.taken(answer.accepted, answer.rejected)

    def _reached(self, name: str) -> date:
        day = kept(self._kept(name), NEXT_DAY)
        return self.period.first if day is None else date.fromisoformat(day)

    def _remember(self, name: str, day: date) -> None:
        keep(self._kept(name), NEXT_DAY, (day + timedelta(days=1)).isoformat())

    def _kept(self, name: str) -> Path:
        return self.memory / f"{self.period.year}-{name}.json"


def _bug(error: StoreUnavailable, _: float) -> None:
    """A bug of the hub is for who looks on: what is invented need not be tried for ever."""
    if error.facts.get("status") == "500":
        raise error
