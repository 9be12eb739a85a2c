"""What all that was said about a document comes to: how often it was exchanged, whose it is, how far it is.

An exchange is a document and one receiver. Copies of a document reach the hub from its sender, from relays
and from registers of receivers, each naming some of them: the receivers of all are united, none counts twice.

A revoked document was exchanged all the same and keeps counting: at the receiver a revocation, an update or a
replacement only changes a label, the registered document stays (standards §3.4). Here it is a flag too.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from iochub.exact.version import Current, Version
from iochub.ingest.documents.columns import values_of
from iochub.ingest.documents.message import REPLACES
from iochub.ingest.documents.progress import finished_at, is_taken_back
from iochub.ingest.documents.register import INCOMING, OUTGOING
from iochub.ingest.reading import local_day
from iochub.ingest.unit_map import PROVINCE
from iochub.ingest.units import UNKNOWN

HEADERS = ("register", "document", "replacement", "update")
"""The kinds that carry a document with its receivers; of two, the later here knows its header better."""

WHOLE = (PROVINCE, UNKNOWN)
"""Units that name no part of the province."""

Row = Mapping[str, Any]
"""A reading after a way through JSON."""


def current_of(own: Sequence[Version], related: Sequence[Version]) -> Current | None:
    """The current row of a document or of an agency; statuses and revocations alone are none."""
    letters = [version for version in own if version.kind in HEADERS]
    if letters:
        return _document(letters, own, related)
    agencies = [version for version in own if version.kind == "agency"]
    return _agency(agencies) if agencies else None


def _agency(listed: Sequence[Version]) -> Current | None:
    """An agency as last listed; one of another province counts nowhere."""
    version = listed[-1]
    row: Row = version.reading
    if not row["unit"]:
        return None
    said = {name: row[name] for name in ("organ", "code102", "name", "level", "flagged")}
    said |= {"kind": "agency", "in_province": 1, "agency": version.sender}
    left = [(role, day) for role, day in _days(row) if role != "enrolled"]
    return Current(row["unit"], (("enrolled", _enrolled(listed)), *left), values_of(said))


def _enrolled(listed: Sequence[Version]) -> date:
    """The first day that was last named; where none ever was, that on which the agency was first listed.

    The whole list is sent again whenever anything in it changes: no agency is younger for it.
    """
    named = [version.reading for version in listed if version.reading.get("dated", 1)]
    rows: Sequence[Row] = named[-1:] or [version.reading for version in listed]
    return min(day for row in rows for role, day in _days(row) if role == "enrolled")


def _document(letters: Sequence[Version], own: Sequence[Version], related: Sequence[Version]) -> Current:
    newest = _newest(letters)
    registers = [version.reading for version in newest if version.kind == "register"]
    receivers = _receivers(letters, registers)
    taken_back = is_taken_back(own)
    finished = finished_at(own, registers, receivers, taken_back)
    due = _late_from(newest)
    late = None if due and finished and finished < due else due
    header: Row = newest[-1].reading
    place = _place(newest, letters)
    days = [("exchanged", _exchanged(letters))]
    if finished is not None:
        days.append(("finished", local_day(finished)))
    said: dict[str, object] = {name: header[name] for name in ("type", "priority", "steering")}
    said |= {
        "kind": "document",
        "organ": place["organ"],
        "in_province": place["ours"],
        "outgoing": _any([version.reading for version in newest], "outgoing"),
        "exchanges": Decimal(len(receivers)),
        "has_due": int(due is not None),
        "tracked": int(_is_tracked(newest, own)),
        "revoked": int(taken_back),
        "updated": int(any(version.kind == "update" for version in letters)),
        "replaced": int(_is_replaced(letters[0].entity, related)),
        "late_at": late,
        "finished_at": finished,
        "next_change_at": late if finished is None else None,
        "agency": letters[-1].sender,
    }
    said |= _signatures(letters, registers) | _attached(letters)
    return Current(place["unit"], tuple(days), values_of(said))


def _newest(letters: Sequence[Version]) -> list[Version]:
    """The last version of each kind from each who tells; the one that knows the header best comes last.

    A document that is sent again with another day was corrected.
    """
    last: dict[tuple[str, str, object], Version] = {}
    for version in letters:
        last[version.kind, version.sender, version.reading.get("keeper")] = version
    return sorted(last.values(), key=lambda version: (_rank(version), version.place))


def _rank(version: Version) -> tuple[int, bool]:
    """A receiver's register knows less of a document than its sender's."""
    return HEADERS.index(version.kind), version.reading.get("register") != INCOMING


def _receivers(letters: Sequence[Version], registers: Sequence[Row]) -> set[str]:
    """Of copies all count, of a register only the row as it stands now.

    A copy that a relay made for other provinces names none of ours, and adds none where others do.
    """
    copies = [version.reading for version in letters if version.kind != "register"]
    rows: list[Row] = [*copies, *registers]
    rows = [row for row in rows if row["ours"]] or rows
    return {receiver for row in rows for receiver in row["to"]}


def _place(newest: Sequence[Version], letters: Sequence[Version]) -> Row:
    """Where it counts: where its sender last said.

    All copies are asked where that says only "the province", and where the sender is elsewhere: then each
    copy may name another receiver here.
    """
    place = min((version.reading for version in newest), key=_placing)
    if place["unit"] in WHOLE or not place["outgoing"]:
        place = min((version.reading for version in letters), key=_placing)
    return place


def _placing(row: Row) -> tuple[bool, bool, str, bool, str]:
    """Sort key: who sends before who receives, by code; a unit named before the whole province."""
    return not row["ours"], not row["outgoing"], row["organ"], row["unit"] in WHOLE, row["unit"]


def _exchanged(letters: Sequence[Version]) -> date:
    """The first day anyone has it on; an update is later than what it updates.

    A day of promulgation was typed, weeks early perhaps: it counts where no machine knows of the exchange.
    """
    sent = [version for version in letters if version.kind != "update"] or letters
    sent = _newest([version for version in sent if version.reading.get("traced", 1)] or sent)
    return min(day for version in sent for role, day in _days(version.reading) if role == "exchanged")


def _days(row: Row) -> tuple[tuple[str, date], ...]:
    return tuple((role, date.fromisoformat(day)) for role, day in row["days"])


def _late_from(newest: Sequence[Version]) -> datetime | None:
    """The deadline of the best header that has one; of several receivers' own deadlines the first."""
    rows: list[Row] = [version.reading for version in newest if version.reading["late_at"]]
    headers = [row["late_at"] for row in rows if row.get("register") != INCOMING]
    if headers:
        return datetime.fromisoformat(headers[-1])
    return min((datetime.fromisoformat(row["late_at"]) for row in rows), default=None)


