"""The feeds: who sends, when they last did, what waits, and what was refused and why."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from html import escape
from typing import Any
from urllib.parse import quote

from nicegui import ui

from iochub.dashboards.wall import format as written
from iochub.dashboards.wall import words
from iochub.dashboards.wall.answers import Feed, Indicator
from iochub.dashboards.wall.frame import Frame
from iochub.dashboards.wall.poll import Ask
from iochub.dashboards.wall.screen import Screen
from iochub.dashboards.wall.senders import LOW_SCORE, cadence, lasting, senders, silent_since
from iochub.dashboards.wall.watching import Watching, follow
from iochub.ingest.feed import SILENT_BEATS
from iochub.text import Language, Text

SHOWN_REASONS = 4
"""So many fit on the screen beside all else; the others are told as one."""

LONG_VALUE = 11
"""Letters that fit beside two others."""


async def feeds(screen: Screen) -> None:
    """Draw the feeds' page and keep it in step."""
    watching = Watching(screen.hub.poller)
    await watching.first(_asks(screen))
    frame = Frame(screen, watching, "/feeds", periods=False)
    with frame.open(words.FEEDS.to(screen.language)):
        room = _Room(screen)

    def refresh() -> None:
        frame.refresh()
        room.refresh(screen.hub.clock())

    follow(watching, lambda: _asks(screen), refresh)


def _asks(screen: Screen) -> Iterable[Ask[Any]]:
    return screen.viewer(), screen.feeds(), screen.catalogue()


