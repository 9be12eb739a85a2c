"""Payments, sessions and the roster: the feed's own readings in JSON."""

import json
from typing import Any

import pytest
from published import door, only_reading, ours, outcomes, reasons

from iochub.ingest.feed import Reading, Refusal
from iochub.ingest.feeds.registry import FEEDS

FEED = FEEDS["hospitals"]

PAYMENT: dict[str, Any] = {
    "kind": "payment", "facility": "38001", "payment": "VP-9", "day": "2026-08-05", "amount": "18420",
    "way": "cashless", "ownership": "public", "type": "hospital",
}  # fmt: skip
SESSION: dict[str, Any] = {
    "kind": "telehealth", "facility": "38001", "session": "TX-9", "started": "2026-08-05 08:30",
    "type": "hospital",
}  # fmt: skip
FACILITY: dict[str, Any] = {
    "kind": "facility", "facility": "38001", "ownership": "public", "type": "hospital", "level": "basic",
    "beds": 300, "valid_from": "2010-01-01",
}  # fmt: skip


def written(one: dict[str, Any], **changes: object) -> bytes:
    return json.dumps(one | changes, ensure_ascii=False).encode()


def test_our_readings_say_what_was_written_into_them() -> None:
    found = outcomes("hospitals", ours("hospitals", "readings.json"), "H56")
    said = [(o.kind, o.row["unit"], o.row["days"]) for o in found if isinstance(o, Reading)]
    assert said == [
        ("facility", "14797", [("opened", "2000-01-01")]),  # since 1968: the hub counts from its first day
        ("facility", "38", [("opened", "2005-01-01"), ("closed", "2026-07-01")]),
        ("facility", "38", [("opened", "2020-03-02")]),
        ("payment", "38", [("paid", "2026-08-05")]),
        ("payment", "38", [("paid", "2026-06-05")]),
        ("telehealth", "38", [("session", "2026-06-12")]),
        ("telehealth", "", [("session", "2026-06-12")]),  # a hospital in Hà Nội
    ]
    (refused,) = [o for o in found if isinstance(o, Refusal)]
    assert (refused.number, refused.reason) == (5, "negative:amount")


@pytest.mark.parametrize(
    ("one", "changes", "reason"),
    [
        (PAYMENT, {"kind": "gift"}, "not_text:kind"),
        (PAYMENT, {"amount": 18420}, "not_text:amount"),
        (PAYMENT, {"amount": "18.420,00"}, "bad_number:amount"),
        (PAYMENT, {"amount": "-1"}, "negative:amount"),
        (PAYMENT, {"amount": "1" * 17}, "bad_number:amount"),
        (PAYMENT, {"way": "card"}, "unknown_code:way"),
        (PAYMENT, {"way": ""}, "missing:way"),
        (PAYMENT, {"ownership": "state"}, "unknown_code:ownership"),
        (PAYMENT, {"type": "shop"}, "unknown_code:type"),
        (PAYMENT, {"day": "05/08/2026"}, "bad_date:day"),
        (PAYMENT, {"day": "0001-01-01"}, "impossible_date:day"),
        (PAYMENT, {"payment": " "}, "missing:payment"),
        (PAYMENT, {"payment": "x" * 101}, "too_long:payment"),
        (PAYMENT, {"facility": "380"}, "bad_pattern:facility"),
        (PAYMENT, {"TenBenhNhan": "NGUYỄN VĂN MẪU"}, "extra_forbidden"),
        (SESSION, {"started": "8h30"}, "bad_date:started"),
        (SESSION, {"started": "2026-08-05 25:00"}, "impossible_date:started"),
        (SESSION, {"ended": "2026-08-05 08:00"}, "does_not_add_up:ended"),
        (SESSION, {"partner": "Hà Nội"}, "bad_pattern:partner"),
        (SESSION, {"session": None}, "missing:session"),
        (FACILITY, {"beds": "300"}, "not_text:beds"),
        (FACILITY, {"beds": -1}, "not_text:beds"),
        (FACILITY, {"level": "4"}, "unknown_code:level"),
        (FACILITY, {"valid_from": "1700-01-01"}, "impossible_date:valid_from"),
        (FACILITY, {"valid_to": "2009-12-31"}, "does_not_add_up:valid_to"),
        (FACILITY, {"valid_to": "9999-12-31"}, "impossible_date:valid_to"),
        (FACILITY, {"director": "Người Mẫu"}, "extra_forbidden"),
    ],
)
def test_what_breaks_a_promise_is_named(one: dict[str, Any], changes: dict[str, object], reason: str) -> None:
    assert [found for found, _ in reasons("hospitals", written(one, **changes))] == [reason]


@pytest.mark.parametrize("one", [PAYMENT, SESSION, FACILITY])
def test_every_member_that_must_be_there_is_asked_for(one: dict[str, Any]) -> None:
    for name in one:
        without = {key: value for key, value in one.items() if key != name}
        ((reason, _),) = reasons("hospitals", json.dumps([without]).encode())
        assert reason == f"missing:{name}"


def test_a_patient_is_hidden_and_a_clinic_s_name_is_not_looked_at() -> None:
    paid = only_reading("hospitals", written(PAYMENT, patient=" 038000000011 "))
    assert paid.row["person"] == door().pseudonyms.person("038000000011")
    assert only_reading("hospitals", written(PAYMENT)).row["person"] is None
    named = only_reading("hospitals", written(FACILITY, name="Phòng khám bác sĩ Nguyễn Văn Mẫu"))
    assert named.row == only_reading("hospitals", written(FACILITY)).row


def test_the_same_number_of_another_kind_or_facility_is_another_thing() -> None:
    entities = {
        only_reading("hospitals", body).entity
        for body in (
            written(PAYMENT, payment="1"),
            written(PAYMENT, payment="1", facility="38002"),
            written(SESSION, session="1"),
            written(FACILITY),
        )
    }
    assert len(entities) == 4


def test_a_facility_s_own_unit_stands_and_an_unknown_one_is_the_province_s() -> None:
    assert only_reading("hospitals", written(FACILITY, unit="14797"), "H56").row["unit"] == "14797"
    assert only_reading("hospitals", written(FACILITY, unit="99999"), "H56").row["unit"] == "38"
    assert only_reading("hospitals", written(FACILITY), "14797").row["unit"] == "14797"


def test_a_withdrawal_names_things_as_their_publisher_does() -> None:
    for words, body in (
        ("payment:38001:VP-9", written(PAYMENT)),
        ("telehealth:38001:TX-9", written(SESSION)),
        ("facility:38001", written(FACILITY)),
        ("38001:LK0000001", ours("hospitals", "one_dossier_inline.xml")),
    ):
        assert FEED.entity_named(words, door()) == only_reading("hospitals", body).entity
