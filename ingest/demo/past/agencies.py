"""The agencies of the demo: departments, districts as long as there were any, communes; codes as in QĐ 20."""

from functools import cache
from typing import NamedTuple

from iochub.ingest.unit_map import MapName
from iochub.ingest.units import Units

DEPARTMENTS = (
    "Văn phòng UBND tỉnh", "Sở Nội vụ", "Sở Tư pháp", "Sở Kế hoạch và Đầu tư", "Sở Tài chính",
    "Sở Công Thương", "Sở Nông nghiệp và Phát triển nông thôn", "Sở Giao thông vận tải", "Sở Xây dựng",
    "Sở Tài nguyên và Môi trường", "Sở Thông tin và Truyền thông", "Sở Lao động - Thương binh và Xã hội",
    "Sở Văn hóa, Thể thao và Du lịch", "Sở Khoa học và Công nghệ", "Sở Giáo dục và Đào tạo", "Sở Y tế",
    "Sở Ngoại vụ", "Thanh tra tỉnh", "Ban Dân tộc", "Ban Quản lý Khu kinh tế Nghi Sơn",
)  # fmt: skip
FIRST_DISTRICT, FIRST_COMMUNE = 31, 201
"""The codes of districts and communes are the demo's own."""


class Agency(NamedTuple):
    """One agency on the axis."""

    code: str
    name: str
    level: str


@cache
def agencies(map_name: MapName) -> tuple[Agency, ...]:
    """Every agency of the days of a map: departments, each district before its communes, or all communes."""
    found = [Agency(f"H56.{number:02}", name, "2") for number, name in enumerate(DEPARTMENTS, 1)]
    units = [unit for unit in Units.load().all() if unit.map_name == map_name]
    districts = [unit for unit in units if unit.level == "district"]
    if not districts:
        communes = [unit for unit in units if unit.level == "commune"]
        found += [
            Agency(f"H56.{number}", f"UBND {commune.name}", "2")
            for number, commune in enumerate(communes, FIRST_COMMUNE)
        ]
    for number, district in enumerate(districts, FIRST_DISTRICT):
        found.append(Agency(f"H56.{number}", f"UBND {district.name}", "2"))
        communes = [unit for unit in units if unit.parent == district.key]
        found += [
            Agency(f"H56.{number}.{place:02}", f"UBND {commune.name}, {district.name}", "3")
            for place, commune in enumerate(communes, 1)
        ]
    return tuple(found)
