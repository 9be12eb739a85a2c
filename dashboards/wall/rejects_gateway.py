"""From the page of rejects to the gateway and back: an agency's questions, asked with its own key."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

import httpx
import msgspec

from iochub.dashboards.wall import reject_words as words
from iochub.dashboards.wall.door import Verdict
from iochub.text import Language

T = TypeVar("T")

PAGES_AT_ONCE = 10
"""Of a hundred letters, each tried with its correction: more would keep the person waiting too long."""

Key = Callable[[], str | None]
"""The key of an agency while it is signed in; nothing afterwards."""


class Row(msgspec.Struct, frozen=True):
    """One dead letter of the list."""

    dead_letter: str
    feed: str
    index: int
    reason: str
    field: str
    message: str
    at: datetime
    state: str
    replayed_as: str | None = None


class Rows(msgspec.Struct, frozen=True):
    """A page of dead letters; `next` is where the page after it begins."""

    dead_letters: list[Row]
    next: str | None = None


class Mark(msgspec.Struct, frozen=True):
    """A place in the record to look at."""

    kind: str
    start: int
    end: int
    line: int
    column: int
    path: str


class Change(msgspec.Struct, frozen=True):
    """One value as it was and as it is meant."""

    field: str
    before: str
    after: str
    message: str


class Suggestion(msgspec.Struct, frozen=True):
    """A correction that is certain."""

    record: str
    changes: list[Change]


class Decoded(msgspec.Struct, frozen=True):
    """A record with what is packed inside it in words."""

    record: str
    marks: list[Mark]


class Cell(msgspec.Struct, frozen=True):
    """Where in the agency's own workbook to look; without an address, its row lacks the column."""

    sheet: str
    row: int
    address: str | None = None


class Opened(Row, frozen=True, kw_only=True):
    """One dead letter with its record."""

    record: str
    content_type: str
    exact: bool
    marks: list[Mark]
    decoded: Decoded | None = None
    cell: Cell | None = None
    suggestion: Suggestion | None = None

    @property
    def shown(self) -> Decoded:
        """What is shown and corrected: the record, decoded where there is something to decode in it."""
        return self.decoded or Decoded(self.record, self.marks)


class Reject(msgspec.Struct, frozen=True):
    """A verdict against a record."""

    reason: str
    message: str


class Answer(msgspec.Struct, frozen=True):
    """What the gateway says to a replay."""

    receipt: str | None
    accepted: int
    rejected: int
    rejects: list[Reject]


class Receipt(msgspec.Struct, frozen=True):
    """How far a replay has come."""

    receipt: str
    state: str


class Replay(msgspec.Struct, frozen=True):
    """One entry of a dead letter's history."""

    at: datetime
    agency: str
    key: str
    receipt: str
    fields: list[str]
    suggested: bool
    rejected: int


class History(msgspec.Struct, frozen=True):
    """Every replay of a dead letter."""

    replays: list[Replay]


class Outcome(msgspec.Struct, frozen=True):
    """What became of one of many."""

    outcome: str


class Outcomes(msgspec.Struct, frozen=True):
    """What became of many."""

    replays: list[Outcome]
    more: bool
    next: str | None = None


class Stopped(msgspec.Struct, frozen=True):
    """Why a feed takes nothing now."""

    message: str


class Feed(msgspec.Struct, frozen=True):
    """A feed that the key may use."""

    feed: str
    title: str
    stopped: Stopped | None = None


class Standing(msgspec.Struct, frozen=True):
    """Whose key it is, and how its feeds stand."""

    agency: str
    feeds: list[Feed]


class _Problem(msgspec.Struct, frozen=True):
    detail: str = ""


class Refused(Exception):
    """The gateway said no, or nothing; the argument is what to tell the agency."""


