"""Messages as publishers write them, made from our samples: dossiers, steps, messages 203."""

import json
from pathlib import Path
from typing import Any

from published import ours

Json = dict[str, Any]

NHI_SON = "14864"


def dossier(number: str, **changes: object) -> Json:
    """A dossier that was received and is being worked on, with some fields changed."""
    fourth: Json = json.loads(ours("dossiers", "five_dossiers.json"))["data"][3]
    return fourth | {"MaHoSo": number} | changes


def in_nhi_son(name: str, **changes: object) -> Json:
    """A dossier of a commune that no other test looks at."""
    told = {"DonViXuLy": "UBND Xã Nhi Sơn", "NgayNopHoSo": "20260518080000"}
    told |= {"NgayTiepNhan": "20260518083000", "NgayHenTra": "20260525170000"}
    return dossier(f"E2E-BAD-{name}", **(told | changes))


def step(number: str, at: str, status: str) -> Json:
    """One step of work on a dossier."""
    first: Json = json.loads(ours("dossiers", "two_steps.json"))["data"][0]
    return first | {"MaHoSo": number, "ThoiDiemXuLy": at, "TrangThai": status}


def synchronised(*records: Json, updating: bool = False, session: str = "thử") -> bytes:
    """The message by which a one-stop system sends dossiers."""
    told = {"session": session, "madonvi": "", "service": "DongBoHoSoMC", "isUpdating": str(updating)}
    return json.dumps(told | {"data": records}, ensure_ascii=False).encode()


def advanced(*records: Json) -> bytes:
    """The message by which it sends steps."""
    return json.dumps({"service": "CapNhatTienDoHoSoMC", "data": records}, ensure_ascii=False).encode()


def hdons(path: Path) -> list[bytes]:
    """The invoices of an XML file, byte for byte: a signature covers bytes."""
    pieces = path.read_bytes().split(b"<HDon")[1:]
    return [b"<HDon" + piece.split(b"</HDon>")[0] + b"</HDon>" for piece in pieces]


def message(*invoices: bytes, number: int) -> bytes:
    """One message 203 with these invoices."""
    code = f"V0100109106{number:032d}"
    head = (
        "<TTChung><PBan>2.0.0</PBan><MNGui>V0100109106</MNGui><MNNhan>TCT</MNNhan><MLTDiep>203</MLTDiep>"
        f"<MTDiep>{code}</MTDiep><MST>9900000520</MST><SLuong>{len(invoices)}</SLuong></TTChung>"
    )
    return b"<TDiep>%s<DLieu>%s</DLieu></TDiep>" % (head.encode(), b"".join(invoices))
