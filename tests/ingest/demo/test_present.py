import json
from datetime import UTC, datetime, timedelta

import pytest

from iochub.ingest.demo import present

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize("feed", present.FEEDS)
def test_cutting_time_into_other_windows_loses_and_repeats_nothing(feed: str) -> None:
    since = NOON - timedelta(hours=36)
    whole = list(present.due(feed, since, NOON))
    cut = [
        post
        for hour in range(36)
        for post in present.due(feed, since + timedelta(hours=hour), since + timedelta(hours=hour + 1))
    ]
    assert cut == whole


@pytest.mark.parametrize("feed", present.FEEDS)
def test_a_fresh_hub_is_told_of_what_stands_before_anything_happens(feed: str) -> None:
    assert list(present.opening(feed, NOON))


def test_a_fresh_hub_is_told_what_the_office_reported_of_each_month_of_the_year() -> None:
    told = [
        (report["indicator"], report["period"])
        for post in present.opening("reports", NOON)
        for report in json.loads(post.body)["reports"]
        if report["indicator"] == "petitions_received"
    ]
    assert told == [("petitions_received", f"2026-{month:02}") for month in range(1, 11)]
