"""What a visit comes to: its dossier, else its check-in; and the rows that are no visits.

Source: standards §2.2 (the check-in is near real time and no basis for payment) and §2.5 (the last received
dossier of a visit wins).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from iochub.exact.version import Current, Version

VISITS = ("checkin", "visit")

NOTHING: Mapping[str, Any] = {
    "care": "", "insured": 0, "emergency": 0, "inpatient": 0, "citizen_card": 0, "flagged": 0, "flags": "",
    "cashless": 0, "public": 0, "facility_type": "", "level": "", "cost": "0", "insurer_paid": "0",
    "amount": "0", "beds": 0, "started_at": None, "ended_at": None,
}  # fmt: skip
"""The columns as they stand where a kind says nothing of them."""

MONEY = ("cost", "insurer_paid", "amount", "beds")
INSTANTS = ("started_at", "ended_at")


def current_of(own: Sequence[Version], columns: Sequence[str]) -> Current | None:
    """The current row of a visit, a payment, a session or a facility; the last of a kind stands."""
    latest = {version.kind: version for version in own}
    checkin = latest.get("checkin")
    standing = latest.get("visit") or checkin or next(iter(latest.values()), None)
    if standing is None:
        return None
    row: Mapping[str, Any] = standing.reading
    if not row["unit"] or not row.get("stands", True):
        return None
    days = [(role, date.fromisoformat(day)) for role, day in row["days"]]
    said = {**NOTHING, **row, "kind": standing.kind, "agency": standing.sender}
    if checkin is not None and checkin is not standing:
        # the card is what the patient came with; only the check-in was made while it was in hand
        said["citizen_card"] = checkin.reading["citizen_card"]
        days += [(role, date.fromisoformat(day)) for role, day in _days(checkin) if role == "checked_in"]
    return Current(row["unit"], tuple(days), tuple(_value(said, name) for name in columns))


def _days(version: Version) -> Any:
    return version.reading["days"]


def _value(said: Mapping[str, Any], name: str) -> object:
    value = said[name]
    if name in MONEY:
        return Decimal(value)
    return datetime.fromisoformat(value) if name in INSTANTS and value else value
