"""Encounters by themselves and in bundles: which visit they are, and what the bundle says of them."""

import json
from copy import deepcopy
from typing import Any

import pytest
from published import door, only_reading, ours, outcomes, reasons

from iochub.ingest.feed import Reading, Record, Refusal
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.hospitals.fhir import CARES, NEVER_WAS, STATUSES

FEED = FEEDS["hospitals"]


def bundle() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(ours("hospitals", "bundle.json"))
    return content


def encounter(**changes: object) -> dict[str, Any]:
    """The first of our bundle, with a provider that it names itself."""
    one: dict[str, Any] = deepcopy(bundle()["entry"][2]["resource"])
    return one | {"serviceProvider": {"reference": "Organization/38003"}} | changes


def alone(**changes: object) -> bytes:
    return json.dumps(encounter(**changes)).encode()


def inside(*resources: dict[str, Any], **changes: object) -> bytes:
    """One encounter and more in a bundle."""
    more = [{"fullUrl": f"urn:uuid:{at}", "resource": one} for at, one in enumerate(resources)]
    entry = [{"fullUrl": "urn:uuid:e", "resource": encounter(**changes)}, *more]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entry}).encode()


def test_our_bundle_says_what_was_written_into_it() -> None:
    first, second, third, fourth = outcomes("hospitals", ours("hospitals", "bundle.json"), "H56")
    assert isinstance(first, Reading)
    assert first.entity == FEED.entity_named("38003:LK0000009", door()), "five digits come before BV-A"
    # 17:30 in Greenwich on 4 August is half past midnight on the 5th in the province
    assert first.row["days"] == [("admitted", "2026-08-05"), ("discharged", "2026-08-05")]
    assert [first.row[name] for name in ("cost", "insurer_paid", "insured")] == ["120500.5", "96400.4", 1]
    assert isinstance(second, Reading)
    assert second.row["days"] == [("admitted", "2026-08-05"), ("bedded", "2026-08-05")]
    assert (second.row["cost"], second.row["flags"]) == ("0", "claims"), "its claim is in USD"
    assert isinstance(third, Reading)
    assert third.row["stands"] is False, "cancelled"
    assert isinstance(fourth, Refusal)
    assert (fourth.reason, fourth.field) == ("missing:end", "period.end"), "finished, but when?"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"period": {}}, "missing:start"),
        ({"period": {"start": "2026-08"}}, "bad_date:start"),
        ({"period": {"start": "2026-02-30"}}, "impossible_date:start"),
        ({"period": {"start": "0001-01-01T00:00:00+14:00"}}, "impossible_date:start"),
        ({"period": {"start": "2026-08-05", "end": "2099-01-01"}}, "impossible_date:end"),
        ({"period": {"start": "2026-08-05"}}, "missing:end"),
        ({"status": "done"}, "unknown_code:status"),
        ({"status": None}, "missing:status"),
        ({"class": {"code": "XXX"}}, "unknown_code:class"),
        ({"class": None}, "missing:class"),
        ({"class": [{"code": "AMB"}]}, "missing:class"),
        ({"serviceProvider": None}, "missing:serviceProvider"),
        ({"serviceProvider": {"reference": "Organization/a b"}}, "bad_pattern:serviceProvider"),
        ({"serviceProvider": {"identifier": {"value": "BV số 1"}}}, "bad_pattern:serviceProvider"),
        ({"identifier": [], "id": ""}, "missing:identifier"),
        ({"identifier": [{"value": "x" * 101}]}, "too_long:identifier"),
        ({"identifier": [{"value": "a\u0000b"}]}, "bad_pattern:identifier"),
    ],
)
def test_what_breaks_an_encounter_s_promise_is_named(changes: dict[str, object], reason: str) -> None:
    for body in (alone(**changes), inside(**changes)):
        assert [found for found, _ in reasons("hospitals", body)] == [reason]


def test_the_official_identifier_is_the_visit_s_code_and_the_same_visit_as_its_dossier_s() -> None:
    named = [{"value": "1", "use": "old"}, {"value": "LK0000001", "use": "official"}]
    body = alone(identifier=named, serviceProvider={"identifier": {"value": "38001"}})
    dossier = only_reading("hospitals", ours("hospitals", "one_dossier_inline.xml"))
    assert only_reading("hospitals", body).entity == dossier.entity
    assert only_reading("hospitals", alone(identifier=None)).entity == FEED.entity_named("38003:e1", door())


