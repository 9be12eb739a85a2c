"""What the agencies of the past reported: as published, some of it first with a slip and then corrected.

Source: the articles S0, S1, S2 and S3 that the founding documents cite; what they do not give is ours, and
says so.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from io import StringIO
from typing import NamedTuple

from iochub.ingest.demo.past import portal
from iochub.ingest.demo.past.facts import PastPeriod
from iochub.ingest.demo.past.posts import Post, delivery, in_json
from iochub.ingest.units import Units

LONGEST_DAYS = 12
TOLD_AFTER_DAYS, CORRECTED_AFTER_DAYS = 5, 9


class Told(NamedTuple):
    """One report: of what, where, for which period, how much."""

    indicator: str
    unit: str
    period: str
    value: str


PUBLISHED: dict[int, tuple[Told, ...]] = {
    2021: (
        Told("paperless_rooms", "38", "2021", "18"),
        Told("video_points", "38", "2021", "14"),  # of 600 at all levels; the districts tell of the rest
        Told("agencies_with_document_system_share", "38", "2021", "100"),
        Told("pilot_communes", "Xã Nga An, Huyện Nga Sơn", "2021", "1"),
        Told("pilot_communes", "Xã Yên Thọ, Huyện Như Thanh", "2021", "1"),
        Told("pilot_communes", "Xã Hà Sơn, Huyện Hà Trung", "2021", "1"),
        Told("smes_advised", "38", "2021", "715"),
        Told("dti_rank", "38", "2021", "12"),
        Told("dti_rank_government", "38", "2021", "12"),
        Told("dti_rank_economy", "38", "2021", "22"),
        Told("dti_rank_society", "38", "2021", "12"),
        Told("smart_app_users", "38", "2021", "52000"),
        Told("heritage_items_digitised", "38", "2021", "1535"),
        Told("products_on_ecommerce", "38", "2021", "820"),
    ),
    2022: (
        Told("merit_files_digitised", "38", "2022-H1", "330450"),
        Told("admissions_online_share", "38", "2022-H1", "93.4"),
        Told("paperless_rooms", "38", "2022-H1", "18"),
        Told("smart_app_users", "38", "2022-H1", "61000"),
        Told("heritage_items_digitised", "38", "2022-H1", "1712"),
        Told("products_on_ecommerce", "38", "2022-H1", "1035"),
    ),
}
"""S1: more than 700 enterprises; S0: more than 330 000 files. Users, items and products are ours."""

RANK_2020 = Told("dti_rank", "38", "2020", "15")
"""S2: twelfth, three places up."""

YEAR_BEFORE = tuple(one for one in PUBLISHED[2021] if one.unit == "38" and one.indicator != "video_points")
"""What is told of a year that nothing was published of: the same, so that every screen has something."""

DAILY = {
    "covid_portal_visits": 5_200,
    "qr_checkins": 31_000,
    "vaccinations_recorded": 9_400,
    "covid_tests_recorded": 4_100,
}
"""About how many a day; S1 gives no numbers, these are ours."""

SLIPS = frozenset(("paperless_rooms", "smes_advised"))
"""First reported with one digit too many."""


def posts(period: PastPeriod, day: date) -> Iterator[Post]:
    """The counts of each day of the epidemic in 2021, and of each month for the service score.

    Some days after the period, what is told of it.
    """
    yield from portal.posts(period, day)
    if period.year == 2021 and period.first <= day < period.after:
        yield _in_json([Told(name, "38", str(day), str(_on(day, usual))) for name, usual in DAILY.items()])
    told = PUBLISHED.get(period.year, ())
    if not told:
        return
    if day == period.after + timedelta(days=TOLD_AFTER_DAYS):
        yield _in_json(
            [one._replace(value=f"{one.value}0") if one.indicator in SLIPS else one for one in told]
        )
        yield _in_json([Told("dti_rank", "38", str(period.year), "sắp có")])
        if period.year == 2021:
            yield delivery("reports", "text/csv", _table(_video_points()).encode())
    if day == period.after + timedelta(days=CORRECTED_AFTER_DAYS):
        yield _in_json([one for one in told if one.indicator in SLIPS])


def opening(period: PastPeriod) -> Iterator[Post]:
    """What was told of the year before."""
    before = str(period.year - 1)
    yield _in_json(
        [RANK_2020] if period.year == 2021 else [one._replace(period=before) for one in YEAR_BEFORE]
    )


def _in_json(told: Iterable[Told]) -> Post:
    return in_json("reports", {"reports": [one._asdict() for one in told]})


def _table(told: Iterable[Told]) -> str:
    """As a spreadsheet in Vietnam saves it: semicolons between the columns."""
    written = StringIO()
    lines = csv.writer(written, delimiter=";")
    lines.writerow(Told._fields)
    lines.writerows(told)
    return written.getvalue()


def _video_points() -> Iterator[Told]:
    """Each district tells of itself and of its communes."""
    for district, communes in _districts():
        yield Told("video_points", district, "2021", str(1 + communes))
        yield Told("video_points_districts", district, "2021", "1")
        yield Told("video_points_communes", district, "2021", str(communes))


@cache
def _districts() -> tuple[tuple[str, int], ...]:
    """The code of each district of the map of 2020, and how many communes it has."""
    units = [unit for unit in Units.load().all() if unit.map_name == "2020"]
    return tuple(
        (unit.code, sum(commune.parent == unit.key for commune in units))
        for unit in units
        if unit.level == "district"
    )


def _on(day: date, usual: int) -> int:
    """Within a fifth of the usual, the same for ever."""
    return usual * (80 + day.toordinal() * 37 % 41) // 100
