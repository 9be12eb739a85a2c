"""A procedure of the catalogue: its days, where it counts, and what was in time."""

import json
import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from published import door, folded, only_reading, ours, outcomes, reasons, versions

from iochub.exact.version import Current
from iochub.ingest.feed import Reading, Refusal
from iochub.ingest.feeds.registry import FEEDS

NAMES = [column.name for column in FEEDS["dossiers"].columns]

DAYS = (
    "NGAYQUYETDINH",
    "NGAYHIEULUC",
    "NGAYCONGKHAI",
    "NGAYBAIBO",
    "NGAYTRUCTUYEN",
    "NGAYNGUNGTRUCTUYEN",
    "NGAYTICHHOP",
    "NGAYNGUNGTICHHOP",
)


def listed() -> list[dict[str, Any]]:
    content: list[dict[str, Any]] = json.loads(ours("dossiers", "catalogue.json"))["data"]
    return content


def one(**changes: object) -> bytes:
    """The first procedure of our catalogue, alone, with some fields changed."""
    return json.dumps(listed()[0] | changes).encode()


def days(**changes: object) -> dict[str, str]:
    return dict(only_reading("dossiers", one(**changes), "H56").row["days"])  # type: ignore[call-overload,no-any-return]


def row_of(body: bytes) -> dict[str, Any]:
    (current,) = folded("dossiers", versions("dossiers", body, sender="H56")).values()
    assert isinstance(current, Current)
    return dict(zip(NAMES, current.values, strict=True)) | {"days": dict(current.days), "unit": current.unit}


def test_our_catalogue_as_a_person_reads_it() -> None:
    found = outcomes("dossiers", ours("dossiers", "catalogue.json"), "H56")
    read = {outcome.number: outcome for outcome in found if isinstance(outcome, Reading)}
    assert [(number, reading.kind, reading.entity) for number, reading in read.items()] == [
        (0, "procedure", "procedure:2.000815"),
        (1, "procedure", "procedure:2.001610"),
        (2, "procedure", "procedure:1.004222"),
        (3, "procedure", "procedure:1.001193"),
    ]
    assert isinstance(found[4], Refusal)
    assert found[4].reason == "unknown_code:MUCDO"
    assert read[0].row == {
        "unit": "38",
        "procedure": "2.000815",
        "field": "G03-TP01",
        "level": "3",
        "known_from": "2021-01-11",
        "has_fee": 1,
        "payment_ready": 1,
        "decided_in_time": 1,  # Monday 4/1 to Monday 11/1: five working days
        "public_in_time": 1,  # made public on the fifth
        "days": [
            ("decided", "2021-01-04"),
            ("published", "2021-01-11"),
            ("online_since", "2021-03-01"),
            ("on_portal_since", "2021-03-15"),
            ("to_publish", "2021-01-11"),
        ],
    }
    # From Monday 8/2 on: 9/2, then Tết until 16/2, 17, 18, 19 and 22/2 are the five working days.
    assert (read[1].row["decided_in_time"], read[1].row["public_in_time"]) == (0, 1)
    assert dict(read[1].row["days"])["online_since"] == "2021-02-22", "online since it is public"  # type: ignore[call-overload]
    assert dict(read[2].row["days"]) == {"published": "2020-06-01", "abolished": "2021-07-01"}  # type: ignore[call-overload]
    # Decided on Wednesday 1/12, not public: due on the fifth working day after it.
    assert dict(read[3].row["days"]) == {"decided": "2021-12-01", "to_publish": "2021-12-08"}  # type: ignore[call-overload]
    assert (read[3].row["decided_in_time"], read[3].row["public_in_time"]) == (0, 0)


def test_its_row_has_what_a_procedure_has_and_nothing_of_a_dossier() -> None:
    row = row_of(one())
    assert (row["unit"], row["procedure"], row["field"], row["level"]) == ("38", "2.000815", "G03-TP01", "3")
    assert (row["has_fee"], row["payment_ready"], row["agency"]) == (1, 1, "H56")
    assert (row["channel"], row["status"], row["applicant"]) == ("", "", "")
    assert (row["late_at"], row["next_change_at"], row["unjudged"]) == (None, None, 0)
    assert "received" not in row["days"]


