"""One row of an agency's own register of documents, as its system (QLVB) pushes it in JSON.

The axis knows when a document went out, not who signed it nor, for most, when the work was done (06 is
written only where a clerk presses a button). The register of the agency knows both: it is preferred.

Shape: names are those of edXML where it has one. `Register` is `outgoing` (`OrganId` sent the document to
all of `To`) or `incoming` (`OrganId` received it from `From`). Dates `yyyy-MM-dd` or `yyyy/MM/dd`, instants
with ` HH:mm:ss`, local. An incoming row tells of its own work only.
Source: standards §3.4; issue of the province: outgoing, incoming, signatures by person and agency, deadlines.
"""

from datetime import date, datetime

import msgspec
from msgspec import Raw, field

from iochub.errors import RecordRejected
from iochub.ingest.canonical import canonical
from iochub.ingest.documents.dates import instant_of, late_from
from iochub.ingest.documents.keys import document_key
from iochub.ingest.documents.message import MOST_RECEIVERS
from iochub.ingest.documents.organs import Organ, counted, organ_code, organ_of, placed
from iochub.ingest.documents.secrecy import refuse_mark, refuse_marked_text
from iochub.ingest.documents.types import priority_of, steering_of, type_named
from iochub.ingest.door import Door
from iochub.ingest.feed import Reading
from iochub.ingest.json_records import shaped, value_of
from iochub.ingest.reading import local_day

NOTHING = Raw(b"null")

OUTGOING, INCOMING = "outgoing", "incoming"


class RegisterRecord(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A row of a register; a field typed `Raw` is passed over: it is free text or names a person."""

    register: str = field(name="Register")
    organ: str = field(name="OrganId")
    document: str = field(name="DocumentId")
    organ_name: str | None = field(name="OrganName", default=None)
    sender: str | None = field(name="From", default=None)
    sender_name: str | None = field(name="FromName", default=None)
    receivers: list[str] | None = field(name="To", default=None)
    promulgated: str | None = field(name="PromulgationDate", default=None)
    exchanged: str | None = field(name="ExchangedAt", default=None)
    due: str | None = field(name="DueDate", default=None)
    finished: str | None = field(name="FinishedAt", default=None)
    updated: str | None = field(name="UpdatedAt", default=None)
    by_person: bool | None = field(name="SignedByPerson", default=None)
    by_agency: bool | None = field(name="SignedByAgency", default=None)
    type_name: str | None = field(name="TypeName", default=None)
    priority: str | None = field(name="Priority", default=None)
    steering: str | None = field(name="SteeringType", default=None)
    secrecy: str | None = field(name="Secrecy", default=None)
    subject: str | None = field(name="Subject", default=None)
    code: Raw = field(name="Code", default=NOTHING)
    content: Raw = field(name="Content", default=NOTHING)
    signer: Raw = field(name="SignerInfo", default=NOTHING)
    staff: Raw = field(name="StaffInfo", default=NOTHING)


decoder = msgspec.json.Decoder(RegisterRecord)


def read_register(number: int, raw: bytes, door: Door) -> Reading:
    """Read one row of a register.

    Raises: RecordRejected; the publisher acts.
    """
    content = shaped(decoder, raw)
    _refuse_marks(content)
    keeper = organ_code(content.organ, "OrganId")
    is_outgoing = _is_outgoing(content)
    at = _exchanged(content, door)
    day = local_day(at)
    sender = _sender(content, keeper, is_outgoing, day, door)
    keeping = organ_of(keeper, content.organ_name or "", day, door.units)
    receivers = _receivers(content, day, door) if is_outgoing else [keeping]
    place = placed(sender, receivers)
    finished = instant_of((content.finished or "").strip(), "FinishedAt", door.received_at)
    late = late_from((content.due or "").strip(), door.received_at)
    days = [("exchanged", day.isoformat())]
    row: dict[str, object] = {
        "register": OUTGOING if is_outgoing else INCOMING,
        "keeper": keeper,
        "unit": place.unit,
        "organ": place.code or sender.code,
        "ours": int(bool(place.code)),
        "outgoing": int(bool(sender.unit)),
        "to": counted(sender, receivers),
        "days": days + ([("finished", local_day(finished).isoformat())] if finished else []),
        "traced": int(bool((content.exchanged or "").strip())),
        "late_at": late.isoformat() if late else None,
        "finished_at": finished.isoformat() if finished else None,
        "by_person": int(bool(content.by_person)),
        "by_agency": int(bool(content.by_agency)),
        "type": type_named((content.type_name or "").strip()),
        "priority": priority_of((content.priority or "").strip()),
        "steering": steering_of((content.steering or "").strip()),
    }
    updated = instant_of((content.updated or "").strip(), "UpdatedAt", door.received_at)
    version = door.pseudonyms.record(canonical(value_of(raw)))
    revision = int(updated.timestamp() * 1000) if updated else 0
    entity = document_key(sender.code, content.document)
    return Reading(number, "register", entity, version, revision, (), row)


def _is_outgoing(content: RegisterRecord) -> bool:
    """What a row must say differs by register: who signed is known where a document goes out."""
    register = content.register.strip()
    if register not in (OUTGOING, INCOMING):
        raise RecordRejected(f"{'unknown_code' if register else 'missing'}:Register", "Register")
    if register == INCOMING:
        return False
    for value, name in ((content.by_person, "SignedByPerson"), (content.by_agency, "SignedByAgency")):
        if value is None:
            raise RecordRejected(f"missing:{name}", name)
    if not content.receivers:
        raise RecordRejected("missing:To", "To")
    if len(content.receivers) > MOST_RECEIVERS:
        raise RecordRejected("too_long:To", "To")
    return True


def _exchanged(content: RegisterRecord, door: Door) -> datetime:
    at = instant_of((content.exchanged or "").strip(), "ExchangedAt", door.received_at)
    at = at or instant_of((content.promulgated or "").strip(), "PromulgationDate", door.received_at)
    if at is None:
        raise RecordRejected("missing:ExchangedAt", "ExchangedAt")
    return at


def _sender(content: RegisterRecord, keeper: str, is_outgoing: bool, day: date, door: Door) -> Organ:
    """In a register of what went out the keeper itself; `From`, if given, must say the same."""
    named = (content.sender or "").strip()
    if is_outgoing:
        if named and organ_code(named, "From") != keeper:
            raise RecordRejected("does_not_add_up:From", "From")
        return organ_of(keeper, content.organ_name or "", day, door.units)
    return organ_of(organ_code(named, "From"), content.sender_name or "", day, door.units)


def _receivers(content: RegisterRecord, day: date, door: Door) -> list[Organ]:
    return [organ_of(organ_code(code, "To"), "", day, door.units) for code in content.receivers or ()]


def _refuse_marks(content: RegisterRecord) -> None:
    refuse_mark("secrecy", (content.secrecy or "").strip())
    refuse_mark("TypeName", (content.type_name or "").strip())
    refuse_mark("Priority", (content.priority or "").strip())
    refuse_marked_text("Subject", content.subject or "")
