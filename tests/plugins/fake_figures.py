"""What the fake API answers with: figures as the wall will meet them, more than the hub has yet."""

from datetime import date, timedelta

DESKS = {
    "dossiers": {"vi": "Hồ sơ dịch vụ công", "en": "Public service dossiers"},
    "einvoices": {"vi": "Hoá đơn điện tử", "en": "Electronic invoices"},
}
INDICATORS = [
    ("dossiers_received", "dossiers", "Hồ sơ tiếp nhận", "Dossiers received", "hồ sơ", 237_892, None),
    (
        "dossiers_on_time_share",
        "dossiers",
        "Tỷ lệ giải quyết trước và đúng hạn",
        "Settled on time or early",
        "%",
        98.29,
        ("2025", 98, True),
    ),
    (
        "dossiers_online_share_level4",
        "dossiers",
        "Tỷ lệ hồ sơ trực tuyến mức độ 4",
        "Received online at level 4",
        "%",
        86.27,
        ("2025", 100, False),
    ),
    ("dossiers_open", "dossiers", "Hồ sơ đang giải quyết", "Dossiers being processed", "hồ sơ", 12_408, None),
    (
        "dossiers_due_soon",
        "dossiers",
        "Hồ sơ sắp đến hạn trong 3 ngày",
        "Due within three days",
        "hồ sơ",
        1_204,
        None,
    ),
    (
        "dossiers_overdue",
        "dossiers",
        "Hồ sơ quá hạn chưa giải quyết",
        "Overdue and still open",
        "hồ sơ",
        0,
        None,
    ),
    ("einvoices_issued", "einvoices", "Hoá đơn đã phát hành", "Invoices issued", "hoá đơn", 1_234_567, None),
    (
        "einvoice_turnover",
        "einvoices",
        "Doanh thu trên hoá đơn",
        "Turnover invoiced",
        "đ",
        184_234_567_891_234,
        None,
    ),
    ("einvoice_vat", "einvoices", "Thuế giá trị gia tăng", "Value added tax", "đ", 12_345_678_912, None),
    (
        "einvoice_enterprises",
        "einvoices",
        "Doanh nghiệp, tổ chức dùng hoá đơn điện tử",
        "Enterprises using e-invoices",
        "doanh nghiệp",
        14_037,
        ("2025", 14_000, True),
    ),
    (
        "einvoice_households",
        "einvoices",
        "Hộ, cá nhân nộp thuế bằng hoá đơn điện tử",
        "Households using e-invoices",
        "hộ, cá nhân",
        1_018,
        ("2025", 1_500, False),
    ),
]
REJECTS = (
    ("missing:SHDon", "Thiếu số hoá đơn (SHDon)", "Invoice number (SHDon) is missing", 17),
    ("bad_decimal:TgTCThue", "Tổng tiền chưa thuế không phải số", "Total before tax is no number", 9),
    ("unknown_kind", "Loại thông điệp chưa được biết", "Kind of message not known", 2),
)
COMMUNES = (
    "Phường Hạc Thành",
    "Phường Hàm Rồng",
    "Phường Sầm Sơn",
    "Phường Bỉm Sơn",
    "Phường Đông Quang",
    "Xã Nga An",
    "Xã Yên Thọ",
    "Xã Hà Trung",
    "Xã Hoằng Hoá",
    "Xã Thọ Xuân",
    "Xã Cẩm Thuỷ",
    "Xã Ngọc Lặc",
    "Xã Mường Lát",
    "Xã Quan Sơn",
    "Xã Thường Xuân",
    "Xã Như Thanh",
    "Xã Nông Cống",
    "Phường Tĩnh Gia",
    "Phường Nghi Sơn",
    "Xã Hậu Lộc",
)
DISTRICTS = ("Thành phố Thanh Hóa", "Thị xã Bỉm Sơn", "Huyện Thiệu Hóa")


def declared(row: tuple) -> dict:
    name, desk, vi, en, measure, _, target = row
    return {
        "name": name,
        "title": {"vi": vi, "en": en},
        "unit": measure,
        "measure": measure,
        "feed": desk,
        "desk": {"name": desk, "title": DESKS[desk]},
        "kind": "period_end" if measure == "%" else "flow",
        "definition": {
            "vi": "Số hồ sơ không quá hạn tại cuối kỳ chia cho số hồ sơ tiếp nhận trong kỳ; "
            "hồ sơ chưa đến hạn là đúng hạn.",
            "en": "Dossiers not late at the end of the period over those received in it; "
            "what is not yet due is on time.",
        },
        "formula": "(tiếp nhận − trễ hạn) ÷ tiếp nhận",
        "window": "year",
        "dimensions": [],
        "targets": [{"value": target[1], "by": target[0], "at_least": True, "source": ""}] if target else [],
        "alert": None,
        "owner": {"vi": "Văn phòng UBND tỉnh", "en": "Office of the People's Committee"},
        "source": "Quyết định 766/QĐ-TTg; Nghị quyết 06-NQ/TU",
        "version": "1",
    }


def days_of(period: str) -> tuple[date, date]:
    if "Q" in period:
        year, quarter = period.split("-Q")
        return _month(int(year), int(quarter) * 3 - 2, 3)
    parts = [int(part) for part in period.split("-")]
    if len(parts) == 3:
        start = date(*parts)
        return start, start + timedelta(days=1)
    return _month(parts[0], parts[1], 1) if len(parts) == 2 else _month(parts[0], 1, 12)


def _month(year: int, month: int, length: int) -> tuple[date, date]:
    after = year * 12 + month - 1 + length
    return date(year, month, 1), date(after // 12, after % 12 + 1, 1)


def steps_of(period: str, every: str) -> list[tuple[date, date]]:
    start, end = days_of(period)
    steps = []
    while start < end:
        if every == "month":
            _, until = _month(start.year, start.month, 1)
        else:
            until = start + timedelta(days=1 if every == "day" else 7 - start.weekday())
        steps.append((start, min(until, end)))
        start = until
    return steps
