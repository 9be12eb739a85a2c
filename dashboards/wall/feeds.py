"""The feeds: who sends, when they last did, what waits, and what was refused and why."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from html import escape
from typing import Any

from nicegui import ui

from iochub.dashboards.wall import format as written
from iochub.dashboards.wall import words
from iochub.dashboards.wall.answers import Feed
from iochub.dashboards.wall.frame import Frame
from iochub.dashboards.wall.poll import Ask
from iochub.dashboards.wall.screen import Screen
from iochub.dashboards.wall.watching import Watching, follow
from iochub.text import Language, Text

SHOWN_REASONS = 6
LOW_SCORE = 90
"""Below this a score is drawn as a warning; the feed's own alert rule decides whether anyone is called."""


async def feeds(screen: Screen) -> None:
    """Draw the feeds' page and keep it in step."""
    watching = Watching(screen.hub.poller)
    await watching.first(_asks(screen))
    frame = Frame(screen, watching, "/feeds", periods=False)
    with frame.open(words.FEEDS.to(screen.language)):
        room = ui.html(sanitize=False).classes("feeds")

    def refresh() -> None:
        frame.refresh()
        answer = screen.hub.poller.read(screen.feeds())
        at = screen.hub.clock()
        if answer is None:
            room.set_content(f'<div class="empty">{words.STATES["waiting"].to(screen.language)}</div>')
        else:
            room.set_content("".join(card(feed, screen.language, at) for feed in answer.feeds))

    follow(watching, lambda: _asks(screen), refresh)


def _asks(screen: Screen) -> Iterable[Ask[Any]]:
    return screen.viewer(), screen.feeds()


def card(feed: Feed, language: Language, at: datetime) -> str:
    """Write one feed as HTML."""
    cadence = words.CADENCE.to(language).format(written.duration(feed.every_seconds, language))
    state, publisher = words.STATES[feed.state].to(language), escape(feed.publisher.to(language))
    return (
        f'<section class="panel feed" data-feed="{escape(feed.name)}"><div class="top"><div>'
        f"<h2>{escape(feed.title.to(language))}</h2>"
        f'<div class="publisher">{words.PUBLISHER.to(language)}: {publisher}<span>{cadence}</span></div>'
        "</div>"
        f'<span class="badge {feed.state}">{escape(state)}</span></div>'
        f'<div class="numbers">{_numbers(feed, language, at)}</div>'
        f'<div class="scores">{_scores(feed, language)}</div>'
        f'<div class="reasons">{_reasons(feed, language)}</div></section>'
    )


def _numbers(feed: Feed, language: Language, at: datetime) -> str:
    received, silent, lag = feed.last_received_at, feed.silent_seconds, feed.lag
    last = written.moment(received, at, language) if received else words.NEVER.to(language)
    silence = (
        "" if silent is None else words.SILENT_FOR.to(language).format(written.duration(silent, language))
    )
    waited = "" if lag.seconds is None else f" · {written.duration(lag.seconds, language)}"
    records = words.RECORDS.to(language)
    today = feed.today
    rejected = today.rejected > 0
    return "".join(
        (
            _fact(words.RECEIVED, last, silence, language, warn=feed.state == "stale"),
            _fact(
                words.LAG,
                _count(lag.events, language),
                records + waited,
                language,
                warn=feed.state == "partial",
            ),
            _fact(words.ACCEPTED_TODAY, _count(today.accepted, language), records, language),
            _fact(words.REJECTED_TODAY, _count(today.rejected, language), records, language, warn=rejected),
        )
    )


def _count(number: int, language: Language) -> str:
    return written.number(Decimal(number), language)


def _fact(name: Text, value: str, more: str, language: Language, *, warn: bool = False) -> str:
    return (
        f'<div class="fact"><span class="name">{escape(name.to(language))}</span>'
        f'<span class="value{" warn" if warn else ""}">{escape(value)}</span>'
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
    most = sorted(feed.rejects, key=lambda reject: -reject.count)[:SHOWN_REASONS]
    lines = "".join(
        f"<tr><td>{escape(reject.message.to(language))}</td><td><code>{escape(reject.reason)}</code></td>"
        f'<td class="count">{written.number(Decimal(reject.count), language)}</td></tr>'
        for reject in most
    )
    return f'<span class="title">{escape(words.REJECT_REASONS.to(language))}</span><table>{lines}</table>'
