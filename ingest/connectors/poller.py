"""Fetches from any HTTP address that a small file declares: address, headers, pages, dates."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from iochub.ingest.connectors.paging import Paging, pages
from iochub.ingest.connectors.web import Web
from iochub.ingest.connectors.windows import WindowConnector

Headers = Callable[[], Mapping[str, str]]
"""Asked anew for each round: a person may put a fresh token into its file while the connector runs."""


@dataclass(frozen=True, slots=True)
class Dates:
    """How a question names the days it is about: `to` is the same day, or the next where it is exclusive."""

    since: str
    until: str
    written: str = "%Y-%m-%d"
    to_is_exclusive: bool = False

    def query(self, day: date) -> dict[str, str]:
        """The parameters for one day."""
        end = day + timedelta(days=1) if self.to_is_exclusive else day
        return {self.since: f"{day:{self.written}}", self.until: f"{end:{self.written}}"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: the address with its fixed parameters, and how answers follow each other."""

    url: str
    query: Mapping[str, str]
    paging: Paging
    content_type: str = "application/json"
    dates: Dates | None = None
    max_bytes: int = 64 * 1024 * 1024


class Poller(WindowConnector):
    """Every page is one delivery, as it came."""

    kind = "http"

    def __init__(
        self, name: str, feed: str, web: Web, asked: Asked, headers: Headers, *, look_back_days: int = 1
    ) -> None:
        super().__init__(name, feed, by_day=asked.dates is not None, look_back_days=look_back_days)
        self._asked = asked
        self._headers = headers
        self._web = web

    def close(self) -> None:
        """Let go of the connection."""
        self._web.close()

    def check(self) -> str:
        """Ask for the first page of today."""
        from iochub.clock import local_day, now

        for page in self._pages(local_day(now())):
            return f"the source answers with {len(page[2])} bytes"
        return "the source answers, and holds nothing for today"

    def fetched(self, day: date | None) -> Iterator[tuple[str, str, bytes]]:
        """Each page, if it holds anything."""
        yield from self._pages(day)

    def _pages(self, day: date | None) -> Iterator[tuple[str, str, bytes]]:
        asked = self._asked
        dated = asked.dates.query(day) if asked.dates and day else {}
        found = pages(
            self._web, asked.url, {**asked.query, **dated}, self._headers(), asked.paging, asked.max_bytes
        )
        for page in found:
            if asked.paging.items and page.is_empty():
                continue
            if asked.paging.style == "cursor" and asked.paging.items:
                # A cursor differs each time, and would make a new delivery of old items.
                body = b'{"%b":%b}' % (asked.paging.items.rpartition(".")[2].encode(), page.items())
                yield str(page.number), asked.content_type, body
                continue
            yield str(page.number), asked.content_type, page.body
