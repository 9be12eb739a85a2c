"""Declared totals and a divided commune, from an agency's door to what leaders, operators and people read."""

import time
from collections.abc import Callable

import pytest
from callers import Agency, Json, command, figure, followed
from messages import dossier, synchronised
from running_hub import RunningHub

MARCH = "2023-03"
SEEN_SECONDS = 60
"""What was declared is compared within a quarter of a minute; the rest is for a busy machine."""

DONG_THO, HAC_THANH = "14758@2019", "14797"


@pytest.fixture(scope="module")
def declaring(hub: RunningHub) -> Agency:
    """An agency that sent three dossiers of a commune that was divided in 2025, and says it sent four."""
    agency = Agency(hub, "E2E.SUM")
    records = (
        dossier(
            f"E2E-SUM-{day}",
            DonViXuLy="UBND Phường Đông Thọ, TP. Thanh Hóa",
            NgayNopHoSo=f"2023030{day}080000",
            NgayTiepNhan=f"2023030{day}083000",
            NgayHenTra="20230320170000",
        )
        for day in (6, 7, 8)
    )
    pushed = agency.push("/v1/feeds/dossiers/deliveries", synchronised(*records))
    assert pushed.status_code == 202, pushed.text
    followed(hub, agency.key, [pushed.json()["receipt"]])
    for records_said in (9, 4):
        body = b'{"from": "2023-03-01", "to": "2023-04-01", "records": %d}' % records_said
        said = agency.push("/v1/feeds/dossiers/declarations", body)
        assert said.status_code == 202, said.text
    return agency


def until(asked: Callable[[], Json], holds: Callable[[Json], bool]) -> Json:
    deadline = time.monotonic() + SEEN_SECONDS
    while not holds(found := asked()):
        assert time.monotonic() < deadline, found
        time.sleep(0.5)
    return found


def test_a_figure_says_how_much_of_what_was_declared_is_here(hub: RunningHub, declaring: Agency) -> None:
    def asked() -> Json:
        return hub.ask("/v1/indicators/dossiers_received", period=MARCH)

    whole = {"declared": 4, "received": 3, "share": 0.75}
    found = until(asked, lambda one: one["completeness"] == whole)
    assert found["value"] == 3
    assert hub.ask("/v1/indicators/dossiers_received", period="2023-04")["completeness"] is None


def test_its_sender_is_scored_and_its_silence_is_counted_in_office_hours(
    hub: RunningHub, declaring: Agency
) -> None:
    def asked() -> Json:
        feeds = hub.ask("/v1/feeds")["feeds"]
        return next(one for one in feeds if one["name"] == "dossiers")

    def own(feed: Json) -> Json:
        return next((one for one in feed["agencies"] if one["code"] == "E2E.SUM"), {})

    feed = until(asked, lambda one: (own(one).get("completeness") or {}).get("declared") == 4)
    sender = own(feed)
    assert sender["scores"] == {"valid": 100, "complete": 75, "clean": 100, "alive": 100}
    assert (feed["calendar"], sender["silence"]["calendar"]) == ("office", "office")
    assert feed["silence"]["seconds"] <= feed["silent_seconds"] + 1


def test_a_divided_commune_is_in_the_province_and_in_none_of_its_successors(
    hub: RunningHub, declaring: Agency
) -> None:
    assert figure(hub, "dossiers_received", period=MARCH) == 3
    assert figure(hub, "dossiers_received", period=MARCH, unit=DONG_THO) == 3
    assert figure(hub, "dossiers_received", period=MARCH, unit=HAC_THANH) is None
    assert figure(hub, "dossiers_received", period=MARCH, unit="14758", map="2020") == 3
    rows = hub.ask("/v1/indicators/dossiers_received/series", period=MARCH, by="unit")["rows"]
    told = {row["unit"]["code"]: row for row in rows if row["value"]}
    assert list(told) == [DONG_THO]
    assert told[DONG_THO]["unit"]["name"] == "Phường Đông Thọ (cũ, đã chia)"
    assert [unit["code"] for unit in told[DONG_THO]["split_into"]] == ["14758", HAC_THANH]


def test_the_command_line_says_what_a_successor_lacks(hub: RunningHub, declaring: Agency) -> None:
    asked = ("figure", "dossiers_received", "--period", MARCH, "--data", str(hub.data))
    successor = command(*asked, "--unit", HAC_THANH).stdout
    assert "Without its part of: Phường Đông Thọ (cũ, đã chia), Phường An Hưng (cũ, đã chia)" in successor
    assert "Lies in: Phường Hàm Rồng, Phường Hạc Thành" in command(*asked, "--unit", DONG_THO).stdout
    on_its_own_map = command(*asked, "--unit", "14758", "--map", "2020").stdout
    assert "3 hồ sơ" in on_its_own_map
    assert "Lies in" not in on_its_own_map
