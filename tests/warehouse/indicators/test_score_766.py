"""Five dossiers and a catalogue, from their own messages to the score: every number worked out by hand.

The catalogue is our sample's. Of five dossiers received in May 2021:
1: 2.000815, level 3, online, a citizen verified by VNeID, fee paid online, digitised, a component reused,
   ended in time with an electronic result;
2: 2.000815, level 3, direct, a citizen, a fee not paid online, ended late;
3: 2.001610, level 4, online, an enterprise verified by VNeID, fee paid online, open and due only in 2027;
4: 2.001610, level 4, online, an enterprise, no fee, ended in time;
5: 2.000815, no level, direct, a citizen, open, with no time to be judged by.
"""

import json
from decimal import Decimal
from typing import Any

import pytest
from native_hub import NativeHub
from published import ours

from iochub.ingest.feeds.registry import FEEDS
from iochub.warehouse.indicators import dossiers, score_766
from iochub.warehouse.migrations.apply import migrate
from iochub.warehouse.store import Store

FEE = [{"Gia": "2000"}]
ENDED = {"TrangThaiHoSo": "9", "NgayKetThucXuLy": "20210507160000"}
LATE = {"TrangThaiHoSo": "9", "NgayKetThucXuLy": "20210517160000"}
CITIZEN, ENTERPRISE = {"LoaiDoiTuong": "1"}, {"LoaiDoiTuong": "2"}


def dossier(number: int, **changes: object) -> dict[str, Any]:
    told = json.loads(ours("dossiers", "five_dossiers.json"))["data"][3]
    plain = {
        "MaHoSo": f"H56-{number}",
        "NgayNopHoSo": "20210504080000",
        "NgayTiepNhan": "20210504083000",
        "NgayHenTra": "20210511170000",
        "TrangThaiHoSo": "4",
        "NgayKetThucXuLy": "",
        "NgayTra": "",
        "NgayTuChoi": "",
        "KenhThucHien": "1",
        "DuocThanhToanTrucTuyen": "0",
        "HoSoCoThanhPhanSoHoa": "0",
        "TaiKhoanDuocXacThucVoiVNeID": "0",
        "TaiLieuNop": [],
        "DanhSachLePhi": [],
        "DanhSachHoSoBoSung": [],
        "DanhSachGiayToKetQua": [],
    }
    return told | plain | changes


FOUNDED = {"MaTTHC": "2.001610", "MucDo": "4", "KenhThucHien": "2"} | ENTERPRISE
COPIED = {"MaTTHC": "2.000815"} | CITIZEN

DOSSIERS = [
    dossier(
        1,
        **COPIED,
        **ENDED,
        MucDo="3",
        KenhThucHien="2",
        DanhSachLePhi=FEE,
        DuocThanhToanTrucTuyen="1",
        HoSoCoThanhPhanSoHoa="1",
        TaiKhoanDuocXacThucVoiVNeID="1",
        TaiLieuNop=[{"DuocTaiSuDung": "1", "DuocLayTuKhoDMQG": "0"}],
        DanhSachGiayToKetQua=[{"MaGiayToKetQua": "KQ", "DuongDanTepTinKetQua": "https://example.vn/kq"}],
    ),
    dossier(2, **COPIED, **LATE, MucDo="Một phần", DanhSachLePhi=FEE),
    dossier(
        3,
        **FOUNDED,
        NgayHenTra="20270101170000",
        DanhSachLePhi=FEE,
        DuocThanhToanTrucTuyen="2",
        TaiKhoanDuocXacThucVoiVNeID="1",
    ),
    dossier(4, **FOUNDED, **ENDED),
    dossier(5, **COPIED, NgayHenTra=""),
]


@pytest.fixture
def hub(empty: Store) -> NativeHub:
    feed = FEEDS["dossiers"]
    migrate(empty, [type(feed)])
    hub = NativeHub(empty, feed, (*dossiers.INDICATORS, *score_766.INDICATORS))
    hub.send(ours("dossiers", "catalogue.json"))
    hub.send(json.dumps({"service": "DongBoHoSoMC", "madonvi": "H56", "data": DOSSIERS}).encode())
    return hub


def test_services_and_shares_are_what_the_messages_say(hub: NativeHub) -> None:
    """1.004222 was public from June 2020 until 1 July 2021; 1.001193 never was."""
    public = {period: hub.value("procedures_public", period) for period in ("2020", "2021-06", "2021")}
    assert public == {"2020": 1, "2021-06": 3, "2021": 2}
    assert [hub.value("services_online", period) for period in ("2021-01", "2021-02", "2021")] == [None, 1, 2]
    assert [hub.value("services_on_national_portal", period) for period in ("2021-03", "2021")] == [1, 1]
    assert hub.value("dossiers_online_share_level3", "2021") == 50
    assert hub.value("dossiers_online_share_level4", "2021") == 100
    assert hub.value("businesses_registered_online_share", "2021") == 100
    on_time = hub.ask("dossiers_on_time_share", "2021")
    assert (on_time.value, on_time.numerator, on_time.denominator) == (75, 3, 4), "the fifth is not judged"
    assert hub.value("dossiers_unjudged_share", "2021") == 20


def test_each_group_and_the_total_are_worked_out_by_hand(hub: NativeHub) -> None:
    """Each line beside its points."""
    expected = {
        # Decided on in time 1 of 3: 2; made public in time 2 of 3: 2.67.
        "transparency": "4.67",
        # 20 × 3/4.
        "progress": "15",
        # 2 of 2 procedures online: 2; both used: 4; 3 of 5 dossiers online, more than half: 6.
        "online_services": "12",
        # 6 × 2/3 = 4; 2 of 2 fee procedures paid online: 2; 1 of 2 ready for it: 1.25.
        "online_payment": "7.25",
        # 6 × 75 % ÷ 90 %.
        "satisfaction": "5",
        # 6 × 1/3 = 2; 4 × 1/5 = 0.8; 2 × 20 % ÷ 80 % = 0.5; 0; 2 × 2/5 = 0.8; 2 × 1/1 = 2.
        "digitisation": "6.10",
    }
    assert {name: hub.value(f"score_766_{name}", "2021") for name in expected} == {
        name: Decimal(points) for name, points in expected.items()
    }
    assert hub.value("score_766", "2021") == Decimal("50.02")


def test_no_procedure_ready_for_payment_is_a_known_nothing(hub: NativeHub) -> None:
    """Neither 2.000815 nor 2.001610 is: 6 × 2/3 + 2 are left, 6 of 7.25."""
    later = json.loads(ours("dossiers", "catalogue.json"))["data"][0] | {"TICHHOPTHANHTOAN": "0"}
    hub.send(json.dumps([later]).encode())
    assert hub.value("procedures_payment_ready_share", "2021") == 0
    assert hub.value("score_766_online_payment", "2021") == 6


def test_a_score_of_nothing_is_not_told(hub: NativeHub) -> None:
    answer = hub.ask("score_766", "2019")
    assert (answer.value, answer.state) == (None, "no_data")


def test_an_abolished_procedure_counts_until_that_day(hub: NativeHub) -> None:
    later = json.loads(ours("dossiers", "catalogue.json"))["data"][1] | {"NGAYBAIBO": "20211001"}
    hub.send(json.dumps([later]).encode())
    assert hub.value("procedures_public", "2021-09") == 2
    assert hub.value("procedures_public", "2021") == 1
    assert hub.value("services_online", "2021") == 1
