"""The dossier record as a Pydantic model: it checks what the hub's feed checks by its own means."""

from datetime import datetime, timedelta, timezone
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

LOCAL = timezone(timedelta(hours=7))


def compact(text: object) -> datetime | None:
    """`yyyyMMddHHmmss` on the province's clock; empty is none."""
    if not isinstance(text, str):
        raise ValueError("not a text")
    if not text.strip():
        return None
    return datetime.fromisoformat(f"{text[:8]}T{text[8:]:0<6}+0700")


Instant = Annotated[datetime | None, BeforeValidator(compact)]
Number = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]
YesNo = Literal["", "0", "1"]


class Strict(BaseModel):
    """A field that nobody declared is refused."""

    model_config = ConfigDict(extra="forbid")


class Identity(Strict):
    LoaiDinhDanh: str
    SoDinhDanh: str


class Enclosure(Strict):
    TepDinhKemId: str = ""
    TenTepDinhKem: str = ""
    IsDeleted: str = ""
    MaThanhPhanHoSo: str = ""
    DuongDanTaiTepTin: str = ""
    DuocSoHoa: str = ""
    DuocTaiSuDung: str = ""
    DuocLayTuKhoDMQG: str = ""
    MaKetQuaThayThe: str = ""


class Fee(Strict):
    TenPhiLePhi: str = ""
    MaPhiLePhi: str = ""
    HinhThucThu: str = ""
    Gia: str = ""
    LoaiPhiLePhi: str = ""


class Supplement(Strict):
    HoSoBoSungId: str = ""
    NguoiYeuCauBoSung: str = ""
    NoiDungBoSung: str = ""
    NgayBoSung: Instant = None
    NguoiTiepNhanBoSung: str = ""
    ThongTinTiepNhan: str = ""
    NgayTiepNhanBoSung: Instant = None
    TrangThaiBoSung: str = ""
    DanhSachGiayToBoSung: list[dict[str, object]] = []
    DanhSachLePhiBoSung: list[dict[str, object]] = []
    NgayHenTraTruoc: str = ""
    NgayHenTraMoi: str = ""


class Result(Strict):
    TenGiayTo: str = ""
    MaThanhPhanHoSo: str = ""
    GiayToId: str = ""
    DuongDanTepTinKetQua: str = ""
    MaGiayToKetQua: str = ""


class Database(Strict):
    MaCSDL: str


class Dossier(Strict):
    """One full record of `DongBoHoSoMC`."""

    MaHoSo: Number
    MaTTHC: Annotated[str, StringConstraints(pattern=r"^\d\.\d{6}(\.[0-9A-Za-z.]{1,40})?$")]
    TenTTHC: str = ""
    MaLinhVuc: Short
    TenLinhVuc: str = ""
    KenhThucHien: Literal["", "1", "2", "3"]
    ChuHoSo: str = ""
    LoaiDoiTuong: Literal["1", "2", "3", "4"]
    MaDoiTuong: str = ""
    ThongTinKhac: str = ""
    Email: str = ""
    Fax: str = ""
    SoDienThoai: str = ""
    TrichYeuHoSo: str = ""
    NgayNopHoSo: Instant = None
    NgayTiepNhan: Instant = None
    NgayHenTra: Instant = None
    TrangThaiHoSo: Literal["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]
    NgayTra: Instant = None
    ThongTinTra: str = ""
    HinhThuc: YesNo = ""
    NgayKetThucXuLy: Instant = None
    DonViXuLy: str
    GhiChu: str = ""
    NoiNopHoSo: str = ""
    HoSoCoThanhPhanSoHoa: YesNo = ""
    TaiKhoanDuocXacThucVoiVNeID: YesNo = ""
    DuocThanhToanTrucTuyen: Literal["", "0", "1", "2"] = ""
    NgayTuChoi: Instant = None
    DinhDanhCHS: list[Identity] = []
    DSKetNoiCSDL: list[Database] = []
    TaiLieuNop: list[Enclosure] = []
    DanhSachLePhi: list[Fee] = []
    DanhSachTepDinhKemKhac: list[dict[str, object]] = []
    DanhSachHoSoBoSung: list[Supplement] = []
    DanhSachGiayToKetQua: list[Result] = []


class Message(Strict):
    """A `DongBoHoSoMC` request."""

    session: str = ""
    madonvi: str = ""
    service: Literal["DongBoHoSoMC"]
    updating: str = Field("", alias="isUpdating")
    data: Annotated[list[Dossier], Field(min_length=1)]
