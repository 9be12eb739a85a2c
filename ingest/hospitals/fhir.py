"""From FHIR R4 to visits: an Encounter by itself, or those of a Bundle with what the bundle says of them.

Of a bundle only Encounter is a record. Organization says which facility it is, Claim and
ExplanationOfBenefit what a visit cost and what the insurer paid, Coverage that the patient is insured; every
other resource (Patient, Condition, Observation, …) is passed over on purpose, and so is every element not
named here: FHIR may be extended by anybody, and nothing of it leaves the door.

Source: HL7 FHIR R4 (4.0.1), Encounter, Bundle, Claim, ExplanationOfBenefit; mapping of standards §2.7.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from iochub.errors import RecordRejected
from iochub.ingest.canonical import canonical
from iochub.ingest.door import Door
from iochub.ingest.feed import Reading, Record, Refusal, refusal
from iochub.ingest.hospitals.identity import is_facility, own_number, unit_of, visit_key
from iochub.ingest.json_records import items_of, members_of, value_of
from iochub.ingest.reading import LOCAL, business_day, local_day, plain, portal_decimal

BUNDLES = frozenset(("transaction", "batch", "collection"))

CARES = {
    "AMB": "examination", "EMER": "examination", "IMP": "inpatient", "ACUTE": "inpatient",
    "NONAC": "inpatient", "OBSENC": "inpatient", "SS": "outpatient", "VR": "remote", "HH": "other",
    "FLD": "other", "PRENC": "other",
}  # fmt: skip
"""`class`. Source: HL7 v3 ActEncounterCode."""

NEVER_WAS = frozenset(("planned", "cancelled", "entered-in-error"))
STATUSES = NEVER_WAS | {"arrived", "triaged", "in-progress", "onleave", "finished", "unknown"}

DONG = "VND"

_ID = re.compile(r"[A-Za-z0-9.-]{1,64}", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,6}\d*)?(?:Z|[+-]\d{2}:\d{2}))?", re.ASCII
)

Resource = Mapping[str, Any]


class Told(msgspec.Struct, frozen=True):
    """What the bundle around an Encounter says of it; it is kept with a dead letter."""

    facility: str = ""
    insured: bool = False
    cost: str = "0"
    insurer_paid: str = "0"
    is_partial: bool = False
    """Some amount is in another currency, or no amount, and left out."""


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
    if _text(value_of(members.get("type", b"null"))) not in BUNDLES:
        raise RecordRejected("unknown_code:type", "type")
    entries = [members_of(entry) for entry in items_of(members.get("entry", b"[]"))]
    resources = [(entry, value_of(entry.get("resource", b"null"))) for entry in entries]
    around = _Around(resources)
    found: list[Record | Refusal] = []
    for entry, resource in resources:
        if isinstance(resource, dict) and resource.get("resourceType") == "Encounter":
            found.append(Record(len(found), entry["resource"], around.of(resource, _url(entry))))
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
    care = _code(_mapping(resource.get("class")), "code", CARES.keys(), "class")
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
    said = _mapping(encounter.get("serviceProvider"))
    by_identifier = _text(_mapping(said.get("identifier")).get("value"))
    code = by_identifier or re.split("[/:]", _text(said.get("reference")))[-1]
    if code and not _ID.fullmatch(code):
        raise RecordRejected("bad_pattern:serviceProvider", "serviceProvider")
    return code


class _Around:
    """What a bundle says of its encounters, by the addresses that its resources refer to each other by."""

    def __init__(self, resources: Sequence[tuple[Mapping[str, bytes], object]]) -> None:
        self._organizations: dict[str, str] = {}
        self._insured: set[str] = set()
        self._claims: list[tuple[str, Resource]] = []
        for entry, resource in resources:
            if not isinstance(resource, dict):
                continue
            kind = resource.get("resourceType")
            if kind == "Organization":
                code = _organization(resource)
                self._organizations |= dict.fromkeys(_addresses(resource, _url(entry)), code)
            elif kind == "Coverage":
                self._insured.add(_text(_mapping(resource.get("beneficiary")).get("reference")))
            elif kind in ("Claim", "ExplanationOfBenefit"):
                self._claims.append((str(kind), resource))

    def of(self, encounter: Resource, url: str) -> Told:
        """What belongs to one encounter; what is wrong with it is said when it is read."""
        here = _addresses(encounter, url)
        cost, partial_cost = self._sum("Claim", ("total",), here)
        paid, partial_paid = self._sum("ExplanationOfBenefit", ("payment", "amount"), here)
        subject = _text(_mapping(encounter.get("subject")).get("reference"))
        reference = _text(_mapping(encounter.get("serviceProvider")).get("reference"))
        return Told(
            self._organizations.get(reference, ""),
            bool(subject) and subject in self._insured,
            plain(cost),
            plain(paid),
            partial_cost or partial_paid,
        )

    def _sum(self, kind: str, path: tuple[str, ...], here: set[str]) -> tuple[Decimal, bool]:
        """The dong of all claims about an encounter, and whether some amount had to be left out."""
        total, is_partial = Decimal(0), False
        for found, claim in self._claims:
            if found != kind or not here & set(_encounters(claim)):
                continue
            money: Resource = claim
            for name in path:
                money = _mapping(money.get(name))
            amount = _dong(money)
            total += amount or 0
            is_partial |= amount is None
        return total, is_partial


def _dong(money: Resource) -> Decimal | None:
    """An amount in dong, nothing for one that is not said, None for one that cannot be counted."""
    if not money:
        return Decimal(0)
    try:
        amount = portal_decimal(money.get("value"))
    except ValueError:
        return None
    return amount if money.get("currency") == DONG and amount >= 0 else None


def _organization(resource: Resource) -> str:
    """The five digits among an organization's identifiers, else its name in FHIR."""
    values = [_text(_mapping(one).get("value")) for one in _list(resource.get("identifier"))]
    name = _text(resource.get("id"))
    return next(filter(is_facility, values), "") or (name if _ID.fullmatch(name) else "")


