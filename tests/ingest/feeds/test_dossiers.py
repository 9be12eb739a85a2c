"""What each published dossier file says, read by hand from the file itself, and what is no dossier."""

import json
from typing import Any

import pytest
from published import (
    RECEIVED_AT,
    all_published,
    door,
    folded,
    only_reading,
    ours,
    outcomes,
    published,
    reasons,
    versions,
)

from iochub.exact.version import Current
from iochub.ingest.feed import Reading, Record, Refusal
from iochub.ingest.feeds.registry import FEEDS

FOLDER = "public-service"


def five() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(ours("dossiers", "five_dossiers.json"))
    return content


def one(**changes: object) -> bytes:
    """The fourth of our dossiers, without an envelope, with some fields changed."""
    return json.dumps(five()["data"][3] | changes).encode()


def test_the_constructed_dossier() -> None:
    reading = only_reading("dossiers", published(FOLDER, "constructed_DongBoHoSoMC_request.json"), "H56")
    assert (reading.kind, reading.entity) == ("dossier", "000.00.19.H56-260805-0001")
    expected = {
        "unit": "14797",  # UBND Phường Hạc Thành on 5 August 2026
        "procedure": "1.001193",
        "field": "G15-HT02",
        "channel": "online",
        "status": "2",
        "applicant": "citizen",
        "received_at": "2026-08-05T01:30:00+00:00",  # 08:30 in the province
        "due_at": "2026-08-06T10:00:00+00:00",  # 17:00 in the province
        "days": [("received", "2026-08-05"), ("due", "2026-08-06")],
        "paid_online": 1,
        "has_fee": 0,  # its one fee is 0
        "digitised": 1,
        "reused": 1,
        "from_store": 0,
        "verified": 1,
        "electronic_result": 0,
        "by_post": 0,
        "level": "",  # the portal's record names neither of these two
        "allowed_days": None,
    }
    assert {name: reading.row[name] for name in expected} == expected


def test_the_constructed_step() -> None:
    reading = only_reading("dossiers", published(FOLDER, "constructed_CapNhatTienDoHoSoMC_request.json"))
    assert (reading.kind, reading.entity) == ("progress", "000.00.19.H56-260805-0001")
    assert reading.row == {"status": "4", "at": "2026-08-05T07:00:00+00:00", "days": []}
    assert reading.revision_ms == 1_785_913_200_000


@pytest.mark.parametrize(
    ("file", "what"),
    [
        ("constructed_response_ok.json", "response"),
        ("dvcqg_766_province_scores_2026-10-10.json", "evaluation"),
        ("dvcqg_dvc_progress_tree_H44_2026_08.json", "evaluation"),
        ("dvcqg_transparency_H44_2026_08.json", "evaluation"),
        ("dvcqg_formality_item_2.000815.json", "catalogue"),
    ],
)
def test_what_the_portal_answers_is_no_delivery(file: str, what: str) -> None:
    assert reasons("dossiers", published(FOLDER, file)) == [(f"not_a_delivery:{what}", what)]


def test_no_evaluation_gets_through() -> None:
    for path in all_published("dossiers"):
        if path.name.startswith("dvcqg_"):
            assert all(isinstance(o, Refusal) for o in outcomes("dossiers", path.read_bytes())), path.name


