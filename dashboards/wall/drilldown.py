"""One indicator in full: its course, its units, and what it means."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from nicegui import ui

from iochub.dashboards.wall import words
from iochub.dashboards.wall.answers import Figure, Indicator, Series
from iochub.dashboards.wall.charts import chart, ranking
from iochub.dashboards.wall.facts import facts, html, meaning
from iochub.dashboards.wall.frame import Frame
from iochub.dashboards.wall.period import Step
from iochub.dashboards.wall.poll import Ask
from iochub.dashboards.wall.screen import Screen
from iochub.dashboards.wall.tiles import face
from iochub.dashboards.wall.watching import Watching, follow
from iochub.ingest.unit_map import MapName


async def drilldown(screen: Screen, name: str) -> None:
    """Draw one indicator and keep it in step."""
    watching = Watching(screen.hub.poller)
    await watching.first((screen.viewer(), screen.feeds(), screen.catalogue()))
    declared = _declared(screen, name)
    frame = Frame(screen, watching, f"/indicator/{name}")
    if declared is None:
        _nothing_here(screen, watching, frame, name)
        return
    course, ranks = _Course(screen, declared), _Ranks(screen, declared)

    def asks() -> Iterable[Ask[Any]]:
        yield from (screen.viewer(), screen.feeds(), screen.catalogue(), screen.figure(name))
        yield from (course.ask, ranks.ask)

    await watching.first(asks())
    with frame.open(declared.title.to(screen.language)), ui.element("div").classes("drill"):
        summary = _Summary(screen, declared)
        course.draw()
        ranks.draw()
        ui.html(meaning(declared, screen.language), sanitize=False).classes("panel meaning")

    def refresh() -> None:
        frame.refresh()
        summary.refresh(screen.hub.clock())
        course.refresh()
        ranks.refresh()

    def changed() -> None:
        watching.change(asks())

    course.on_change = ranks.on_change = changed
    follow(watching, asks, refresh)


def _declared(screen: Screen, name: str) -> Indicator | None:
    catalogue = screen.hub.poller.read(screen.catalogue())
    listed = catalogue.indicators if catalogue else []
    return next((one for one in listed if one.name == name), None)


def _nothing_here(screen: Screen, watching: Watching, frame: Frame, name: str) -> None:
    """Say that there is no such indicator, or wait for the catalogue when the API is away."""
    known = screen.hub.poller.read(screen.catalogue()) is not None
    text = words.UNKNOWN_INDICATOR if known else words.STATES["waiting"]
    with frame.open(text.to(screen.language)):
        ui.label(text.to(screen.language)).classes("empty")

    def refresh() -> None:
        frame.refresh()
        if _declared(screen, name) is not None:
            ui.navigate.reload()

    follow(watching, lambda: (screen.viewer(), screen.feeds(), screen.catalogue()), refresh)


class _Summary:
    """The figure itself, large, with the facts that explain it."""

    def __init__(self, screen: Screen, declared: Indicator) -> None:
        self._screen, self._name = screen, declared.name
        language = screen.language
        with ui.element("section") as self._panel:
            with ui.element("div"):
                ui.html(tag="h1", sanitize=True, content=declared.title.to(language))
                with ui.element("div").classes("under"):
                    ui.link(declared.desk.title.to(language), screen.address(f"/desk/{declared.desk.name}"))
                    self._note = ui.label().classes("note")
            with ui.element("div") as self._figure:
                self._number = ui.label().classes("number")
                self._measure = ui.label().classes("measure")
            self._facts = ui.html(sanitize=False).classes("facts")

    def refresh(self, at: datetime) -> None:
        language = self._screen.language
        figure = self._screen.hub.poller.read(self._screen.figure(self._name))
        said = face(figure, language, at)
        _look(self._panel, f"panel summary {said.state}")
        _look(self._figure, f"figure {said.size}")
        self._number.set_text(said.number)
        self._measure.set_text(said.measure)
        self._note.set_text(said.note)
        self._facts.set_content("" if figure is None else html(facts(figure, said, language, at), language))


class _Course:
    """How the figure went through the period, as finely as asked."""

    def __init__(self, screen: Screen, declared: Indicator) -> None:
        self._screen, self._declared = screen, declared
        self._every: Step = screen.shown.steps()[0]
        self._drawn: Series | None = None
        self.on_change = _nobody

    @property
    def ask(self) -> Ask[Series]:
        """The question behind the chart."""
        return self._screen.trend(self._declared.name, self._every)

    def draw(self) -> None:
        """Draw the chart's panel."""
        language = self._screen.language
        with ui.element("section").classes("panel trend"):
            with ui.element("div").classes("bar-head"):
                ui.html(tag="h2", sanitize=True, content=words.TREND.to(language))
                with ui.element("div").classes("choices") as self._choices:
                    for step in self._screen.shown.steps():
                        self._choice(step)
            self._chart = ui.echart({}).classes("chart")
            self._empty = ui.label(words.STATES["waiting"].to(language)).classes("empty")
        self._chart.set_visibility(False)

    def refresh(self) -> None:
        """Draw the course anew when it moved; what is still asked for is no course without data."""
        series = self._screen.hub.poller.read(self.ask)
        if series is self._drawn:
            return
        self._drawn = series
        known = series is not None and any(row.value is not None for row in series.rows)
        self._chart.set_visibility(known)
        self._empty.set_visibility(not known)
        empty = words.STATES["waiting"] if series is None else words.NO_ROWS
        self._empty.set_text(empty.to(self._screen.language))
        if series is None:
            return
        options = chart(
            series.rows, self._every, self._screen.language, is_flow=self._declared.kind == "flow"
        )
        self._chart.options.clear()
        self._chart.options.update(options)
        self._chart.update()

    def _choice(self, step: Step) -> None:
        def choose() -> None:
            self._every = step
            for button in self._choices:
                _look(button, "choice here" if button is chosen else "choice")
            self.on_change()
            self.refresh()

        chosen = ui.element("button").on("click", choose)
        _look(chosen, "choice here" if step == self._every else "choice")
        with chosen:
            ui.label(words.BY_STEP[step].to(self._screen.language))