class _Room:
    """One card per feed; a card stays while its feed does, so that a link in it keeps focus and clicks."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._cards: dict[str, _Card] = {}
        self._empty = ui.label(words.STATES["waiting"].to(screen.language)).classes("empty")
        self._grid = ui.element("div").classes("feeds")
        self._senders = ui.html(sanitize=False).classes("panel senders")
        self._senders.set_visibility(False)

    def refresh(self, at: datetime) -> None:
        """Bring every card up to date."""
        poller = self._screen.hub.poller
        answer, catalogue = poller.read(self._screen.feeds()), poller.read(self._screen.catalogue())
        self._empty.set_visibility(answer is None)
        if answer is None:
            return
        if list(self._cards) != [feed.name for feed in answer.feeds]:
            self._grid.clear()
            with self._grid:
                self._cards = {feed.name: _Card(feed.name) for feed in answer.feeds}
        for feed in answer.feeds:
            declared = catalogue.indicators if catalogue else ()
            self._cards[feed.name].refresh(feed, declared, self._screen, at)
        listed = senders(answer.feeds, self._screen.language, at)
        self._senders.set_content(listed)
        self._senders.set_visibility(bool(listed))


class _Card:
    """One feed: how it is, in numbers, what was refused, and which figures rest on it."""

    def __init__(self, name: str) -> None:
        with ui.element("section").props(f'data-feed="{name}"') as self._panel:
            self._told = ui.html(sanitize=False).classes("told")
            self._resting = ui.html(sanitize=False).classes("told")

    def refresh(self, feed: Feed, declared: Iterable[Indicator], screen: Screen, at: datetime) -> None:
        """Say how the feed is now."""
        look = f"panel feed {feed.state}"
        if " ".join(self._panel.classes) != look:
            self._panel.classes(replace=look)
        self._told.set_content(told(feed, screen.language, at))
        self._resting.set_content(_figures(feed, declared, screen))


def told(feed: Feed, language: Language, at: datetime) -> str:
    """Write how one feed is as HTML."""
    state = words.STATES[feed.state].to(language)
    return (
        f'<div class="top"><div><h2>{escape(feed.title.to(language))}</h2>{_publisher(feed, language)}</div>'
        f'<span class="badge {feed.state}">{escape(state)}</span></div>{_advice(feed, language, at)}'
        f'<div class="numbers">{_numbers(feed, language, at)}</div>'
        f'<div class="scores">{_scores(feed, language)}</div>'
        f'<div class="reasons">{_reasons(feed, language)}</div>'
    )


def _publisher(feed: Feed, language: Language) -> str:
    publisher = escape(feed.publisher.to(language))
    if feed.silence is not None:
        said = cadence(feed.silence, language)
    else:
        beats = (written.duration(feed.every_seconds * number, language) for number in (1, SILENT_BEATS))
        said = words.CADENCE.to(language).format(*beats)
    return (
        f'<div class="publisher">{words.PUBLISHER.to(language)}: {publisher}<span>{escape(said)}</span></div>'
    )


def _advice(feed: Feed, language: Language, at: datetime) -> str:
    if feed.state not in words.ADVICE:
        return ""
    advice = words.ADVICE[feed.state].to(language)
    if feed.state == "stale" and feed.silence is not None:
        since = silent_since(feed.silence, language, at)
        advice = f"{advice} {since[0].upper()}{since[1:]}."
    return f'<p class="advice">{escape(advice)}</p>'


def _numbers(feed: Feed, language: Language, at: datetime) -> str:
    """Six facts: when something came, what waits, since when; when it happened, what was taken, what not."""
    lag, today, records = feed.lag, feed.today, words.RECORDS.to(language)
    waits = feed.state == "partial"
    waited = written.UNKNOWN if lag.seconds is None else written.duration(lag.seconds, language)
    return "".join(
        (
            _received(feed, language, at),
            _fact(words.LAG, _count(lag.events, language), records, language, warn=waits),
            _fact(words.WAITING_LONGEST, waited, words.SINCE_ACCEPTED.to(language), language, warn=waits),
            _happened(feed.last_event_at, language, at),
            _fact(words.ACCEPTED_TODAY, _count(today.accepted, language), records, language),
            _fact(
                words.REJECTED_TODAY,
                _count(today.rejected, language),
                records,
                language,
                warn=today.rejected > 0,
            ),
        )
    )


def _received(feed: Feed, language: Language, at: datetime) -> str:
    received, silent = feed.last_received_at, feed.silent_seconds
    last = written.moment(received, at, language) if received else words.NEVER.to(language)
    length = "" if silent is None else written.duration(silent, language)
    if feed.silence is not None:
        length = lasting(feed.silence.seconds, feed.silence, language)
    silence = words.SILENT_FOR.to(language).format(length) if length else ""
    return _fact(words.RECEIVED, last, silence, language, warn=feed.state == "stale")


def _happened(latest: datetime | None, language: Language, at: datetime) -> str:
    if latest is None:
        return _fact(words.LATEST_EVENT, written.UNKNOWN, words.NOT_TOLD.to(language), language)
    moment = written.moment(latest, at, language)
    return _fact(words.LATEST_EVENT, moment, words.BY_PUBLISHER.to(language), language)


def _count(number: int, language: Language) -> str:
    return written.number(Decimal(number), language)


def _fact(name: Text, value: str, more: str, language: Language, *, warn: bool = False) -> str:
    look = (" warn" if warn else "") + (" long" if len(value) > LONG_VALUE else "")
    return (
        f'<div class="fact"><span class="name">{escape(name.to(language))}</span>'
        f'<span class="value{look}">{escape(value)}</span>'
        f'<span class="more">{escape(more)}</span></div>'
    )


def _scores(feed: Feed, language: Language) -> str:
    scores = feed.scores
    named = (
        ("valid", scores.valid),
        ("complete", scores.complete),
        ("clean", scores.clean),
        ("alive", scores.alive),
    )
    return "".join(_score(words.SCORES[name].to(language), value, language) for name, value in named)


def _score(name: str, value: Decimal | None, language: Language) -> str:
    said = written.UNKNOWN if value is None else f"{written.number(value, language)} %"
    low = "low" if value is not None and value < LOW_SCORE else ""
    bar = "" if value is None else f'<i class="{low}" style="width:{value}%"></i>'
    return (
        f'<div class="score {low}"><span class="row"><span>{escape(name)}</span><b>{said}</b></span>'
        f'<span class="rail">{bar}</span></div>'
    )


def _reasons(feed: Feed, language: Language) -> str:
    if not feed.rejects:
        return f'<span class="title">{escape(words.NO_REJECTS.to(language))}</span>'
    listed = sorted(feed.rejects, key=lambda reject: -reject.count)
    shown, others = listed[:SHOWN_REASONS], listed[SHOWN_REASONS:]
    lines = [
        _reason(
            f"{escape(reject.message.to(language))} <code>{escape(reject.reason)}</code>",
            reject.count,
            language,
        )
        for reject in shown
    ]
    if others:
        rest = words.OTHER_REASONS.to(language).format(len(others))
        lines.append(_reason(rest, sum(reject.count for reject in others), language))
    title = escape(words.REJECT_REASONS.to(language))
    return f'<span class="title">{title}</span><table>{"".join(lines)}</table>'


def _reason(said: str, count: int, language: Language) -> str:
    return f'<tr><td>{said}</td><td class="count">{_count(count, language)}</td></tr>'


def _figures(feed: Feed, declared: Iterable[Indicator], screen: Screen) -> str:
    """What on the overview rests on this feed, each a way to it; the rest is on the pages of their desks."""
    language = screen.language
    links = "".join(
        f'<a href="{escape(screen.address(f"/indicator/{quote(one.name)}"))}">'
        f"{escape(one.title.to(language))}</a>"
        for one in declared
        if one.feed == feed.name and one.is_headline
    )
    if not links:
        return ""
    title = escape(words.FIGURES_OF_FEED.to(language))
    return f'<nav class="resting" aria-label="{title}"><span class="title">{title}</span>{links}</nav>'
