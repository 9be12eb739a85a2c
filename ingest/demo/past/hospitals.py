"""The hospitals of the past: a roster, check-ins, dossiers in base64, payments and telehealth sessions."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from iochub.clock import PROVINCE_ZONE, local_day
from iochub.ingest.demo.invented import citizen_number
from iochub.ingest.demo.past.apportion import is_chosen
from iochub.ingest.demo.past.facts import PastPeriod
from iochub.ingest.demo.past.posts import Post, batches, delivery, in_json, places
from iochub.ingest.demo.schedule import instants_of

LONGEST_DAYS = 6
INPATIENT_IN, INPATIENT_DAYS = 8, 5
UNINSURED_IN = 12
RESENT_IN = 40
BROKEN_IN = 200
OFF_BY_SOME_IN = 90
PAYMENTS_PER_HOSPITAL_A_MONTH = 6


@dataclass(frozen=True, slots=True)
class VisitLife:
    """One visit, from the desk to the dossier."""

    place: int
    code: str
    facility: str
    came_at: datetime
    left_at: datetime
    inpatient: bool
    insured: bool
    card: bool
    price: int


def posts(period: PastPeriod, day: date) -> Iterator[Post]:
    """The day's check-ins, the dossiers of those who left, payments and sessions."""
    fresh = [life for life in planned(period, day) if life.insured]
    for batch in batches(fresh):
        yield delivery("hospitals", "application/xml", _checkins(batch).encode())
    left = [
        life
        for back in range(LONGEST_DAYS + 1)
        for life in planned(period, day - timedelta(days=back))
        if local_day(life.left_at) == day
    ]
    for life in left:
        for body in _dossiers(life):
            yield delivery("hospitals", "application/xml", body.encode())
    told = [*_payments(period, day), *_sessions(period, day)]
    if told:
        yield in_json("hospitals", told)


def opening(period: PastPeriod) -> Iterator[Post]:
    """The roster of hospitals."""
    yield in_json("hospitals", [_facility(number) for number in range(period.public_hospitals)])


def planned(period: PastPeriod, day: date) -> list[VisitLife]:
    """The visits that begin on a day of the period; none on any other day."""
    numbers = places(period, period.visits).get(day, range(0))
    return [
        _visit(period, place, came_at)
        for place, came_at in zip(numbers, instants_of(day, len(numbers)), strict=True)
    ]


def facility(number: int) -> str:
    """The code of a hospital; no real one begins with 389."""
    return f"389{number + 1:02}"


def _visit(period: PastPeriod, place: int, came_at: datetime) -> VisitLife:
    inpatient = place % INPATIENT_IN == 0
    insured = place % UNINSURED_IN != 0
    # How many insured visits come before this one.
    before = place - (place + UNINSURED_IN - 1) // UNINSURED_IN
    all_insured = period.visits - (period.visits + UNINSURED_IN - 1) // UNINSURED_IN
    left_at = came_at + (timedelta(days=INPATIENT_DAYS) if inpatient else timedelta(minutes=95))
    return VisitLife(
        place=place,
        code=f"DM{period.year}{place:06}",
        facility=facility(place % period.public_hospitals),
        came_at=came_at,
        left_at=left_at,
        inpatient=inpatient,
        insured=insured,
        card=insured and is_chosen(before, period.card_checkins, all_insured),
        price=42_100 + place % 97 * 1_000,
    )


def _facility(number: int) -> dict[str, object]:
    return {
        "kind": "facility", "facility": facility(number), "name": f"Bệnh viện Mẫu số {number + 1}",
        "ownership": "public", "type": "hospital", "level": "basic", "beds": 100 + 10 * number,
        "valid_from": "2005-01-01", "valid_to": None,
    }  # fmt: skip


