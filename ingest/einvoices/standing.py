"""What an invoice comes to: where it counts, or nowhere because it was replaced, cancelled or never valid.

Source: TT 91/2026/TT-BTC and standards §1.5: revenue = originals not replaced + adjustments, signed +
replacements.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from iochub.exact.version import Current, Version
from iochub.ingest.einvoices.table import CANCELS, EXPLAINS, MENDS
from iochub.ingest.units import UNKNOWN

REPLACED, CANCELLED = 4, 6
"""`tthai`; 6 is older than July 2026."""

VALID = frozenset((5, 6, 7, 8))
"""`ttxly`: coded, received uncoded, checked, received from a cash register."""

AMOUNTS = ("net", "vat", "total")

Row = Mapping[str, Any]


def current_of(own: Sequence[Version], related: Sequence[Version]) -> Current | None:
    """The current row of an invoice from all that was said of it and of the invoices that name it."""
    heard = {version.kind: version for version in own}
    body, listing = heard.get("invoice"), heard.get("listing")
    summed = _summed([version for version in own if version.kind == "summary"])
    latest = body or listing or summed
    if latest is None or not _stands(body, listing, summed):
        return None
    notices = [version.reading for version in own if version.kind == "notice"]
    if _is_cancelled(notices) or (related and _is_replaced(latest.entity, related)):
        return None
    unit = _unit(body or summed, listing)
    row: Row = latest.reading
    if not unit:
        return None
    return Current(
        unit,
        tuple((role, date.fromisoformat(day)) for role, day in row["days"]),
        _values(latest, row, is_disputed=bool(notices) and not notices[-1]["outcome"]),
    )


def _values(latest: Version, row: Row, *, is_disputed: bool) -> tuple[object, ...]:
    """In the order of the feed's columns; an invoice of which errors were notified needs a look."""
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
        int(row["flagged"] or is_disputed),
        row.get("nameless", 0),
    )


def _summed(rows: Sequence[Version]) -> Version | None:
    """What the rows of summary tables come to: one invoice with two rates has two of them.

    A later row of a line stands in its place; one that cancels does away with all before it; one that
    explains changes nothing.
    """
    lines: dict[str, Version] = {}
    for version in rows:
        state, line = str(version.reading["state"]), str(version.reading["line"])
        if state == CANCELS:
            lines.clear()
        elif state != EXPLAINS:
            lines[line] = version
    if not lines:
        return None
    kept = list(lines.values())
    readings: list[Row] = [version.reading for version in kept]
    told = [row for row in readings if row["state"] != MENDS]
    reading = {
        **kept[-1].reading,
        **{name: sum((Decimal(row[name]) for row in readings), Decimal(0)) for name in AMOUNTS},
        "flagged": max(row["flagged"] for row in readings),
        "adjustment": min((row["adjustment"] for row in told), default=0),
    }
    relations = {pair: None for version in kept for pair in _pairs(version)}
    return kept[-1]._replace(reading=reading, relations=tuple(relations))


def _stands(body: Version | None, listing: Version | None, summed: Version | None) -> bool:
    """The portal's state decides; without one, an invoice of a coded series stands once it has its code.

    A row of a summary table stands by itself: only invoices without a code are reported so.
    """
    if listing is not None:
        state = listing.reading
        return state["state"] not in (REPLACED, CANCELLED) and state["processing"] in VALID
    if body is not None:
        return bool(body.reading["coded"])
    return summed is not None


def _is_cancelled(notices: Sequence[Row]) -> bool:
    """Whether the authority took note that the seller cancels it; until July 2026 that was the way."""
    return any(told["purpose"] == CANCELS and told["outcome"] == "accepted" for told in notices)


def _unit(body: Version | None, listing: Version | None) -> str:
    """The tax office in the portal's row knows best where the seller is; else who delivered the body."""
    listed = str(listing.reading["unit"]) if listing else None
    if listed in (None, UNKNOWN) and body is not None:
        return str(body.reading["unit"])
    return listed or ""


def _is_replaced(entity: str, related: Sequence[Version]) -> bool:
    """Whether a neighbour that stands, as last heard, names this invoice as the one it replaces.

    A replacement that was itself replaced later still did away with its original; one that was cancelled
    did not.
    """
    neighbours: dict[str, list[Version]] = {}
    for version in related:
        neighbours.setdefault(version.entity, []).append(version)
    return any(_replaces(entity, versions) for versions in neighbours.values())


def _replaces(entity: str, versions: Sequence[Version]) -> bool:
    """The body says what it replaces, else a portal's row, though a later one leave it out, or a table."""
    heard = {version.kind: version for version in versions}
    named = {version.kind: version for version in versions if version.relations}
    body, listing = heard.get("invoice"), heard.get("listing")
    summed = _summed([version for version in versions if version.kind == "summary"])
    naming = body or named.get("listing") or summed
    if naming is None or ("replaces", entity) not in _pairs(naming):
        return False
    if _is_cancelled([version.reading for version in versions if version.kind == "notice"]):
        return False
    if listing is not None:
        state = listing.reading
        return state["state"] != CANCELLED and state["processing"] in VALID
    return bool(naming.reading.get("coded", True))


def _pairs(version: Version) -> list[tuple[str, str]]:
    """Relations come back from the store as lists."""
    return [(relation, target) for relation, target in version.relations]
