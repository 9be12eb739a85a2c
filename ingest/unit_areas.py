"""What the maps have in common: which area of one lies whole in a unit of another, and which was divided.

Only what lies whole in a unit counts for it. What was divided counts for the next higher unit that holds all
of it, and is shown there by itself: who got how much of it is not known.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from iochub.ingest.unit_map import MAPS, PROVINCE, MapName, Unit, UnitsFile
from iochub.text import Text

UNKNOWN = "unknown"
"""The unit of what could not be placed; counts for the province."""

MERGED_DISTRICTS = {"405": "380"}
"""Đông Sơn went into the city of Thanh Hóa on 1 January 2025. Source: NQ 1238/NQ-UBTVQH15."""

FORMER = Text("cũ", "former")
FORMER_SPLIT = Text("cũ, đã chia", "former, split")
FORMER_LOST = Text("cũ, chưa rõ đơn vị nhận", "former, successor not known")
NEW = Text("mới, gồm nhiều xã cũ", "new, of several former communes")
NEW_CROSSING = Text("mới, thuộc nhiều huyện cũ", "new, in several former districts")

Place = tuple[MapName, str]
"""A map and the code of a unit on it."""


class Areas:
    """Where the keys of cells lie on each map; a key keeps its meaning, whatever map is asked for."""

    def __init__(self, units: Sequence[Unit], content: UnitsFile) -> None:
        self._units = {(unit.map_name, unit.code): unit for unit in units}
        self._by_key = {unit.key: unit for unit in units}
        self._lower: dict[Place, list[str]] = defaultdict(list)
        for unit in units:
            if unit.parent:
                self._lower[unit.map_name, unit.parent].append(unit.code)
        self._heirs, self._sources = _successors(content)
        self._gone = content.gone_2025_01
        self._communes = {
            (key, map_name): self._overlapped(unit, map_name)
            for key, unit in self._by_key.items()
            if unit.level == "commune"
            for map_name, _, _ in MAPS
        }
        self._members = self._all_members()
        self._guests = {
            (map_name, guest_code(unit)): unit
            for unit in self._by_key.values()
            for map_name, _, _ in MAPS
            if not self._is_on(unit, map_name)
        }
        self._parts = self._all_parts()

    def members(self, code: str, map_name: MapName) -> frozenset[str]:
        """All keys of cells that lie whole in a unit of a map, whichever map they were resolved on.

        `unknown` and what lies in no single part of the province count for the province.
        """
        guest = self._guests.get((map_name, code))
        return frozenset({guest.key}) if guest else self._members.get((map_name, code), frozenset())

    def lower(self, code: str, map_name: MapName) -> Sequence[str]:
        """The next lower units of a map."""
        return self._lower.get((map_name, code), ())

    def shown_under(self, code: str, map_name: MapName) -> dict[str, str]:
        """Under which code each key of a unit is shown when it is split into the next lower units.

        What lies in none of them is a guest: it is shown by itself. Where there is nothing lower, all is
        shown under the unit.
        """
        lower, own = self.lower(code, map_name), self._units.get((map_name, code))
        keys = self.members(code, map_name)
        if not lower or own is None:
            return dict.fromkeys(keys, code)
        shown = {key: one for one in lower for key in self.members(one, map_name)}
        by_itself = {own.key: code, UNKNOWN: UNKNOWN}
        return {key: shown.get(key) or by_itself.get(key) or guest_code(self._by_key[key]) for key in keys}

    def title(self, code: str, map_name: MapName) -> Text | None:
        """The name of a unit of a map, or of a guest there with the reason why it is one."""
        unit = self._units.get((map_name, code))
        if unit is not None:
            return unit.title
        guest = self._guests.get((map_name, code))
        if guest is None:
            return None
        why = self._why(guest, map_name)
        return Text(f"{guest.title.vi} ({why.vi})", f"{guest.title.en} ({why.en})")

    def divided_among(self, code: str, map_name: MapName, within: str) -> list[str]:
        """The next lower units of a unit that a guest has a part in; nothing for a unit of the map."""
        guest = self._guests.get((map_name, code))
        if guest is None:
            return []
        communes = self._communes_of(guest, map_name)
        found = communes | self._districts(communes, map_name)
        return sorted(found.intersection(self.lower(within, map_name) or communes))

    def parts_not_in(self, code: str, map_name: MapName, since: date, until: date) -> list[str]:
        """The guests whose part in a unit is in none of its figures, as far as they have days in a period.

        They were divided, and nobody can say how much of each the unit got. `until` is exclusive.
        """
        parts = self._parts.get((map_name, code), ())
        return sorted(guest_code(unit) for unit in parts if _has_days(unit, since, until))

    def _is_on(self, unit: Unit, map_name: MapName) -> bool:
        on_map = self._units.get((map_name, unit.code))
        return on_map is not None and on_map.key == unit.key

    def _why(self, guest: Unit, map_name: MapName) -> Text:
        if guest.level != "commune":
            return FORMER
        communes = self._communes[guest.key, map_name]
        if guest.map_name == "current":
            return NEW_CROSSING if len(self._districts(communes, map_name)) > 1 else NEW
        if len(communes) > 1:
            return FORMER_SPLIT
        return FORMER if communes else FORMER_LOST

    def _communes_of(self, unit: Unit, map_name: MapName) -> frozenset[str]:
        """The communes of a map that a commune or a former district has a part in."""
        if unit.level == "commune":
            return self._communes[unit.key, map_name]
        return frozenset(
            commune
            for one in self._units.values()
            if one.level == "commune" and one.parent == unit.code
            for commune in self._communes[one.key, map_name]
        )

    def _districts(self, communes: Iterable[str], map_name: MapName) -> frozenset[str]:
        return frozenset(self._units[map_name, code].parent for code in communes) - {PROVINCE}

    def _overlapped(self, unit: Unit, map_name: MapName) -> frozenset[str]:
        """The communes of a map that have a part of a commune, in one or in several."""
        if self._is_on(unit, map_name):
            return frozenset({unit.code})
        if unit.map_name == "current":
            sources = self._sources.get(unit.code, frozenset())
            if map_name == "2020":
                sources |= {old for old, taker in self._gone.items() if taker in sources}
            return sources
        standing = unit.code if ("2025-01", unit.code) in self._units else self._gone.get(unit.code, "")
        if map_name == "2025-01":
            return frozenset({standing} - {""})
        return self._heirs.get(standing, frozenset())

    def _all_parts(self) -> dict[Place, list[Unit]]:
        """By unit of a map, what has a part in it and does not lie whole in it."""
        parts: dict[Place, list[Unit]] = defaultdict(list)
        for (key, map_name), communes in self._communes.items():
            for code in communes | self._districts(communes, map_name):
                if key not in self.members(code, map_name):
                    parts[map_name, code].append(self._by_key[key])
        return parts

    def _all_members(self) -> dict[Place, frozenset[str]]:
        members: dict[Place, set[str]] = defaultdict(set)
        for map_name, _, _ in MAPS:
            members[map_name, PROVINCE] = {*self._by_key, UNKNOWN}
            for unit in self._by_key.values():
                for code in self._holders(unit, map_name):
                    members[map_name, code].add(unit.key)
        return {place: frozenset(keys) for place, keys in members.items()}

    def _holders(self, unit: Unit, map_name: MapName) -> Iterable[str]:
        """The units of a map, besides the province, in which a unit lies whole."""
        if unit.level == "district":
            merged = MERGED_DISTRICTS.get(unit.code, unit.code) if map_name == "2025-01" else unit.code
            return (merged,) if (map_name, merged) in self._units else ()
        if unit.level == "province":
            return ()
        communes = self._communes[unit.key, map_name]
        districts = self._districts(communes, map_name)
        if not communes and map_name == "2025-01":
            # Which commune took it in is not known; its district is.
            districts = frozenset({MERGED_DISTRICTS.get(unit.parent, unit.parent)})
        return (*(communes if len(communes) == 1 else ()), *(districts if len(districts) == 1 else ()))


def guest_code(unit: Unit) -> str:
    """The code of a unit on a map that does not have it: its own may be another's there."""
    return f"{unit.code}@2025" if unit.map_name == "current" and unit.level == "commune" else unit.key


def _has_days(unit: Unit, since: date, until: date) -> bool:
    """Whether anything can have happened in a unit within a period: no day is of two maps."""
    if unit.map_name == "current":
        return unit.valid_from < until
    return unit.valid_to is None or since <= unit.valid_to


def _successors(content: UnitsFile) -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """To each former commune those that got a part of it, and to each of today what it got parts of."""
    heirs: dict[str, set[str]] = defaultdict(set)
    sources: dict[str, set[str]] = defaultdict(set)
    for old, new, _, _ in content.successors:
        heirs[old].add(new)
        sources[new].add(old)
    return _frozen(heirs), _frozen(sources)


def _frozen(found: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {code: frozenset(codes) for code, codes in found.items()}
