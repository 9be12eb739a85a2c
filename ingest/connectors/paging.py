"""How a source's answers follow each other: one only, numbered pages, a cursor, or a link to the next."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, urljoin, urlsplit

from iochub.errors import RecordRejected, SourceUnavailable
from iochub.ingest.connectors.web import Fetched, Web
from iochub.ingest.json_records import Unreadable, items_of, members_of, value_of

MOST_PAGES = 10_000
"""Of one question: our own choice. A source that goes on and on is told apart from one that has much."""
LONGEST_NEXT = 8_000
"""Bytes of a cursor or link: as long as servers take an address, and all of a question are remembered."""

log = logging.getLogger(__name__)

Style = Literal["none", "page", "cursor", "next_link"]


@dataclass(frozen=True, slots=True)
class Paging:
    """How to ask for the next page, and how to see that there is none."""

    style: Style = "none"
    parameter: str = "page"
    """The query parameter that takes the page's number or the cursor."""
    first: int = 1
    at: str = ""
    """The member of the answer that holds the next cursor or link; dots go deeper."""
    items: str = ""
    """The member that holds the items; nothing, and the answer is the array itself."""


class Page:
    """One answer, and what is in it as far as paging goes."""

    def __init__(self, number: int, fetched: Fetched, paging: Paging) -> None:
        self.number = number
        self.body = fetched.body
        self.headers = fetched.headers
        self._paging = paging

    def items(self) -> bytes:
        """The array of items, each as the publisher wrote it; empty where the source says null.

        Raises: SourceUnavailable where there is none.
        """
        found = member(self.body, self._paging.items)
        return b"[]" if found in (b"", b"null") else found

    def is_empty(self) -> bool:
        """Whether it holds no item: the last page has been passed."""
        try:
            return not items_of(self.items())
        except Unreadable as error:
            raise SourceUnavailable("The source's items are no array.") from error

    def next(self) -> str:
        """The cursor or link to the next page; nothing where there is none.

        Raises: SourceUnavailable where it is none that could be followed.
        """
        found = member(self.body, self._paging.at)
        if found in (b"", b"null"):
            return ""
        if len(found) > LONGEST_NEXT:
            raise SourceUnavailable("The source's cursor or link to the next page is no sensible one.")
        try:
            told = value_of(found)
        except RecordRejected as error:
            raise SourceUnavailable("The source's cursor or link to the next page is none.") from error
        return "" if told in ("", None, False) else str(told)


def member(body: bytes, path: str) -> bytes:
    """The member at a path as the publisher wrote it; nothing where there is none.

    Raises: SourceUnavailable for bytes that are no JSON, or cut off.
    """
    for name in path.split(".") if path else ():
        try:
            body = members_of(body).get(name, b"")
        except Unreadable as error:
            raise SourceUnavailable("The source's answer is no JSON object, or cut off.") from error
        if not body:
            return b""
    return body


def pages(
    web: Web, base: str, query: Mapping[str, str], headers: Mapping[str, str], paging: Paging, most: int
) -> Iterator[Page]:
    """Every page of one question, the first to the last.

    Raises: SourceUnavailable, also when the source repeats itself or leads elsewhere.
    """
    asked = dict(parse_qsl(urlsplit(base).query)) | dict(query)
    base = url = urlsplit(base)._replace(query="").geturl()
    seen: set[str] = set()
    before: bytes | None = None
    for number in range(MOST_PAGES):
        if paging.style == "page":
            asked[paging.parameter] = str(paging.first + number)
        page = Page(number, web.ask("GET", url, most, params=asked or None, headers=dict(headers)), paging)
        if paging.style == "page":
            if _is_beyond(page, before):
                return
            before = page.items()
        yield page
        if paging.style == "page":
            continue
        following = _following(page, paging, seen)
        if not following:
            return
        if paging.style == "cursor":
            asked[paging.parameter] = following
        else:
            url, asked = _followed(base, url, following), {}
    raise SourceUnavailable(f"The source has more than {MOST_PAGES} pages for one question.")


def _is_beyond(page: Page, before: bytes | None) -> bool:
    """Whether the last of the numbered pages has been passed."""
    if page.is_empty():
        return True
    if page.items() != before:
        return False
    # Asked for more than there is, such a source gives its last page again; or it knows no such parameter.
    log.warning("The source says on a page what it said on the one before: that is taken to be its last.")
    return True


def _following(page: Page, paging: Paging, seen: set[str]) -> str:
    """The cursor or link to go on with; nothing at the end."""
    if paging.style == "none" or (paging.style == "cursor" and page.is_empty()):
        return ""
    following = page.next()
    if following in seen:
        raise SourceUnavailable("The source leads from page to page in a circle.")
    if following:
        seen.add(following)
    return following


def _followed(base: str, url: str, link: str) -> str:
    """The link, if it stays where the secrets belong."""
    try:
        aim = urljoin(url, link)
        there, here = urlsplit(aim), urlsplit(base)
    except ValueError as error:
        raise SourceUnavailable("The source's link to the next page is no address.") from error
    if (there.scheme, there.netloc) != (here.scheme, here.netloc):
        raise SourceUnavailable("The source's link to the next page leads to another server.")
    return aim
