"""What every screen of the wall shares: who looks, which period, and how its parts are kept up to date."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlencode

from iochub.clock import local_day
from iochub.dashboards.wall.answers import Catalogue, Feeds, Figure, Series, Viewer
from iochub.dashboards.wall.period import Scale, Shown, Step, around
from iochub.dashboards.wall.poll import Ask, Poller
from iochub.ingest.unit_map import MapName
from iochub.text import Language

T = TypeVar("T")

RARELY_SECONDS = 30.0
"""For what changes with a release: the catalogue, the viewer."""
TREND_TIMES = 5
"""A trend is asked for this many times less often than its figure: one point of it hardly moves."""
MADE_TIMES = 5
"""A figure made of others is asked for this many times less often: the API counts them all for it."""
PAGE_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Hub:
    """What the wall stands on: its asker, its clock, and what it says about itself."""

    poller: Poller
    clock: Callable[[], datetime]
    poll_seconds: float
    is_demo: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Screen:
    """One page in one browser: in which language, with whose token, on which period."""

    hub: Hub
    token: str
    language: Language
    fixed: Shown | None
    """The period that the address names; without one the screen follows the calendar."""
    scale: Scale = "year"

    @property
    def shown(self) -> Shown:
        """The period on the screen now."""
        return self.fixed or around(local_day(self.hub.clock()), self.scale)

    def address(self, path: str, **changes: str | None) -> str:
        """The address of another page that keeps language and period; a change to nothing drops one."""
        parts: dict[str, str | None] = {
            "period": self.fixed.asked if self.fixed else None,
            "scale": self.scale if self.fixed is None and self.scale != "year" else None,
            "lang": "en" if self.language == "en" else None,
        }
        parts.update(changes)
        kept = {name: value for name, value in parts.items() if value}
        return f"{path}?{urlencode(kept)}" if kept else path

    def at(self, shown: Shown) -> "Screen":
        """The same screen on another period."""
        return replace(self, fixed=shown)

    def catalogue(self) -> Ask[Catalogue]:
        """The question for every indicator."""
        return self._ask("/v1/indicators", Catalogue, RARELY_SECONDS)

    def viewer(self) -> Ask[Viewer]:
        """The question whose token this is."""
        return self._ask("/v1/viewer", Viewer, RARELY_SECONDS)

    def feeds(self) -> Ask[Feeds]:
        """The question how the feeds are doing."""
        return self._ask("/v1/feeds", Feeds, self.hub.poll_seconds)

    def figure(self, name: str) -> Ask[Figure]:
        """The question for one figure of the shown period."""
        return self._ask(
            f"/v1/indicators/{name}?{urlencode({'period': self.shown.asked})}", Figure, self._beat(name)
        )

    def trend(self, name: str, every: Step | None = None) -> Ask[Series]:
        """The question for the figure's course through the shown period."""
        shown = self.shown
        return self._series(name, shown.course(), every=every or shown.spark())

    def by_unit(self, name: str, map_name: MapName = "current") -> Ask[Series]:
        """The question for the figure of every unit below, on one of the maps."""
        return self._series(name, self.shown.asked, by="unit", map_name=map_name)

    def _series(
        self,
        name: str,
        period: str,
        *,
        every: Step | None = None,
        by: str = "",
        map_name: MapName = "current",
    ) -> Ask[Series]:
        parts = {"period": period, "limit": str(PAGE_ROWS)}
        if map_name != "current":
            parts["map"] = map_name
        if every:
            parts["every"] = every
        if by:
            parts["by"] = by
        return self._ask(
            f"/v1/indicators/{name}/series?{urlencode(parts)}", Series, self._beat(name) * TREND_TIMES
        )

    def _beat(self, name: str) -> float:
        catalogue = self.hub.poller.read(self.catalogue())
        known = catalogue.indicators if catalogue else []
        is_made = any(one.parts for one in known if one.name == name)
        return self.hub.poll_seconds * (MADE_TIMES if is_made else 1)

    def _ask(self, path: str, shape: type[T], every: float) -> Ask[T]:
        return Ask(self.token, self.language, path, shape, every)