class AgencyGateway:
    """The gateway as one signed-in agency reaches it."""

    def __init__(self, client: httpx.AsyncClient, key: Key, language: Language) -> None:
        self._client = client
        self._key = key
        self._language = language

    async def standing(self) -> Standing:
        """Whose key it is; raises Refused."""
        return await self._ask("GET", "/v1/feeds", Standing)

    async def rows(self, asked: Mapping[str, str]) -> Rows:
        """A page of dead letters; raises Refused."""
        return await self._ask("GET", "/v1/dead-letters", Rows, params=dict(asked))

    async def open(self, dead_letter: str) -> Opened:
        """One dead letter with its record; raises Refused."""
        return await self._ask("GET", f"/v1/dead-letters/{quote(dead_letter, safe='')}", Opened)

    async def history(self, dead_letter: str) -> History:
        """What was tried with it; raises Refused."""
        return await self._ask("GET", f"/v1/dead-letters/{quote(dead_letter, safe='')}/history", History)

    async def replay(self, letter: Opened, record: str, *, dry_run: bool) -> Answer:
        """Try or send a corrected record; the hub's own correction is sent as that. Raises Refused."""
        if not record:
            # To the gateway nothing means the record as it was; who emptied the editor means no such thing.
            raise Refused(words.EMPTY.to(self._language))
        path = f"/v1/dead-letters/{quote(letter.dead_letter, safe='')}/replay"
        asked = {"dry_run": "1"} if dry_run else {}
        if letter.suggestion is not None and record == letter.suggestion.record:
            return await self._ask("POST", path, Answer, params=asked | {"suggestion": "1"})
        headers = {"Content-Type": letter.content_type}
        return await self._ask("POST", path, Answer, params=asked, headers=headers, content=record.encode())

    async def replay_many(self, asked: Mapping[str, str]) -> Outcomes:
        """Send every open dead letter that has a certain correction, page by page; raises Refused.

        What has none stays open, and however much of it lies on top, the pages below are come to.
        """
        done: list[Outcome] = []
        before: dict[str, str] = {}
        for _ in range(PAGES_AT_ONCE):
            body = {"filter": {**asked, **before}, "suggestion": True}
            try:
                page = await self._ask("POST", "/v1/dead-letters/replay", Outcomes, json=body)
            except Refused:
                if not done:
                    raise
                break
            done += page.replays
            if page.next is None:
                return Outcomes(done, more=False)
            before = {"before": page.next}
        return Outcomes(done, more=True)

    async def receipt(self, receipt: str) -> Receipt:
        """How far a replay has come; raises Refused."""
        return await self._ask("GET", f"/v1/receipts/{quote(receipt, safe='')}", Receipt)

    async def _ask(
        self,
        method: str,
        path: str,
        shape: type[T],
        *,
        params: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
        json: object = None,
    ) -> T:
        key = self._key()
        if key is None:
            raise Refused(words.SIGNED_OUT.to(self._language))
        own = {"Authorization": f"Bearer {key}", "Accept-Language": self._language}
        try:
            answer = await self._client.request(
                method, path, params=params, headers=own | (headers or {}), content=content, json=json
            )
        except httpx.HTTPError:
            raise Refused(words.GATEWAY_AWAY.to(self._language)) from None
        is_problem = "problem" in answer.headers.get("content-type", "")
        try:
            if not is_problem and (answer.is_success or answer.status_code == 422):
                return msgspec.json.decode(answer.content, type=shape)
            told = msgspec.json.decode(answer.content, type=_Problem).detail
        except msgspec.DecodeError:
            told = ""
        raise Refused(told or words.GATEWAY_AWAY.to(self._language))


async def verdict_on(client: httpx.AsyncClient, key: str) -> Verdict:
    """Whether the gateway knows a key."""
    try:
        answer = await client.get("/v1/feeds", headers={"Authorization": f"Bearer {key}"})
    except UnicodeError:
        return "unknown"
    except httpx.HTTPError:
        return "away"
    if answer.status_code == httpx.codes.OK:
        return "known"
    return "unknown" if answer.status_code in (401, 403) else "away"