def _addresses(resource: Resource, url: str) -> set[str]:
    name = _text(resource.get("id"))
    return {one for one in (url, f"{resource.get('resourceType')}/{name}" if name else "") if one}


def _encounters(claim: Resource) -> Iterator[str]:
    for item in _list(claim.get("item")):
        for named in _list(_mapping(item).get("encounter")):
            yield _text(_mapping(named).get("reference"))


def _url(entry: Mapping[str, bytes]) -> str:
    return _text(value_of(entry.get("fullUrl", b"null")))


def _deletes(entry: Mapping[str, bytes]) -> bool:
    request = _mapping(value_of(entry.get("request", b"null")))
    named = _text(request.get("url")).partition("?")[0].partition("/")[0]
    return request.get("method") == "DELETE" and named == "Encounter"


def _number(encounter: Resource) -> str:
    """The visit's own code: the official identifier, else the first, else its name in FHIR."""
    identifiers = [_mapping(one) for one in _list(encounter.get("identifier"))]
    identifiers.sort(key=lambda one: one.get("use") != "official")
    return next((value for one in identifiers if (value := _text(one.get("value")))), "") or _text(
        encounter.get("id")
    )


def _period(
    encounter: Resource, status: str, door: Door
) -> tuple[tuple[datetime, date], tuple[datetime, date] | None]:
    """When it began and ended; one that is finished has ended, or its bed would be taken for ever."""
    period = _mapping(encounter.get("period"))
    began, ended = _instant(period, "start", door), _instant(period, "end", door)
    if began is None:
        raise RecordRejected("missing:start", "period.start")
    if ended is None and status == "finished":
        raise RecordRejected("missing:end", "period.end")
    return began, ended


def _instant(period: Resource, name: str, door: Door) -> tuple[datetime, date] | None:
    """A day without an hour is the day on the province's clock; a month or a year is no day."""
    text = _text(period.get(name))
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
    code = _text(said.get(member))
    if not code:
        raise RecordRejected(f"missing:{name}", name)
    if code not in known:
        raise RecordRejected(f"unknown_code:{name}", name)
    return code


def _mapping(value: object) -> Resource:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
