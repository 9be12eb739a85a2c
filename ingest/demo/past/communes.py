"""The communes of the map of 2020, each named so that it can only be one."""

from datetime import date
from functools import cache

from iochub.ingest.units import Units

ON = date(2021, 6, 1)


@cache
def communes() -> tuple[str, ...]:
    """Names with their district beside them, as offices and addresses write them."""
    units = Units.load()
    districts = {
        unit.key: unit.name for unit in units.all() if (unit.map_name, unit.level) == ("2020", "district")
    }
    named = (
        (unit.key, f"{unit.name}, {districts[unit.parent]}")
        for unit in units.all()
        if (unit.map_name, unit.level) == ("2020", "commune")
    )
    return tuple(name for key, name in named if units.resolve(ON, name=f"UBND {name}") == key)
