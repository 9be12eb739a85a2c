"""How a page stays in step with the answers: what it asks for is kept asked while somebody looks."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from nicegui import ui

from iochub.dashboards.wall.poll import Ask, Poller, Trouble

REFRESH_SECONDS = 1.0
"""The clock on the screen ticks by it; what has not changed is not sent."""
FIRST_ANSWER_SECONDS = 1.5
"""How long a page waits for its figures before it shows that they are being waited for."""

Asks = Iterable[Ask[Any]]


class Watching:
    """The questions of one open page; they are dropped when the page is closed."""

    def __init__(self, poller: Poller) -> None:
        self._poller = poller
        self._asks: frozenset[Ask[Any]] = frozenset()
        self._closed = False

    @property
    def asks(self) -> frozenset[Ask[Any]]:
        """What is asked for now."""
        return self._asks

    def trouble(self) -> tuple[Trouble, datetime] | None:
        """What keeps this page from new answers, and since when."""
        return self._poller.trouble(self._asks)

    def change(self, asks: Asks) -> None:
        """Ask for these from now on, and no longer for what is not among them."""
        if self._closed:
            return
        wanted = frozenset(asks)
        self._poller.watch(wanted - self._asks)
        self._poller.unwatch(self._asks - wanted)
        self._asks = wanted

    async def first(self, asks: Asks) -> None:
        """Ask for these, and give them a moment to be answered."""
        self.change(asks)
        await self._poller.first(self._asks, FIRST_ANSWER_SECONDS)

    def close(self) -> None:
        """Ask for nothing any more."""
        self.change(())
        self._closed = True


def follow(watching: Watching, asks: Callable[[], Asks], refresh: Callable[[], None]) -> None:
    """Bring the page up to date every second until its browser has gone."""

    def turn() -> None:
        watching.change(asks())
        refresh()

    refresh()
    ui.timer(REFRESH_SECONDS, turn, immediate=False)
    ui.context.client.on_delete(watching.close)