def number(value: str, kind: str = "", use: str = "") -> dict[str, object]:
    typed = {"type": {"coding": [{"code": kind}]}} if kind else {}
    return {"value": value} | typed | ({"use": use} if use else {})


@pytest.mark.parametrize(
    ("named", "visit"),
    [
        ([number("BA1", "MR"), number("LT1", "VN"), number("QL1", "U")], "LT1"),
        ([number("BA1", "MR", "official"), number("QL1", "U")], "QL1"),
        ([number("X1", use="official"), number("LT1", "VN")], "LT1"),
        ([number("", "VN"), number("QL1")], "QL1"),
        ([number("BA1", "MR"), number("038000000001", "NI")], "e1"),
    ],
)
def test_visits_of_one_patient_are_told_apart_though_each_bears_the_patient_s_number(
    named: list[dict[str, object]], visit: str
) -> None:
    assert only_reading("hospitals", alone(identifier=named)).entity == FEED.entity_named(
        f"38003:{visit}", door()
    )


def test_a_facility_is_its_number_as_a_provider_not_that_of_its_licence() -> None:
    provider = {"resourceType": "Organization", "id": "o"}
    for named in (
        [number("00123", "LN"), number("38003", "PRN")],
        [number("38003", "PRN"), number("00123", "LN")],
        [number("00123/HNO", "LN"), number("38003")],
    ):
        body = inside(provider | {"identifier": named}, serviceProvider={"reference": "Organization/o"})
        assert only_reading("hospitals", body).row["facility"] == "38003"


def test_our_encounter_of_the_vietnamese_profile() -> None:
    reading = only_reading("hospitals", ours("hospitals", "encounter_vn_core.json"))
    assert reading.entity == FEED.entity_named("38003:LT0000051", door())
    assert reading.row["days"] == [("admitted", "2026-08-07"), ("bedded", "2026-08-07")]


@pytest.mark.parametrize("code", CARES)
def test_every_class_of_encounter_is_a_kind_of_care(code: str) -> None:
    row = only_reading("hospitals", alone(**{"class": {"code": code}})).row
    assert row["care"] == CARES[code]
    assert row["inpatient"] == int("bedded" in dict(row["days"]))  # type: ignore[call-overload]
    assert row["emergency"] == int(code == "EMER")


@pytest.mark.parametrize("status", sorted(STATUSES))
def test_an_encounter_that_never_was_stands_nowhere(status: str) -> None:
    assert only_reading("hospitals", alone(status=status)).row["stands"] == (status not in NEVER_WAS)


def claim(
    value: object, currency: str = "VND", kind: str = "Claim", about: str = "urn:uuid:e"
) -> dict[str, Any]:
    money = {"value": value, "currency": currency}
    said = {"total": money} if kind == "Claim" else {"payment": {"amount": money}}
    return {"resourceType": kind, "item": [{"encounter": [{"reference": about}]}]} | said


def test_claims_of_a_visit_are_added_up_exactly_and_others_left_alone() -> None:
    eob = "ExplanationOfBenefit"
    body = inside(
        claim(0.1), claim(0.2), claim(1_000_000, about="Encounter/e1"), claim(5, about="urn:uuid:other"),
        claim(7, kind=eob), {"resourceType": "Observation", "note": "Người bệnh Mẫu"},
    )  # fmt: skip
    row = only_reading("hospitals", body).row
    assert (row["cost"], row["insurer_paid"], row["flags"]) == ("1000000.3", "7", "")


def of_two(*about: str) -> dict[str, Any]:
    return claim(8) | {"item": [{"encounter": [{"reference": one}]} for one in about]}