class _Ranks:
    """The units below, ordered by their figures."""

    def __init__(self, screen: Screen, declared: Indicator) -> None:
        self._screen, self._declared = screen, declared
        self._highest_first = declared.measure != "%"
        self._map: MapName = "current"
        self._drawn: tuple[Series | None, bool] | None = None
        self.on_change = _nobody

    @property
    def ask(self) -> Ask[Series]:
        """The question behind the ranking."""
        return self._screen.by_unit(self._declared.name, self._map)

    def draw(self) -> None:
        """Draw the ranking's panel."""
        language = self._screen.language
        with ui.element("section").classes("panel units"):
            with ui.element("div").classes("bar-head"):
                ui.html(tag="h2", sanitize=True, content=words.BY_UNIT.to(language))
                with ui.element("div").classes("choices maps") as self._maps:
                    for map_name in words.BY_MAP:
                        self._choice(map_name)
                with ui.element("button").classes("choice").on("click", self._turn):
                    self._order = ui.label()
            self._table = ui.html(sanitize=False).classes("scroll").props("tabindex=0")

    def refresh(self) -> None:
        """Rank anew when a unit moved."""
        language = self._screen.language
        series = self._screen.hub.poller.read(self.ask)
        self._order.set_text((words.HIGHEST if self._highest_first else words.LOWEST).to(language))
        if (series, self._highest_first) == self._drawn:
            return
        self._drawn = (series, self._highest_first)
        if series is None:
            self._table.set_content(f'<p class="empty">{words.STATES["waiting"].to(language)}</p>')
            return
        rows: list[Figure] = series.rows
        self._table.set_content(ranking(rows, language, highest_first=self._highest_first))

    def _choice(self, map_name: MapName) -> None:
        def choose() -> None:
            self._map = map_name
            for button in self._maps:
                _look(button, "choice here" if button is chosen else "choice")
            self.on_change()
            self.refresh()

        chosen = ui.element("button").on("click", choose)
        _look(chosen, "choice here" if map_name == self._map else "choice")
        with chosen:
            ui.label(words.BY_MAP[map_name].to(self._screen.language))

    def _turn(self) -> None:
        self._highest_first = not self._highest_first
        self.refresh()


def _look(element: ui.element, classes: str) -> None:
    """Set an element's classes, sending nothing when they are the same."""
    if " ".join(element.classes) != classes:
        element.classes(replace=classes)


def _nobody() -> None:
    """Before the page follows, nobody needs to hear of a change."""
