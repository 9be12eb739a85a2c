"""Which administrative unit a message means, by its code or its name and the day it is about."""

from collections.abc import Iterable
from datetime import date
from functools import cache

from iochub.ingest.unit_areas import MERGED_DISTRICTS, Areas
from iochub.ingest.unit_areas import UNKNOWN as UNKNOWN  # others ask for it here
from iochub.ingest.unit_map import (
    MAPS,
    PROVINCE,
    Agency,
    MapName,
    Unit,
    UnitsFile,
    map_on,
    read_offices,
    read_units,
    units_of,
)
from iochub.ingest.unit_names import UnitNames, is_provincial

PROVINCE_AGENCY = "H56"
"""Source: QĐ 20/2020/QĐ-TTg."""

KNOWN_ANSWERS = 100_000
"""Resolutions kept in memory; senders repeat the same few hundred offices and a seller its address."""

LONGEST_ADDRESS = 400
"""Letters, of anything that is told. Source: DChi(400) of QĐ 1450/QĐ-TCT; codes and names are shorter."""


class Units:
    """Every unit of the three maps, and how messages name them."""

    def __init__(self, content: UnitsFile, offices: Iterable[Agency]) -> None:
        self._units = tuple(units_of(content))
        self._by_code = {(unit.map_name, unit.code): unit for unit in self._units}
        self._offices = {office.code: office for office in offices}
        self._names = UnitNames(self._units)
        self._heirs = {old: new for old, new, split, _ in content.successors if not split}
        self.areas = Areas(self._units, content)
        self._answers: dict[tuple[str, ...], str] = {}

    @staticmethod
    def load() -> "Units":
        """Read the units that are shipped with the hub; the same object each time."""
        return _load()

    def all(self) -> tuple[Unit, ...]:
        """One row per unit and map, the province first."""
        return self._units

    def ended(self) -> list[str]:
        """The keys of the units that are on no map of today, in order."""
        today = {unit.key for unit in self._units if unit.map_name == MAPS[-1][0]}
        return sorted({unit.key for unit in self._units} - today)

    def agencies(self) -> tuple[Agency, ...]:
        """The offices known by code: the province itself and its tax offices before July 2025."""
        return (Agency(PROVINCE_AGENCY, "UBND tỉnh Thanh Hóa", PROVINCE), *self._offices.values())

    def find(self, code: str, map_name: MapName) -> Unit | None:
        """A unit by its official code on a map."""
        return self._by_code.get((map_name, code))

    def members(self, code: str, map_name: MapName) -> frozenset[str]:
        """All keys of cells that count for a unit of a map, whichever map they were resolved on.

        Only what lies whole in it does; `unknown` and what was divided count for the province.
        """
        return self.areas.members(code, map_name)

    def contains(self, outer: str, inner: str) -> bool:
        """Whether one code is another, or lies in it, on any map."""
        if outer in (inner, PROVINCE):
            return True
        return any(
            unit.code == inner and outer in (unit.parent, unit.former_district) for unit in self._units
        )

    def resolve(
        self, day: date, code: str = "", agency: str = "", name: str = "", address: str = "", office: str = ""
    ) -> str:
        """Name the unit that a message means, as the key of a cell, or `unknown`.

        The message's own unit code comes first, then the code of the agency that sends it, then the name
        of the office that works on it or an address, then a tax office; the province only when no part of
        it is named.
        """
        map_name = map_on(day)
        if map_name is None:
            return UNKNOWN
        told = (code, agency, name, address, office)
        code, agency, name, address, office = (words[:LONGEST_ADDRESS] for words in told)
        question = (map_name, code, agency, name, address, office)
        known = self._answers.get(question)
        if known is None:
            if len(self._answers) >= KNOWN_ANSWERS:
                self._answers.clear()
            known = self._resolved(map_name, code, agency, name, address, office)
            self._answers[question] = known
        return known

    def _resolved(
        self, map_name: MapName, code: str, agency: str, name: str, address: str, office: str
    ) -> str:
        """The province as a whole is no answer while anything names a part of it."""
        answers = (
            self._of_code(map_name, code),
            self._of_code(map_name, agency),
            self._of_name(map_name, name),
            self._of_address(map_name, address),
            self._of_office(map_name, office),
        )
        parts = [answer for answer in answers if answer not in ("", PROVINCE)]
        if parts:
            return parts[0]
        return PROVINCE if PROVINCE in answers else UNKNOWN

    def _of_code(self, map_name: MapName, code: str) -> str:
        """A code that ended is taken for its heir: senders lag behind a reform by months."""
        if code in ("", PROVINCE_AGENCY):
            return PROVINCE if code else ""
        found = self._by_code.get((map_name, code))
        if found is not None:
            return found.key
        if map_name == "current" and code in self._heirs:
            return self._heirs[code]
        return self._of_office(map_name, code)

    def _of_name(self, map_name: MapName, name: str) -> str:
        if not name:
            return ""
        if is_provincial(name):
            return PROVINCE
        found = self._names.find(map_name, name)
        if found is None and map_name == "current":
            ended = self._names.find("2025-01", name)
            return self._heirs.get(ended.code, "") if ended else ""
        return found.key if found else ""

    def _of_address(self, map_name: MapName, address: str) -> str:
        """An address of the old form stays on papers long after: its commune is taken for its heir."""
        if not address:
            return ""
        found = self._names.in_address(map_name, address)
        if map_name != "current":
            return found.key if found else ""
        ended = self._names.in_address("2025-01", address)
        is_old = found is None or self._names.names_district("2025-01", address)
        if ended and ended.level == "commune" and is_old:
            return self._heirs.get(ended.code, "")
        return found.key if found else ""

    def _of_office(self, map_name: MapName, code: str) -> str:
        """A tax office gives the former district; what area its code means since July 2025 is not known."""
        office = self._offices.get(code)
        if office is None:
            return ""
        unit = office.unit if map_name == "2020" else MERGED_DISTRICTS.get(office.unit, office.unit)
        found = self._by_code.get((map_name, unit))
        return found.key if found else ""


@cache
def _load() -> Units:
    return Units(read_units(), read_offices())
