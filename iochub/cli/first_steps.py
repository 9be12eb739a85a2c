"""What a newcomer reads when the hub is ready: addresses, keys, and three lines to try."""

import json
import shlex
from collections.abc import Mapping
from pathlib import Path

from iochub.cli.planning import Plan
from iochub.clock import local_day, now
from iochub.data_folder import DataFolder

HAC_THANH = "14797"
"""The commune whose figure the example moves."""


def first_steps(
    folder: DataFolder, planned: Plan, demo_keys: Mapping[str, str], token: str, seconds: float
) -> str:
    """Three `curl` lines that work as printed: push, follow the receipt, see the figure.

    `demo_keys` are by feed: each lets one demo agency send that feed, and see and mend its rejects. The token
    is the wall's own, an operator's.
    """
    at = planned.addresses
    body = _example(folder.path / "try" / "dossier.json")
    receipt = shlex.quote(str(folder.path / "try" / "receipt.json"))
    day = local_day(now())
    # The call stays on this machine, whatever name stands on the certificate.
    curl = "curl -sk" if planned.settings.tls_cert else "curl -s"
    key, width = demo_keys["dossiers"], max(map(len, demo_keys))
    pushed = (
        f"{curl} -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' "
        f"--data-binary @{shlex.quote(str(body))} {at['gateway']}/v1/feeds/dossiers/deliveries "
        f"| tee {receipt}"
    )
    followed = (
        f"{curl} -H 'Authorization: Bearer {key}' "
        f'{at["gateway"]}/v1/receipts/$(sed -E \'s/.*"receipt": ?"([^"]+)".*/\\1/\' {receipt})'
    )
    asked = (
        f"{curl} -H 'Authorization: Bearer {token}' "
        f"'{at['api']}/v1/indicators/dossiers_received?unit={HAC_THANH}&period={day}'"
    )
    return "\n".join(
        (
            f"The hub is ready after {seconds:.1f} s.",
            f"  wall     {at['wall']}",
            f"  api      {at['api']}/docs      operator token  {token}",
            f"  gateway  {at['gateway']}/docs      agency keys, one for each feed:",
            *(f"             {feed:<{width}}  {each}" for feed, each in sorted(demo_keys.items())),
            "",
            "Push a dossier, follow its receipt to `counted`, see the figure move:",
            "",
            pushed,
            "",
            followed,
            "",
            asked,
            "",
        )
    )


def _example(file: Path) -> Path:
    """A dossier of today with a number of its own, in the publisher's words."""
    moment = now()
    at = f"{local_day(moment):%Y%m%d}"
    names = (
        "MaDoiTuong", "ThongTinKhac", "Email", "Fax", "SoDienThoai", "NgayTra", "ThongTinTra", "GhiChu",
        "NgayTuChoi", "NgayKetThucXuLy",
    )  # fmt: skip
    lists = (
        "DinhDanhCHS", "DSKetNoiCSDL", "TaiLieuNop", "DanhSachLePhi", "DanhSachTepDinhKemKhac",
        "DanhSachHoSoBoSung", "DanhSachGiayToKetQua",
    )  # fmt: skip
    record = {
        "MaHoSo": f"H56.99-{moment:%y%m%d}-{moment:%H%M%S}",
        "MaTTHC": "1.001193", "TenTTHC": "Thủ tục đăng ký khai sinh",
        "MaLinhVuc": "G15-HT02", "TenLinhVuc": "Hộ tịch", "KenhThucHien": "2",
        "ChuHoSo": "Nguyễn Văn Mẫu", "LoaiDoiTuong": "1", "TrichYeuHoSo": "Đăng ký khai sinh",
        "NgayNopHoSo": f"{at}000000", "NgayTiepNhan": f"{at}000000", "NgayHenTra": f"{at}235959",
        "TrangThaiHoSo": "2", "HinhThuc": "0", "DonViXuLy": "UBND Phường Hạc Thành", "NoiNopHoSo": "1",
        "HoSoCoThanhPhanSoHoa": "1", "TaiKhoanDuocXacThucVoiVNeID": "1", "DuocThanhToanTrucTuyen": "0",
        **dict.fromkeys(names, ""), **{name: [] for name in lists},
    }  # fmt: skip
    message = {
        "session": "",
        "madonvi": "H56",
        "service": "DongBoHoSoMC",
        "isUpdating": "False",
        "data": [record],
    }
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(message, ensure_ascii=False), encoding="utf-8")
    return file
