"""The catalogue of procedures: what is public, since when it is online, and whether that was in time.

Source: keys of LayDanhSachTTHC, standards §4.1; NĐ 63/2010/NĐ-CP as amended; the two times of publishing,
PUBLISH_ON_TIME and PUBLIC_UPDATE_ON_TIME of QĐ 766's scoring, standards §4.2.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from iochub.errors import RecordRejected
from iochub.exact.version import Current, Version
from iochub.ingest.canonical import canonical
from iochub.ingest.door import Door
from iochub.ingest.dossiers.fields import (
    PROCEDURE_KEY,
    YES_NO,
    instant_of,
    level_of,
    mapped,
    procedure_code,
    short,
)
from iochub.ingest.dossiers.wire import ProcedureRecord, procedure_decoder
from iochub.ingest.feed import Reading, Record
from iochub.ingest.json_records import shaped, value_of
from iochub.ingest.office_calendar import add_working_days, working_days_between
from iochub.ingest.reading import LOCAL, local_day

ONLINE_LEVELS = ("3", "4")
"""Only these are services online; the first two tell how to apply on paper."""

BEFORE_IN_FORCE_DAYS = 5
"""Working days by which a province decides on a procedure before its law is in force."""

TO_PUBLISH_DAYS = 5
"""Working days after the decision within which a province makes it public."""

OFFICE_CHARACTERS = 200

BEGUN_BEFORE = {
    "abolished": "published",
    "online_until": "online_since",
    "on_portal_until": "on_portal_since",
}
"""What cannot end before it began, and its beginning."""

FIELDS = {
    "decided": "NGAYQUYETDINH",
    "effective": "NGAYHIEULUC",
    "published": "NGAYCONGKHAI",
    "abolished": "NGAYBAIBO",
    "online_since": "NGAYTRUCTUYEN",
    "online_until": "NGAYNGUNGTRUCTUYEN",
    "on_portal_since": "NGAYTICHHOP",
    "on_portal_until": "NGAYNGUNGTICHHOP",
}
"""The days of a procedure, and what the catalogue calls them."""

ROLES = tuple(name for name in FIELDS if name != "effective")

Days = Mapping[str, date]


def procedure_key(code: str) -> str:
    """The entity of a procedure."""
    return f"{PROCEDURE_KEY}{code}"


def read_procedure(record: Record, door: Door) -> Reading:
    """Read one procedure of a catalogue; the office that offers it is named in its own record.

    Raises: RecordRejected; the publisher acts.
    """
    content = shaped(procedure_decoder, record.raw)
    code = procedure_code(content.code, "MATTHC")
    level = level_of(content.level, "MUCDO")
    days = _days(content, str(level), door)
    known_from = days.get("published") or days.get("decided")
    if known_from is None:
        raise RecordRejected("missing:NGAYCONGKHAI", "NGAYCONGKHAI")
    office = short(content.office, "MADONVI")
    row: dict[str, object] = {
        "unit": door.units.resolve(
            known_from,
            code=office,
            agency=door.sender,
            name=(content.office_name or "").strip()[:OFFICE_CHARACTERS],
        ),
        "procedure": code,
        "field": short(content.field_code, "MALINHVUC"),
        "level": level,
        "known_from": known_from.isoformat(),
        "has_fee": mapped(content.has_fee, YES_NO, "COPHI"),
        "payment_ready": mapped(content.payment_ready, YES_NO, "TICHHOPTHANHTOAN"),
        "decided_in_time": _was_decided_in_time(days),
        "public_in_time": _was_public_in_time(days),
        "days": [(role, day.isoformat()) for role, day in _by_role(days).items()],
    }
    version = door.pseudonyms.record(canonical(value_of(record.raw)))
    return Reading(record.number, "procedure", procedure_key(code), version, 0, (), row)


def procedure_of(own: Sequence[Version]) -> Current | None:
    """The current row of a procedure: its latest listing."""
    latest = next((version for version in reversed(own) if version.kind == "procedure"), None)
    if latest is None:
        return None
    row: Mapping[str, Any] = latest.reading
    days = tuple((role, date.fromisoformat(day)) for role, day in row["days"])
    began = datetime.combine(date.fromisoformat(row["known_from"]), time(), LOCAL).astimezone(UTC)
    return Current(row["unit"], days, _values(row, began, latest.sender))


def _values(row: Mapping[str, Any], began: datetime, agency: str) -> tuple[object, ...]:
    """In the order of the feed's columns; what only a dossier has is empty."""
    of_a_dossier = ("", "", "", began, None, None, None, None)
    claims = (0, row["has_fee"], 0, 0, 0, 0, 0, 0)
    judged = (0, 0, 0, 0)
    return (
        row["procedure"],
        row["field"],
        *of_a_dossier,
        agency,
        *claims,
        row["level"],
        *judged,
        row["payment_ready"],
        row["decided_in_time"],
        row["public_in_time"],
        int(any(role == "abolished" for role, _ in row["days"])),
    )


def _days(content: ProcedureRecord, level: str, door: Door) -> Days:
    """The days that the record names; what is online without a day of its own is so since it is public."""
    days = {
        name: local_day(instant)
        for name, field in FIELDS.items()
        if (instant := instant_of(getattr(content, name), field, door)) is not None
    }
    if level not in ONLINE_LEVELS:
        days.pop("online_since", None)
    elif "published" in days:
        days.setdefault("online_since", days["published"])
    for end, beginning in BEGUN_BEFORE.items():
        if end in days and beginning in days and days[end] < days[beginning]:
            raise RecordRejected(f"impossible_date:{FIELDS[end]}", FIELDS[end])
    return days


def _by_role(days: Days) -> Days:
    """The cells of a procedure: an abolished one is neither online nor on the portal any more."""
    placed = {role: days[role] for role in ROLES if role in days}
    if "published" not in days:
        placed.pop("abolished", None)
    for since, until in (("online_since", "online_until"), ("on_portal_since", "on_portal_until")):
        placed.pop(until, None)
        ends = [days[end] for end in (until, "abolished") if end in days]
        if since in placed and ends:
            placed[until] = max(placed[since], min(ends))
    if "decided" in days:
        placed["to_publish"] = days.get("published") or add_working_days(days["decided"], TO_PUBLISH_DAYS)
    return placed


def _was_decided_in_time(days: Days) -> int:
    if "decided" not in days or "effective" not in days:
        return 0
    return int(working_days_between(days["decided"], days["effective"]) >= BEFORE_IN_FORCE_DAYS)


def _was_public_in_time(days: Days) -> int:
    if "decided" not in days or "published" not in days:
        return 0
    return int(working_days_between(days["decided"], days["published"]) <= TO_PUBLISH_DAYS)
