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
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from native_hub import NativeHub
from published import ours

from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.units import Units
from iochub.warehouse.answers import Answers
from iochub.warehouse.indicators import dossiers, score_766
from iochub.warehouse.indicators.registry import named
from iochub.warehouse.migrations.apply import migrate
from iochub.warehouse.period import Period, read_period
from iochub.warehouse.question import Question, Standing
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


@pytest.fixture
def office(hub: NativeHub) -> NativeHub:
    """The office that reports, at the same hub."""
    feed = FEEDS["reports"]
    migrate(hub.store, [type(FEEDS["dossiers"]), type(feed)])
    office = NativeHub(hub.store, feed, (*dossiers.INDICATORS, *score_766.INDICATORS))
    office.offset = 1_000  # the touches of both are in one topic
    return office


def reports(period: str, unit: str = "38", **counts: int) -> bytes:
    return json.dumps(
        [
            {"indicator": name, "unit": unit, "period": period, "value": count}
            for name, count in counts.items()
        ]
    ).encode()


MAY = {
    "dossiers_synchronised": 4,
    "dossiers_to_synchronise": 5,
    "petitions_received": 12,
    "petitions_handled_in_time": 9,
    "petitions_satisfied": 8,
    "dossiers_satisfied": 3,
    "dossiers_for_satisfaction": 5,
}
STANDING = {
    "procedures_with_complete_text": 87,
    "procedures_on_national_database": 89,
    "communes_certifying_copies": 83,
    "communes_to_certify_copies": 166,
}


def out_of(hub: NativeHub, name: str = "score_766", period: str = "2021") -> tuple[Decimal | None, object]:
    found = hub.ask(name, period)
    return found.value, found.out_of


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
        # 2 of 2 procedures online: 2; both used: 4; nobody said how many dossiers got to the portal.
        "online_services": "6",
        # 6 × 2/3 = 4; 2 of 2 fee procedures paid online: 2; 1 of 2 ready for it: 1.25.
        "online_payment": "7.25",
        # 6 × 1/3 = 2; 4 × 1/5 = 0.8; 2 × 20 % ÷ 80 % = 0.5; 0; 2 × 2/5 = 0.8; 2 × 1/1 = 2.
        "digitisation": "6.10",
    }
    assert {name: hub.value(f"score_766_{name}", "2021") for name in expected} == {
        name: Decimal(points) for name, points in expected.items()
    }
    assert out_of(hub) == (Decimal("39.02"), 66)
    assert out_of(hub, "score_766_satisfaction") == (None, 0)


def test_with_what_is_reported_the_score_is_out_of_a_hundred(hub: NativeHub, office: NativeHub) -> None:
    """Each line beside its points."""
    office.send(reports("2021-05", **MAY), reports("2021-12", **STANDING))
    lines = {line.code: line.points for line in hub.ask("score_766", "2021").lines if line.is_reported}
    assert lines == {
        "PUBLIC_CONTENT_FULL": Decimal("1.96"),  # 2 × 87/89
        "DOSSIER_SYNC": Decimal("4.8"),  # 6 × 4/5
        "DOSSIER_ONLINE": Decimal("5.76"),  # 3/5 × 4/5 = 48 % of the 50 that earn all 6
        "PETITION_PROCESSING_ON_TIME": Decimal("4.5"),  # 6 × 9/12
        "PETITION_HANDLING_SATISFACTION": Decimal("4"),  # 6 × 8/12
        "DOSSIER_RECEIVING_SATISFACTION": Decimal("4"),  # 6 × 60 % ÷ 90 %
        "ELECTRONIC_CERTIFIED_COPY": Decimal("1"),  # 2 × 83/166
    }
    answer = hub.ask("score_766", "2021")
    assert (answer.value, answer.out_of, answer.maximum) == (Decimal("65.04"), 100, 100)
    assert answer.value == Decimal("39.02") + sum(points for points in lines.values() if points is not None)


