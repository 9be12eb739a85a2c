"""From an edXML message about a document to a reading: new, revoked, updated or replacing others.

Subject, content, signer, clerk and every address stay outside the door.

Source: QCVN 102:2016/BTTTT; standards §3.1 and §3.2.
"""

from collections.abc import Iterator
from datetime import date, datetime

from iochub.errors import RecordRejected
from iochub.ingest.documents.dates import exchanged_at, is_a_day, late_from, traced_at
from iochub.ingest.documents.keys import document_key
from iochub.ingest.documents.opening import Fields, Message, below, fields_of, text_of, the_one
from iochub.ingest.documents.organs import Organ, counted, organ_code, organ_of, placed
from iochub.ingest.documents.shape import is_as_the_standard_says
from iochub.ingest.documents.types import priority_of, steering_of, type_named
from iochub.ingest.door import Door
from iochub.ingest.feed import Reading
from iochub.ingest.reading import local_day
from iochub.ingest.xml_tree import Node

KINDS = {"0": "document", "1": "revocation", "2": "update", "3": "replacement"}
"""`BussinessDocType`; a message without one is new, for relays drop it. Source: standards §3.2."""

REPLACES = "replaces"

MOST_RECEIVERS = 5_000
"""A province has 600 agencies; the State has some thousands on the axis."""
MOST_REPLACED = 200


def read_document(number: int, message: Message, door: Door) -> Reading:
    """Read a message about a document.

    Raises: RecordRejected; the publisher acts.
    """
    fits = is_as_the_standard_says(message.whole)
    business = fields_of(message.business)
    kind = _kind(text_of(business, "BussinessDocType"))
    sender = sender_of(message.header)
    sent_at = traced_at(message.traced, door.received_at)
    at = exchanged_at(sent_at, _promulgated(message.header), door.received_at)
    entity = document_key(sender, _document_id(kind, message.header, business))
    relations: tuple[tuple[str, str], ...] = ()
    if kind == "replacement":
        relations = _replaced(entity, sender, message.business)
    row: dict[str, object] = {"at": at.isoformat(), "days": []}
    if kind != "revocation":
        is_odd = not fits or not is_a_day(_promulgated(message.header), door.received_at)
        row = _row(kind, message, at, door) | {"flagged": int(is_odd), "traced": int(sent_at is not None)}
    version = door.pseudonyms.record(message.canonical)
    revision = int(at.timestamp() * 1000) if kind in ("update", "revocation") else 0
    return Reading(number, kind, entity, version, revision, relations, row)


def sender_of(header: Fields) -> str:
    """The code of the agency that a message is from.

    Raises: RecordRejected; the publisher acts.
    """
    return organ_code(text_of(fields_of(the_one(header, "From")), "OrganId"), "From.OrganId")


def _row(kind: str, message: Message, at: datetime, door: Door) -> dict[str, object]:
    header, day = message.header, local_day(at)
    sender = _organ(the_one(header, "From"), "From.OrganId", day, door)
    receivers = _receivers(kind, message, day, door)
    if not receivers:
        raise RecordRejected("missing:To", "To")
    place = placed(sender, receivers)
    due = late_from(text_of(header, "DueDate"), door.received_at)
    other, sort = fields_of(the_one(header, "OtherInfo")), fields_of(the_one(header, "DocumentType"))
    return {
        "unit": place.unit,
        "organ": place.code or sender.code,
        "ours": int(bool(place.code)),
        "outgoing": int(bool(sender.unit)),
        "to": counted(sender, receivers),
        "days": [("exchanged", day.isoformat())],
        "late_at": due.isoformat() if due else None,
        "signed": int(message.signed),
        "type": type_named(text_of(sort, "TypeName")),
        "priority": priority_of(text_of(other, "Priority")),
        "steering": steering_of(text_of(header, "SteeringType")),
        "attachments": [list(attachment) for attachment, _ in message.attachments],
        "mismatched": int(any(not one.is_as_announced(kind) for one, kind in message.attachments)),
    }


def _kind(code: str) -> str:
    kind = KINDS.get(code or "0")
    if kind is None:
        raise RecordRejected("unknown_code:BussinessDocType", "BussinessDocType")
    return kind


def _document_id(kind: str, header: Fields, business: Fields) -> str:
    """An update names its document beside its own name, every other message by its own."""
    updated = text_of(business, "DocumentId") if kind == "update" else ""
    return updated or text_of(header, "DocumentId")


def _promulgated(header: Fields) -> str:
    return text_of(fields_of(the_one(header, "PromulgationInfo")), "PromulgationDate")


def _organ(party: Node, name: str, day: date, door: Door) -> Organ:
    fields = fields_of(party)
    code = organ_code(text_of(fields, "OrganId"), name)
    return organ_of(code, text_of(fields, "OrganName"), day, door.units)


def _receivers(kind: str, message: Message, day: date, door: Door) -> list[Organ]:
    """Everyone the document went to.

    An update lists receivers that were added or taken away, and what its `ReceiverType` means was not
    found: who is taken away had received it, so all of them belong to the exchange either way.
    """
    parties = message.header.get("To", ())
    listed: list[Node] = []
    if kind == "update":
        listed = list(below(message.business, "BussinessDocumentInfo", "ReceiverList", "Receiver"))
    if len(parties) + len(listed) > MOST_RECEIVERS:
        raise RecordRejected("too_long:To", "To")
    return [_organ(party, "To.OrganId", day, door) for party in (*parties, *listed)]


def _replaced(entity: str, sender: str, business: Node) -> tuple[tuple[str, str], ...]:
    """The documents of the same sender that this one replaces, each once: the examples list one twice.

    Raises: RecordRejected where it names none; the publisher acts.
    """
    keys = dict.fromkeys(_replaced_keys(sender, business))
    keys.pop(entity, None)
    if not keys:
        raise RecordRejected("missing:ReplacementInfo", "ReplacementInfo")
    if len(keys) > MOST_REPLACED:
        raise RecordRejected("too_long:ReplacementInfoList", "ReplacementInfoList")
    return tuple((REPLACES, key) for key in keys)


def _replaced_keys(sender: str, business: Node) -> Iterator[str]:
    for replaced in below(business, "ReplacementInfoList", "ReplacementInfo"):
        yield document_key(sender, text_of(fields_of(replaced), "DocumentId"))
