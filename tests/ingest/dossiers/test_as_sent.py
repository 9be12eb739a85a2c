"""What one-stop programs of provinces write besides the field lists."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from published import folded, only_reading, ours, outcomes, reasons, versions

from iochub.exact.version import Current
from iochub.ingest.feed import Refusal
from iochub.ingest.feeds.registry import FEEDS

NAMES = [column.name for column in FEEDS["dossiers"].columns]
LIST = ours("dossiers", "one_stop_list.json")


def one(**changes: object) -> bytes:
    """The first dossier of the list, with some fields changed."""
    return json.dumps(json.loads(LIST)[0] | changes).encode()


def row(**changes: object) -> dict[str, Any]:
    return dict(only_reading("dossiers", one(**changes), "H56").row)


def enclosed(**changes: object) -> list[dict[str, object]]:
    return [json.loads(LIST)[0]["TaiLieuNop"][0] | changes]


def asked(**changes: object) -> list[dict[str, object]]:
    return [json.loads(LIST)[0]["DanhSachHoSoBoSung"][0] | changes]


def test_the_list_comes_to_what_was_worked_out_by_hand() -> None:
    """Due on 11/03 at 17:00.

    The first waited for papers for exactly 4 days, so is in time on the 13th at 10:00; the second
    waited for none; the third, asked after its due time, was late before that.
    """
    assert not [found for found in outcomes("dossiers", LIST, "H56") if isinstance(found, Refusal)]
    rows = folded("dossiers", versions("dossiers", LIST, sender="H56"))
    told = {}
    for entity, current in rows.items():
        assert isinstance(current, Current)
        values = dict(zip(NAMES, current.values, strict=True))
        told[entity[-1]] = (values["late_at"], values["reused"], values["paid_online"], values["procedure"])
    due = datetime(2025, 3, 11, 10, 0, tzinfo=UTC)
    assert told == {
        "1": (None, 1, 0, "2.000815"),
        "2": (due, 0, 0, "2.000815"),
        "3": (due, 0, 0, "2.000815"),
    }


@pytest.mark.parametrize(("said", "reused"), [("0", 0), ("1", 1), ("2", 1), ("", 0)])
def test_a_component_replaced_by_a_result_was_reused_too(said: str, reused: int) -> None:
    assert row(TaiLieuNop=enclosed(DuocTaiSuDung=said))["reused"] == reused


@pytest.mark.parametrize(("said", "counts"), [("False", 1), ("0", 1), ("", 1), ("True", 0), ("1", 0)])
def test_a_component_deleted_by_word_or_number_does_not_count(said: str, counts: int) -> None:
    assert row(TaiLieuNop=enclosed(IsDeleted=said))["reused"] == counts


@pytest.mark.parametrize(("said", "paid"), [("0", 0), ("1", 1), ("2", 1), ("3", 0)])
def test_paid_at_the_counter_is_not_paid_online(said: str, paid: int) -> None:
    assert row(DuocThanhToanTrucTuyen=said)["paid_online"] == paid


@pytest.mark.parametrize(
    "said",
    [
        "20250306091527",
        "2025-03-06T09:15:27",
        "2025-03-06T09:15:27.000",
        "2025-03-06T09:15:27.0000000+07:00",
        "2025-03-06T02:15:27Z",
    ],
)
def test_an_instant_is_the_same_however_it_is_written(said: str) -> None:
    assert row(DanhSachHoSoBoSung=asked(NgayBoSung=said))["asked"][0][0] == "2025-03-06T02:15:27+00:00"
    assert row(NgayHenTra=said)["due_at"] == "2025-03-06T02:15:27+00:00"


def test_the_day_before_all_days_of_a_program_is_none() -> None:
    for said in ("0001-01-01T00:00:00", "0001-01-01T00:00:00Z"):
        assert row(NgayTra=said)["returned_at"] is None
        assert row(DanhSachHoSoBoSung=asked(NgayBoSung=said))["asked"] == []


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("2025-03-06", "bad_date"),
        ("06/03/2025 09:15:27", "bad_date"),
        ("2025-03-06T09:15", "bad_date"),
        ("2025-02-30T09:15:27", "impossible_date"),
        ("2025-03-06T25:15:27", "impossible_date"),
        ("2025-03-06T09:15:27+99:00", "impossible_date"),
        ("0001-01-02T00:00:00", "impossible_date"),
        ("0001-01-01T00:00:00.1+14:00", "impossible_date"),
        ("9999-12-31T23:59:59-14:00", "impossible_date"),
    ],
)
def test_no_other_way_of_writing_is_guessed_at(said: str, reason: str) -> None:
    assert reasons("dossiers", one(NgayTra=said)) == [(f"{reason}:NgayTra", "NgayTra")]
