"""What the demo's offices send these days: yesterday's books, through the hours of today."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from iochub.clock import day_start, local_day
from iochub.ingest.demo.past import portal
from iochub.ingest.demo.past.facts import HALF_2022, PastPeriod
from iochub.ingest.demo.past.posts import Post
from iochub.ingest.demo.past.registry import PAST

FEEDS = ("documents", "hospitals", "reports")
"""Dossiers and e-invoices are sent minute by minute, by `schedule`."""

BEGINS, ENDS = timedelta(hours=6), timedelta(hours=22)
"""Between these hours of a day the books of the day before are sent."""


def opening(feed: str, at: datetime) -> Iterator[Post]:
    """What a fresh hub has to know first: rosters, what was told of last year, and of this one's months."""
    today = local_day(at)
    yield from PAST[feed].opening(_year(today.year))
    if feed == "reports":
        yield from portal.opening(_year(today.year), today)


def due(feed: str, since: datetime, until: datetime) -> Iterator[Post]:
    """What becomes due in [since, until), oldest first."""
    day = local_day(since)
    while day_start(day) < until:
        posts = books(feed, day - timedelta(days=1))
        for number, post in enumerate(posts, 1):
            at = day_start(day) + BEGINS + (ENDS - BEGINS) * number / len(posts)
            if since <= at < until:
                yield post
        day += timedelta(days=1)


@lru_cache(maxsize=6)
def books(feed: str, day: date) -> tuple[Post, ...]:
    """Everything a feed's offices have to tell of a day; the end of a year's last things too."""
    posts = list(PAST[feed].posts(_year(day.year), day))
    before = _year(day.year - 1)
    if day < before.after + timedelta(days=PAST[feed].tail):
        posts += PAST[feed].posts(before, day)
    return tuple(posts)


@lru_cache(maxsize=4)
def _year(year: int) -> PastPeriod:
    """A year like the half of 2022, but lighter: a fresh hub must have caught up within its first minute."""
    half = HALF_2022
    return replace(
        half,
        year=year,
        first=date(year, 1, 1),
        after=date(year + 1, 1, 1),
        documents=half.documents // 4,
        exchanges=half.exchanges // 4,
        signed_by_agency=half.signed_by_agency // 4,
        signed_by_person=half.signed_by_person // 4,
        visits=2 * half.visits,
        card_checkins=2 * half.card_checkins,
    )
