"""The demo province's 2021 and first half of 2022, sent whole: each published figure is computed from events.

Takes about ten minutes on two cores; the values are those of the founding documents, written by hand.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from published import REPOSITORY
from running_hub import RunningHub, free_base

from iochub.warehouse.indicators.registry import INDICATORS

FOUNDING = REPOSITORY.parent / "shared" / "design" / "figures.md"
REPLAY_SECONDS = 3_000


class Figure(NamedTuple):
    """What the province published of a period, as a screen shows it."""

    indicator: str
    period: str
    value: str


PUBLISHED = (
    Figure("documents_exchanged", "2021", "2386600"),
    Figure("documents_signed_personal_share", "2021", "98.50"),
    Figure("documents_signed_agency_share", "2021", "99.20"),
    Figure("documents_signed_agency_share", "2022-H1", "99.80"),
    Figure("documents_saving", "2021", "85001145600"),  # about 85 tỷ đồng
    Figure("agencies_on_documents_share", "2021", "100.00"),
    Figure("dossiers_received", "2021", "237892"),
    Figure("dossiers_online_share_level3", "2021", "91.70"),
    Figure("dossiers_online_share_level4", "2021", "86.27"),
    Figure("dossiers_on_time_share", "2021", "98.29"),
    Figure("procedures_public", "2021", "1968"),
    Figure("services_online", "2021", "831"),
    Figure("services_on_national_portal", "2021", "741"),
    Figure("services_on_national_portal", "2020", "358"),  # 383 fewer
    Figure("businesses_registered_online_share", "2022-H1", "100.00"),
    Figure("hospitals_cashless_share", "2022-H1", "100.00"),
    Figure("hospitals_telehealth", "2022-H1", "27"),
    Figure("visits_with_citizen_card", "2022-H1", "6409"),
    Figure("einvoice_enterprises", "2022-H1", "14037"),
    Figure("einvoice_households", "2022-H1", "1018"),
    Figure("paperless_rooms", "2021", "18"),
    Figure("paperless_rooms", "2022-H1", "18"),
    Figure("video_points", "2021", "600"),
    Figure("video_points_districts", "2021", "27"),
    Figure("video_points_communes", "2021", "559"),
    Figure("agencies_with_document_system_share", "2021", "100.00"),
    Figure("pilot_communes", "2021", "3"),
    Figure("dti_rank", "2021", "12"),
    Figure("dti_rank", "2020", "15"),  # three places down
    Figure("dti_rank_government", "2021", "12"),
    Figure("dti_rank_economy", "2021", "22"),
    Figure("dti_rank_society", "2021", "12"),
)

AT_LEAST = (
    Figure("score_766", "2021", "50"),
    Figure("score_766", "2022-H1", "50"),
    Figure("petitions_received", "2021", "480"),
    Figure("smes_advised", "2021", "701"),
    Figure("merit_files_digitised", "2022-H1", "330001"),
    Figure("admissions_online_share", "2022-H1", "0.01"),
    Figure("heritage_items_digitised", "2021", "1"),
    Figure("products_on_ecommerce", "2021", "1"),
    Figure("smart_app_users", "2021", "1"),
    Figure("covid_portal_visits", "2021-07-15", "1"),
    Figure("qr_checkins", "2021-07-15", "1"),
    Figure("vaccinations_recorded", "2021-07-15", "1"),
    Figure("covid_tests_recorded", "2021-07-15", "1"),
    Figure("hospital_visits", "2021", "12000"),
    Figure("hospital_cost", "2021", "1"),
    Figure("hospital_insured_share", "2021", "50"),
    Figure("hospital_claims_flagged", "2021", "1"),
    Figure("einvoices_issued", "2021", "24000"),
    Figure("einvoice_turnover", "2021", "1"),
    Figure("einvoice_vat", "2021", "1"),
    Figure("documents_late_share", "2021", "0.01"),
)
"""What was published as more than a number, and what operators watch: it must be there."""


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    hub = RunningHub(tmp_path_factory.mktemp("past") / "data", free_base()).start()
    yield hub
    hub.stop()


def replay(hub: RunningHub, year: int, *feeds: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "iochub", "demo", "replay", "--year", str(year), "--json"]
    command += [word for feed in feeds for word in ("--feed", feed)]
    done = subprocess.run(
        [*command, "--data", str(hub.data)], capture_output=True, text=True, timeout=REPLAY_SECONDS
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    print(found)
    return found


def asked(hub: RunningHub, figure: Figure) -> dict[str, Any]:
    command = [sys.executable, "-m", "iochub", "figure", figure.indicator, "--period", figure.period]
    done = subprocess.run(
        [*command, "--data", str(hub.data), "--json"], capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout, parse_float=Decimal)
    return found


def test_every_published_figure_is_computed_from_the_events_of_its_time(past: RunningHub) -> None:
    for year in (2021, 2022):
        sent = replay(past, year)
        assert sent["whole"]
        assert sent["rejected"] > 0, "some records are planted to be refused"
    wrong = []
    for figure in PUBLISHED:
        found = asked(past, figure)
        if found["state"] not in ("ok", "stale") or Decimal(str(found["value"])) != Decimal(figure.value):
            wrong.append((figure, found["value"], found["state"]))
    for figure in AT_LEAST:
        found = asked(past, figure)
        if found["value"] is None or Decimal(str(found["value"])) < Decimal(figure.value):
            wrong.append((figure, found["value"], found["state"]))
    assert wrong == []


def test_sending_the_past_again_changes_no_figure(past: RunningHub) -> None:
    before = {figure: asked(past, figure)["value"] for figure in PUBLISHED}
    again = ("einvoices", "hospitals", "reports")
    for feed in again:
        (past.data / "demo" / f"2022-{feed}.json").unlink()
    assert replay(past, 2022, *again)["accepted"] > 0
    assert {figure: asked(past, figure)["value"] for figure in PUBLISHED} == before


def test_every_figure_of_the_founding_documents_is_one_the_hub_watches() -> None:
    if not FOUNDING.exists():
        pytest.skip("the founding documents are not at hand")
    tables = FOUNDING.read_text(encoding="utf-8").partition("## 3.")[0]
    rows = [line.split("|")[1] for line in tables.splitlines() if line.startswith("| `")]
    named = [name for cell in rows for name in re.findall(r"`([a-z0-9_]+)`", cell)]
    assert len(named) > 50
    assert [name for name in named if name not in INDICATORS] == []
