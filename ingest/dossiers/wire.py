"""What a one-stop system sends about a dossier: every field of the two services, used or passed over.

A field typed `msgspec.Raw` is passed over on purpose: names, addresses and free text are not read at all.
`MucDo` (how far the service is online) and `ThoiHanGiaiQuyet` (the most working days that its procedure may
take) are the hub's own, both optional: the portal's record lacks them and some figures need them.

Source: DongBoHoSoMC and CapNhatTienDoHoSoMC, standards §4.1; what is personal, `personal_data_fields.json`.
"""

import msgspec
from msgspec import Raw, field

NOTHING = Raw(b"null")


class Identity(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A document that the applicant is known by."""

    number: str | None = field(name="SoDinhDanh", default=None)
    kind: Raw = field(name="LoaiDinhDanh", default=NOTHING)


class Enclosure(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """One component of the dossier as the applicant handed it in."""

    digitised: str | None = field(name="DuocSoHoa", default=None)
    reused: str | None = field(name="DuocTaiSuDung", default=None)
    from_store: str | None = field(name="DuocLayTuKhoDMQG", default=None)
    deleted: str | None = field(name="IsDeleted", default=None)
    link: str | None = field(name="DuongDanTaiTepTin", default=None)
    identifier: Raw = field(name="TepDinhKemId", default=NOTHING)
    title: Raw = field(name="TenTepDinhKem", default=NOTHING)
    component: Raw = field(name="MaThanhPhanHoSo", default=NOTHING)
    replaced_by: Raw = field(name="MaKetQuaThayThe", default=NOTHING)


class Fee(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A fee or charge."""

    amount: str | None = field(name="Gia", default=None)
    name: Raw = field(name="TenPhiLePhi", default=NOTHING)
    code: Raw = field(name="MaPhiLePhi", default=NOTHING)
    way: Raw = field(name="HinhThucThu", default=NOTHING)
    kind: Raw = field(name="LoaiPhiLePhi", default=NOTHING)


class Supplement(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """One request to the applicant for more papers, and when they came."""

    asked: str | None = field(name="NgayBoSung", default=None)
    supplied: str | None = field(name="NgayTiepNhanBoSung", default=None)
    identifier: Raw = field(name="HoSoBoSungId", default=NOTHING)
    asked_by: Raw = field(name="NguoiYeuCauBoSung", default=NOTHING)
    content: Raw = field(name="NoiDungBoSung", default=NOTHING)
    received_by: Raw = field(name="NguoiTiepNhanBoSung", default=NOTHING)
    information: Raw = field(name="ThongTinTiepNhan", default=NOTHING)
    state: Raw = field(name="TrangThaiBoSung", default=NOTHING)
    papers: Raw = field(name="DanhSachGiayToBoSung", default=NOTHING)
    fees: Raw = field(name="DanhSachLePhiBoSung", default=NOTHING)
    due_before: Raw = field(name="NgayHenTraTruoc", default=NOTHING)
    due_after: Raw = field(name="NgayHenTraMoi", default=NOTHING)


class Result(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A paper that the office gives back."""

    code: str | None = field(name="MaGiayToKetQua", default=None)
    link: str | None = field(name="DuongDanTepTinKetQua", default=None)
    title: Raw = field(name="TenGiayTo", default=NOTHING)
    component: Raw = field(name="MaThanhPhanHoSo", default=NOTHING)
    identifier: Raw = field(name="GiayToId", default=NOTHING)


class DossierRecord(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A full dossier."""

    number: str = field(name="MaHoSo")
    procedure: str = field(name="MaTTHC")
    field_code: str = field(name="MaLinhVuc")
    status: str = field(name="TrangThaiHoSo")
    applicant: str = field(name="LoaiDoiTuong")
    office: str = field(name="DonViXuLy")
    submitted: str | None = field(name="NgayNopHoSo", default=None)
    received: str | None = field(name="NgayTiepNhan", default=None)
    due: str | None = field(name="NgayHenTra", default=None)
    finished: str | None = field(name="NgayKetThucXuLy", default=None)
    returned: str | None = field(name="NgayTra", default=None)
    refused: str | None = field(name="NgayTuChoi", default=None)
    channel: str | None = field(name="KenhThucHien", default=None)
    way_back: str | None = field(name="HinhThuc", default=None)
    digitised: str | None = field(name="HoSoCoThanhPhanSoHoa", default=None)
    verified: str | None = field(name="TaiKhoanDuocXacThucVoiVNeID", default=None)
    paid_online: str | None = field(name="DuocThanhToanTrucTuyen", default=None)
    identities: list[Identity] | None = field(name="DinhDanhCHS", default=None)
    enclosures: list[Enclosure] | None = field(name="TaiLieuNop", default=None)
    fees: list[Fee] | None = field(name="DanhSachLePhi", default=None)
    supplements: list[Supplement] | None = field(name="DanhSachHoSoBoSung", default=None)
    results: list[Result] | None = field(name="DanhSachGiayToKetQua", default=None)
    level: str | None = field(name="MucDo", default=None)
    allowed_days: str | None = field(name="ThoiHanGiaiQuyet", default=None)
    procedure_name: Raw = field(name="TenTTHC", default=NOTHING)
    field_name: Raw = field(name="TenLinhVuc", default=NOTHING)
    owner_papers: Raw = field(name="SoGiayToChuHoSo", default=NOTHING)
    owner: Raw = field(name="ChuHoSo", default=NOTHING)
    owner_code: Raw = field(name="MaDoiTuong", default=NOTHING)
    other: Raw = field(name="ThongTinKhac", default=NOTHING)
    mail: Raw = field(name="Email", default=NOTHING)
    fax: Raw = field(name="Fax", default=NOTHING)
    phone: Raw = field(name="SoDienThoai", default=NOTHING)
    summary: Raw = field(name="TrichYeuHoSo", default=NOTHING)
    receipt: Raw = field(name="SoBienNhan", default=NOTHING)
    returned_note: Raw = field(name="ThongTinTra", default=NOTHING)
    note: Raw = field(name="GhiChu", default=NOTHING)
    submitted_at_place: Raw = field(name="NoiNopHoSo", default=NOTHING)
    databases: Raw = field(name="DSKetNoiCSDL", default=NOTHING)
    other_files: Raw = field(name="DanhSachTepDinhKemKhac", default=NOTHING)


class StepRecord(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """One step of work on a dossier."""

    number: str = field(name="MaHoSo")
    at: str = field(name="ThoiDiemXuLy")
    status: str = field(name="TrangThai")
    officer: Raw = field(name="NguoiXuLy", default=NOTHING)
    position: Raw = field(name="ChucDanh", default=NOTHING)
    department: Raw = field(name="PhongBanXuLy", default=NOTHING)
    content: Raw = field(name="NoiDungXuLy", default=NOTHING)
    began: Raw = field(name="NgayBatDau", default=NOTHING)
    planned_end: Raw = field(name="NgayKetThucTheoQuyDinh", default=NOTHING)


class ProcedureRecord(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A procedure of the catalogue.

    The first four names are those of the portal's `LayDanhSachTTHC`; what follows them is the hub's own and
    says what the portal's list does not: since when the procedure is public, online and on the portal.
    """

    code: str = field(name="MATTHC")
    field_code: str = field(name="MALINHVUC")
    office: str = field(name="MADONVI")
    title: Raw = field(name="TENTTHC", default=NOTHING)
    field_name: Raw = field(name="TENLINHVUC", default=NOTHING)
    office_name: str | None = field(name="TENDONVI", default=None)
    level: str | None = field(name="MUCDO", default=None)
    decided: str | None = field(name="NGAYQUYETDINH", default=None)
    effective: str | None = field(name="NGAYHIEULUC", default=None)
    published: str | None = field(name="NGAYCONGKHAI", default=None)
    abolished: str | None = field(name="NGAYBAIBO", default=None)
    online_since: str | None = field(name="NGAYTRUCTUYEN", default=None)
    online_until: str | None = field(name="NGAYNGUNGTRUCTUYEN", default=None)
    on_portal_since: str | None = field(name="NGAYTICHHOP", default=None)
    on_portal_until: str | None = field(name="NGAYNGUNGTICHHOP", default=None)
    has_fee: str | None = field(name="COPHI", default=None)
    payment_ready: str | None = field(name="TICHHOPTHANHTOAN", default=None)
    allowed_days: Raw = field(name="THOIHANGIAIQUYET", default=NOTHING)
    result: Raw = field(name="TRAKETQUA", default=NOTHING)
    decision: Raw = field(name="SOQUYETDINH", default=NOTHING)
    for_whom: Raw = field(name="DOITUONG", default=NOTHING)
    at_level: Raw = field(name="CAPTHUCHIEN", default=NOTHING)


procedure_decoder = msgspec.json.Decoder(ProcedureRecord)
dossier_decoder = msgspec.json.Decoder(DossierRecord)
step_decoder = msgspec.json.Decoder(StepRecord)
