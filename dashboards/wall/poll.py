"""One asker for all screens: the query API hears each question once, however many people look."""

import asyncio
import logging
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

import httpx
import msgspec

from iochub.text import Language

log = logging.getLogger(__name__)

KEPT = 2_000
"""Answers kept for screens that come back; about 10 MB."""
AT_ONCE = 3
"""More would not be answered sooner by the same cores, only each of them later, and some too late."""
TIMEOUT_SECONDS = 5.0
RETRY_SECONDS = 2.0
"""What failed is asked again after this time, however rarely it is asked when all is well."""

T = TypeVar("T")
Trouble = Literal["away", "slow", "refused"]


@dataclass(frozen=True, slots=True)
class Ask(Generic[T]):
    """A question to the API: with which token, in which language, read as what."""

    token: str
    language: Language
    path: str
    shape: type[T]
    every: float
    """Seconds between two asks."""


@dataclass(slots=True)
class _Held:
    body: Any = None
    tag: str = ""
    status: int = 0
    asked_at: float = -1e9
    failed_since: datetime | None = None
    late: bool = False
    """Whether it failed by no answer in time."""
    answered: asyncio.Event = field(default_factory=asyncio.Event)


class Poller:
    """Asks what screens watch, keeps the last answers, and knows since when there was none."""

    def __init__(
        self, client: httpx.AsyncClient, clock: Callable[[], datetime], ticks: Callable[[], float]
    ) -> None:
        self._client = client
        self._clock = clock
        self._ticks = ticks
        self._watched: Counter[Ask[Any]] = Counter()
        self._held: OrderedDict[Ask[Any], _Held] = OrderedDict()
        self._woken = asyncio.Event()
        self._gate = asyncio.Semaphore(AT_ONCE)

    def watch(self, asks: Iterable[Ask[Any]]) -> None:
        """Start asking for a screen."""
        for ask in asks:
            self._watched[ask] += 1
            self._entry(ask)
        self._woken.set()

    def unwatch(self, asks: Iterable[Ask[Any]]) -> None:
        """Stop asking for a screen that was closed; others that ask the same keep their answers coming."""
        for ask in asks:
            self._watched[ask] -= 1
            if self._watched[ask] <= 0:
                del self._watched[ask]

    def read(self, ask: Ask[T]) -> T | None:
        """The last answer, or nothing if there was none yet."""
        held = self._held.get(ask)
        body: T | None = held.body if held else None
        return body

    def status(self, ask: Ask[Any]) -> int:
        """The last HTTP status, 0 before the first answer."""
        held = self._held.get(ask)
        return held.status if held else 0

    @property
    def watched(self) -> int:
        """How many questions are kept asked."""
        return len(self._watched)

    @property
    def failing(self) -> int:
        """How many of them have no present answer."""
        return sum(self._entry(ask).failed_since is not None for ask in self._watched)

    async def first(self, asks: Iterable[Ask[Any]], seconds: float) -> None:
        """Wait until every question had an answer or a failure, but no longer than so many seconds."""
        waits = [asyncio.ensure_future(self._entry(ask).answered.wait()) for ask in asks]
        if waits:
            _, late = await asyncio.wait(waits, timeout=seconds)
            for one in late:
                one.cancel()

    def trouble(self, asks: Iterable[Ask[Any]]) -> tuple[Trouble, datetime] | None:
        """What keeps a screen from new answers, and since when; nothing when all is well.

        The API is slow, not away, where only some questions wait for it: whoever is on call looks for another
        fault.
        """
        asked = [held for held in (self._held.get(ask) for ask in asks) if held is not None]
        failing = [held for held in asked if held.failed_since is not None]
        if not failing:
            return None
        kind: Trouble = "away"
        if any(held.status in (401, 403) for held in failing):
            kind = "refused"
        elif len(failing) < len(asked) and all(held.late for held in failing):
            kind = "slow"
        return kind, min(held.failed_since for held in failing if held.failed_since)

    async def run(self) -> None:
        """Ask for ever what is due; what fails is asked again at its next turn."""
        while True:
            self._woken.clear()
            await self.ask_due()
            soonest = min((self._due_in(ask) for ask in self._watched), default=60.0)
            try:
                await asyncio.wait_for(self._woken.wait(), max(soonest, 0.05))
            except TimeoutError:
                continue

    async def ask_due(self) -> None:
        """Ask once everything that is due."""
        due = [ask for ask in self._watched if self._due_in(ask) <= 0]
        await asyncio.gather(*(self._ask(ask) for ask in due))

    def _due_in(self, ask: Ask[Any]) -> float:
        held = self._entry(ask)
        every = min(ask.every, RETRY_SECONDS) if held.failed_since else ask.every
        return held.asked_at + every - self._ticks()

    def _entry(self, ask: Ask[Any]) -> _Held:
        held = self._held.setdefault(ask, _Held())
        self._held.move_to_end(ask)
        while len(self._held) > max(KEPT, len(self._watched) + 1):
            oldest = next(iter(self._held))
            del self._held[oldest]
        return held

    async def _ask(self, ask: Ask[Any]) -> None:
        held = self._entry(ask)
        held.asked_at = self._ticks()
        headers = {"Accept-Language": ask.language, "Authorization": f"Bearer {ask.token}"}
        if held.tag:
            headers["If-None-Match"] = held.tag
        try:
            async with self._gate:
                response = await self._client.get(ask.path, headers=headers)
            self._keep(ask, held, response)
        except (httpx.HTTPError, msgspec.DecodeError) as error:
            if held.failed_since is None:
                log.warning("The query API did not answer a question of the wall: %s", type(error).__name__)
            held.status = 0
            held.late = isinstance(error, httpx.ReadTimeout)
            held.failed_since = held.failed_since or self._clock()
        held.answered.set()

    def _keep(self, ask: Ask[Any], held: _Held, response: httpx.Response) -> None:
        held.status, held.late = response.status_code, False
        if response.status_code == httpx.codes.OK:
            held.body = msgspec.json.decode(response.content, type=ask.shape)
            held.tag = response.headers.get("etag", "")
        elif response.status_code != httpx.codes.NOT_MODIFIED and response.status_code not in (404, 422):
            held.failed_since = held.failed_since or self._clock()
            return
        held.failed_since = None