def test_an_unknown_status_sets_one_dossier_aside_and_keeps_it_whole() -> None:
    found = outcomes("dossiers", ours("dossiers", "five_dossiers.json"))
    assert [isinstance(o, Reading) for o in found] == [True] * 4 + [False]
    refused = found[4]
    assert isinstance(refused, Refusal)
    assert (refused.number, refused.reason, refused.field) == (
        4,
        "unknown_code:TrangThaiHoSo",
        "TrangThaiHoSo",
    )
    assert json.loads(refused.raw) == five()["data"][4]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"MaHoSo": " "}, "missing:MaHoSo"),
        ({"MaHoSo": "a\nb"}, "bad_pattern:MaHoSo"),
        ({"MaHoSo": "x" * 101}, "bad_pattern:MaHoSo"),
        ({"MaTTHC": "abc"}, "bad_pattern:MaTTHC"),
        ({"MaLinhVuc": "x" * 51}, "too_long:MaLinhVuc"),
        ({"LoaiDoiTuong": ""}, "missing:LoaiDoiTuong"),
        ({"LoaiDoiTuong": "0"}, "unknown_code:LoaiDoiTuong"),
        ({"KenhThucHien": "9"}, "unknown_code:KenhThucHien"),
        ({"TrangThaiHoSo": 4}, "not_text:TrangThaiHoSo"),
        ({"TrangThaiHoSo": None}, "missing:TrangThaiHoSo"),
        ({"NgayTiepNhan": "20140230080000"}, "impossible_date:NgayTiepNhan"),
        ({"NgayTiepNhan": "00010101000000"}, "impossible_date:NgayTiepNhan"),
        ({"NgayTiepNhan": "20990101000000"}, "impossible_date:NgayTiepNhan"),
        ({"NgayTiepNhan": "2024-03-01"}, "bad_date:NgayTiepNhan"),
        ({"NgayTiepNhan": "", "NgayNopHoSo": ""}, "missing:NgayTiepNhan"),
        ({"NgayHenTra": "20990101000000"}, "impossible_date:NgayHenTra"),
        ({"DanhSachLePhi": [{"Gia": "hai nghìn"}]}, "bad_number:Gia"),
        ({"DanhSachLePhi": [{"Gia": "5000"}, {"Gia": "hai nghìn"}]}, "bad_number:Gia"),
        ({"DanhSachLePhi": [{"Gia": "5000"}, {"Gia": "-1"}]}, "negative:Gia"),
        ({"DanhSachLePhi": "x"}, "not_text:DanhSachLePhi"),
        ({"TaiLieuNop": [{"DuocSoHoa": 1}]}, "not_text:DuocSoHoa"),
        ({"MucDo": "5"}, "unknown_code:MucDo"),
        ({"MucDo": 4}, "not_text:MucDo"),
        ({"DanhSachHoSoBoSung": [{"NgayBoSung": "20260805"}] * 101}, "too_long:DanhSachHoSoBoSung"),
        ({"ThoiHanGiaiQuyet": "0"}, "bad_number:ThoiHanGiaiQuyet"),
        ({"ThoiHanGiaiQuyet": "5 ngày"}, "bad_number:ThoiHanGiaiQuyet"),
        ({"ThoiHanGiaiQuyet": "1000"}, "bad_number:ThoiHanGiaiQuyet"),
    ],
)
def test_a_broken_field_is_named(changes: dict[str, object], reason: str) -> None:
    assert [found for found, _ in reasons("dossiers", one(**changes))] == [reason]


@pytest.mark.parametrize(
    ("due", "last_moment"),
    [
        ("20260806", "2026-08-06T16:59:59.999000+00:00"),
        ("20260806000000", "2026-08-05T17:00:00+00:00"),
        ("202608061700", "2026-08-06T10:00:00+00:00"),
    ],
)
def test_a_due_day_without_an_hour_is_in_time_until_its_end(due: str, last_moment: str) -> None:
    row = only_reading("dossiers", one(NgayHenTra=due)).row
    assert row["due_at"] == last_moment
    assert ("due", "2026-08-06") in row["days"]  # type: ignore[operator]


def test_what_the_portal_s_record_lacks_may_be_added_to_it() -> None:
    row = only_reading("dossiers", one(MucDo="Toàn trình", ThoiHanGiaiQuyet="15")).row
    assert (row["level"], row["allowed_days"]) == ("4", 15)
    assert only_reading("dossiers", one(MucDo="3")).row["level"] == "3"


def test_a_field_that_the_format_does_not_know_is_one_reason_whatever_its_name() -> None:
    assert reasons("dossiers", one(Ten038000000001="x")) == [("extra_forbidden", "Ten")]
    assert reasons("dossiers", one(TaiLieuNop=[{"La": "x"}])) == [("extra_forbidden", "La")]


def test_a_bare_dossier_a_list_and_an_envelope_are_the_same_record() -> None:
    bare = only_reading("dossiers", one())
    listed = only_reading("dossiers", b"[" + one() + b"]")
    wrapped = only_reading(
        "dossiers", b'{"service": "DongBoHoSoMC", "isUpdating": "True", "data": ' + one() + b"}"
    )
    assert bare == listed == wrapped
    step = json.dumps(json.loads(ours("dossiers", "two_steps.json"))["data"][0]).encode()
    assert only_reading("dossiers", step).kind == "progress"


