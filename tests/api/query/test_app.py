import csv
import io
from collections import Counter
from decimal import Decimal

import pytest

ON_TIME = "/v1/indicators/dossiers_on_time_share"


def test_one_figure_has_the_shape_of_the_contract(leader) -> None:
    answer = leader.get(f"{ON_TIME}?unit=38&period=2021")
    assert answer.status_code == 200
    assert answer.json() == {
        "indicator": "dossiers_on_time_share",
        "title": "Tỷ lệ giải quyết trước và đúng hạn",
        "unit": {"code": "38", "name": "Tỉnh Thanh Hóa"},
        "period": {"from": "2021-01-01", "to": "2022-01-01"},
        "value": 98.29,
        "measure": "%",
        "numerator": 233824,
        "denominator": 237892,
        "rows": 237892,
        "target": {"value": 98, "by": "2025", "met": True},
        "state": "ok",
        "freshness": {
            "last_event_at": None,
            "last_received_at": "2026-11-23T07:05:07Z",
            "stale": False,
        },
        "completeness": None,
        "kind": "period_end",
        "computed_at": "2026-11-23T07:05:07Z",
        "as_of": None,
        "next_change_at": "2026-11-24T17:00:00Z",
        "definition_version": "1-cafe",
        "out_of": None,
        "maximum": None,
        "lines": [],
        "explain": None,
        "split_from": [],
        "split_into": [],
    }


def test_numbers_leave_with_their_exact_digits(leader, answers) -> None:
    answers.value = Decimal("123456789012345678901.100000")
    body = leader.get("/v1/indicators/einvoice_turnover?period=2021").text
    assert '"value":123456789012345678901.1,' in body
    answers.value = Decimal("5E+3")
    assert '"value":5000,' in leader.get("/v1/indicators/einvoice_turnover?period=2021").text
    answers.value = Decimal("98.300000")
    assert '"value":98.30,' in leader.get(f"{ON_TIME}?period=2021").text


def test_nothing_is_not_zero(leader, answers) -> None:
    answers.value, answers.state = None, "no_data"
    body = leader.get(f"{ON_TIME}?period=2021").json()
    assert (body["value"], body["state"], body["target"]["met"]) == (None, "no_data", None)
    answers.value, answers.state = Decimal(0), "ok"
    body = leader.get(f"{ON_TIME}?period=2021").json()
    assert (body["value"], body["state"], body["target"]["met"]) == (0, "ok", False)


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("period=2021-H1", "2021-01-01", "2021-07-01"),
        ("period=2021-Q3", "2021-07-01", "2021-10-01"),
        ("period=2021-12", "2021-12-01", "2022-01-01"),
        ("period=2021-07-15", "2021-07-15", "2021-07-16"),
        ("from=2021-01-01&to=2021-02-15", "2021-01-01", "2021-02-15"),
        ("", "2026-01-01", "2027-01-01"),
    ],
)
def test_a_period_is_local_days_with_the_last_one_exclusive(leader, asked, start, end) -> None:
    assert leader.get(f"{ON_TIME}?{asked}").json()["period"] == {"from": start, "to": end}


@pytest.mark.parametrize(
    "asked",
    [
        "period=2021-13",
        "period=2021-02-30",
        "period=21",
        "period=0001",
        "period=9999-12-31",
        "from=2021-02-01&to=2021-01-01",
        "from=2021-01-01",
        "period=2021&from=2021-01-01&to=2021-02-01",
        "from=yesterday&to=today",
        "as_of=2026-11-23T07:05:00Z",
        "as_of=2026-11-22T07:05:00",
    ],
)
def test_a_time_the_hub_cannot_answer_for_is_refused_in_both_languages(leader, asked) -> None:
    vietnamese = leader.get(f"{ON_TIME}?{asked}")
    english = leader.get(f"{ON_TIME}?{asked}", headers={"Accept-Language": "en"})
    assert vietnamese.status_code == english.status_code == 422
    assert vietnamese.headers["content-type"] == "application/problem+json"
    assert vietnamese.json()["detail"] != english.json()["detail"]


def test_as_of_reaches_the_warehouse_and_may_be_kept(leader, answers) -> None:
    answer = leader.get(f"{ON_TIME}?period=2021&as_of=2022-01-05T08:00:00%2B07:00")
    assert answer.json()["as_of"] == "2022-01-05T08:00:00+07:00"
    assert answers.asked[-1].as_of.isoformat() == "2022-01-05T08:00:00+07:00"
    assert "no-cache" not in answer.headers["cache-control"]


