"""What each published hospital file says, read by hand from the file itself, and what is refused in ours."""

import base64
import json

import pytest
from published import all_published, door, only_reading, ours, outcomes, published, reasons

from iochub.ingest.feed import Reading, Record, Refusal
from iochub.ingest.feeds.registry import FEEDS

FOLDER = "hospital"
FEED = FEEDS["hospitals"]


def row_of(reading: Reading, *names: str) -> tuple[object, ...]:
    return tuple(reading.row[name] for name in names)


@pytest.mark.parametrize("form", ["inline", "base64"])
def test_the_published_dossier_in_both_of_its_forms(form: str) -> None:
    reading = only_reading("hospitals", published(FOLDER, f"giamdinhhs_qd4750_noitru_{form}.xml"), "H56")
    assert reading.kind == "visit"
    assert reading.entity == FEED.entity_named("38999:MAU0000001", door())
    person = reading.row.pop("person")
    assert person == door().pseudonyms.person("038000000001")
    assert reading.row == {
        "unit": "38",
        "facility": "38999",
        "days": [
            ("admitted", "2025-10-01"),  # NGAY_VAO 202510012227
            ("bedded", "2025-10-01"),  # NGAY_VAO_NOI_TRU 202510012311
            ("discharged", "2025-10-03"),  # NGAY_RA 202510030800
        ],
        "care": "inpatient",  # MA_LOAI_KCB 03
        "insured": 1,
        "emergency": 0,  # MA_DOITUONG_KCB 1.15
        "inpatient": 1,
        "citizen_card": 1,
        "stands": True,
        "started_at": "2025-10-01T15:27:00+00:00",
        "ended_at": "2025-10-03T01:00:00+00:00",
        "cost": "2031009.99",
        "insurer_paid": "2031009.99",
        "flagged": 0,  # 101 476 of drugs + 1 929 533.99 of services; 3 days; 27 833.99 of supplies
        "flags": "",
    }


def test_the_published_check_in() -> None:
    reading = only_reading("hospitals", published(FOLDER, "constructed_checkin_xml0.xml"), "H56")
    assert (reading.kind, reading.entity) == ("checkin", FEED.entity_named("38999:MAU0000002", door()))
    assert reading.row.pop("person") == door().pseudonyms.person("GD4383800000002"), "SO_CCCD is empty"
    assert reading.row == {
        "unit": "38",
        "facility": "38999",
        "days": [("checked_in", "2026-08-05"), ("admitted", "2026-08-05")],
        "care": "examination",
        "insured": 1,
        "emergency": 0,
        "inpatient": 0,
        "citizen_card": 0,
        "started_at": "2026-08-05T00:15:00+00:00",  # 07:15 in the province
        "flags": "",
    }


@pytest.mark.parametrize(
    ("file", "reason", "field"),
    [
        ("Encounter-emerg", "missing:serviceProvider", "serviceProvider"),
        ("Encounter-example", "missing:serviceProvider", "serviceProvider"),
        ("Encounter-f001", "missing:start", "period.start"),  # Organization/f001, but no period
        ("Bundle-bundle-transaction", "missing:Encounter", "Encounter"),  # patients, DELETE and GET
        ("Bundle-collection-endpoints", "missing:Encounter", "Encounter"),
        ("Claim-100150", "not_a_delivery:resource", "resource"),
        ("Location-1", "not_a_delivery:resource", "resource"),
        ("Organization-hl7", "not_a_delivery:resource", "resource"),
        ("Patient-example", "not_a_delivery:resource", "resource"),
    ],
)
def test_what_the_published_fhir_files_lack(file: str, reason: str, field: str) -> None:
    assert reasons("hospitals", published(FOLDER, f"fhir_r4_{file}.json")) == [(reason, field)]


def test_an_encounter_without_a_provider_is_one_of_the_facility_that_sends_it() -> None:
    """In Greenwich 31 January 2017, 21:15; in the province it is past four in the morning of 1 February."""
    reading = only_reading("hospitals", published(FOLDER, "fhir_r4_Encounter-emerg.json"), "38001")
    assert reading.entity == FEED.entity_named("38001:emerg", door())
    assert reading.row["days"] == [("admitted", "2017-02-01"), ("bedded", "2017-02-01")]
    assert row_of(reading, "care", "inpatient", "emergency", "ended_at") == ("inpatient", 1, 0, None)


def test_the_published_bundle_of_a_synthetic_patient() -> None:
    found = outcomes("hospitals", published(FOLDER, "fhir_r4_synthea_transaction_bundle.json"))
    assert len(found) == 6, "48 entries, six encounters"
    first, *others = found
    assert isinstance(first, Refusal)
    assert (first.reason, first.field) == ("impossible_date:start", "period.start"), "2 September 1994"
    assert [other.row["days"] for other in others if isinstance(other, Reading)] == [
        [("admitted", day), ("discharged", day)]
        for day in ("2011-10-04", "2013-12-11", "2016-12-14", "2017-11-01", "2019-12-18")
    ]
    for other in others:
        assert isinstance(other, Reading)
        assert other.row["facility"] == "49318f80-bd8b-3fc7-a096-ac43088b0c12", "no identifier of five digits"
        assert row_of(other, "care", "cost", "flags") == ("examination", "0", "claims"), "claims in USD"


