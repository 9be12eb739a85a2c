"""The province's administrative units on three maps, as shipped with the hub.

The province had 27 districts and 559 communes, then 26 and 547, and since July 2025 166 communes and no
district; codes of old communes were given to other areas. So a unit is a code *and* a map, and its key
means the same on every day.

Source: `reference/units.json` and `reference/tax_offices.json` name theirs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Literal

import msgspec

from iochub.text import Text

PROVINCE = "38"

MapName = Literal["2020", "2025-01", "current"]
Level = Literal["province", "district", "commune"]

MAPS: tuple[tuple[MapName, date, date | None], ...] = (
    ("2020", date(2019, 12, 1), date(2024, 12, 31)),
    ("2025-01", date(2025, 1, 1), date(2025, 6, 30)),
    ("current", date(2025, 7, 1), None),
)
"""Each map with its first and last day."""

ENGLISH = {
    "tỉnh": "Province",
    "thành phố": "City",
    "thị xã": "Town",
    "huyện": "District",
    "phường": "Ward",
    "thị trấn": "Township",
    "xã": "Commune",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as one map shows it; `parent` and `former_district` are keys, both days are inclusive."""

    key: str
    """What cells carry: the code, or code@2019 for a commune that ended in June 2025."""
    code: str
    name: str
    level: Level
    parent: str
    map_name: MapName
    valid_from: date
    valid_to: date | None
    former_district: str = ""

    @property
    def title(self) -> Text:
        """The name for people."""
        for vietnamese, english in ENGLISH.items():
            if self.name.casefold().startswith(vietnamese + " "):
                return Text(self.name, f"{self.name[len(vietnamese) + 1 :]} {english}")
        return Text(self.name, self.name)


@dataclass(frozen=True, slots=True)
class Agency:
    """An office that sends or is named in messages, with the code of the unit it works for."""

    code: str
    name: str
    unit: str


class _District(msgspec.Struct, frozen=True):
    code: str
    name: str
    communes: list[tuple[str, str]]


class _Map(msgspec.Struct, frozen=True):
    name: MapName
    districts: list[_District] = []
    communes: list[tuple[str, str, str]] = []


class UnitsFile(msgspec.Struct, frozen=True):
    """`reference/units.json`: the maps, and what became of the communes that ended."""

    province: dict[str, str]
    maps: list[_Map]
    successors: list[tuple[str, str, bool, bool]]
    """Old code, new code, whether the old one was split, whether this is its main successor."""
    gone_2025_01: dict[str, str]


class OfficesFile(msgspec.Struct, frozen=True):
    """`reference/tax_offices.json`."""

    offices: list[tuple[str, str, str]]


def read_units() -> UnitsFile:
    """Read the shipped units."""
    return msgspec.json.decode(_shipped("units.json"), type=UnitsFile)


def read_offices() -> list[Agency]:
    """Read the shipped tax offices."""
    content = msgspec.json.decode(_shipped("tax_offices.json"), type=OfficesFile)
    return [Agency(code, name, unit) for code, name, unit in content.offices]


def units_of(content: UnitsFile) -> Iterator[Unit]:
    """Every unit of every map, each map's province first.

    Shape: one per unit and map.
    """
    days = {name: (first, last) for name, first, last in MAPS}
    for shown in content.maps:
        first, last = days[shown.name]
        yield Unit(PROVINCE, PROVINCE, content.province["name"], "province", "", shown.name, first, last)
        for district in shown.districts:
            code = district.code
            yield Unit(code, code, district.name, "district", PROVINCE, shown.name, first, last)
            for commune, name in district.communes:
                yield Unit(ended_key(commune), commune, name, "commune", code, shown.name, first, last)
        for commune, name, former in shown.communes:
            yield Unit(commune, commune, name, "commune", PROVINCE, shown.name, first, last, former)


def ended_key(code: str) -> str:
    """The key of a commune of the maps before July 2025."""
    return f"{code}@2019"


def map_on(day: date) -> MapName | None:
    """The map that held on a day; nothing before December 2019."""
    for map_name, first, last in MAPS:
        if first <= day and (last is None or day <= last):
            return map_name
    return None


def _shipped(name: str) -> bytes:
    return files("iochub.ingest").joinpath("reference", name).read_bytes()