def test_the_language_chooses_the_words(leader) -> None:
    body = leader.get(f"{ON_TIME}?period=2021", headers={"Accept-Language": "en-GB"}).json()
    assert body["title"] == "Dossiers settled on time"
    assert body["unit"]["name"] == "Thanh Hóa Province"


def test_the_same_figure_is_not_sent_twice(leader, answers) -> None:
    first = leader.get(f"{ON_TIME}?period=2021")
    again = {"If-None-Match": first.headers["etag"]}
    answers.computed_at = answers.computed_at.replace(year=2027)
    same = leader.get(f"{ON_TIME}?period=2021", headers=again)
    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["etag"] == first.headers["etag"]
    answers.value = Decimal("97.5")
    moved = leader.get(f"{ON_TIME}?period=2021", headers=again)
    assert (moved.status_code, moved.json()["value"]) == (200, 97.5)
    assert moved.json()["target"]["met"] is False


def test_a_strangers_question_is_not_answered(stranger) -> None:
    for path in (ON_TIME, "/v1/indicators", "/v1/feeds", "/v1/units", "/v1/viewer", f"{ON_TIME}/series"):
        answer = stranger.get(path, headers={"Accept-Language": "en"})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["title"]


def test_a_revoked_token_is_refused(holder, keys) -> None:
    caller = holder("38")
    assert caller.get("/v1/indicators").status_code == 200
    keys.revoke(keys.viewer_tokens()[0].id)
    assert caller.get("/v1/indicators").status_code == 401


def test_a_viewer_sees_their_unit_and_nothing_beside_or_above(ward, answers) -> None:
    assert ward.get(f"{ON_TIME}?unit=14797&period=2021").status_code == 200
    for unit in ("38", "14758", "unknown", "99999"):
        assert ward.get(f"{ON_TIME}?unit={unit}&period=2021").status_code == 403
        assert ward.get(f"{ON_TIME}/series?unit={unit}&period=2021&every=month").status_code == 403
    assert [question.unit for question in answers.asked] == ["14797"]
    assert ward.get(f"{ON_TIME}?period=2021").json()["unit"]["code"] == "14797"
    assert [unit["code"] for unit in ward.get("/v1/units").json()["units"]] == ["14797"]
    assert ward.get("/v1/viewer").json() == {
        "role": "leader",
        "unit": {"code": "14797", "name": "Phường Hạc Thành"},
    }


def test_what_was_a_district_sees_its_communes_on_every_map_and_no_reused_code(district, ward) -> None:
    assert district.get(f"{ON_TIME}?unit=14797&period=2026").status_code == 200
    assert district.get(f"{ON_TIME}?unit=14755&map=2020&period=2021").status_code == 200
    assert district.get(f"{ON_TIME}?unit=14812&period=2026").status_code == 403
    assert ward.get(f"{ON_TIME}?unit=14797&map=2020&period=2021").status_code == 403
    assert district.get("/v1/viewer").json()["unit"]["name"] == "Thành phố Thanh Hóa"


def test_units_follow_the_map_of_a_day(leader) -> None:
    def levels(asked: str) -> Counter[str]:
        return Counter(unit["level"] for unit in leader.get(f"/v1/units?{asked}").json()["units"])

    assert levels("") == {"province": 1, "commune": 166}
    assert levels("date=2021-07-15") == {"province": 1, "district": 27, "commune": 559}
    assert levels("map=2025-01") == {"province": 1, "district": 26, "commune": 547}
    assert levels("date=1990-01-01") == {}


def test_small_figures_are_for_those_with_the_right(leader, holder, answers) -> None:
    leader.get(ON_TIME)
    holder("38", role="viewer").get(ON_TIME)
    holder("14797", role="viewer").get(ON_TIME)
    assert [question.sees_small for question in answers.asked] == [True, False, False]
    assert [question.sees_from for question in answers.asked] == ["38", "38", "14797"]


def test_the_province_may_ask_for_what_was_not_resolved(leader) -> None:
    assert leader.get(f"{ON_TIME}?unit=unknown").json()["unit"]["code"] == "unknown"
    assert leader.get(f"{ON_TIME}?unit=99999").status_code == 404


def test_a_name_that_is_no_indicator_is_not_found(leader) -> None:
    answer = leader.get("/v1/indicators/happiness")
    assert answer.status_code == 404
    assert answer.json()["type"].endswith("unknown_indicator")


def test_the_warehouse_away_is_said_and_when_to_come_back(leader, answers) -> None:
    answers.away = True
    answer = leader.get(f"{ON_TIME}?period=2021")
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0


