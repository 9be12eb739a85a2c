"""Who sends: every agency with its four scores per feed, the worst first, and since when it is silent."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from html import escape

from iochub.dashboards.wall import format as written
from iochub.dashboards.wall import words
from iochub.dashboards.wall.answers import Agency, Feed, Scores, Silence
from iochub.ingest.silence import WORKED_A_DAY
from iochub.text import Language

LOW_SCORE = 90
"""Below this a score is drawn as a warning; the feed's own alert rule decides whether anyone is called."""

A_DAY = WORKED_A_DAY // timedelta(seconds=1)


def senders(feeds: Iterable[Feed], language: Language, at: datetime) -> str:
    """Write the table of senders as HTML; nothing where none is known or may be seen."""
    listed = sorted(
        ((one, feed) for feed in feeds for one in feed.agencies), key=lambda pair: _worst(pair[0])
    )
    if not listed:
        return ""
    named = (words.AGENCY, words.FEED, *words.SCORES.values(), words.RECEIVED)
    head = "".join(f'<th scope="col">{escape(name.to(language))}</th>' for name in named)
    lines = "".join(_line(one, feed, language, at) for one, feed in listed)
    return (
        f"<h2>{escape(words.SENDERS.to(language))}</h2>"
        f'<div class="scroll" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )


def silent_since(silence: Silence, language: Language, at: datetime) -> str:
    """Say since when nothing came, against which beat, and in whose time that is counted."""
    since = written.moment(silence.since, at, language)
    beat = lasting(silence.beat_seconds, silence, language)
    said = words.SILENT_SINCE.to(language).format(since, beat)
    return f"{said}{_by_office_hours(silence, language)}"


def cadence(silence: Silence, language: Language) -> str:
    """Say how often a feed speaks, and after how long a silence its figures are stale."""
    every, stale = (
        lasting(length, silence, language) for length in (silence.beat_seconds, silence.stale_after_seconds)
    )
    return words.CADENCE.to(language).format(every, stale) + _by_office_hours(silence, language)


def lasting(seconds: int, silence: Silence, language: Language) -> str:
    """A length of time in the feed's own: an office's day has eight hours."""
    if silence.calendar == "always" or seconds < A_DAY:
        return written.duration(seconds, language)
    days = seconds // A_DAY
    name = words.WORKING_DAY if days == 1 else words.WORKING_DAYS
    return f"{days} {name.to(language)}"


def _by_office_hours(silence: Silence, language: Language) -> str:
    return words.BY_OFFICE_HOURS.to(language) if silence.calendar == "office" else ""


def _line(one: Agency, feed: Feed, language: Language, at: datetime) -> str:
    name = (
        f"{escape(one.name)} <code>{escape(one.code)}</code>"
        if one.name
        else f"<code>{escape(one.code)}</code>"
    )
    cells = "".join(_score(score, language) for score in _in_order(one.scores))
    return (
        f'<tr data-agency="{escape(one.code)}" data-of="{escape(feed.name)}"><td>{name}</td>'
        f"<td>{escape(feed.title.to(language))}</td>{cells}<td>{escape(_spoke(one, language, at))}</td></tr>"
    )


def _spoke(one: Agency, language: Language, at: datetime) -> str:
    if one.silence is None:
        return words.NEVER.to(language)
    if one.silence.seconds > one.silence.stale_after_seconds:
        return silent_since(one.silence, language, at)
    return written.moment(one.silence.since, at, language)


def _score(value: Decimal | None, language: Language) -> str:
    said = written.UNKNOWN if value is None else f"{written.number(value, language)} %"
    return f'<td class="value {"low" if value is not None and value < LOW_SCORE else ""}">{said}</td>'


def _in_order(scores: Scores) -> Iterator[Decimal | None]:
    yield from (scores.valid, scores.complete, scores.clean, scores.alive)


def _worst(one: Agency) -> tuple[Decimal, Decimal, str]:
    """By the lowest score that is known, then by all of them; who never sent comes first."""
    known = [score for score in _in_order(one.scores) if score is not None]
    lowest = Decimal(-1) if one.silence is None else min(known, default=Decimal(0))
    return lowest, sum(known, Decimal(0)) / max(len(known), 1), one.code
