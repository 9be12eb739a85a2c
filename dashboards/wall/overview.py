"""The overview: the headline figures of every desk on one screen, and all figures of one desk on another."""

from collections.abc import Callable, Iterable
from typing import Any

from iochub.dashboards.wall import words
from iochub.dashboards.wall.answers import Indicator
from iochub.dashboards.wall.desks import Desks
from iochub.dashboards.wall.frame import Frame
from iochub.dashboards.wall.poll import Ask
from iochub.dashboards.wall.screen import Screen
from iochub.dashboards.wall.watching import Watching, follow

Chosen = Callable[[Indicator], bool]


async def overview(screen: Screen) -> None:
    """Draw the overview and keep it in step."""
    await _tiles(screen, "/", words.OVERVIEW.to(screen.language), lambda one: one.is_headline)


async def one_desk(screen: Screen, name: str) -> None:
    """Draw every figure of one desk and keep them in step."""
    title = words.OVERVIEW.to(screen.language)
    await _tiles(screen, f"/desk/{name}", title, lambda one: one.desk.name == name)


async def _tiles(screen: Screen, here: str, title: str, chosen: Chosen) -> None:
    watching = Watching(screen.hub.poller)
    await watching.first(_asks(screen, chosen))
    await watching.first(_asks(screen, chosen))
    frame = Frame(screen, watching, here)
    with frame.open(title):
        desks = Desks(screen, lambda: _indicators(screen, chosen), "headlines" if here == "/" else "")

    def refresh() -> None:
        frame.refresh()
        desks.refresh()

    follow(watching, lambda: _asks(screen, chosen), refresh)


def _asks(screen: Screen, chosen: Chosen) -> Iterable[Ask[Any]]:
    yield screen.viewer()
    yield screen.feeds()
    yield screen.catalogue()
    for indicator in _indicators(screen, chosen):
        yield screen.figure(indicator.name)
        yield screen.trend(indicator.name)


def _indicators(screen: Screen, chosen: Chosen) -> list[Indicator]:
    catalogue = screen.hub.poller.read(screen.catalogue())
    return list(filter(chosen, catalogue.indicators)) if catalogue else []
