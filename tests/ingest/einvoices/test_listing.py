"""What a row of the tax portal must hold, and what an answer must."""

import json
from typing import Any

import pytest
from published import only_reading, ours, reasons

ROWS: list[dict[str, Any]] = json.loads(ours("einvoices", "portal_rows.json"))["datas"]


def changed(**fields: object) -> bytes:
    return json.dumps(ROWS[0] | fields).encode()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"nbmst": None}, "missing:nbmst"),
        ({"nbmst": 9900010014}, "not_text:nbmst"),
        ({"shdon": 10**9}, "bad_pattern:shdon"),
        ({"shdon": 1.5}, "bad_pattern:shdon"),
        ({"khmshdon": 0}, "unknown_code:khmshdon"),
        ({"tdlap": None}, "missing:tdlap"),
        ({"tdlap": "2024-05-06"}, "bad_date:tdlap"),
        ({"tdlap": "2099-05-06T00:00:00Z"}, "impossible_date:tdlap"),
        ({"ncnhat": "hôm qua"}, "bad_date:ncnhat"),
        ({"tthai": None}, "missing:tthai"),
        ({"tthai": 7}, "unknown_code:tthai"),
        ({"tthai": True}, "unknown_code:tthai"),
        ({"ttxly": 9}, "unknown_code:ttxly"),
        ({"tgtcthue": "nhiều"}, "bad_number:tgtcthue"),
        ({"dvtte": "USD", "tgia": None}, "missing:tgia"),
        ({"tgtcthue": None, "tgtttbso": None}, "missing:tgtttbso"),
        ({"truongMoi": "x"}, "extra_forbidden"),
    ],
)
def test_what_breaks_the_promise_is_named(fields: dict[str, object], reason: str) -> None:
    assert [found for found, _ in reasons("einvoices", changed(**fields))] == [reason]


def test_a_new_key_of_the_portal_that_says_nothing_is_passed_over() -> None:
    assert only_reading("einvoices", changed(truongMoi=None)).kind == "listing"


def test_a_row_without_a_time_of_update_has_no_revision() -> None:
    assert only_reading("einvoices", changed(ncnhat=None)).revision_ms == 0
    assert only_reading("einvoices", changed()).revision_ms == 1_714_964_400_000


def test_a_row_without_an_office_belongs_to_who_delivers_it() -> None:
    assert only_reading("einvoices", changed(cqt=None), "2605").row["unit"] == "385"
    assert only_reading("einvoices", changed(cqt=None), "X1").row["unit"] == "unknown"
    assert only_reading("einvoices", changed(cqt="0101"), "2605").row["unit"] == ""


def notice(kind: str, body: str, code: str = "<MTDiep>M1</MTDiep>") -> bytes:
    head = f"<TTChung><MLTDiep>{kind}</MLTDiep>{code}</TTChung>"
    return f"<TDiep>{head}<DLieu><TBao>{body}</TBao></DLieu></TDiep>".encode()


@pytest.mark.parametrize(
    ("kind", "body", "outcome"),
    [
        ("999", "<TTTNhan>0</TTTNhan>", "0"),
        ("102", "<DLTBao><THop>2</THop></DLTBao>", "2"),
        ("103", "<DLTBao><TTXNCQT>1</TTXNCQT></DLTBao>", "1"),
        ("204", "<DLTBao><LTBao>9</LTBao></DLTBao>", "9"),
        ("301", "<DLTBao/>", ""),
    ],
)
def test_an_answer_keeps_only_its_outcome(kind: str, body: str, outcome: str) -> None:
    reading = only_reading("einvoices", notice(kind, body))
    assert (reading.kind, reading.row) == ("answer", {"message": kind, "outcome": outcome})


def test_an_answer_without_a_known_outcome_or_code_is_refused() -> None:
    assert reasons("einvoices", notice("999", "<TTTNhan>7</TTTNhan>"))[0][0] == "unknown_code:TTTNhan"
    assert reasons("einvoices", notice("102", "<DLTBao/>"))[0][0] == "missing:THop"
    assert reasons("einvoices", notice("203", "<TTTNhan>0</TTTNhan>"))[0][0] == "unknown_code:MLTDiep"
    assert reasons("einvoices", notice("999", "<TTTNhan>0</TTTNhan>", ""))[0][0] == "missing:MTDiep"
