"""From the name of an office, however it is spelt, to the one unit it means."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence

from iochub.ingest.unit_map import MapName, Unit

_OFFICE = re.compile(r"^(ubnd|uy ban nhan dan|bo phan mot cua|trung tam phuc vu hanh chinh cong|tttphcc)\s+")
_KIND = re.compile(r"^(thanh pho|thi xa|thi tran|huyen|phuong|xa) ")
_SHORT_KINDS = {
    "tp": "thanh pho", "tp.": "thanh pho", "tx": "thi xa", "tx.": "thi xa",
    "tt": "thi tran", "tt.": "thi tran", "p.": "phuong", "x.": "xa", "h.": "huyen", "t.": "tinh",
}  # fmt: skip
_HERE = ("tinh thanh hoa", "thanh hoa")
_PARTS = re.compile(r"[,;()]|\s[-–]\s")


def folded(name: str) -> str:
    """A name as it is compared: lower case, no diacritics, one spelling of Hoá and Hóa."""
    plain = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[a-z0-9.]+", letters))


class UnitNames:
    """Units by folded name, with and without their kind in front."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._units: dict[tuple[MapName, str], list[Unit]] = defaultdict(list)
        self._district: dict[str, str] = {}
        for unit in units:
            full = folded(unit.name)
            if unit.level == "district":
                self._district[unit.key] = full
            if unit.level != "province":
                self._units[unit.map_name, full].append(unit)
                self._units[unit.map_name, _KIND.sub("", full)].append(unit)

    def find(self, map_name: MapName, name: str) -> Unit | None:
        """The one unit of a map that a name means; nothing when it could mean two."""
        office, *places = [_bare(part) for part in _PARTS.split(name)]
        found: Sequence[Unit] = self._units.get((map_name, office), ())
        if len(found) > 1:
            found = self._beside(found, places) or _as_spelt(found, name)
        return found[0] if len(found) == 1 else None

    def in_address(self, map_name: MapName, address: str) -> Unit | None:
        """The smallest unit of a map that an address in this province names with its kind.

        Nothing when it could mean two, and nothing for an address that does not name the province: other
        provinces have communes of the same names.
        """
        places = [_bare(part) for part in _PARTS.split(address)]
        if not any(place in _HERE for place in places):
            return None
        found = [
            unit
            for place in dict.fromkeys(places)
            if _KIND.match(place)
            for unit in self._units.get((map_name, place), ())
        ]
        communes = [unit for unit in found if unit.level == "commune"]
        if len(communes) > 1:
            communes = self._beside(communes, places) or _as_spelt(communes, address)
        chosen = communes or found
        return chosen[0] if len(chosen) == 1 else None

    def names_district(self, map_name: MapName, address: str) -> bool:
        """Whether an address names a district of a map: then it is of the form before July 2025."""
        places = {_bare(part) for part in _PARTS.split(address)}
        return any(
            unit.level == "district" for place in places for unit in self._units.get((map_name, place), ())
        )

    def _beside(self, units: Sequence[Unit], places: Sequence[str]) -> list[Unit]:
        """Those whose district is named beside them."""
        return [
            unit
            for unit in units
            if (district := self._district.get(unit.parent))
            and any(place in (district, _KIND.sub("", district)) for place in places)
        ]


def is_provincial(name: str) -> bool:
    """Whether this is a department of the province or its committee; another province's is not."""
    parts = [_bare(part) for part in _PARTS.split(name)]
    if any(part.startswith("tinh ") and part != "tinh thanh hoa" for part in parts):
        return False
    return parts[0] in ("tinh", "tinh thanh hoa") or parts[0].startswith("so ")


def _bare(name: str) -> str:
    """A folded name without the office in front of it, its kind of unit spelt out."""
    bare = folded(name)
    while (shorter := _OFFICE.sub("", bare)) != bare:
        bare = shorter
    first, _, rest = bare.partition(" ")
    return f"{_SHORT_KINDS[first]} {rest}" if first in _SHORT_KINDS else bare


def _as_spelt(units: Sequence[Unit], name: str) -> list[Unit]:
    """Those whose name stands there with the same diacritics: Hoằng Đạt is not Hoằng Đát."""
    spelt = unicodedata.normalize("NFC", name).casefold()
    return [unit for unit in units if unicodedata.normalize("NFC", unit.name).casefold() in spelt]