@pytest.mark.parametrize("level", ["3", "Một phần", "MỘT PHẦN", unicodedata.normalize("NFD", "Một phần")])
def test_a_level_has_an_old_number_and_a_new_name_however_it_is_composed(level: str) -> None:
    assert only_reading("dossiers", one(MUCDO=level), "H56").row["level"] == "3"


def test_only_the_two_upper_levels_are_online() -> None:
    assert "online_since" in days(MUCDO="4")
    for level in ("", "1", "2"):
        assert "online_since" not in days(MUCDO=level)


def test_an_abolished_procedure_is_neither_online_nor_on_the_portal() -> None:
    gone = days(NGAYBAIBO="20211001")
    assert (gone["abolished"], gone["online_until"], gone["on_portal_until"]) == ("2021-10-01",) * 3
    earlier = days(NGAYBAIBO="20211001", NGAYNGUNGTRUCTUYEN="20210601")
    assert (earlier["online_until"], earlier["on_portal_until"]) == ("2021-06-01", "2021-10-01")


def test_a_catalogue_as_the_portal_answers_it_is_the_same_record() -> None:
    answer = b'{"error_code": "0", "message": "", "result": [' + one() + b"]}"
    wrapped = b'{"service": "LayDanhSachTTHC", "madonvi": "H56", "data": [' + one() + b"]}"
    bare = only_reading("dossiers", one(), "H56")
    assert only_reading("dossiers", answer, "H56") == only_reading("dossiers", wrapped, "H56") == bare


def test_the_latest_listing_wins_and_a_withdrawal_names_a_procedure() -> None:
    placed = versions("dossiers", one(), one(COPHI="0"), sender="H56")
    (current,) = folded("dossiers", placed).values()
    assert isinstance(current, Current)
    assert current.values[NAMES.index("has_fee")] == 0
    assert FEEDS["dossiers"].entity_named("procedure:2.000815", door()) == placed[0].entity


def test_no_dossier_can_take_the_name_of_a_procedure() -> None:
    told = json.loads(ours("dossiers", "five_dossiers.json"))["data"][3]
    assert reasons("dossiers", json.dumps(told | {"MaHoSo": "procedure:2.000815"}).encode()) == [
        ("bad_pattern:MaHoSo", "MaHoSo")
    ]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"MATTHC": ""}, "missing:MATTHC"),
        ({"MATTHC": "abc"}, "bad_pattern:MATTHC"),
        ({"MALINHVUC": ""}, "missing:MALINHVUC"),
        ({"MADONVI": ""}, "missing:MADONVI"),
        ({"MUCDO": "5"}, "unknown_code:MUCDO"),
        ({"COPHI": "có"}, "unknown_code:COPHI"),
        ({"NGAYCONGKHAI": "", "NGAYQUYETDINH": ""}, "missing:NGAYCONGKHAI"),
        ({"NGAYCONGKHAI": "11/01/2021"}, "bad_date:NGAYCONGKHAI"),
        ({"NGAYTICHHOP": "20210230"}, "impossible_date:NGAYTICHHOP"),
        ({"NGAYBAIBO": "20201231"}, "impossible_date:NGAYBAIBO"),
        ({"NGAYNGUNGTICHHOP": "20210314"}, "impossible_date:NGAYNGUNGTICHHOP"),
        ({"MaHoSo": "x"}, "extra_forbidden"),
    ],
)
def test_a_broken_field_is_named(changes: dict[str, object], reason: str) -> None:
    assert [found for found, _ in reasons("dossiers", one(**changes))] == [reason]


@given(
    told=st.fixed_dictionaries(
        {
            name: st.one_of(
                st.just(""), st.dates(date(2006, 1, 1), date(2025, 12, 31)).map("{:%Y%m%d}".format)
            )
            for name in DAYS
        }
    ),
    level=st.sampled_from(["", "2", "3", "4"]),
)
def test_nothing_ends_before_it_began_or_without_having_begun(told: dict[str, str], level: str) -> None:
    (outcome,) = outcomes("dossiers", one(**told, MUCDO=level), "H56")
    if isinstance(outcome, Refusal):
        assert outcome.reason.partition(":")[0] in ("missing", "impossible_date")
        return
    found = dict(outcome.row["days"])  # type: ignore[call-overload]
    for since, until in (
        ("published", "abolished"),
        ("online_since", "online_until"),
        ("on_portal_since", "on_portal_until"),
    ):
        assert until not in found or found[since] <= found[until]
    assert ("to_publish" in found) == ("decided" in found)
