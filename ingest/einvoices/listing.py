"""From a row of the tax portal to what the hub keeps of it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from iochub.errors import RecordRejected
from iochub.ingest.canonical import canonical
from iochub.ingest.door import Door
from iochub.ingest.einvoices.fields import LISTED, PASSED_OVER
from iochub.ingest.einvoices.identity import Identity, Names, entity_key, identify
from iochub.ingest.einvoices.money import ZERO, complete, currency_of, in_dong
from iochub.ingest.feed import Reading
from iochub.ingest.json_records import value_of
from iochub.ingest.reading import business_day, local_day, portal_decimal, portal_instant
from iochub.ingest.reasons import EXTRA, safe_name

NAMES = Names("nbmst", "khmshdon", "khhdon", "shdon")
TAX_OFFICES, OFFICE_DIGITS = "26", 5
"""The tax offices of the province begin so."""

STATES = {1: "", 2: "replaces", 3: "adjusts", 4: "", 5: "", 6: ""}
"""`tthai`, and what it says about the invoice named in khmshdgoc, khhdgoc, shdgoc."""
PROCESSINGS = frozenset(range(9))
"""`ttxly`."""

Fields = Mapping[str, object]


def read_listing(number: int, raw: bytes, door: Door) -> Reading:
    """Read one row of a list, or a detail; its lines are passed over.

    Raises: RecordRejected; the publisher acts.
    """
    listed = value_of(raw)
    if not isinstance(listed, dict):
        raise RecordRejected("not_a_record:shape", "shape")
    for name, value in listed.items():
        if name not in LISTED and name not in PASSED_OVER and value not in (None, "", [], False):
            raise RecordRejected(EXTRA, safe_name(name))
    known = identify(
        _text(listed, "nbmst"),
        _digits(listed, "khmshdon"),
        _text(listed, "khhdon"),
        _digits(listed, "shdon"),
        NAMES,
        door.pseudonyms,
    )
    day = _issued(listed, door)
    state = _code(listed, "tthai", frozenset(STATES))
    row: dict[str, object] = {
        "unit": _unit(_text(listed, "cqt")[:OFFICE_DIGITS], _text(listed, "nbdchi"), day, door),
        "days": [("issued", day.isoformat())],
        "seller": known.seller,
        "household": known.household,
        "template": known.template,
        "series": known.series,
        "adjustment": int(STATES[state] == "adjusts"),
        "state": state,
        "processing": _code(listed, "ttxly", PROCESSINGS),
        **_money(listed, known),
    }
    version = door.pseudonyms.record(canonical(listed))
    relations = _relations(listed, known, STATES[state])
    return Reading(number, "listing", known.entity, version, _revision(listed), relations, row)


def _unit(office: str, address: str, day: date, door: Door) -> str:
    """The seller's tax office says whether the invoice is the province's, the address in which commune."""
    if office and not office.startswith(TAX_OFFICES):
        return ""
    return door.units.resolve(day, agency=door.sender, address=address, office=office)


def _issued(listed: Fields, door: Door) -> date:
    """The portal writes local midnight in UTC."""
    text = _text(listed, "tdlap")
    if not text:
        raise RecordRejected("missing:tdlap", "tdlap")
    try:
        return business_day(local_day(portal_instant(text)), door.received_at)
    except ValueError as broken:
        raise RecordRejected(f"{broken}:tdlap", "tdlap") from None


def _revision(listed: Fields) -> int:
    text = _text(listed, "ncnhat")
    if not text:
        return 0
    try:
        return max(0, int(portal_instant(text).timestamp() * 1000))
    except ValueError as broken:
        raise RecordRejected(f"{broken}:ncnhat", "ncnhat") from None


def _relations(listed: Fields, known: Identity, relation: str) -> tuple[tuple[str, str], ...]:
    number = _digits(listed, "shdgoc")
    if not relation or not number:
        return ()
    target = entity_key(
        known.seller, _digits(listed, "khmshdgoc")[:11], _text(listed, "khhdgoc")[:8], number[:8]
    )
    return ((relation, target),)


def _money(listed: Fields, known: Identity) -> dict[str, object]:
    fees = (_amount(listed, "tgtphi") or ZERO) + (_amount(listed, "tgtkhac") or ZERO)
    amounts = complete(
        _amount(listed, "tgtcthue"),
        _amount(listed, "tgtthue"),
        _amount(listed, "tgtttbso"),
        fees,
        known.template,
        "tgtttbso",
    )
    currency = currency_of(_text(listed, "dvtte"), "dvtte")
    return {
        "currency": currency,
        "flagged": int(not amounts.add_up(1)),
        **in_dong(amounts, currency, _amount(listed, "tgia"), "tgia"),
    }


def _amount(listed: Fields, name: str) -> Decimal | None:
    value = listed.get(name)
    if value is None:
        return None
    try:
        return portal_decimal(value)
    except ValueError as broken:
        raise RecordRejected(f"{broken}:{name}", name) from None


def _code(listed: Fields, name: str, known: frozenset[int]) -> int:
    value = listed.get(name)
    if value is None:
        raise RecordRejected(f"missing:{name}", name)
    if isinstance(value, bool) or not isinstance(value, int) or value not in known:
        raise RecordRejected(f"unknown_code:{name}", name)
    return value


def _text(listed: Fields, name: str) -> str:
    value = listed.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise RecordRejected(f"not_text:{name}", name)
    return value.strip()


def _digits(listed: Fields, name: str) -> str:
    """Whole numbers, which the portal writes as JSON numbers and other programs as text."""
    value = listed.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**8:
        return str(value)
    if isinstance(value, (int, float, Decimal)):
        raise RecordRejected(f"bad_pattern:{name}", name)
    return _text(listed, name)