def test_a_truncated_list_of_lines_is_flagged_and_kept() -> None:
    """The published dossier with only the first of its lines of drugs: 18 900 of 101 476 dong."""
    whole = published(FOLDER, "giamdinhhs_qd4750_noitru_inline.xml").decode()
    first, last = whole.index("</CHI_TIET_THUOC>"), whole.index("</DSACH_CHI_TIET_THUOC>")
    reading = only_reading("hospitals", (whole[:first] + "</CHI_TIET_THUOC>" + whole[last:]).encode())
    assert row_of(reading, "cost", "flagged") == ("2031009.99", 1)
    assert reading.row["flags"] == "bv_lines;bh_lines;drugs"


def test_our_dossiers_say_what_was_written_into_them() -> None:
    first = only_reading("hospitals", ours("hospitals", "one_dossier_inline.xml"), "H56")
    assert row_of(first, "cost", "insurer_paid", "flagged", "flags") == ("92100", "73680", 0, "")
    second, third = outcomes("hospitals", ours("hospitals", "two_dossiers_base64.xml"))
    assert isinstance(second, Reading)
    assert second.row["days"] == [
        ("admitted", "2026-07-30"),
        ("bedded", "2026-07-31"),
        ("discharged", "2026-08-02"),
    ]
    assert row_of(second, "insured", "emergency", "inpatient") == (0, 1, 1)
    assert row_of(second, "flagged", "flags") == (1, "supplies"), "T_VTYT 9000, the one line 1000"
    assert isinstance(third, Refusal)
    assert (third.reason, third.field) == ("impossible_date:NGAY_RA", "NGAY_RA")
    assert third.raw.startswith(b"<HOSO>")
    assert third.raw.endswith(b"</HOSO>"), "the bad dossier alone, not its neighbour"


def test_what_the_insurance_s_gateway_is_sent_is_the_same_dossier() -> None:
    plain = ours("hospitals", "one_dossier_inline.xml")
    call = {
        "username": "38001_BV",
        "loaiHoSo": "130",
        "maTinh": "38",
        "maCSKCB": "38001",
        "fileHSBase64": base64.b64encode(plain).decode(),
    }
    assert only_reading("hospitals", json.dumps(call).encode()) == only_reading("hospitals", plain)
    for wrong, reason in (("@@@", "bad_base64:fileHSBase64"), ("", "missing:fileHSBase64")):
        assert reasons("hospitals", json.dumps(call | {"fileHSBase64": wrong}).encode())[0][0] == reason


def test_a_dossier_replayed_by_itself_is_the_same_visit() -> None:
    (record, bad) = FEED.split(ours("hospitals", "two_dossiers_base64.xml"), "")
    assert isinstance(record, Record)
    assert isinstance(bad, Record)
    (whole, _) = outcomes("hospitals", ours("hospitals", "two_dossiers_base64.xml"))
    assert only_reading("hospitals", record.raw) == whole
    assert reasons("hospitals", bad.raw) == [("impossible_date:NGAY_RA", "NGAY_RA")]


def test_check_ins_may_come_in_a_dossier_that_holds_nothing_else() -> None:
    table = ours("hospitals", "three_checkins.xml").decode().partition("?>")[2]
    inside = f"<FILEHOSO><LOAIHOSO>XML0</LOAIHOSO><NOIDUNGFILE>{table}</NOIDUNGFILE></FILEHOSO>"
    alone = outcomes("hospitals", ours("hospitals", "three_checkins.xml"))
    wrapped = outcomes("hospitals", f"<HOSO>{inside}</HOSO>".encode())
    assert [o.row for o in wrapped if isinstance(o, Reading)] == [
        o.row for o in alone if isinstance(o, Reading)
    ]
    assert [o.number for o in wrapped] == [0, 1, 2]


def test_another_table_or_an_empty_file_is_refused_once() -> None:
    assert reasons("hospitals", b"<HDon/>") == [("not_a_delivery:shape", "shape")]
    assert reasons("hospitals", b"<GIAMDINHHS/>") == [("missing:HOSO", "HOSO")]
    assert reasons("hospitals", b"<CHI_TIEU_TRANG_THAI_KCB/>") == [
        ("missing:TRANG_THAI_KCB", "TRANG_THAI_KCB")
    ]
    assert reasons("hospitals", b"<HOSO/>") == [("missing:XML1", "XML1")]
    assert reasons("hospitals", b'{"hello": 1}') == [("not_a_delivery:shape", "shape")]


def test_the_sender_s_unit_is_the_visit_s_unless_it_stands_for_the_whole_province() -> None:
    body = ours("hospitals", "one_dossier_inline.xml")
    assert only_reading("hospitals", body, "14797").row["unit"] == "14797"
    assert only_reading("hospitals", body, "H56").row["unit"] == "38"
    assert only_reading("hospitals", body, "nobody").row["unit"] == "38", "38001 is the province's facility"
    elsewhere = body.replace(b"<MA_CSKCB>38001", b"<MA_CSKCB>01001")
    assert only_reading("hospitals", elsewhere, "H56").row["unit"] == "", "a hospital in Hà Nội"


def test_every_published_file_is_read_without_an_exception() -> None:
    assert all(outcomes("hospitals", path.read_bytes()) for path in all_published("hospitals"))