def test_the_catalogue_says_what_every_indicator_means(leader) -> None:
    on_time, turnover = leader.get("/v1/indicators").json()["indicators"]
    assert on_time["title"] == {
        "vi": "Tỷ lệ giải quyết trước và đúng hạn",
        "en": "Dossiers settled on time",
    }
    assert on_time["unit"] == on_time["measure"] == "%"
    assert on_time["targets"][0] == {"value": 98, "by": "2025", "at_least": True, "source": "06-NQ/TU"}
    assert turnover["targets"] == []


def test_feeds_say_when_they_last_spoke_and_why_records_were_refused(leader) -> None:
    spoken, silent = leader.get("/v1/feeds").json()["feeds"]
    assert spoken["silent_seconds"] == 0
    (refused,) = spoken["rejects"]
    assert (refused["reason"], refused["count"]) == ("missing:MaHoSo", 2)
    assert refused["message"]["vi"] != refused["message"]["en"]
    assert spoken["scores"] == {"valid": 98, "complete": 49, "clean": 100, "alive": 100}
    assert (silent["state"], silent["silent_seconds"], silent["scores"]["valid"]) == ("no_data", None, None)


def test_pages_of_a_series_join_to_the_whole_table(leader) -> None:
    path = f"{ON_TIME}/series?period=2021&every=month&by=unit"
    whole = leader.get(path).json()
    assert whole["next"] is None
    assert len(whole["rows"]) == 36
    rows, cursor = [], ""
    while cursor is not None:
        page = leader.get(f"{path}&limit=7&cursor={cursor}").json()
        rows += page["rows"]
        cursor = page["next"]
    assert rows == whole["rows"]
    assert rows[0]["period"] == {"from": "2021-01-01", "to": "2021-02-01"}
    assert {row["unit"]["name"] for row in rows} == {
        "Phường Hạc Thành",
        "Phường Hàm Rồng",
        "Chưa xác định được đơn vị",
    }


def test_a_series_splits_only_by_what_is_declared(leader) -> None:
    refused = leader.get(f"{ON_TIME}/series?by=mood")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "by")
    by_channel = leader.get(f"{ON_TIME}/series?period=2021&by=channel").json()
    assert [row["member"] for row in by_channel["rows"]] == ["=online", "direct"]
    assert leader.get(f"{ON_TIME}/series?cursor=%00zz").status_code == 422
    assert leader.get(f"{ON_TIME}/series?from=1990-01-01&to=2021-01-01&every=day").status_code == 422


def test_the_same_series_as_csv_runs_no_formula(leader, answers) -> None:
    answers.value, answers.state = None, "no_data"
    answer = leader.get(f"{ON_TIME}/series?period=2021&by=channel", headers={"Accept": "text/csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    first, second = csv.DictReader(io.StringIO(answer.text))
    assert first["member"] == "'=online"
    assert (second["member"], second["value"], second["state"]) == ("direct", "", "no_data")
    assert second["from"] == "2021-01-01"


def test_how_many_rows_are_hidden_is_hidden_too_and_not_told_as_zero(leader, answers) -> None:
    answers.value, answers.state = None, "suppressed"
    assert leader.get(ON_TIME).json()["rows"] is None
    answer = leader.get(f"{ON_TIME}/series?period=2021", headers={"Accept": "text/csv"})
    assert {row["rows"] for row in csv.DictReader(io.StringIO(answer.text))} == {""}


def test_operators_see_whether_the_api_lives_and_what_it_waits_for(stranger, missing) -> None:
    assert stranger.get("/healthz").status_code == 200
    assert stranger.get("/readyz").status_code == 200
    missing.append("clickhouse")
    waiting = stranger.get("/readyz")
    assert (waiting.status_code, waiting.json()["waits_for"]) == (503, ["clickhouse"])
    stranger.get(ON_TIME)
    metrics = stranger.get("/metrics").text
    assert 'iochub_api_requests_total{route="/v1/indicators/{name}",status="401"} 1.0' in metrics


def test_the_documentation_asks_nothing_from_outside(stranger) -> None:
    page = stranger.get("/docs").text
    assert "/v1/indicators/{name}/series" in page
    assert "://" not in page
    document = stranger.get("/openapi.json").json()
    figure = document["components"]["schemas"]["FigureBody"]["properties"]
    assert figure["value"]["anyOf"] == [{"type": "number"}, {"type": "null"}]
    assert "from" in document["components"]["schemas"]["PeriodBody"]["properties"]
