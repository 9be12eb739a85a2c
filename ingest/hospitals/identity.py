"""Which facility, visit, payment or session is meant, free of what could point at a person.

The code of a visit (MA_LK) and the number of a payment stand beside a patient's name in the hospital's books,
so both are hidden with the key that is never rotated. Source: `personal_data_fields.json`; protocol §9.
"""

import re
from datetime import date

from iochub.errors import RecordRejected
from iochub.ingest.door import Door
from iochub.ingest.hospitals.fields import LONGEST
from iochub.ingest.pseudonyms import Pseudonyms
from iochub.ingest.unit_map import PROVINCE

_FACILITY = re.compile(r"\d{5}", re.ASCII)
"""MACSKCB: two digits of the province and three of the facility."""

_PRINTABLE = re.compile(rf"[^\x00-\x1f\x7f]{{1,{LONGEST}}}")

NOWHERE = ""
"""The unit of a facility of another province: it counts nowhere."""

KEYED = ("payment", "telehealth")
"""What else a facility numbers by itself."""


def facility_code(text: str, name: str) -> str:
    """The code of a facility, five digits.

    Raises: RecordRejected; the publisher acts.
    """
    if not text:
        raise RecordRejected(f"missing:{name}", name)
    if not is_facility(text):
        raise RecordRejected(f"bad_pattern:{name}", name)
    return text


def is_facility(text: str) -> bool:
    """Whether a text is a facility's code."""
    return _FACILITY.fullmatch(text) is not None


def own_number(text: str, name: str) -> str:
    """The number that a facility gave to a visit, payment or session: opaque, printable, of bounded length.

    Raises: RecordRejected; the publisher acts.
    """
    if not text:
        raise RecordRejected(f"missing:{name}", name)
    if len(text) > LONGEST:
        raise RecordRejected(f"too_long:{name}", name)
    if not _PRINTABLE.fullmatch(text):
        raise RecordRejected(f"bad_pattern:{name}", name)
    return text


def visit_key(facility: str, number: str, hide: Pseudonyms) -> str:
    """The entity key of a visit; its check-in, its dossier and its FHIR encounter share it."""
    return f"visit:{facility}:{hide.identity(f'{facility}:{number}')}"


def other_key(kind: str, facility: str, number: str, hide: Pseudonyms) -> str:
    """The entity key of a payment or a session."""
    return f"{kind}:{facility}:{hide.identity(f'{kind}:{facility}:{number}')}"


def facility_key(facility: str) -> str:
    """The entity key of a facility's row in the roster."""
    return f"facility:{facility}"


def named_entity(words: str, hide: Pseudonyms) -> str:
    """The entity key of `MACSKCB:MA_LK`, `payment:MACSKCB:number`, `telehealth:…` or `facility:MACSKCB`.

    Raises: RecordRejected for a text that names none; the publisher acts.
    """
    kind, _, rest = words.partition(":")
    if kind == "facility":
        return facility_key(facility_code(rest.strip(), "entity"))
    if kind in KEYED:
        facility, _, number = rest.partition(":")
        return other_key(kind, facility_code(facility, "entity"), own_number(number.strip(), "entity"), hide)
    return visit_key(facility_code(kind, "entity"), own_number(rest.strip(), "entity"), hide)


def unit_of(facility: str, day: date, door: Door, own: str = "") -> str:
    """The unit of a facility: what is said of it, else what its sender's key says, else the whole province.

    Never the patient's commune: it tells where a person lives, not where the hospital is. A provider that
    FHIR names by anything else than five digits is where its sender is.
    """
    if not is_facility(facility):
        return door.units.resolve(day, agency=door.sender)
    if not facility.startswith(PROVINCE):
        return NOWHERE
    if own:
        return door.units.resolve(day, code=own, agency=PROVINCE)
    return door.units.resolve(day, code=PROVINCE, agency=door.sender)


def person(door: Door, *known_by: str) -> str | None:
    """A keyed hash of the first number there is, so that a person who asks can be told what the hub holds.

    Source: Luật 91/2025/QH15, right to view and to delete.
    """
    number = next(filter(None, known_by), "")
    return door.pseudonyms.person(number) if number else None
