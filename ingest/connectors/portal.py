"""Fetches the tax portal's lists of invoices as one taxpayer sees them, day by day and page by page.

A person logs in, with a captcha, and puts the token where the declaration says; until a fresh one is there
the connector waits and says so. It is a taxpayer's window, not the province's: one connector per taxpayer.

Source: standards §1.4.
"""

from collections.abc import Iterator
from datetime import date
from typing import Literal

from iochub.clock import local_day, now
from iochub.errors import RecordRejected, SourceUnavailable
from iochub.ingest.connectors.paging import Page, Paging, pages
from iochub.ingest.connectors.poller import Headers
from iochub.ingest.connectors.web import Web
from iochub.ingest.connectors.windows import WindowConnector
from iochub.ingest.json_records import items_of, value_of

LISTS = ("query", "sco-query")
"""Invoices that are sent one by one, and those of cash registers."""
PAGING = Paging("cursor", parameter="state", at="state", items="datas")
NAMED_BY = ("nbmst", "khhdon", "shdon", "khmshdon")
"""What the portal asks for to show one invoice in full."""

Side = Literal["sold", "purchase"]


class Portal(WindowConnector):
    """A delivery is the rows of one page as the portal wrote them; with `details`, each invoice in full."""

    kind = "portal"

    def __init__(
        self,
        name: str,
        feed: str,
        web: Web,
        headers: Headers,
        *,
        sides: tuple[Side, ...] = ("sold",),
        size: int = 50,
        details: bool = False,
        look_back_days: int = 10,
        max_bytes: int = 64 * 1024 * 1024,
    ) -> None:
        super().__init__(name, feed, by_day=True, look_back_days=look_back_days)
        self._web = web
        self._headers = headers
        self._sides = sides
        self._size = size
        self._details = details
        self._max_bytes = max_bytes

    def close(self) -> None:
        """Let go of the connection."""
        self._web.close()

    def check(self) -> str:
        """Ask for the first page of today."""
        for page in self._pages(LISTS[0], self._sides[0], local_day(now())):
            return (
                f"the portal answers with {len(items_of(page.items()))} invoices of today on its first page"
            )
        return "the portal answers"

    def fetched(self, day: date | None) -> Iterator[tuple[str, str, bytes]]:
        """The pages of both lists."""
        assert day is not None  # noqa: S101 -- by_day is true
        for side in self._sides:
            for listing in LISTS:
                for page in self._pages(listing, side, day):
                    if page.is_empty():
                        continue
                    rows = page.items()
                    body = self._in_full(listing, rows) if self._details else b'{"datas":%b}' % rows
                    yield f"{side}/{listing}/{page.number}", "application/json", body

    def _pages(self, listing: str, side: Side, day: date) -> Iterator[Page]:
        query = {
            "sort": "tdlap:desc,khmshdon:asc,shdon:desc",
            "size": str(self._size),
            "search": f"tdlap=ge={day:%d/%m/%Y}T00:00:00;tdlap=le={day:%d/%m/%Y}T23:59:59",
        }
        address = f"/{listing}/invoices/{side}"
        try:
            yield from pages(self._web, address, query, self._headers(), PAGING, self._max_bytes)
        except SourceUnavailable as error:
            raise _explained(error) from error

    def _in_full(self, listing: str, rows: bytes) -> bytes:
        """The page's invoices with their lines, one question for each."""
        details: list[bytes] = []
        for raw in items_of(rows):
            left = self._max_bytes - sum(map(len, details))
            details.append(self._detail(listing, raw, left))
        return b"[%b]" % b",".join(details)

    def _detail(self, listing: str, raw: bytes, most: int) -> bytes:
        """One invoice in full; a row that cannot be read goes as it is, for its feed to refuse it."""
        try:
            row = value_of(raw)
        except RecordRejected:
            return raw
        if not isinstance(row, dict):
            return raw
        named = {name: str(row.get(name, "")) for name in NAMED_BY}
        address = f"/{listing}/invoices/detail"
        return self._web.ask("GET", address, most, params=named, headers=dict(self._headers())).body


def _explained(error: SourceUnavailable) -> SourceUnavailable:
    if error.facts.get("status") not in ("401", "403"):
        return error
    return SourceUnavailable(
        "The tax portal does not know the token any more: log in there, and put the new one into its file."
    )
