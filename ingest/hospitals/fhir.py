"""From FHIR R4 to visits: an Encounter by itself, or those of a Bundle with what the bundle says of them.

Of a bundle only Encounter is a record. Organization says which facility it is, Claim and
ExplanationOfBenefit what a visit cost and what the insurer paid, Coverage that the patient is insured; every
other resource (Patient, Condition, Observation, …) is passed over on purpose, and so is every element not
named here: FHIR may be extended by anybody, and nothing of it leaves the door.

Source: HL7 FHIR R4 (4.0.1), Encounter, Bundle, Claim, ExplanationOfBenefit; mapping of standards §2.7.
"""

import re
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime

import msgspec

from iochub.errors import RecordRejected
from iochub.ingest.canonical import canonical
from iochub.ingest.door import Door
from iochub.ingest.feed import Reading, Record, Refusal, refusal
from iochub.ingest.hospitals.around import (
    FHIR_ID,
    Around,
    Resource,
    Told,
    list_in,
    mapping_in,
    text_in,
    types_of,
    url_of,
)
from iochub.ingest.hospitals.identity import is_facility, own_number, unit_of, visit_key
from iochub.ingest.json_records import items_of, members_of, value_of
from iochub.ingest.reading import LOCAL, business_day, local_day

BUNDLES = frozenset(("transaction", "batch", "collection"))

CARES = {
    "AMB": "examination", "EMER": "examination", "IMP": "inpatient", "ACUTE": "inpatient",
    "NONAC": "inpatient", "OBSENC": "inpatient", "SS": "outpatient", "VR": "remote", "HH": "other",
    "FLD": "other", "PRENC": "other",
}  # fmt: skip
"""`class`. Source: HL7 v3 ActEncounterCode."""

NEVER_WAS = frozenset(("planned", "cancelled", "entered-in-error"))
STATUSES = NEVER_WAS | {"arrived", "triaged", "in-progress", "onleave", "finished", "unknown"}

VISIT_NUMBER = "VN"
NUMBERS_OF_A_PERSON = frozenset(("MR", "PI", "PT", "NI", "SS", "HC", "MB"))
"""Types of an identifier: that of a visit, and those that all visits of a patient share.

Source: HL7 v2 table 0203."""

_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,6}\d*)?(?:Z|[+-]\d{2}:\d{2}))?", re.ASCII
)

ALONE = Told()
"""An Encounter that came without a bundle."""

_told = msgspec.json.Decoder(Told)


def told_again(envelope: bytes) -> Told:
    """What was kept of a bundle."""
    return _told.decode(envelope)


def opened_bundle(bundle: bytes) -> list[Record | Refusal]:
    """The encounters of a bundle; for a request to delete one, a refusal: the hub takes withdrawals for that.

    Raises: Unreadable for bytes that are no JSON; RecordRejected for a bundle of another type or of nothing.
    """
    members = members_of(bundle)
    if text_in(value_of(members.get("type", b"null"))) not in BUNDLES:
        raise RecordRejected("unknown_code:type", "type")
    entries = [members_of(entry) for entry in items_of(members.get("entry", b"[]"))]
    resources = [(entry, value_of(entry.get("resource", b"null"))) for entry in entries]
    around = Around(resources)
    found: list[Record | Refusal] = []
    for entry, resource in resources:
        if isinstance(resource, dict) and resource.get("resourceType") == "Encounter":
            found.append(Record(len(found), entry["resource"], around.of(resource, url_of(entry))))
        elif _deletes(entry):
            rejected = RecordRejected("unknown_code:method", "method")
            found.append(refusal(len(found), rejected, entry["request"]))
    if not found:
        raise RecordRejected("missing:Encounter", "Encounter")
    return found


