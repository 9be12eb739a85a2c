"""Desks and their tiles: each figure with its target, trend and state."""

from collections.abc import Callable
from datetime import datetime
from itertools import groupby

from nicegui import ui

from iochub.dashboards.wall import words
from iochub.dashboards.wall.answers import Desk, Figure, Indicator, Series
from iochub.dashboards.wall.scores import comparable
from iochub.dashboards.wall.screen import Screen
from iochub.dashboards.wall.spark import spark
from iochub.dashboards.wall.tiles import face


class Desks:
    """The tiles, desk by desk; drawn anew only when the catalogue changes.

    `chosen` tells of the whole catalogue which indicators have a tile.
    """

    def __init__(self, screen: Screen, chosen: Callable[[], list[Indicator]], look: str = "") -> None:
        self._screen = screen
        self._chosen = chosen
        self._drawn: list[Indicator] | None = None
        self._tiles: list[_Tile] = []
        self._room = ui.element("div").classes(f"desks {look}")

    def refresh(self) -> None:
        """Bring every tile up to date."""
        indicators = self._chosen()
        if indicators != self._drawn:
            self._draw(indicators)
        at = self._screen.hub.clock()
        for tile in self._tiles:
            tile.refresh(at)

    def _draw(self, indicators: list[Indicator]) -> None:
        language = self._screen.language
        self._room.clear()
        self._tiles = []
        with self._room:
            if not indicators:
                ui.label(words.STATES["waiting"].to(language)).classes("empty")
            ordered = sorted(
                indicators, key=lambda one: [other.desk.name for other in indicators].index(one.desk.name)
            )
            for _, desk in groupby(ordered, key=lambda one: one.desk.name):
                members = list(desk)
                with ui.element("section").classes("desk"):
                    _heading(self._screen, members[0].desk)
                    with ui.element("div").classes("tiles"):
                        self._tiles += [_Tile(self._screen, indicator) for indicator in members]
        self._drawn = indicators


def _heading(screen: Screen, desk: Desk) -> None:
    """The desk's name leads to all its figures."""
    with ui.element("h2"):
        ui.link(desk.title.to(screen.language), screen.address(f"/desk/{desk.name}"))


class _Tile:
    """One figure; its parts are set in place, so that nothing flickers."""

    def __init__(self, screen: Screen, indicator: Indicator) -> None:
        self._screen = screen
        self._name = indicator.name
        self._seen: tuple[Figure | None, Series | None] | None = None
        title = indicator.title.to(screen.language)
        target = screen.address(f"/indicator/{indicator.name}")
        with ui.link(target=target) as self._tile:
            ui.html(tag="h3", sanitize=True, content=title)
            with ui.element("div") as self._figure:
                self._number = ui.label().classes("number")
                self._measure = ui.label().classes("measure")
            self._spark = ui.html(sanitize=False).classes("spark")
            with ui.element("div").classes("foot"):
                self._target = ui.label()
                self._verdict = ui.label()
                self._until = ui.label().classes("until")
                self._note = ui.label().classes("note")
        self._tile.props(f"data-indicator={indicator.name}")

    def refresh(self, at: datetime) -> None:
        screen = self._screen
        figure = screen.hub.poller.read(screen.figure(self._name))
        series = screen.hub.poller.read(screen.trend(self._name))
        said = face(figure, screen.language, at)
        self._note.set_text(said.note)
        self._until.set_text(said.until)
        if (figure, series) == self._seen:
            return
        self._seen = (figure, series)
        self._tile.classes(replace=f"tile {said.state}")
        self._figure.classes(replace=f"figure {said.size}")
        self._number.set_text(said.number)
        self._measure.set_text(said.measure)
        self._target.set_text(said.target)
        self._verdict.classes(replace=f"verdict {said.verdict}")
        self._verdict.set_text(said.verdict_text)
        self._spark.set_content(_spark(figure, series))


def _spark(figure: Figure | None, series: Series | None) -> str:
    if figure is None or series is None:
        return ""
    values = [None if row.state == "no_data" else comparable(row).value for row in series.rows]
    return spark(values, figure.target.value if figure.target else None)
