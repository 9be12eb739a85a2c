"""A day of each feed's past, read as the gateway would: only what was planted is refused."""

import json
from collections import Counter
from datetime import date, timedelta
from types import ModuleType

import pytest
from published import door

from iochub.ingest.demo.past import documents, dossiers, einvoices
from iochub.ingest.demo.past.facts import HALF_2022, PERIODS, YEAR_2021, PastPeriod
from iochub.ingest.demo.past.posts import Post, days_of, places
from iochub.ingest.demo.past.registry import PAST
from iochub.ingest.feed import Refusal
from iochub.ingest.feeds.registry import FEEDS

PLANTED = {
    "documents": {"missing:DocumentId"},
    "dossiers": {"unknown_code:TrangThaiHoSo"},
    "einvoices": {"missing:SHDon"},
    "hospitals": {"missing:MA_LK"},
    "reports": {"bad_number:value"},
}
SOME_DAYS = (date(2021, 3, 10), date(2021, 12, 30), date(2022, 1, 5), date(2022, 1, 6))


def records(post: Post) -> list[bytes]:
    if post.path == "/v1/events":
        return [each["data"].encode() for each in json.loads(post.body)]
    return [] if post.path.endswith("withdrawals") else [post.body]


@pytest.mark.parametrize("feed", PAST)
def test_the_hub_takes_all_but_what_is_planted_to_be_refused(feed: str) -> None:
    past, found = PAST[feed], Counter[str]()
    for day in SOME_DAYS:
        for post in (*past.opening(YEAR_2021), *past.posts(YEAR_2021, day)):
            for record in records(post):
                for outcome in FEEDS[feed].read(record, post.content_type, door("H56")):
                    found[outcome.reason if isinstance(outcome, Refusal) else "accepted"] += 1
    assert found["accepted"] > sum(found.values()) * 0.9
    assert set(found) - {"accepted"} <= PLANTED[feed]


@pytest.mark.parametrize("feed", PAST)
def test_a_day_is_told_the_same_way_by_every_process(feed: str) -> None:
    day = date(2021, 3, 10)
    told = list(PAST[feed].posts(YEAR_2021, day))
    for kept in (documents.planned, dossiers.planned, dossiers._ending):
        kept.cache_clear()
    assert list(PAST[feed].posts(YEAR_2021, day)) == told


@pytest.mark.parametrize("desk", [documents, dossiers], ids=["documents", "dossiers"])
def test_a_day_is_planned_once_on_however_many_days_its_things_are_sent(desk: ModuleType) -> None:
    desk.planned.cache_clear()
    days = 5
    for number in range(days):
        list(desk.posts(YEAR_2021, date(2021, 5, 1) + timedelta(days=number)))
    asked = desk.planned.cache_info()
    assert asked.misses <= days + desk.planned.cache_parameters()["maxsize"]
    assert asked.currsize <= asked.maxsize < 60, "some weeks at most are in memory"


@pytest.mark.parametrize("feed", PAST)
@pytest.mark.parametrize("year", PERIODS)
def test_nothing_is_left_to_send_after_the_last_day(feed: str, year: int) -> None:
    period = PERIODS[year]
    after = period.after + timedelta(days=PAST[feed].tail)
    assert [
        post for more in range(40) for post in PAST[feed].posts(period, after + timedelta(days=more))
    ] == []


@pytest.mark.parametrize("period", PERIODS.values(), ids=PERIODS)
def test_there_are_as_many_documents_and_receivers_as_were_published(period: PastPeriod) -> None:
    lives = [life for day in days_of(period, 0) for life in documents.planned(period, day)]
    assert len(lives) == period.documents
    assert sum(len(life.receivers) for life in lives) == period.exchanges
    assert sum(life.signed for life in lives) == period.signed_by_agency
    assert all(life.sender not in life.receivers for life in lives[:1_000])
    assert all(len(set(life.receivers)) == len(life.receivers) for life in lives[:1_000])


@pytest.mark.parametrize("period", PERIODS.values(), ids=PERIODS)
def test_there_are_as_many_dossiers_of_each_level_as_were_published(period: PastPeriod) -> None:
    assert sum(map(len, places(period, period.dossiers).values())) == period.dossiers
    services = Counter(dossiers.service(period, place) for place in range(period.dossiers))
    assert services["3", True] == period.level3.some
    assert services["3", True] + services["3", False] == period.level3.whole
    assert services["4", True] == period.level4.some
    assert services["4", True] + services["4", False] == period.level4.whole


def test_every_seller_of_the_half_year_issues_an_invoice() -> None:
    sellers = {life.seller for day in days_of(HALF_2022, 0) for life in einvoices.planned(HALF_2022, day)}
    assert len(sellers) == HALF_2022.enterprises + HALF_2022.households
    assert set(einvoices.sellers_of(YEAR_2021)) <= sellers
