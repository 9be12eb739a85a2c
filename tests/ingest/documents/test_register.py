"""A row of an agency's register says what the axis does not know, and every field of it is known by name."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from letters import incoming, outgoing
from published import only_reading, outcomes, reasons

from iochub.ingest.feed import Reading, Refusal


def test_a_row_that_went_out() -> None:
    row = outgoing(
        ["000.00.30.H56", "H56.30", "G22"],
        DueDate="2021-03-10",
        TypeName="Quyết định",
        Priority="2",
        UpdatedAt="2021/03/05 08:00:00",
    )
    reading = only_reading("documents", row)
    assert (reading.kind, reading.entity) == ("register", "H56.05|A1")
    assert reading.revision_ms == 1_614_906_000_000  # 2021-03-05T01:00:00Z
    assert reading.row["to"] == ["G22", "H56.30"]
    assert (reading.row["by_person"], reading.row["by_agency"]) == (1, 1)
    assert (reading.row["late_at"], reading.row["type"]) == ("2021-03-10T17:00:00+00:00", "quyet_dinh")


def test_a_row_that_came_in_is_about_what_its_sender_sent() -> None:
    reading = only_reading("documents", incoming(sender="000.00.00.G22", FinishedAt="2021-03-09 23:30:00"))
    assert reading.entity == "G22|A1"
    assert reading.row["to"] == ["H56.30"]
    assert reading.row["days"] == [("exchanged", "2021-03-04"), ("finished", "2021-03-09")]
    assert reading.row["finished_at"] == "2021-03-09T16:30:00+00:00"


def test_a_list_an_answer_of_the_axis_and_one_row_are_read_alike() -> None:
    one = outgoing()
    reading = only_reading("documents", one)
    assert only_reading("documents", b"[" + one + b"]") == reading
    assert only_reading("documents", b'{"status": "OK", "data": [' + one + b"]}") == reading
    assert only_reading("documents", b'{"ErrorCode": "0", "data": ' + one + b"}") == reading
    assert outcomes("documents", b'{"ErrorCode": "0", "data": null}') == []
    assert outcomes("documents", b"[]") == []


def test_the_order_of_fields_makes_no_other_record() -> None:
    row = json.loads(outgoing())
    turned = json.dumps(dict(reversed(row.items()))).encode()
    assert only_reading("documents", turned) == only_reading("documents", outgoing())


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (outgoing(Register="both"), "unknown_code:Register"),
        (outgoing(Register=""), "missing:Register"),
        (outgoing([]), "missing:To"),
        (outgoing([""]), "missing:OrganId"),
        (outgoing(["H56"] * 5001), "too_long:To"),
        (outgoing(SignedByPerson=None), "missing:SignedByPerson"),
        (outgoing(SignedByAgency=None), "missing:SignedByAgency"),
        (outgoing(SignedByPerson="yes"), "not_text:SignedByPerson"),
        (outgoing(ExchangedAt=None), "missing:ExchangedAt"),
        (outgoing(ExchangedAt="4/3/2021"), "bad_date:ExchangedAt"),
        (outgoing(ExchangedAt="2021-02-30"), "impossible_date:ExchangedAt"),
        (outgoing(ExchangedAt=None, PromulgationDate="0001-01-01"), "impossible_date:PromulgationDate"),
        (outgoing(DueDate="9999-12-31"), "impossible_date:DueDate"),
        (outgoing(FinishedAt="x"), "bad_date:FinishedAt"),
        (outgoing(UpdatedAt="2090-01-01"), "impossible_date:UpdatedAt"),
        (outgoing(From="H56.06"), "does_not_add_up:From"),
        (outgoing(FullName="Nguyễn Văn Mẫu"), "extra_forbidden"),
        (outgoing(DocumentId=None), "missing:DocumentId"),
        (incoming(From=None), "missing:OrganId"),
        (incoming(OrganId=5), "not_text:OrganId"),
    ],
)
def test_what_a_row_must_say_is_asked_for_by_name(row: bytes, reason: str) -> None:
    assert [found for found, _ in reasons("documents", row)] == [reason]


def test_a_bad_row_is_set_aside_alone_and_as_it_was_sent() -> None:
    bad = outgoing(name="B", To=[])
    found = outcomes("documents", b"[" + b",".join((outgoing(), bad, incoming())) + b"]")
    assert [isinstance(outcome, Reading) for outcome in found] == [True, False, True]
    assert isinstance(found[1], Refusal)
    assert found[1].raw == bad


AGENCY = {"code": "H56.30", "code102": "000.00.30.H56", "name": "UBND huyện Hà Trung", "level": 2}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"code": ""}, "missing:OrganId"),
        ({"level": 9}, "unknown_code:level"),
        ({"level": None}, "missing:level"),
        ({"name": " "}, "missing:name"),
        ({"name": "x" * 201}, "too_long:name"),
        ({"valid_from": "2021-02-30"}, "impossible_date:valid_from"),
        ({"valid_from": "2021-02-01", "valid_to": "2021-01-31"}, "does_not_add_up:valid_to"),
        ({"leader": "Nguyễn Văn Mẫu"}, "extra_forbidden"),
    ],
)
def test_what_a_listed_agency_must_say_is_asked_for_by_name(given: dict[str, object], reason: str) -> None:
    assert [found for found, _ in reasons("documents", json.dumps(AGENCY | given).encode())] == [reason]


def test_a_listed_agency_has_both_codes_and_a_first_day() -> None:
    reading = only_reading("documents", json.dumps({**AGENCY, "code102": None}).encode())
    assert (reading.entity, reading.row["code102"]) == ("agency:H56.30", "000.00.30.H56")
    assert reading.row["days"] == [("enrolled", "2026-11-24")], "the day it was listed"
    assert reading.row["flagged"] == 0
    odd = only_reading("documents", json.dumps(AGENCY | {"code102": "000.00.31.H56"}).encode())
    assert odd.row["flagged"] == 1, "its two codes are two agencies to every other message"


ROWS = st.sampled_from([outgoing(), incoming(), json.dumps(AGENCY).encode()])
ANYTHING = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.text(max_size=3))


@settings(max_examples=150, deadline=None)
@given(row=ROWS, data=st.data())
def test_any_field_changed_gone_or_new_is_one_outcome(row: bytes, data: st.DataObject) -> None:
    content = json.loads(row)
    name = data.draw(st.sampled_from([*content, "other", ""]))
    content[name] = data.draw(ANYTHING)
    if data.draw(st.booleans()):
        del content[name]
    assert len(outcomes("documents", json.dumps([content]).encode())) == 1
