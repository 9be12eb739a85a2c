"""What sort of document it is, by the name its sender gives the type, and the few codes beside it.

Source: NĐ 30/2020/NĐ-CP, article 7: 29 types of administrative documents; Luật 80/2015/QH13, article 4: legal
ones. The numbers in `DocumentType/Type` say nothing: every sample has 1 (standards §3.2).
"""

from functools import lru_cache

from iochub.ingest.unit_names import folded

OTHER = "other"

NAME_CHARACTERS = 100
"""No name of a type has half as many; what is longer must not fill the memory of names already read."""

NAMES = (
    "Nghị quyết", "Quyết định", "Chỉ thị", "Quy chế", "Quy định", "Thông cáo", "Thông báo", "Hướng dẫn",
    "Chương trình", "Kế hoạch", "Phương án", "Đề án", "Dự án", "Báo cáo", "Biên bản", "Tờ trình",
    "Hợp đồng", "Công văn", "Công điện", "Bản ghi nhớ", "Bản thoả thuận", "Giấy uỷ quyền", "Giấy mời",
    "Giấy giới thiệu", "Giấy nghỉ phép", "Phiếu gửi", "Phiếu chuyển", "Phiếu báo", "Thư công",
    "Luật", "Pháp lệnh", "Lệnh", "Nghị định", "Thông tư", "Thông tư liên tịch",
)  # fmt: skip

PRIORITIES = frozenset("01234")
"""Thường, khẩn, thượng khẩn, hoả tốc, hoả tốc hẹn giờ. Source: standards §3.2."""

STEERING_CHARACTERS = 8
"""The list of `SteeringType` was not found; what is short is kept as it is."""

_BY_NAME = {folded(name): folded(name).replace(" ", "_") for name in NAMES}


def type_named(name: str) -> str:
    """The type as a code, `cong_van`; `other` for every name that no rule knows, for it may be any text."""
    return _of_name(name) if len(name) <= NAME_CHARACTERS else OTHER


@lru_cache(maxsize=4096)
def _of_name(name: str) -> str:
    return _BY_NAME.get(folded(name), OTHER) if name else ""


def priority_of(text: str) -> str:
    """The degree of urgency; empty where it is none of the list."""
    return text if text in PRIORITIES else ""


def steering_of(text: str) -> str:
    """The code of steering documents; empty where it is no short code."""
    return text if len(text) <= STEERING_CHARACTERS and text.isalnum() and text.isascii() else ""