def test_a_claim_of_two_visits_is_counted_for_neither_and_flagged_on_both() -> None:
    second = encounter(identifier=[{"value": "LK2"}], id="e2")
    both = inside(claim(3), of_two("urn:uuid:e", "Encounter/e2"), second)
    first, other = outcomes("hospitals", both)
    assert isinstance(first, Reading)
    assert isinstance(other, Reading)
    assert [(one.row["cost"], one.row["flags"]) for one in (first, other)] == [
        ("3", "claims"),
        ("0", "claims"),
    ]
    same = only_reading("hospitals", inside(of_two("urn:uuid:e", "Encounter/e1", "urn:uuid:e")))
    assert (same.row["cost"], same.row["flags"]) == ("8", ""), "two addresses of one visit"


def test_a_bundle_takes_no_longer_than_its_length() -> None:
    """Looking at every claim for every encounter would take an hour over these."""
    entry = [{"fullUrl": "urn:uuid:e", "resource": {"resourceType": "Encounter"}}, {"resource": claim(1)}]
    body = json.dumps({"resourceType": "Bundle", "type": "batch", "entry": entry * 30_000}).encode()
    assert len(outcomes("hospitals", body)) == 30_000


@pytest.mark.parametrize("odd", [claim(5, "USD"), claim(-5), claim("năm"), claim(None), claim(10**25)])
def test_an_amount_that_cannot_be_counted_is_left_out_and_flagged(odd: dict[str, Any]) -> None:
    row = only_reading("hospitals", inside(claim(3), odd)).row
    assert (row["cost"], row["flags"]) == ("3", "claims")


def test_whoever_has_a_coverage_in_the_bundle_is_insured() -> None:
    subject = {"reference": "urn:uuid:p"}
    mine = {"resourceType": "Coverage", "beneficiary": subject}
    other = {"resourceType": "Coverage", "beneficiary": {"reference": "urn:uuid:q"}}
    assert only_reading("hospitals", inside(mine, subject=subject)).row["insured"] == 1
    assert only_reading("hospitals", inside(other, subject=subject)).row["insured"] == 0
    assert only_reading("hospitals", inside({"resourceType": "Coverage"}, subject={})).row["insured"] == 0


def test_an_encounter_that_is_read_again_owes_to_its_bundle_what_was_kept_of_it() -> None:
    organization = {"resourceType": "Organization", "identifier": [{"value": "38005"}]}
    body = inside(claim(12), organization, serviceProvider={"reference": "urn:uuid:1"})
    (record,) = FEED.split(body, "")
    assert isinstance(record, Record)
    kept = FEED.envelope_of(record)
    (again,) = outcomes("hospitals", record.raw, envelope=kept)
    assert again == only_reading("hospitals", body)
    assert isinstance(again, Reading)
    assert (again.row["facility"], again.row["cost"]) == ("38005", "12")
    (bare,) = FEED.split(alone(), "")
    assert isinstance(bare, Record)
    assert FEED.envelope_of(bare) == b""


def test_the_same_encounter_with_another_claim_is_another_version_of_the_same_visit() -> None:
    one, other = (only_reading("hospitals", inside(claim(value))) for value in (1, 2))
    assert one.entity == other.entity
    assert one.version_id != other.version_id


def test_a_request_to_delete_an_encounter_is_refused_for_a_withdrawal_says_it_better() -> None:
    content = bundle()
    content["entry"] = [
        {"request": {"method": "DELETE", "url": "Patient/1"}},
        {"request": {"method": "DELETE", "url": "Encounter/1"}},
        {"request": {"method": "GET", "url": "Encounter/1"}},
    ]
    assert reasons("hospitals", json.dumps(content).encode()) == [("unknown_code:method", "method")]


@pytest.mark.parametrize("kind", ["history", "searchset", "", None, 5])
def test_a_bundle_of_another_type_is_no_delivery(kind: object) -> None:
    body = json.dumps(bundle() | {"type": kind}).encode()
    assert reasons("hospitals", body) == [("unknown_code:type", "type")]


def test_a_list_of_encounters_is_a_delivery_too_and_each_stands_alone() -> None:
    body = b"[" + alone() + b"," + json.dumps({"resourceType": "Patient"}).encode() + b"," + alone() + b"]"
    first, second, third = outcomes("hospitals", body)
    assert isinstance(first, Reading)
    assert isinstance(third, Reading)
    assert first.row == third.row
    assert isinstance(second, Refusal)
    assert second.reason == "not_a_delivery:resource"