def read_encounter(record: Record, told: Told, door: Door) -> Reading:
    """Read one Encounter.

    Raises: RecordRejected; the publisher acts.
    """
    resource = value_of(record.raw)
    if not isinstance(resource, dict):
        raise RecordRejected("not_a_record:shape", "shape")
    facility = told.facility or _provider(resource) or (door.sender if is_facility(door.sender) else "")
    if not facility:
        raise RecordRejected("missing:serviceProvider", "serviceProvider")
    number = own_number(_number(resource), "identifier")
    status = _code(resource, "status", STATUSES)
    care = _code(mapping_in(resource.get("class")), "code", CARES.keys(), "class")
    began, ended = _period(resource, status, door)
    days = [("admitted", began[1].isoformat())]
    if CARES[care] == "inpatient":
        days.append(("bedded", began[1].isoformat()))
    if ended is not None:
        days.append(("discharged", ended[1].isoformat()))
    flags = [*(["order"] if ended and ended[0] < began[0] else []), *(["claims"] if told.is_partial else [])]
    row: dict[str, object] = {
        "unit": unit_of(facility, began[1], door),
        "days": days,
        "facility": facility,
        "care": CARES[care],
        "insured": int(told.insured),
        "emergency": int(care == "EMER"),
        "inpatient": int(CARES[care] == "inpatient"),
        "citizen_card": 0,
        "stands": status not in NEVER_WAS,
        "started_at": began[0].isoformat(),
        "ended_at": ended[0].isoformat() if ended else None,
        "cost": told.cost,
        "insurer_paid": told.insurer_paid,
        "flagged": 0,
        "flags": ";".join(flags),
        "person": None,
    }
    key = visit_key(facility, number, door.pseudonyms)
    # what the bundle says is a part of the record: the same encounter with another claim is another version
    version = door.pseudonyms.record(canonical((resource, told)))
    return Reading(record.number, "visit", key, version, 0, (), row)


def _provider(encounter: Resource) -> str:
    """The facility as the encounter itself names it."""
    said = mapping_in(encounter.get("serviceProvider"))
    by_identifier = text_in(mapping_in(said.get("identifier")).get("value"))
    code = by_identifier or re.split("[/:]", text_in(said.get("reference")))[-1]
    if code and not FHIR_ID.fullmatch(code):
        raise RecordRejected("bad_pattern:serviceProvider", "serviceProvider")
    return code


def _deletes(entry: Mapping[str, bytes]) -> bool:
    request = mapping_in(value_of(entry.get("request", b"null")))
    named = text_in(request.get("url")).partition("?")[0].partition("/")[0]
    return request.get("method") == "DELETE" and named == "Encounter"


def _number(encounter: Resource) -> str:
    """The visit's own code: that typed as one, else the official one, else the first, else its name in FHIR.

    Never the number of a medical record or of a person: it would make all visits of a patient one.
    """
    named = [mapping_in(one) for one in list_in(encounter.get("identifier"))]
    typed = [(types_of(one), one) for one in named]
    own = [(VISIT_NUMBER not in types, one.get("use") != "official", text_in(one.get("value")))
           for types, one in typed if not types & NUMBERS_OF_A_PERSON]  # fmt: skip
    own.sort(key=lambda one: one[:2])
    return next((value for _, _, value in own if value), "") or text_in(encounter.get("id"))


def _period(
    encounter: Resource, status: str, door: Door
) -> tuple[tuple[datetime, date], tuple[datetime, date] | None]:
    """When it began and ended; one that is finished has ended, or its bed would be taken for ever."""
    period = mapping_in(encounter.get("period"))
    began, ended = _instant(period, "start", door), _instant(period, "end", door)
    if began is None:
        raise RecordRejected("missing:start", "period.start")
    if ended is None and status == "finished":
        raise RecordRejected("missing:end", "period.end")
    return began, ended


def _instant(period: Resource, name: str, door: Door) -> tuple[datetime, date] | None:
    """A day without an hour is the day on the province's clock; a month or a year is no day."""
    text = text_in(period.get(name))
    if not text:
        return None
    if not _INSTANT.fullmatch(text):
        raise RecordRejected(f"bad_date:{name}", f"period.{name}")
    try:
        civil = datetime.fromisoformat(text)
        instant = (civil.replace(tzinfo=LOCAL) if civil.tzinfo is None else civil).astimezone(UTC)
        return instant, business_day(local_day(instant), door.received_at)
    except (ValueError, OverflowError):
        raise RecordRejected(f"impossible_date:{name}", f"period.{name}") from None


def _code(said: Resource, member: str, known: Collection[str], name: str = "") -> str:
    name = name or member
    code = text_in(said.get(member))
    if not code:
        raise RecordRejected(f"missing:{name}", name)
    if code not in known:
        raise RecordRejected(f"unknown_code:{name}", name)
    return code