def test_a_month_that_nobody_reported_takes_its_points_away(hub: NativeHub, office: NativeHub) -> None:
    """June has no report of petitions; July one of none, and what stands is as it was told for June."""
    office.send(reports("2021-05", **MAY), reports("2021-06", **STANDING))
    none = {name: 0 for name in MAY if name.startswith("petitions")}
    office.send(reports("2021-07", **none))
    assert out_of(hub, "score_766_satisfaction", "2021-05") == (Decimal("12.5"), 18)
    assert out_of(hub, "score_766_satisfaction", "2021-06") == (None, 0)
    assert out_of(hub, "score_766_satisfaction", "2021-07") == (12, 12)
    assert out_of(hub, "score_766_satisfaction", "2021-Q2") == (Decimal("12.5"), 18)
    assert hub.ask("petitions_received", "2021-06").state == "no_data"
    assert hub.ask("procedures_with_complete_text", "2021-05").state == "no_data"
    assert hub.value("procedures_with_complete_text", "2021-08") == 87


def test_what_is_reported_of_months_is_not_the_figure_of_any_of_their_days(
    hub: NativeHub, office: NativeHub
) -> None:
    office.send(reports("2021-05", **MAY), reports("2021-06", **MAY))
    assert hub.value("petitions_received", "2021-Q2") == 24
    for day in ("2021-05-01", "2021-05-31"):
        assert hub.ask("petitions_received", day).state == "no_data"
    days = Question("petitions_received", "38", read_period("2021-05"), sees_small=True)
    assert {row.state for row in hub.answers.series(days, "day", None)} == {"no_data"}
    assert {row.state for row in hub.answers.series(days, "week", None)} == {"no_data"}
    within = Question("petitions_received", "38", Period(date(2021, 5, 31), date(2021, 7, 1)))
    assert hub.answers.figure(within).state == "no_data"


def test_a_count_that_only_some_months_have_makes_no_ratio(hub: NativeHub, office: NativeHub) -> None:
    office.send(reports("2021-05", **MAY), reports("2021-06", petitions_received=3))
    assert out_of(hub, "score_766_satisfaction") == (4, 6)
    assert out_of(hub, "score_766_satisfaction", "2021-05") == (Decimal("12.5"), 18)


def test_units_that_report_for_themselves_add_up(hub: NativeHub, office: NativeHub) -> None:
    counts = {"petitions_received": 4, "petitions_handled_in_time": 3, "petitions_satisfied": 4}
    office.send(reports("2021-05", "380", **counts), reports("2021-05", "399", **counts))
    assert out_of(hub, "score_766_satisfaction") == (Decimal("10.5"), 12)
    rows = hub.answers.series(
        Question("score_766_satisfaction", "38", read_period("2021"), map_name="2020", sees_small=True),
        None,
        "unit",
    )
    told = {row.unit: (row.value, row.out_of) for row in rows if row.value is not None}
    assert told == {"380": (Decimal("10.5"), 12), "399": (Decimal("10.5"), 12)}


def test_a_score_is_as_fresh_as_the_events_it_is_counted_from(hub: NativeHub, office: NativeHub) -> None:
    """Reports come once a month: a score that went by them would look old the day after."""
    office.send(reports("2021-05", **MAY))
    today, lately = (datetime(2026, 11, day, 2, tzinfo=UTC) for day in (24, 3))
    heard = {"dossiers": today, "reports": lately}
    answers = Answers(
        hub.store,
        named((*dossiers.INDICATORS, *score_766.INDICATORS)),
        Units.load(),
        lambda feed: Standing("ok", last_received_at=heard[feed]),
        lambda: hub.at,
        lambda: hub.at,
    )
    for name, feed in (("", "dossiers"), ("_transparency", "dossiers"), ("_satisfaction", "reports")):
        answer = answers.figure(Question(f"score_766{name}", "38", read_period("2021"), sees_small=True))
        assert answer.last_received_at == heard[feed], name


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