def _payments(period: PastPeriod, day: date) -> Iterator[dict[str, object]]:
    """A few a month at each hospital; only the cashless ones take any without cash."""
    if not period.first <= day < period.after:
        return
    for number in range(period.public_hospitals):
        if (day.day + number) % (30 // PAYMENTS_PER_HOSPITAL_A_MONTH):
            continue
        cashless = number < period.cashless_hospitals
        yield {
            "kind": "payment", "facility": facility(number), "payment": f"VP-{day:%y%m%d}",
            "day": day.isoformat(), "amount": str(100_000 + 5_000 * number),
            "way": "cashless" if cashless else "cash", "ownership": "public", "type": "hospital",
        }  # fmt: skip


def _sessions(period: PastPeriod, day: date) -> Iterator[dict[str, object]]:
    if not period.first <= day < period.after or day.day not in (5, 19):
        return
    for number in range(period.telehealth_hospitals):
        yield {
            "kind": "telehealth", "facility": facility(number), "session": f"TX-{day:%y%m%d}",
            "started": f"{day} 08:30", "ended": f"{day} 09:15", "type": "hospital",
        }  # fmt: skip


def _checkins(lives: Sequence[VisitLife]) -> str:
    rows = "".join(_checkin(number, life) for number, life in enumerate(lives, 1))
    return (
        '<?xml version="1.0" encoding="utf-8"?><CHI_TIEU_TRANG_THAI_KCB><DSACH_TRANG_THAI_KCB>'
        f"{rows}</DSACH_TRANG_THAI_KCB></CHI_TIEU_TRANG_THAI_KCB>"
    )


def _checkin(number: int, life: VisitLife) -> str:
    values = _patient(life) | {
        "STT": str(number), "MA_DOITUONG_KCB": "1.1", "NGAY_VAO": _civil(life.came_at),
        "NGAY_VAO_NOI_TRU": _civil(life.came_at) if life.inpatient else "", "LY_DO_VNT": "",
        "MA_LY_DO_VNT": "", "MA_LOAI_KCB": _care(life), "MA_CSKCB": life.facility, "MA_DICH_VU": "02.1897",
        "TEN_DICH_VU": "Khám Nội", "MA_THUOC": "", "TEN_THUOC": "", "MA_VAT_TU": "", "TEN_VAT_TU": "",
        "NGAY_YL": _civil(life.came_at + timedelta(minutes=7)), "DU_PHONG": "",
    }  # fmt: skip
    return f"<TRANG_THAI_KCB>{_elements(values)}</TRANG_THAI_KCB>"


def _dossiers(life: VisitLife) -> Iterator[str]:
    """The dossier; some are sent once more, some lost their code, some totals disagree with the lines."""
    yield _dossier(life, code=life.code)
    if is_chosen(life.place % RESENT_IN, 1, RESENT_IN):
        yield _dossier(life, code=life.code, paid=True)
    if is_chosen(life.place % BROKEN_IN, 1, BROKEN_IN):
        yield _dossier(life, code="")


def _dossier(life: VisitLife, *, code: str, paid: bool = False) -> str:
    total = life.price + (1_000 if is_chosen(life.place % OFF_BY_SOME_IN, 1, OFF_BY_SOME_IN) else 0)
    own = total // 5 if life.insured else total
    row = _patient(life) | {
        "MA_LK": code, "STT": "1", "NHOM_MAU": "", "MA_QUOCTICH": "000", "MA_DANTOC": "01",
        "MA_NGHE_NGHIEP": "00000", "DIA_CHI": "Số 1 đường Mẫu", "MATINH_CU_TRU": "38",
        "MAHUYEN_CU_TRU": "380", "MAXA_CU_TRU": "14797", "DIEN_THOAI": "", "NGAY_MIEN_CCT": "",
        "LY_DO_VV": "Đau họng", "LY_DO_VNT": "", "MA_LY_DO_VNT": "", "CHAN_DOAN_VAO": "Viêm họng cấp",
        "CHAN_DOAN_RV": "Viêm họng cấp", "MA_BENH_CHINH": "J02.9", "MA_BENH_KT": "", "MA_BENH_YHCT": "",
        "MA_PTTT_QT": "", "MA_DOITUONG_KCB": "1.1" if life.insured else "9", "MA_NOI_DI": "",
        "MA_NOI_DEN": "", "MA_TAI_NAN": "", "NGAY_VAO": _civil(life.came_at),
        "NGAY_VAO_NOI_TRU": _civil(life.came_at) if life.inpatient else "", "NGAY_RA": _civil(life.left_at),
        "GIAY_CHUYEN_TUYEN": "", "SO_NGAY_DTRI": str(INPATIENT_DAYS + 1 if life.inpatient else 0),
        "PP_DIEU_TRI": "Nội khoa", "KET_QUA_DTRI": "1", "MA_LOAI_RV": "1", "GHI_CHU": "",
        "NGAY_TTOAN": _civil(life.left_at) if paid else "", "T_THUOC": "0", "T_VTYT": "0",
        "T_TONGCHI_BV": str(total), "T_TONGCHI_BH": str(total if life.insured else 0),
        "T_BNTT": str(0 if life.insured else total), "T_BNCCT": str(own if life.insured else 0),
        "T_BHTT": str(total - own), "T_NGUONKHAC": "0", "T_BHTT_GDV": "0", "NAM_QT": f"{life.left_at:%Y}",
        "THANG_QT": f"{life.left_at:%m}", "MA_LOAI_KCB": _care(life), "MA_KHOA": "K01",
        "MA_CSKCB": life.facility, "MA_KHUVUC": "", "CAN_NANG": "60", "CAN_NANG_CON": "",
        "NAM_NAM_LIEN_TUC": "", "NGAY_TAI_KHAM": "", "MA_HSBA": f"BA{life.place}", "MA_TTDV": "0000000001",
        "DU_PHONG": "",
    }  # fmt: skip
    covered = life.price if life.insured else 0
    line = {
        "MA_LK": code, "STT": "1", "MA_DICH_VU": "02.1897", "MA_VAT_TU": "", "MA_NHOM": "13",
        "TEN_DICH_VU": "Khám Nội", "SO_LUONG": "1.000", "DON_GIA_BV": f"{life.price}.000",
        "DON_GIA_BH": f"{covered}.000", "TYLE_TT_DV": "100", "TYLE_TT_BH": "100",
        "THANH_TIEN_BV": str(life.price), "THANH_TIEN_BH": str(covered),
    }  # fmt: skip
    services = f"<CHI_TIET_DVKT>{_elements(line)}</CHI_TIET_DVKT>"
    files = (
        ("XML1", f"<TONG_HOP>{_elements(row)}</TONG_HOP>"),
        (
            "XML3",
            "<CHITIEU_CHITIET_DVKT_VTYT><DSACH_CHI_TIET_DVKT>"
            f"{services}</DSACH_CHI_TIET_DVKT></CHITIEU_CHITIET_DVKT_VTYT>",
        ),
    )
    inner = "".join(
        f"<FILEHOSO><LOAIHOSO>{name}</LOAIHOSO>"
        f"<NOIDUNGFILE>{b64encode(text.encode()).decode()}</NOIDUNGFILE></FILEHOSO>"
        for name, text in files
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><GIAMDINHHS><THONGTINDONVI>'
        f"<MACSKCB>{life.facility}</MACSKCB></THONGTINDONVI><THONGTINHOSO>"
        f"<NGAYLAP>{life.left_at.astimezone(PROVINCE_ZONE):%Y%m%d}</NGAYLAP><SOLUONGHOSO>1</SOLUONGHOSO>"
        f"<DANHSACHHOSO><HOSO>{inner}</HOSO></DANHSACHHOSO></THONGTINHOSO><CHUKYDONVI/></GIAMDINHHS>"
    )


def _patient(life: VisitLife) -> dict[str, str]:
    number = citizen_number(life.place + 1) if life.card else ""
    insurance = f"GD438{life.place:010}" if life.insured else ""
    return {
        "MA_LK": life.code, "MA_BN": f"BN{life.place}", "HO_TEN": "NGUYỄN VĂN MẪU", "SO_CCCD": number,
        "NGAY_SINH": "198001010000", "GIOI_TINH": "1", "MA_THE_BHYT": insurance, "MA_DKBD": "",
        "GT_THE_TU": "", "GT_THE_DEN": "",
    }  # fmt: skip


def _care(life: VisitLife) -> str:
    return "03" if life.inpatient else "01"


def _civil(instant: datetime) -> str:
    return f"{instant.astimezone(PROVINCE_ZONE):%Y%m%d%H%M}"


def _elements(values: dict[str, str]) -> str:
    return "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
