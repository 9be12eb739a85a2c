"""What an invoice comes to: where it counts, or nowhere because it was replaced, cancelled or never valid.

Source: TT 91/2026/TT-BTC and standards §1.5: revenue = originals not replaced + adjustments, signed +
replacements.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from iochub.exact.version import Current, Version
from iochub.ingest.units import UNKNOWN

REPLACED, CANCELLED = 4, 6
"""`tthai`; 6 is older than July 2026."""

VALID = frozenset((5, 6, 7, 8))
"""`ttxly`: coded, received uncoded, checked, received from a cash register."""

Row = Mapping[str, Any]


def current_of(own: Sequence[Version], related: Sequence[Version]) -> Current | None:
    """The current row of an invoice from its bodies, its portal rows and the invoices that name it."""
    body = listing = None
    for version in own:
        if version.kind == "invoice":
            body = version
        elif version.kind == "listing":
            listing = version
    latest = body or listing
    if latest is None or not _stands(body, listing):
        return None
    if related and _is_replaced(latest.entity, related):
        return None
    unit = _unit(body, listing)
    row: Row = latest.reading
    if not unit:
        return None
    return Current(
        unit, tuple((role, date.fromisoformat(day)) for role, day in row["days"]), _values(latest, row)
    )


def _values(latest: Version, row: Row) -> tuple[object, ...]:
    """In the order of the feed's columns."""
    return (
        row["seller"],
        row["household"],
        row["template"],
        row["series"],
        row["adjustment"],
        Decimal(row["net"]),
        Decimal(row["vat"]),
        Decimal(row["total"]),
        row["currency"],
        latest.kind,
        latest.sender,
        row["flagged"],
    )


def _stands(body: Version | None, listing: Version | None) -> bool:
    """The portal's state decides; without one, an invoice of a coded series stands once it has its code."""
    if listing is not None:
        state = listing.reading
        return state["state"] not in (REPLACED, CANCELLED) and state["processing"] in VALID
    return body is not None and bool(body.reading["coded"])


def _unit(body: Version | None, listing: Version | None) -> str:
    """The tax office in the portal's row knows best where the seller is; else who delivered the body."""
    listed = str(listing.reading["unit"]) if listing else None
    if listed in (None, UNKNOWN) and body is not None:
        return str(body.reading["unit"])
    return listed or ""


def _is_replaced(entity: str, related: Sequence[Version]) -> bool:
    """Whether a neighbour that stands, as last heard, names this invoice as the one it replaces.

    A replacement that was itself replaced later still did away with its original.
    """
    bodies: dict[str, Version] = {}
    naming: dict[str, Version] = {}
    states: dict[str, Row] = {}
    for version in related:
        if version.kind == "invoice":
            bodies[version.entity] = version
        elif version.kind == "listing":
            states[version.entity] = version.reading
            if version.relations:
                naming[version.entity] = version
    for source, version in (naming | bodies).items():
        if ("replaces", entity) in _pairs(version) and _took_effect(version, states.get(source)):
            return True
    return False


def _took_effect(version: Version, state: Row | None) -> bool:
    if state is not None:
        return state["state"] != CANCELLED and state["processing"] in VALID
    return bool(version.reading["coded"])


def _pairs(version: Version) -> list[tuple[str, str]]:
    """Relations come back from the store as lists."""
    return [(relation, target) for relation, target in version.relations]
