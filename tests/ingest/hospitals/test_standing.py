"""One visit is one row: its last dossier, else its last check-in."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import permutations

from published import folded, ours, versions

from iochub.exact.version import Current
from iochub.ingest.feeds.registry import FEEDS

NAMES = [column.name for column in FEEDS["hospitals"].columns]
DOSSIER = ours("hospitals", "one_dossier_inline.xml")
CHECKINS = ours("hospitals", "three_checkins.xml")
CHECKIN = CHECKINS[CHECKINS.index(b"<TRANG_THAI_KCB>") : CHECKINS.index(b"</TRANG_THAI_KCB>") + 17]


def the_row(*deliveries: bytes) -> Current | None:
    (row,) = folded("hospitals", versions("hospitals", *deliveries, sender="H56")).values()
    assert row is None or isinstance(row, Current)
    return row


def value(row: Current | None, name: str) -> object:
    assert row is not None
    return row.values[NAMES.index(name)]


def test_a_check_in_and_a_dossier_of_one_visit_are_one_row_in_either_order() -> None:
    both = the_row(CHECKIN, DOSSIER)
    assert both == the_row(DOSSIER, CHECKIN)
    assert both is not None
    assert sorted(both.days) == [
        ("admitted", date(2026, 8, 5)),
        ("checked_in", date(2026, 8, 5)),
        ("discharged", date(2026, 8, 5)),
    ]
    assert (value(both, "kind"), value(both, "cost")) == ("visit", Decimal(92100))
    assert value(both, "ended_at") == datetime(2026, 8, 5, 2, 40, tzinfo=UTC)
    assert value(both, "agency") == "H56"


def test_a_check_in_alone_is_a_visit_in_progress() -> None:
    row = the_row(CHECKIN)
    assert row is not None
    assert dict(row.days).keys() == {"admitted", "checked_in"}
    assert (value(row, "kind"), value(row, "cost"), value(row, "ended_at")) == ("checkin", Decimal(0), None)


def test_the_card_is_that_of_the_check_in() -> None:
    without = CHECKIN.replace(b"<SO_CCCD>038000000011", b"<SO_CCCD>")
    assert value(the_row(without, DOSSIER), "citizen_card") == 0
    assert value(the_row(DOSSIER, CHECKIN), "citizen_card") == 1
    assert "checked_in" not in dict(the_row(DOSSIER).days)  # type: ignore[union-attr]


def test_the_last_received_dossier_replaces_the_one_before() -> None:
    corrected = DOSSIER.replace(b"<NGAY_RA>202608050940", b"<NGAY_RA>202608060940")
    assert dict(the_row(DOSSIER, corrected).days)["discharged"] == date(2026, 8, 6)  # type: ignore[union-attr]
    assert dict(the_row(corrected, DOSSIER).days)["discharged"] == date(2026, 8, 5)  # type: ignore[union-attr]


def test_a_patient_stays_in_bed_until_the_dossier_says_when_it_was_left() -> None:
    """A second check-in on the ward, then the dossier of an inpatient."""
    ward = CHECKIN.replace(b"<NGAY_VAO_NOI_TRU></", b"<NGAY_VAO_NOI_TRU>202608051100</")
    row = the_row(CHECKIN, ward)
    assert row is not None
    assert dict(row.days)["bedded"] == date(2026, 8, 5)
    assert value(row, "inpatient") == 1
    left = DOSSIER.replace(b"<MA_LOAI_KCB>01", b"<MA_LOAI_KCB>03")
    after = the_row(CHECKIN, ward, left)
    assert after is not None
    assert dict(after.days).keys() == {"admitted", "checked_in", "bedded", "discharged"}


def test_a_facility_elsewhere_counts_nowhere() -> None:
    assert the_row(DOSSIER.replace(b"<MA_CSKCB>38001", b"<MA_CSKCB>01001")) is None


def test_an_encounter_that_was_cancelled_takes_the_visit_back() -> None:
    encounter = {
        "resourceType": "Encounter", "id": "LK0000001", "status": "in-progress", "class": {"code": "IMP"},
        "period": {"start": "2026-08-05T07:15:00+07:00"},
        "serviceProvider": {"reference": "Organization/38001"},
    }  # fmt: skip
    open_one = json.dumps(encounter).encode()
    cancelled = json.dumps(encounter | {"status": "cancelled"}).encode()
    assert value(the_row(CHECKIN, open_one), "inpatient") == 1
    assert the_row(open_one, cancelled) is None
    assert the_row(cancelled, open_one) is not None
    assert value(the_row(open_one, DOSSIER), "inpatient") == 0, "encounter and dossier are one visit"


def test_what_a_kind_does_not_say_is_empty_and_never_missing() -> None:
    rows = folded("hospitals", versions("hospitals", ours("hospitals", "readings.json")))
    by_kind = {value(row, "kind"): row for row in rows.values() if isinstance(row, Current)}
    assert by_kind.keys() == {"facility", "payment", "telehealth"}
    assert all(len(row.values) == len(NAMES) for row in by_kind.values())
    assert value(by_kind["payment"], "beds") == Decimal(0)
    assert value(by_kind["telehealth"], "level") == ""


def test_order_and_repetition_of_our_files_change_nothing() -> None:
    files = [ours("hospitals", name) for name in ("two_dossiers_base64.xml", "bundle.json")] + [
        CHECKINS,
        DOSSIER,
    ]
    expected = folded("hospitals", versions("hospitals", *files))
    for order in permutations(files):
        assert folded("hospitals", versions("hospitals", *order, *order)) == expected
