"""The life of an invented dossier, and the messages a one-stop system would send about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from iochub.clock import PROVINCE_ZONE
from iochub.ingest.demo.invented import BUSINESS_REGISTRATION, PROCEDURES, citizen_number, pick_weighted

ON_TIME_SHARE = 0.983
"""About the province's own share in 2021, so that the demo's screens look like the real ones."""


@dataclass(frozen=True, slots=True)
class DossierLife:
    """Everything that will ever happen to one dossier."""

    code: str
    procedure: int
    unit_name: str
    channel: str
    received_at: datetime
    due_at: datetime
    finished_at: datetime
    corrected_due_at: datetime | None
    withdrawn: bool
    broken: bool


def dossier_life(day: date, number: int, received_at: datetime, unit_name: str) -> DossierLife:
    """Decide a life from its day and number alone, so that every run tells the same one."""
    random = Random(f"dossier:{day}:{number}")
    procedure = random.randrange(len(PROCEDURES))
    channel = pick_weighted(random, ("1", "2", "3"), (28, 68, 4))
    due_at = office_hours(received_at, PROCEDURES[procedure][4])
    if random.random() < ON_TIME_SHARE:
        finished_at = received_at + (due_at - received_at) * random.uniform(0.2, 0.98)
    else:
        finished_at = due_at + timedelta(hours=random.uniform(2, 60))
    return DossierLife(
        code=f"H56.99-{day:%y%m%d}-{number:05d}",
        procedure=procedure,
        unit_name=unit_name,
        channel="2" if procedure == BUSINESS_REGISTRATION else channel,
        received_at=received_at,
        due_at=due_at,
        finished_at=finished_at.replace(microsecond=0),
        corrected_due_at=due_at + timedelta(days=1) if random.random() < 0.02 else None,
        withdrawn=random.random() < 0.002,
        broken=random.random() < 0.004,
    )


def received(life: DossierLife) -> dict[str, object]:
    """The full record at reception; a broken one names a status that does not exist."""
    return _dossier(life, status="99" if life.broken else "2", due_at=life.due_at)


def corrected(life: DossierLife) -> dict[str, object]:
    """The full record again, with the due date the office meant."""
    return _dossier(life, status="4", due_at=life.corrected_due_at or life.due_at)


def finished(life: DossierLife) -> dict[str, object]:
    """The full record when the work is done."""
    return _dossier(
        life, status="9", due_at=life.corrected_due_at or life.due_at, finished_at=life.finished_at
    )


def step(life: DossierLife) -> dict[str, object]:
    """A step on the way: taken up by an officer."""
    started = life.received_at + timedelta(minutes=20)
    return {
        "MaHoSo": life.code,
        "NguoiXuLy": "Cán bộ Mẫu",
        "ChucDanh": "Công chức",
        "ThoiDiemXuLy": _civil(started),
        "PhongBanXuLy": "Bộ phận Một cửa",
        "NoiDungXuLy": "Thẩm định hồ sơ",
        "TrangThai": "4",
        "NgayBatDau": _civil(life.received_at),
        "NgayKetThucTheoQuyDinh": _civil(life.due_at),
    }


def dossiers_message(dossiers: Sequence[dict[str, object]], *, updating: bool) -> dict[str, object]:
    """A `DongBoHoSoMC` request as a one-stop system sends it."""
    return {
        "session": "",
        "madonvi": "H56",
        "service": "DongBoHoSoMC",
        "isUpdating": str(updating),
        "data": list(dossiers),
    }


def steps_message(steps: Sequence[dict[str, object]]) -> dict[str, object]:
    """A `CapNhatTienDoHoSoMC` request."""
    return {"session": "", "madonvi": "H56", "service": "CapNhatTienDoHoSoMC", "data": list(steps)}


def _dossier(
    life: DossierLife, *, status: str, due_at: datetime, finished_at: datetime | None = None
) -> dict[str, object]:
    code, title, field, field_title, _ = PROCEDURES[life.procedure]
    person = int(life.code[-5:])
    ended = _civil(finished_at) if finished_at else ""
    online = life.channel == "2"
    return {
        "MaHoSo": life.code,
        "MaTTHC": code,
        "MucDo": "4" if online else "3",
        "TenTTHC": title,
        "MaLinhVuc": field,
        "TenLinhVuc": field_title,
        "KenhThucHien": life.channel,
        "ChuHoSo": "Nguyễn Văn Mẫu",
        "LoaiDoiTuong": "2" if code == "1.001612" else "1",
        "MaDoiTuong": "",
        "ThongTinKhac": "",
        "Email": "mau@example.vn",
        "Fax": "",
        "SoDienThoai": "0900000000",
        "TrichYeuHoSo": title,
        "NgayNopHoSo": _civil(life.received_at - timedelta(minutes=15)),
        "NgayTiepNhan": _civil(life.received_at),
        "NgayHenTra": _civil(due_at),
        "TrangThaiHoSo": status,
        "NgayTra": "",
        "ThongTinTra": "",
        "HinhThuc": "0",
        "NgayKetThucXuLy": ended,
        "DonViXuLy": f"UBND {life.unit_name}",
        "GhiChu": "",
        "NoiNopHoSo": "1" if online else "2",
        "HoSoCoThanhPhanSoHoa": "1" if online else "0",
        "TaiKhoanDuocXacThucVoiVNeID": "1" if online else "0",
        "DuocThanhToanTrucTuyen": "1" if online and person % 3 else "0",
        "NgayTuChoi": "",
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": citizen_number(person)}],
        "DSKetNoiCSDL": [{"MaCSDL": "1"}],
        "TaiLieuNop": [],
        "DanhSachLePhi": [],
        "DanhSachTepDinhKemKhac": [],
        "DanhSachHoSoBoSung": [],
        "DanhSachGiayToKetQua": [],
    }


def _civil(instant: datetime) -> str:
    return f"{instant.astimezone(PROVINCE_ZONE):%Y%m%d%H%M%S}"


def office_hours(received_at: datetime, days: int) -> datetime:
    """The end of the office day, so many weekdays later."""
    day = received_at.astimezone(PROVINCE_ZONE).date()
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return datetime.combine(day, time(17, 0), PROVINCE_ZONE)
