"""How long a publisher has said nothing, counted in the time in which it works."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from iochub.ingest.feed import SILENT_BEATS, Feed
from iochub.ingest.office_calendar import OFFICE_HOURS, working_time

DAY, DAYS_A_WEEK, WORKED_A_WEEK = timedelta(days=1), 7, 5
WORKED_A_DAY = sum(
    (
        timedelta(hours=closes.hour - opens.hour, minutes=closes.minute - opens.minute)
        for opens, closes in OFFICE_HOURS
    ),
    timedelta(),
)
"""What one working day has of office hours."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Since when nothing came, and how long that is against the beat; both lengths in the feed's own time."""

    since: datetime
    lasted: timedelta
    beat: timedelta

    @property
    def is_broken_promise(self) -> bool:
        """Three beats missed are silence; fewer are a delay."""
        return self.lasted > SILENT_BEATS * self.beat


def silence(feed: type[Feed] | Feed, since: datetime, at: datetime) -> Silence:
    """How silent a feed is at an instant, if it last spoke at another; never less than not at all.

    Nights, weekends and Tết add nothing to an office's silence.
    """
    lasted = working_time(since, at) if feed.calendar == "office" else at - since
    return Silence(since, max(lasted, timedelta()), beat_of(feed))


def beat_of(feed: type[Feed] | Feed) -> timedelta:
    """A feed's beat in the time in which its publisher works.

    An office that sends once a day does so once in eight office hours, and once a week once in forty.
    """
    if feed.calendar == "always":
        return feed.every
    weeks, days = divmod(feed.every // DAY, DAYS_A_WEEK)
    worked = weeks * WORKED_A_WEEK + min(days, WORKED_A_WEEK)
    return worked * WORKED_A_DAY + min(feed.every % DAY, WORKED_A_DAY)


def stale_after(feed: type[Feed] | Feed) -> timedelta:
    """After how much plain time a feed is silent at the latest, where nobody can count office hours.

    Three beats of an office, and the weekends that may lie in them; holidays are not in it.
    """
    if feed.calendar == "always":
        return SILENT_BEATS * feed.every
    days = -(-SILENT_BEATS * beat_of(feed) // WORKED_A_DAY)
    return (days - (-days // WORKED_A_WEEK) * (DAYS_A_WEEK - WORKED_A_WEEK)) * DAY
