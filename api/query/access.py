"""Who asks, and which units they may ask about."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from iochub.api.keys import ViewerToken
from iochub.api.problems import Fault, Problem
from iochub.api.query.ports import MapName, Place, Places, Tokens
from iochub.text import Text

UNKNOWN_UNIT = "unknown"
"""What could not be resolved to a unit counts at province level only."""

UNKNOWN_PLACE = Place(UNKNOWN_UNIT, Text("Chưa xác định được đơn vị", "Unit not resolved"), "unknown", "")

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


def place_for(places: Places, asking: ViewerToken, code: str, map_name: MapName) -> Place:
    """The unit that is asked about, when the viewer may ask about it.

    Raises: Problem (403 beyond the viewer's unit, 404 no such unit on the map); the caller acts.
    """
    if not may_see(places, asking, code):
        raise Problem(
            403,
            "beyond_your_unit",
            Text(
                f"Mã truy cập này chỉ xem được đơn vị {asking.unit} và các đơn vị trực thuộc.",
                f"This token sees unit {asking.unit} and those below it.",
            ),
        )
    place = UNKNOWN_PLACE if code == UNKNOWN_UNIT else places.find(code, map_name)
    if place is None:
        missing = Text(
            "Bản đồ hành chính được hỏi không có mã đơn vị này.", "The asked map has no such unit."
        )
        raise Problem(404, "unknown_unit", missing, (Fault("unit", missing),))
    return place


def may_see(places: Places, asking: ViewerToken, code: str) -> bool:
    """A viewer sees their own unit and all below; what is unresolved belongs to the province alone."""
    province = places.province().code
    if asking.unit == province:
        return True
    return code != UNKNOWN_UNIT and places.contains(asking.unit, code)