def test_an_envelope_of_another_service_or_without_data_is_refused_once() -> None:
    assert reasons("dossiers", b'{"service": "LayThuTuc", "data": []}')[0][0] == "not_a_delivery:service"
    assert reasons("dossiers", b'{"service": "DongBoHoSoMC"}')[0][0] == "missing:data"
    assert reasons("dossiers", b'{"service": "DongBoHoSoMC", "data": [], "la": 1}')[0][0] == "extra_forbidden"
    assert reasons("dossiers", b'{"hello": 1}')[0][0] == "not_a_delivery:shape"
    assert reasons("dossiers", b"[1]")[0][0] == "not_a_record:shape"


def test_the_office_s_own_code_decides_the_unit_before_names_do() -> None:
    envelope = five() | {"madonvi": "407", "data": [five()["data"][3]]}
    assert only_reading("dossiers", json.dumps(envelope).encode()).row["unit"] == "407"
    assert only_reading("dossiers", one(DonViXuLy="Cục Không Ai Biết"), "H56").row["unit"] == "38"
    assert only_reading("dossiers", one(DonViXuLy="Cục Không Ai Biết"), "X1").row["unit"] == "unknown"


def test_a_record_that_is_read_again_owes_its_unit_and_service_to_the_envelope_it_came_in() -> None:
    feed = FEEDS["dossiers"]
    told = five() | {"madonvi": " 407 ", "session": "bí mật", "data": [five()["data"][3]]}
    (record,) = feed.split(json.dumps(told).encode(), "")
    assert isinstance(record, Record)
    kept = feed.envelope_of(record)
    assert kept == b'{"service":"DongBoHoSoMC","madonvi":"407","data":[]}'
    (alone,) = outcomes("dossiers", record.raw, envelope=kept)
    assert isinstance(alone, Reading)
    assert alone.row["unit"] == "407"
    (bare,) = feed.split(one(), "")
    assert isinstance(bare, Record)
    assert feed.envelope_of(bare) == b""


def test_the_version_follows_content_and_not_spaces_or_the_order_of_keys() -> None:
    record = five()["data"][3]
    moved = json.dumps(dict(reversed(record.items())), indent=3).encode()
    assert only_reading("dossiers", moved).version_id == only_reading("dossiers", one()).version_id
    assert only_reading("dossiers", one(GhiChu="x")).version_id != only_reading("dossiers", one()).version_id


def test_a_withdrawal_names_a_dossier_by_its_number() -> None:
    assert FEEDS["dossiers"].entity_named(" H56.99-1 ", door()) == "H56.99-1"


def test_a_record_that_has_ended_without_a_time_stays_so_whatever_was_done_before_it_was_sent() -> None:
    """Five days before the record arrived somebody worked on it: that step is no news."""
    worked = json.dumps({"MaHoSo": five()["data"][3]["MaHoSo"], "ThoiDiemXuLy": "20261119090000",
                         "NguoiXuLy": "A", "TrangThai": "4"}).encode()  # fmt: skip
    ended = one(
        TrangThaiHoSo="9", NgayKetThucXuLy="", NgayTra="", NgayTuChoi="", NgayTiepNhan="20261118080000"
    )
    (current,) = folded("dossiers", versions("dossiers", worked, ended)).values()
    assert isinstance(current, Current)
    assert current.values[3] == "9"
    assert dict(current.days)["finished"] == RECEIVED_AT.date()


def test_a_step_has_its_own_fields_too() -> None:
    step = json.loads(ours("dossiers", "two_steps.json"))["data"][0]
    assert reasons("dossiers", json.dumps(step | {"La": "x"}).encode()) == [("extra_forbidden", "La")]
    assert (
        reasons("dossiers", json.dumps(step | {"TrangThai": "0"}).encode())[0][0] == "unknown_code:TrangThai"
    )


def test_the_map_is_that_of_the_province_s_day() -> None:
    """Before and after midnight of 1 July 2025, 17:00 in Greenwich."""
    name = "UBND Phường Hạc Thành"
    for received, unit in (("20250630235959", "unknown"), ("20250701000000", "14797")):
        body = one(NgayTiepNhan=received, NgayHenTra="", DonViXuLy=name)
        assert only_reading("dossiers", body, "X1").row["unit"] == unit
