"""What reported figures come to, worked out by hand, landed and counted by the real warehouse."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from native_hub import NativeHub
from published import ours

from iochub.ingest.feeds.reports import Reports
from iochub.ingest.reports.catalogue import BY_NAME
from iochub.warehouse.indicator import target_of
from iochub.warehouse.indicators import score_766_reported
from iochub.warehouse.indicators.reported_aims import AIMS
from iochub.warehouse.indicators.reports import INDICATORS
from iochub.warehouse.kinds import Flow, Latest
from iochub.warehouse.migrations.apply import migrate
from iochub.warehouse.period import read_period
from iochub.warehouse.question import Question
from iochub.warehouse.store import Store

BY_INDICATOR = {indicator.name: indicator for indicator in INDICATORS}

RESOLVED = {
    "digital_economy_share": {"2025": "20", "2030": "30"},
    "labour_productivity_growth": {"2025": "9.6", "2030": "8.1"},
    "enterprises_transformed_share": {"2025": "50", "2030": "80"},
    "districts_transformed": {"2025": "6"},
    "communes_transformed": {"2025": "300"},
    "districts_transformed_share": {"2030": "100"},
    "communes_transformed_share": {"2030": "80"},
    "payment_accounts_share": {"2025": "50", "2030": "80"},
    "satisfaction_share": {"2025": "90", "2030": "98"},
    "inspections_online_share": {"2025": "50", "2030": "70"},
    "databases_connected_share": {"2025": "100"},
    "eligible_dossiers_level4_share": {"2025": "100"},
    "users_identified_share": {"2025": "100"},
    "national_rank": {"2025": "10", "2030": "10"},
    "dti_rank_government": {"2030": "5"},
}
"""The aims of Nghị quyết 06-NQ/TU, copied by hand from the province's list of figures."""


@pytest.fixture
def hub(empty: Store) -> NativeHub:
    migrate(empty, [Reports])
    return NativeHub(empty, Reports(), INDICATORS)


def told(*reports: tuple[str, str, str, object]) -> bytes:
    names = ("indicator", "unit", "period", "value")
    return json.dumps([dict(zip(names, report, strict=True)) for report in reports]).encode()


def test_every_aim_of_the_resolution_stands_on_its_indicator() -> None:
    found = {
        indicator.name: {target.by: str(target.value) for target in indicator.targets}
        for indicator in INDICATORS
        if indicator.targets
    }
    assert found == RESOLVED
    for indicator in INDICATORS:
        assert all("06-NQ/TU" in target.source for target in indicator.targets)


def test_everything_that_may_be_reported_is_watched_and_nothing_else() -> None:
    for_the_score = {indicator.name for indicator in score_766_reported.REPORTED}
    assert BY_INDICATOR.keys() == AIMS.keys()
    assert BY_INDICATOR.keys() | for_the_score == BY_NAME.keys()
    assert not BY_INDICATOR.keys() & for_the_score


def test_a_rank_is_better_the_lower_and_is_not_to_be_exceeded() -> None:
    ranks = {name for name, one in BY_NAME.items() if one.form == "rank"}
    assert ranks == {
        "dti_rank",
        "dti_rank_government",
        "dti_rank_economy",
        "dti_rank_society",
        "national_rank",
    }
    for name, indicator in BY_INDICATOR.items():
        assert indicator.better == ("lower" if name in ranks else "higher")
        assert all(target.at_least == (name not in ranks) for target in indicator.targets)


def test_days_add_up_only_where_things_happen_and_units_only_where_things_are_counted() -> None:
    daily = {name for name, indicator in BY_INDICATOR.items() if isinstance(indicator.kind, Flow)}
    assert daily == {"covid_portal_visits", "qr_checkins", "vaccinations_recorded", "covid_tests_recorded"}
    own = {n for n, one in BY_INDICATOR.items() if isinstance(one.kind, Latest) and one.kind.own}
    assert own == {n for n in BY_NAME if n.endswith(("_share", "_growth")) or "rank" in n}


def test_the_aim_in_force_is_the_next_one() -> None:
    economy = BY_INDICATOR["digital_economy_share"].targets
    aims = {year: target_of(economy, read_period(year)) for year in ("2021", "2025", "2026", "2031")}
    assert {year: str(aim.value) if aim else None for year, aim in aims.items()} == {
        "2021": "20", "2025": "20", "2026": "30", "2031": "30",
    }  # fmt: skip


