"""Who asks, and which units they may ask about."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from iochub.api.keys import ViewerToken
from iochub.api.problems import Fault, Problem
from iochub.api.query.ports import Tokens
from iochub.ingest.unit_map import PROVINCE, MapName, Unit
from iochub.ingest.units import UNKNOWN, Units
from iochub.text import Text

UNKNOWN_TITLE = Text("Chưa xác định được đơn vị", "Unit not resolved")
SEES_SMALL = frozenset({"leader", "operator"})
"""Roles with the right to figures behind which there are only 1 to 4 rows."""

_bearer = HTTPBearer(auto_error=False, description="A viewer token.")
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def viewer(request: Request, credentials: Credentials) -> ViewerToken:
    """The viewer whose token the request carries.

    Raises: Problem (401); the caller acts.
    """
    tokens: Tokens = request.app.state.tokens
    found = tokens.verify_viewer(credentials.credentials) if credentials else None
    if found is None:
        raise Problem(
            401,
            "unauthorised",
            Text(
                "Cần mã truy cập hợp lệ trong tiêu đề Authorization: Bearer …",
                "A valid token is needed in the header Authorization: Bearer …",
            ),
            headers={"WWW-Authenticate": "Bearer"},
        )
    return found


def title_for(units: Units, asking: ViewerToken, code: str, map_name: MapName) -> Text:
    """The name of the unit that is asked about, when the viewer may ask about it.

    Raises: Problem (403 beyond the viewer's unit, 404 no such unit on the map); the caller acts.
    """
    if not may_see(units, asking.unit, code, map_name):
        raise Problem(
            403,
            "beyond_your_unit",
            Text(
                f"Mã truy cập này chỉ xem được đơn vị {asking.unit} và các đơn vị trực thuộc.",
                f"This token sees unit {asking.unit} and those below it.",
            ),
        )
    title = known_title(units, code, map_name)
    if title is None:
        missing = Text(
            "Bản đồ hành chính được hỏi không có mã đơn vị này.", "The asked map has no such unit."
        )
        raise Problem(404, "unknown_unit", missing, (Fault("unit", missing),))
    return title


def known_title(units: Units, code: str, map_name: MapName) -> Text | None:
    """The name of a unit on a map, or of one of another map there; what was not resolved has a name too."""
    return UNKNOWN_TITLE if code == UNKNOWN else units.areas.title(code, map_name)


def may_see(units: Units, own: str, code: str, map_name: MapName) -> bool:
    """A viewer sees their own unit and all below; what is unresolved belongs to the province alone.

    Codes of ended communes were given to other areas: a code that lives today means today's unit only.
    """
    if own == PROVINCE:
        return True
    if units.find(own, "current") is not None:
        return code == own and map_name == "current"
    unit = units.find(code, map_name)
    return unit is not None and own in _above(unit)


def _above(unit: Unit) -> tuple[str, ...]:
    return unit.code, unit.parent, unit.former_district
