import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

import pytest

from iochub.ingest.demo.past import portal
from iochub.ingest.demo.past.facts import PERIODS, PastPeriod
from iochub.ingest.demo.past.posts import days_of
from iochub.ingest.demo.past.registry import PAST
from iochub.ingest.reports.portal import PORTAL

every = pytest.mark.parametrize("period", PERIODS.values(), ids=PERIODS)


def reports(period: PastPeriod) -> Iterator[tuple[date, dict[str, str]]]:
    for day in days_of(period, PAST["reports"].tail):
        for post in portal.posts(period, day):
            for report in json.loads(post.body)["reports"]:
                yield day, report


@every
def test_every_month_of_the_period_is_told_once_and_whole_when_it_is_over(period: PastPeriod) -> None:
    told = defaultdict(list)
    for day, report in reports(period):
        assert f"{day:%Y-%m-%d}" > f"{report['period']}-31"
        told[report["period"]].append(report["indicator"])
    months = (period.after - period.first).days // 30
    assert sorted(told) == [f"{period.year}-{month:02}" for month in range(1, months + 1)]
    for names in told.values():
        assert sorted(names) == sorted(one.name for one in PORTAL)


@every
def test_all_dossiers_of_the_period_are_to_be_synchronised(period: PastPeriod) -> None:
    counted = sum(
        int(report["value"])
        for _, report in reports(period)
        if report["indicator"] == "dossiers_to_synchronise"
    )
    assert counted == period.dossiers