def test_our_files_come_to_what_is_written_in_them(hub: NativeHub) -> None:
    hub.send(*(ours("reports", name) for name in ("five_reports.json", "huyen_xa.csv", "phong_hop.xlsx")))
    assert hub.value("paperless_rooms", "2021") == 18 + 4 + 2  # province, city, Nghi Sơn
    assert hub.value("paperless_rooms", "2021", "407", "2020") == 2
    assert hub.value("video_points", "2021") == 38 + 8
    assert hub.value("merit_files_digitised", "2022-H1", "401", "2020") == 1234  # Nga An lies in Nga Sơn
    assert hub.value("covid_portal_visits", "2021-07") == 1_234_567
    assert hub.value("digital_economy_share", "2022") == Decimal("11.25")
    assert hub.value("dti_rank", "2021") == 12
    assert hub.value("satisfaction_share", "2021", "380", "2020") == Decimal("98.29")


def test_a_share_that_a_district_reports_is_not_the_province_s(hub: NativeHub) -> None:
    hub.send(told(("satisfaction_share", "380", "2021", 98), ("satisfaction_share", "399", "2021", 90)))
    province = hub.ask("satisfaction_share", "2021")
    assert (province.value, province.state) == (None, "no_data")
    assert hub.value("satisfaction_share", "2021", "399", "2020") == 90


def test_a_stock_is_what_was_last_said_and_a_correction_replaces_it(hub: NativeHub) -> None:
    hub.send(told(("paperless_rooms", "38", "2021-Q3", 15), ("paperless_rooms", "38", "2021-Q4", 18)))
    assert [hub.value("paperless_rooms", period) for period in ("2021-H1", "2021-Q3", "2021", "2022")] == [
        None, 15, 18, 18,
    ]  # fmt: skip
    hub.send(told(("paperless_rooms", "38", "2021", 19)), sender="H56.01")
    assert hub.value("paperless_rooms", "2021") == 19
    assert hub.value("paperless_rooms", "2021-Q3") == 15


def test_days_add_up_and_a_day_reported_twice_counts_once(hub: NativeHub) -> None:
    hub.send(*(told(("qr_checkins", "38", f"2021-07-{day:02}", 100 + day)) for day in range(1, 4)))
    hub.send(told(("qr_checkins", "38", "2021-07-02", "1.000.002")), sender="H56.01")
    assert hub.value("qr_checkins", "2021-07") == 101 + 1_000_002 + 103
    assert hub.value("qr_checkins", "2021-07-02") == 1_000_002


def test_zero_that_was_reported_is_zero_and_what_nobody_reported_is_not_known(hub: NativeHub) -> None:
    hub.send(told(("pilot_communes", "38", "2021", 0)))
    assert hub.ask("pilot_communes", "2021").state == "ok"
    assert hub.value("pilot_communes", "2021") == 0
    assert hub.ask("video_points", "2021").state == "no_data"
    hub.send(told(("qr_checkins", "38", "2021-07-01", 0), ("qr_checkins", "38", "2021-07-03", 5)))
    july = Question("qr_checkins", "38", read_period("2021-07"), sees_small=True)
    days = [(row.value, row.state) for row in hub.answers.series(july, "day", None)[:4]]
    assert days == [(0, "ok"), (None, "no_data"), (5, "ok"), (None, "no_data")]
    assert hub.value("qr_checkins", "2021-07") == 5


def test_a_figure_tells_which_agency_reported_it(hub: NativeHub) -> None:
    hub.send(told(("paperless_rooms", "380", "2021", 4)), sender="H56.11")
    hub.send(told(("paperless_rooms", "399", "2021", 3)), sender="H56.12")
    rows = hub.answers.series(
        Question("paperless_rooms", "38", read_period("2021"), sees_small=True), None, "agency"
    )
    assert {row.member: row.value for row in rows} == {"H56.11": 4, "H56.12": 3}


def test_a_withdrawn_report_counts_no_more(hub: NativeHub) -> None:
    hub.at = datetime(2022, 6, 1, tzinfo=UTC)
    hub.send(told(("paperless_rooms", "38", "2021", 18)))
    assert hub.value("paperless_rooms", "2021") == 18
    hub.withdraw("paperless_rooms:38:20214")
    assert hub.ask("paperless_rooms", "2021").state == "no_data"