def _is_tracked(newest: Sequence[Version], own: Sequence[Version]) -> bool:
    """Whether anything is known of the work on it: a deadline, a status, a receiver's register."""
    if any(version.kind == "status" for version in own):
        return True
    return any(
        version.reading["late_at"] or version.reading.get("register") == INCOMING
        or version.reading.get("finished_at")
        for version in newest
    )  # fmt: skip


def _is_replaced(entity: str, related: Sequence[Version]) -> bool:
    """Whether a document that is still there names it as replaced; relations are lists after the store."""
    return any((relation, target) == (REPLACES, entity) for v in related for relation, target in v.relations)


def _signatures(letters: Sequence[Version], registers: Sequence[Row]) -> dict[str, object]:
    """The sender's register knows who signed; without one, a message's own signature is its agency's.

    A message names its signer, but not whether that person signed digitally: without a register this is not
    known, and `registered` tells such documents apart.
    """
    sent = [row for row in registers if row["register"] == OUTGOING]
    if sent:
        signed = {"signed_personal": _any(sent, "by_person"), "signed_agency": _any(sent, "by_agency")}
        return {**signed, "registered": 1}
    copies = [version.reading for version in letters if version.kind != "register"]
    return {"signed_agency": _any(copies, "signed")}


def _attached(letters: Sequence[Version]) -> dict[str, object]:
    """Relayed copies carry the same attachments: those of the last copy count."""
    copies: list[Row] = [version.reading for version in letters if version.kind != "register"]
    if not copies:
        return {}
    return {
        "attachments": Decimal(len(copies[-1]["attachments"])),
        "mismatched": copies[-1]["mismatched"],
        "flagged": _any(copies, "flagged"),
    }


def _any(rows: Sequence[Row], name: str) -> int:
    return max((int(row[name]) for row in rows), default=0)
