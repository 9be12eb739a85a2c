"""The frame around every screen: whose figures, which period, what time it is, and whether all is well."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from nicegui import ui
from nicegui.events import KeyEventArguments

from iochub.clock import local_day
from iochub.dashboards.wall import format as written
from iochub.dashboards.wall import reject_words, words
from iochub.dashboards.wall.period import SCALES, around
from iochub.dashboards.wall.poll import Trouble
from iochub.dashboards.wall.screen import Screen
from iochub.dashboards.wall.watching import Watching
from iochub.text import Language, Text


class Frame:
    """The head of one open page; `refresh` brings it up to date."""

    def __init__(self, screen: Screen, watching: Watching, here: str, *, periods: bool = True) -> None:
        self._screen = screen
        self._watching = watching
        self._here = here
        self._periods = periods
        self._refreshers: list[Callable[[datetime], None]] = []

    @contextmanager
    def open(self, title: str) -> Iterator[None]:
        """Draw the head; what is drawn inside becomes the screen's own content."""
        language = self._screen.language
        ui.page_title(f"{title} · IOC")
        skip = ui.link(words.SKIP.to(language), "#content").classes("skip")
        with ui.element("div").classes("wall") as wall:
            skip.move(wall)
            self._head()
            if self._periods:
                self._period_bar(wall)
            else:
                self._banner(wall)
            with ui.element("main").props("id=content").classes("content"):
                yield
        ui.keyboard(on_key=self._key)

    def refresh(self) -> None:
        """Bring the head up to date."""
        at = self._screen.hub.clock()
        for refresh in self._refreshers:
            refresh(at)

    def _head(self) -> None:
        screen, language = self._screen, self._screen.language
        with ui.element("header").classes("head"):
            with ui.element("div").classes("place"):
                ui.label(words.BRAND.to(language)).classes("brand")
                province = ui.label().classes("province")
            if screen.hub.is_demo():
                ui.label(words.SYNTHETIC.to(language)).classes("synthetic").tooltip(
                    words.SYNTHETIC_WHY.to(language)
                )
            with ui.element("nav").classes("nav"):
                self._nav_link(words.OVERVIEW.to(language), "/")
                self._nav_link(words.FEEDS.to(language), "/feeds")
                self._nav_link(reject_words.NAV.to(language), "/rejects")
            ui.element("div").classes("fill")
            with ui.link(target=screen.address("/feeds")) as led:
                led.set_visibility(bool(screen.token))
                health = ui.label().classes("health")
            with ui.element("div").classes("time"):
                clock = ui.label().classes("clock").props("role=timer")
                date = ui.label().classes("date")
            other = None if language == "en" else "en"
            ui.link(words.OTHER_LANGUAGE.to(language), screen.address(self._here, lang=other)).classes(
                "tongue"
            )

        def refresh(at: datetime) -> None:
            viewer = screen.hub.poller.read(screen.viewer())
            province.set_text(viewer.unit.name if viewer else "…" if screen.token else "")
            clock.set_text(written.clock(at))
            date.set_text(written.long_day(local_day(at), language))
            look, text = self._health()
            if look not in health.classes:
                health.classes(replace=f"health {look}")
            health.set_text(text)

        self._refreshers.append(refresh)

    def _nav_link(self, text: str, path: str) -> None:
        link = ui.link(text, self._screen.address(path))
        if path == self._here:
            link.classes("here").props("aria-current=page")

    def _health(self) -> tuple[str, str]:
        """How the feeds are, in one glance: its look and its words."""
        screen, language = self._screen, self._screen.language
        trouble = self._watching.trouble()
        if trouble is not None:
            return "away", _named(trouble[0]).to(language)
        answer = screen.hub.poller.read(screen.feeds())
        if answer is None:
            return "waiting", words.STATES["waiting"].to(language)
        fine = sum(feed.state in ("ok", "partial") for feed in answer.feeds)
        text = words.FEEDS_OK.to(language).format(ok=fine, all=len(answer.feeds))
        return ("fine" if fine == len(answer.feeds) else "uneasy"), text

    def _banner(self, wall: ui.element) -> None:
        language = self._screen.language
        with ui.element("div").classes("banner").props("role=alert") as banner:
            name = ui.label().classes("name")
            text = ui.label()

        def refresh(at: datetime) -> None:
            trouble = self._watching.trouble()
            if banner.visible != (trouble is not None):
                banner.set_visibility(trouble is not None)
                wall.classes(toggle="adrift")
            if trouble is not None:
                name.set_text(_named(trouble[0]).to(language))
                text.set_text(_said(trouble, at, language))

        banner.set_visibility(False)
        self._refreshers.append(refresh)

    def _period_bar(self, wall: ui.element) -> None:
        screen, language = self._screen, self._screen.language
        with ui.element("nav").classes("periods").props(f'aria-label="{words.PERIOD.to(language)}"'):
            earlier = ui.link("‹").classes("arrow").props(f'aria-label="{words.EARLIER.to(language)}"')
            shown = ui.label().classes("shown")
            later = ui.link("›").classes("arrow").props(f'aria-label="{words.LATER.to(language)}"')
            self._banner(wall)
            ui.element("div").classes("fill")
            for scale in SCALES:
                target = screen.address(self._here, period=None, scale=None if scale == "year" else scale)
                link = ui.link(words.NOW_BY[scale].to(language), target).classes("scale")
                if screen.shown == around(local_day(screen.hub.clock()), scale):
                    link.classes("here").props("aria-current=true")

        def refresh(_: datetime) -> None:
            title = screen.shown.title(language)
            if shown.text != title:
                shown.set_text(title)
                earlier.props["href"] = self._stepped(-1)
                later.props["href"] = self._stepped(1)
                earlier.update()
                later.update()

        self._refreshers.append(refresh)

    def _stepped(self, count: int) -> str:
        return self._screen.at(self._screen.shown.step(count)).address(self._here)

    def _key(self, event: KeyEventArguments) -> None:
        """Left and right step through the periods, Escape goes back to the overview."""
        if not event.action.keydown or event.modifiers:
            return
        if event.key.escape and self._here != "/":
            ui.navigate.to(self._screen.address("/"))
        elif self._periods and (event.key.arrow_left or event.key.arrow_right):
            ui.navigate.to(self._stepped(1 if event.key.arrow_right else -1))


def _said(trouble: tuple[Trouble, datetime], at: datetime, language: Language) -> str:
    kind, since = trouble
    if kind == "refused":
        return words.REFUSED.to(language)
    told = words.SLOW_SINCE if kind == "slow" else words.AWAY_SINCE
    return told.to(language).format(written.moment(since, at, language))


def _named(kind: Trouble) -> Text:
    return words.SLOW if kind == "slow" else words.AWAY
