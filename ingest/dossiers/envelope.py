"""From a delivery of a one-stop system to its records, before any of them is looked into."""

from dataclasses import dataclass

import msgspec

from iochub.errors import RecordRejected
from iochub.ingest.json_records import Unreadable, items_of, members_of, value_of
from iochub.ingest.reasons import EXTRA, safe_name

KINDS = {"DongBoHoSoMC": "dossier", "CapNhatTienDoHoSoMC": "progress", "LayDanhSachTTHC": "procedure"}
"""The kind of record that each service carries."""

SERVICES = {kind: service for service, kind in KINDS.items()}

UNIT_CHARACTERS = 200
"""No code of a unit is longer; every dead letter of the delivery keeps it."""

ENVELOPE = frozenset(("session", "madonvi", "service", "isUpdating", "data"))
"""The session, a secret of the sender's log-in, is passed over; so is `isUpdating`: the entity decides."""

OF_A_RECORD = frozenset(("MaHoSo", "MaTTHC", "TrangThaiHoSo", "ThoiDiemXuLy", "MATTHC"))

OF_AN_ANSWER = frozenset(("error_code", "message", "result"))
"""What the portal writes around the catalogue that it is asked for."""


@dataclass(frozen=True, slots=True)
class Wrapped:
    """What the envelope says about its records: their kind and the office that sends them."""

    kind: str
    sender_unit: str


BARE = Wrapped("", "")
"""Records that came without an envelope."""


def emptied(wrapped: Wrapped) -> bytes:
    """The envelope as its sender would have sent it without records; `opened` reads it again."""
    said = {"service": SERVICES[wrapped.kind], "madonvi": wrapped.sender_unit, "data": ()}
    return msgspec.json.encode(said)


def opened(delivery: bytes) -> tuple[list[bytes], Wrapped]:
    """The records of a delivery and what its envelope says.

    Raises: Unreadable for bytes that are no JSON; RecordRejected for JSON that is something else.
    """
    if not delivery:
        raise Unreadable("empty")
    if delivery.startswith(b"["):
        return items_of(delivery), BARE
    members = members_of(delivery)
    if "service" in members:
        return _unwrapped(members)
    if OF_A_RECORD & members.keys():
        return [delivery], BARE
    if b'"MATTHC"' in members.get("result", b"") and members.keys() <= OF_AN_ANSWER:
        return items_of(members["result"]), Wrapped("procedure", "")
    raise RecordRejected(f"not_a_delivery:{_other(members)}", _other(members))


def _unwrapped(members: dict[str, bytes]) -> tuple[list[bytes], Wrapped]:
    kind = KINDS.get(_text(members["service"]))
    if kind is None:
        raise RecordRejected("not_a_delivery:service", "service")
    for name in members:
        if name not in ENVELOPE:
            raise RecordRejected(EXTRA, safe_name(name))
    data = members.get("data", b"null")
    wrapped = Wrapped(kind, _text(members.get("madonvi", b"null"))[:UNIT_CHARACTERS])
    if data.startswith(b"["):
        return items_of(data), wrapped
    if data.startswith(b"{"):
        return [data], wrapped
    raise RecordRejected("missing:data", "data")


def _text(raw: bytes) -> str:
    value = value_of(raw)
    return value.strip() if isinstance(value, str) else ""


def _other(members: dict[str, bytes]) -> str:
    """What else is known to come from the portal."""
    if "error_code" in members:
        return "response"
    if "code" in members and "data" in members:
        return "catalogue" if b'"items"' in members["data"][:200] else "evaluation"
    return "evaluation" if "provinces" in members else "shape"
