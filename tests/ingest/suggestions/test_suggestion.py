"""A correction is offered only if its feed takes the whole record, and only if one meaning is possible."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from messages import dossier
from published import door, ours

from iochub.ingest.feed import Refusal
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.suggestions.suggestion import (
    MOST_READS,
    Judge,
    Judged,
    Suggestion,
    judge_of,
    suggestion_for,
)

AT = datetime(2026, 11, 1, tzinfo=UTC)


def judge(feed: str = "dossiers", content_type: str = "application/json") -> Judge:
    return judge_of(FEEDS[feed], content_type, door(received_at=AT), b"")


def suggested(record: str, judged_by: Judge | None = None) -> Suggestion | None:
    by = judged_by or judge()
    refused = by(record)
    assert not refused.is_taken
    return suggestion_for(record, refused.reason, refused.field, by)


def corrected(**changes: Any) -> dict[str, Any] | None:
    found = suggested(json.dumps(dossier("a", **changes), ensure_ascii=False))
    return json.loads(found.record) if found else None


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ({"NgayTiepNhan": "25/03/2026"}, {"NgayTiepNhan": "20260325"}),
        ({"TrangThaiHoSo": 2}, {"TrangThaiHoSo": "2"}),
        ({"TrangThaiHoSo": "02"}, {"TrangThaiHoSo": "2"}),
        ({"KenhThucHien": "２"}, {"KenhThucHien": "2"}),
        (
            {"NgayTiepNhan": "25/03/2026 08:15", "NgayHenTra": "2026-04-30 17:00:00", "TrangThaiHoSo": 4},
            {"NgayTiepNhan": "202603250815", "NgayHenTra": "20260430170000", "TrangThaiHoSo": "4"},
        ),
        (
            {"DanhSachLePhi": [{"Gia": "0,0"}, {"Gia": "1.234,5"}]},
            {"DanhSachLePhi": [{"Gia": "0.0"}, {"Gia": "1234.5"}]},
        ),
    ],
)
def test_every_fault_with_one_meaning_is_corrected_and_nothing_else_is_touched(
    wrong: dict[str, Any], right: dict[str, Any]
) -> None:
    assert corrected(**wrong) == dossier("a", **right)


@pytest.mark.parametrize(
    "wrong",
    [
        {"NgayTiepNhan": "05/03/2026"},
        {"TrangThaiHoSo": "99"},
        {"NgayTiepNhan": "25/03/2026", "TrangThaiHoSo": "99"},
        {"MaHoSo": ""},
        {"KhongCo": "x"},
    ],
)
def test_a_record_with_any_fault_that_is_not_certain_has_no_correction(wrong: dict[str, Any]) -> None:
    assert corrected(**wrong) is None


def test_two_codes_that_would_both_be_taken_are_no_certain_correction() -> None:
    def both(record: str) -> Judged:
        is_taken = json.loads(record)["a"] in ("2", "002")
        return Judged(is_taken, "" if is_taken else "unknown_code:a", "" if is_taken else "a")

    assert suggested('{"a": "02"}', both) is None


def test_a_feed_is_asked_a_bounded_number_of_times() -> None:
    asked = 0

    def never(record: str) -> Judged:
        nonlocal asked
        asked += 1
        return Judged(False, f"unknown_code:{'ab'[asked % 2]}", "ab"[asked % 2])

    suggestion_for('{"a": "1", "b": "2"}', "unknown_code:a", "a", never)
    assert asked <= MOST_READS


def test_an_element_of_xml_is_corrected_where_it_stands() -> None:
    def reads(record: str) -> Judged:
        is_taken = "<n:NLap>2026-01-25</n:NLap>" in record
        return Judged(is_taken, "" if is_taken else "bad_date:NLap", "" if is_taken else "NLap")

    record = '<HDon xmlns:n="u"><Ten>A &amp; B</Ten><n:NLap>25/01/2026</n:NLap></HDon>'
    found = suggested(record, reads)
    assert found is not None
    assert found.record == record.replace("25/01/2026", "2026-01-25")
    assert [(one.field, one.path) for one in found.changes] == [("NLap", "/HDon/NLap")]


DAY_LAST = re.compile(r'(?<=[>"])(20\d\d)-?(\d\d)-?\d\d((?:\d{6}|\d{4})?)(?=[<"])')


def day_first(found: re.Match[str]) -> str:
    """The same field with the 25th of its month, as people write it, and with its time if it has one."""
    year, month, time = found.groups()
    clock = ":".join(time[at : at + 2] for at in range(0, len(time), 2))
    return f"25/{month}/{year} {clock}".strip()


@pytest.mark.parametrize(
    ("feed", "sample", "content_type"),
    [
        ("dossiers", "five_dossiers.json", "application/json"),
        ("dossiers", "two_steps.json", "application/json"),
        ("einvoices", "five_invoices.xml", "application/xml"),
        ("einvoices", "messages_206_400_300_301.xml", "application/xml"),
        ("hospitals", "one_dossier_inline.xml", "application/xml"),
    ],
)
def test_a_date_written_day_first_is_corrected_in_the_records_of_a_feed(
    feed: str, sample: str, content_type: str
) -> None:
    text = ours(feed, sample).decode()
    corrections = 0
    for found in list(DAY_LAST.finditer(text))[:6]:
        wrong = text[: found.start()] + day_first(found) + text[found.end() :]
        for outcome in FEEDS[feed].read(wrong.encode(), content_type, door(received_at=AT)):
            if isinstance(outcome, Refusal) and outcome.reason.startswith("bad_date"):
                by = judge_of(FEEDS[feed], content_type, door(received_at=AT), outcome.envelope)
                correction = suggestion_for(outcome.raw.decode(), outcome.reason, outcome.field, by)
                assert correction is not None, outcome.reason
                assert by(correction.record).is_taken
                assert [change.before for change in correction.changes] == [day_first(found)]
                corrections += 1
    assert corrections > 0


@given(st.text(max_size=60), st.sampled_from(["NgayTiepNhan", "TrangThaiHoSo", "MaTTHC", "KenhThucHien"]))
def test_whatever_stands_in_a_field_what_is_suggested_is_taken(text: str, field: str) -> None:
    by = judge()
    record = json.dumps(dossier("a", **{field: text}), ensure_ascii=False)
    if by(record).is_taken:
        return
    found = suggested(record, by)
    if found is not None:
        assert by(found.record).is_taken


@pytest.mark.parametrize("name", ["KenhThucHien", "TrangThaiHoSo", "NgayTiepNhan"])
def test_half_a_character_in_a_wrong_value_breaks_no_suggestion(name: str) -> None:
    record = json.dumps(dossier("a", **{name: "\ud83d２"}))
    assert suggested(record) is None
