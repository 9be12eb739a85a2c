"""A report has one meaning, or the field that spoils it is named."""

import json

import pytest
from published import only_reading, reasons


def report(**changes: object) -> bytes:
    told = {"indicator": "paperless_rooms", "unit": "38", "period": "2021", "value": 18}
    return json.dumps(told | changes).encode()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"indicator": ""}, "missing:indicator"),
        ({"indicator": "rooms"}, "unknown_code:indicator"),
        ({"indicator": "dossiers_received"}, "unknown_code:indicator"),  # computed, so nobody reports it
        ({"indicator": ["paperless_rooms"]}, "not_text:indicator"),
        ({"unit": None}, "missing:unit"),
        ({"unit": "99"}, "unknown_unit:unit"),
        ({"unit": "x" * 201}, "too_long:unit"),
        ({"unit": {"formula": "=A1"}}, "formula:unit"),
        ({"period": ""}, "missing:period"),
        ({"period": "năm 2021"}, "bad_pattern:period"),
        ({"period": "2021-02-30"}, "impossible_date:period"),
        ({"period": "0001"}, "impossible_date:period"),
        ({"period": "2018"}, "impossible_date:period"),
        ({"period": "2026"}, "not_over:period"),  # received on 24 November 2026
        ({"period": "2026-11-25"}, "not_over:period"),
        ({"period": "9998"}, "not_over:period"),
        ({"value": None}, "missing:value"),
        ({"value": ""}, "missing:value"),
        ({"value": -1}, "out_of_bounds:value"),
        ({"value": "-18"}, "out_of_bounds:value"),
        ({"value": 10**12 + 1}, "out_of_bounds:value"),
        ({"value": 18.5}, "not_whole:value"),
        ({"value": "18,5"}, "not_whole:value"),
        ({"value": "1.234"}, "ambiguous_number:value"),
        ({"value": "mười tám"}, "bad_number:value"),
        ({"value": "18 %"}, "bad_number:value"),
        ({"value": {"percent": 18}}, "bad_number:value"),
        ({"value": {"formula": "=A1"}}, "formula:value"),
        ({"value": True}, "bad_number:value"),
        ({"value": [18]}, "bad_number:value"),
        ({"value": 10**30}, "bad_number:value"),
        ({"value": "1.234", "number_form": "fr"}, "unknown_code:number_form"),
        ({"indicator": "satisfaction_share", "value": 100.01}, "out_of_bounds:value"),
        ({"indicator": "dti_rank", "value": 0}, "out_of_bounds:value"),
        ({"indicator": "dti_rank", "value": 64}, "out_of_bounds:value"),
        ({"indicator": "dti_rank", "value": "12,5"}, "not_whole:value"),
        ({"indicator": "districts_transformed", "value": 28}, "out_of_bounds:value"),
        ({"indicator": "qr_checkins", "value": 5}, "not_a_day:period"),
        ({"indicator": "petitions_received", "value": 5}, "not_a_month:period"),
        ({"indicator": "petitions_received", "value": 5, "period": "2021-Q3"}, "not_a_month:period"),
        ({"indicator": "petitions_received", "value": 5, "period": "2021-02-28"}, "not_a_month:period"),
        ({"measure": "nghìn phòng"}, "unknown_code:measure"),
        ({"indicator": "satisfaction_share", "measure": "phần nghìn"}, "unknown_code:measure"),
        ({"reported_at": "hôm qua"}, "bad_date:reported_at"),
        ({"reported_at": "2027-01-01"}, "impossible_date:reported_at"),
        ({"reported_at": "0001-01-01"}, "impossible_date:reported_at"),
        ({"note": "x" * 501}, "too_long:note"),
        ({"note": "liên hệ 0900 000 001"}, "personal_data:note"),
        ({"note": "a@example.vn"}, "personal_data:note"),
        ({"phone038000000001": "x"}, "extra_forbidden"),
    ],
)
def test_a_broken_field_is_named(changes: dict[str, object], reason: str) -> None:
    assert [found for found, _ in reasons("reports", report(**changes))] == [reason]


@pytest.mark.parametrize(
    ("changes", "value"),
    [
        ({"value": "1.234", "number_form": "vi"}, "1234"),
        ({"value": "1,234", "number_form": "en"}, "1234"),
        ({"value": "0"}, "0"),
        ({"value": 18.0}, "18"),
        ({"indicator": "satisfaction_share", "value": "98,29%"}, "98.29"),
        ({"indicator": "satisfaction_share", "value": {"percent": 98.29}}, "98.29"),
        ({"indicator": "satisfaction_share", "value": 200 / 3}, "66.666667"),
        ({"indicator": "labour_productivity_growth", "value": "-3,5"}, "-3.5"),
        ({"measure": "PHONG"}, "18"),
        ({"unit": 38, "period": 2021}, "18"),
    ],
)
def test_a_value_is_read_as_it_is_meant(changes: dict[str, object], value: str) -> None:
    assert only_reading("reports", report(**changes)).row["value"] == value


@pytest.mark.parametrize(
    "said",
    ["2022-01-05 08:30:00", "2022-01-05T08:30", "2022-01-05T08:30:00+07:00", "2022-01-05T01:30:00.123Z"],
)
def test_when_it_was_reported_may_name_its_zone(said: str) -> None:
    assert only_reading("reports", report(reported_at=said)).row["reported_at"] == "2022-01-05T01:30:00+00:00"
