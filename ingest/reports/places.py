"""Which unit a report is about: one of the map of its period's last day, by code or by name."""

import re
from datetime import date
from functools import cache

from iochub.ingest.unit_map import PROVINCE, map_on
from iochub.ingest.unit_names import UnitNames, folded
from iochub.ingest.units import PROVINCE_AGENCY, Units

_CODE = re.compile(r"\d{2,5}", re.ASCII)

PROVINCE_NAMES = frozenset(("tinh", "tinh thanh hoa", "ubnd tinh", "ubnd tinh thanh hoa"))
MEANS_TWO = "thanh hoa"
"""The province and its city are both called so."""


def unit_on(words: str, day: date, units: Units) -> str:
    """The key of the one unit that a code or a name means on a day.

    A code that ended is not taken for its heir, as it is in other feeds: what was reported for a part is not
    the figure of the whole. A department is no unit.

    Raises: ValueError `unknown_unit`, or `impossible_date` for a day of which the hub has no map.
    """
    map_name = map_on(day)
    if map_name is None:
        raise ValueError("impossible_date")
    if words == PROVINCE_AGENCY:
        return PROVINCE
    if _CODE.fullmatch(words):
        found = units.find(words, map_name)
    else:
        name = folded(words)
        if name in PROVINCE_NAMES:
            return PROVINCE
        found = None if name == MEANS_TWO else _names(units).find(map_name, words)
    if found is None:
        raise ValueError("unknown_unit")
    return found.key


@cache
def _names(units: Units) -> UnitNames:
    return UnitNames(units.all())
