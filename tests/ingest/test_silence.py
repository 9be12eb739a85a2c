"""How long a feed has been silent, in its publisher's working time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iochub.ingest.feed import Feed
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.silence import beat_of, silence, stale_after


class Office(Feed):
    every = timedelta(hours=8)
    calendar = "office"


class Always(Feed):
    every = timedelta(hours=8)


FRIDAY_CLOSING = datetime(2026, 11, 6, 10, 30, tzinfo=UTC)
"""17:30 on a Friday in the province."""
LAST_DAY_BEFORE_TET = datetime(2026, 2, 13, 10, 30, tzinfo=UTC)
"""17:30 on Friday 13 February 2026; offices open again on Monday 23 February."""

instants = st.datetimes(
    datetime(2020, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)  # noqa: DTZ001
)  # fmt: skip


def test_a_weekend_is_no_silence_of_an_office_and_is_one_of_a_hospital() -> None:
    monday_opening = datetime(2026, 11, 9, 0, 30, tzinfo=UTC)
    assert silence(Office, FRIDAY_CLOSING, monday_opening).lasted == timedelta()
    assert silence(Always, FRIDAY_CLOSING, monday_opening).lasted == timedelta(hours=62)
    assert silence(Always, FRIDAY_CLOSING, monday_opening).is_broken_promise


def test_the_whole_of_tet_is_no_silence_of_an_office() -> None:
    back_at_work = datetime(2026, 2, 23, 1, 30, tzinfo=UTC)
    assert silence(Office, LAST_DAY_BEFORE_TET, back_at_work).lasted == timedelta(hours=1)


def test_an_office_is_silent_after_three_working_days_without_its_daily_word() -> None:
    wednesday_closing = datetime(2026, 11, 11, 10, 30, tzinfo=UTC)
    assert not silence(Office, FRIDAY_CLOSING, wednesday_closing).is_broken_promise
    thursday_morning = datetime(2026, 11, 12, 0, 31, tzinfo=UTC)
    assert silence(Office, FRIDAY_CLOSING, thursday_morning).is_broken_promise


@pytest.mark.parametrize(
    ("every", "worked_hours"),
    [
        (timedelta(minutes=15), 0.25),
        (timedelta(hours=8), 8),
        (timedelta(hours=20), 8),
        (timedelta(days=1), 8),
        (timedelta(days=3), 24),
        (timedelta(days=7), 40),
        (timedelta(days=30), 22 * 8),
    ],
)
def test_an_office_beats_in_working_hours(every: timedelta, worked_hours: float) -> None:
    one = type("Beating", (Office,), {"every": every})
    assert beat_of(one) == timedelta(hours=worked_hours)
    assert beat_of(type("Sleepless", (Always,), {"every": every})) == every


@pytest.mark.parametrize(
    ("every", "days"), [(timedelta(hours=8), 5), (timedelta(days=7), 21), (timedelta(hours=1), 3)]
)
def test_in_plain_time_an_office_is_given_its_weekends(every: timedelta, days: int) -> None:
    """Three working days may hold a weekend, three working weeks hold three."""
    assert stale_after(type("Beating", (Office,), {"every": every})) == timedelta(days=days)
    assert stale_after(type("Sleepless", (Always,), {"every": every})) == 3 * every


@given(
    st.datetimes(datetime(2026, 6, 1), datetime(2026, 7, 15), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from([timedelta(hours=1), timedelta(hours=8), timedelta(days=1), timedelta(days=7)]),
)
def test_in_plain_time_no_office_is_called_silent_too_early_while_there_is_no_holiday(
    since: datetime, every: timedelta
) -> None:
    one = type("Beating", (Office,), {"every": every})
    assert silence(one, since, since + stale_after(one)).lasted >= 3 * beat_of(one)


@given(instants, instants, instants)
def test_silence_only_grows_with_time_and_an_office_s_is_never_the_longer(
    since: datetime, at: datetime, later: datetime
) -> None:
    at, later = sorted((at, later))
    for feed in (Office, Always):
        assert timedelta() <= silence(feed, since, at).lasted <= silence(feed, since, later).lasted
    assert silence(Office, since, at).lasted <= silence(Always, since, at).lasted


def test_offices_keep_hours_and_tax_and_hospitals_do_not() -> None:
    calendars = {name: feed.calendar for name, feed in FEEDS.items()}
    assert calendars["dossiers"] == "office"
    assert calendars["einvoices"] == "always"
    assert {calendars.get(name, "office") for name in ("documents", "reports")} == {"office"}
    assert calendars.get("hospitals", "always") == "always"
