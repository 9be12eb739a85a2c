"""What the API says of divided units, with the real map of units and canned figures."""

import csv
import io

SERIES = "/v1/indicators/dossiers_on_time_share/series"
FIGURE = "/v1/indicators/dossiers_on_time_share"


def test_a_successor_of_a_split_commune_names_what_is_not_in_its_figure(leader) -> None:
    found = leader.get(f"{FIGURE}?unit=14797&period=2021", {"Accept-Language": "en"}).json()
    assert found["split_from"] == [
        {"code": "14758@2019", "name": "Đông Thọ Ward (former, split)"},
        {"code": "16435@2019", "name": "An Hưng Ward (former, split)"},
    ]
    assert found["split_into"] == []


def test_a_period_without_days_of_the_former_map_lacks_nothing(leader) -> None:
    assert leader.get(f"{FIGURE}?unit=14797&period=2026").json()["split_from"] == []
    assert leader.get(f"{FIGURE}?period=2021").json()["split_from"] == [], "the province has all of it"


def test_a_split_commune_can_be_asked_about_and_says_among_whom_it_went(leader, ward) -> None:
    found = leader.get(f"{FIGURE}?unit=14758@2019&period=2021").json()
    assert found["unit"] == {"code": "14758@2019", "name": "Phường Đông Thọ (cũ, đã chia)"}
    assert [unit["code"] for unit in found["split_into"]] == ["14758", "14797"]
    assert ward.get(f"{FIGURE}?unit=14758@2019&period=2021").status_code == 403


def test_a_commune_of_today_across_former_districts_names_them_on_their_map(leader) -> None:
    found = leader.get(f"{FIGURE}?unit=14812@2025&map=2025-01&period=2026").json()
    assert found["unit"]["name"] == "Phường Bỉm Sơn (mới, thuộc nhiều huyện cũ)"
    lacking = leader.get(f"{FIGURE}?unit=392&map=2025-01&period=2026").json()["split_from"]
    assert [unit["code"] for unit in lacking] == ["14812@2025"]


def test_rows_by_unit_say_it_each_and_the_table_has_the_codes(leader) -> None:
    asked = f"{SERIES}?by=unit&period=2021"
    rows = {row["unit"]["code"]: row for row in leader.get(asked).json()["rows"]}
    assert [unit["code"] for unit in rows["14797"]["split_from"]] == ["14758@2019", "16435@2019"]
    table = csv.DictReader(io.StringIO(leader.get(asked, {"Accept": "text/csv"}).text))
    said = {line["unit"]: (line["split_from"], line["split_into"]) for line in table}
    assert said["14797"] == ("14758@2019 16435@2019", "")
    assert said["unknown"] == ("", "")
