"""From a dossier message to what the hub keeps of it: codes, instants and claims, and no person."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from iochub.errors import RecordRejected
from iochub.ingest.canonical import canonical
from iochub.ingest.door import Door
from iochub.ingest.dossiers.fields import (
    PROCEDURE_KEY,
    YES_NO,
    code_of,
    instant_of,
    iso,
    level_of,
    mapped,
    procedure_code,
    short,
    whole_days,
)
from iochub.ingest.dossiers.wire import DossierRecord, dossier_decoder, step_decoder
from iochub.ingest.feed import Reading, Record
from iochub.ingest.json_records import shaped, value_of
from iochub.ingest.reading import decimal, local_day

STATUSES = frozenset(str(status) for status in range(1, 11))
ENDED = frozenset(("3", "7", "8", "9", "10"))
CHANNELS = {"": "direct", "1": "direct", "2": "online", "3": "postal"}
"""Source: QĐ 766 scoring, rule 3.3: an empty channel counts as direct."""
APPLICANTS = {"1": "citizen", "2": "business", "3": "state", "4": "other"}
PAID_ONLINE = {"": 0, "0": 0, "1": 1, "2": 1, "3": 0}
"""3 is in no list; some one-stop programs write it of what was paid elsewhere, or not at all."""
REUSED = frozenset("12")
"""2 where a result of the State stands in for the paper."""
DELETED = frozenset(("true", "1"))

OFFICE_CHARACTERS = 200

DUE_YEARS = 10
"""The longest procedure of the State takes months; a due day further ahead is a typing error."""

MOST_SUPPLEMENTS = 100
"""Requests for papers; a second one already makes a dossier late. A list without end fits into no parcel."""

DAY_ALONE = len("yyyyMMdd")

_NUMBER = re.compile(r"[^\x00-\x20\x7f](?:[^\x00-\x1f\x7f]{0,98}[^\x00-\x20\x7f])?")


class Course(NamedTuple):
    """The instants of a dossier that its own record gives."""

    began: datetime
    received: datetime | None
    due: datetime | None
    finished: datetime | None
    returned: datetime | None
    refused: datetime | None


def read_dossier(record: Record, door: Door, sender_unit: str) -> Reading:
    """Read a full dossier; `sender_unit` is the `madonvi` of its envelope.

    Raises: RecordRejected; the publisher acts.
    """
    content = shaped(dossier_decoder, record.raw)
    entity = dossier_number(content.number)
    course = _course(content, door)
    status = code_of(content.status, STATUSES, "TrangThaiHoSo")
    asked = _supplements(content, door)
    row: dict[str, object] = {
        "unit": door.units.resolve(
            local_day(course.began),
            code=sender_unit,
            agency=door.sender,
            name=content.office.strip()[:OFFICE_CHARACTERS],
        ),
        "procedure": procedure_code(content.procedure),
        "field": short(content.field_code, "MaLinhVuc"),
        "channel": mapped(content.channel, CHANNELS, "KenhThucHien"),
        "status": status,
        "applicant": mapped(content.applicant, APPLICANTS, "LoaiDoiTuong"),
        "received_at": course.began.isoformat(),
        "accepted": course.received is not None,
        "level": level_of(content.level, "MucDo"),
        "due_at": iso(course.due),
        "allowed_days": whole_days(content.allowed_days, "ThoiHanGiaiQuyet"),
        "finished_at": iso(course.finished),
        "returned_at": iso(course.returned),
        "refused_at": iso(course.refused),
        "asked": [(ask.isoformat(), iso(supplied)) for ask, supplied in asked],
        "person": _person(content, door),
        **_claims(content),
    }
    ends = _ends(course, status, door)
    row["heard_at"] = iso(ends[0]) if ends and not _has_end(course) else None
    row["state_at"] = _latest(course, asked).isoformat()
    row["days"] = _days(course, ends)
    version = door.pseudonyms.record(canonical(value_of(record.raw)))
    return Reading(record.number, "dossier", entity, version, 0, (), row)


def read_step(record: Record, door: Door) -> Reading:
    """Read one step of work; it says nothing about days or units but when a dossier ended.

    Raises: RecordRejected; the publisher acts.
    """
    content = shaped(step_decoder, record.raw)
    entity = dossier_number(content.number)
    status = code_of(content.status, STATUSES, "TrangThai")
    at = instant_of(content.at, "ThoiDiemXuLy", door)
    if at is None:
        raise RecordRejected("missing:ThoiDiemXuLy", "ThoiDiemXuLy")
    days = [("finished", local_day(at).isoformat())] if status in ENDED else []
    row: dict[str, object] = {"status": status, "at": at.isoformat(), "days": days}
    version = door.pseudonyms.record(canonical(value_of(record.raw)))
    return Reading(record.number, "progress", entity, version, int(at.timestamp() * 1000), (), row)


def dossier_number(text: str) -> str:
    """The publisher's number of a dossier: opaque, but printable and of bounded length.

    Raises: RecordRejected; the publisher acts.
    """
    number = text.strip()
    if not number:
        raise RecordRejected("missing:MaHoSo", "MaHoSo")
    if not _NUMBER.fullmatch(number) or number.startswith(PROCEDURE_KEY):
        raise RecordRejected("bad_pattern:MaHoSo", "MaHoSo")
    return number


def _course(content: DossierRecord, door: Door) -> Course:
    submitted = instant_of(content.submitted, "NgayNopHoSo", door)
    received = instant_of(content.received, "NgayTiepNhan", door)
    began = received or submitted
    if began is None:
        raise RecordRejected("missing:NgayTiepNhan", "NgayTiepNhan")
    return Course(
        began,
        received,
        _due(content.due, door),
        instant_of(content.finished, "NgayKetThucXuLy", door),
        instant_of(content.returned, "NgayTra", door),
        instant_of(content.refused, "NgayTuChoi", door),
    )


def _due(text: str | None, door: Door) -> datetime | None:
    """The last moment in time: of a day without an hour its end, as where working days are counted."""
    due = instant_of(text, "NgayHenTra", door, DUE_YEARS)
    if due is None or text is None or len(text.strip()) > DAY_ALONE:
        return due
    return due + timedelta(days=1) - timedelta(milliseconds=1)


def _supplements(content: DossierRecord, door: Door) -> list[tuple[datetime, datetime | None]]:
    listed = content.supplements or ()
    if len(listed) > MOST_SUPPLEMENTS:
        raise RecordRejected("too_long:DanhSachHoSoBoSung", "DanhSachHoSoBoSung")
    asked = []
    for supplement in listed:
        ask = instant_of(supplement.asked, "NgayBoSung", door)
        if ask is not None:
            asked.append((ask, instant_of(supplement.supplied, "NgayTiepNhanBoSung", door)))
    return sorted(asked, key=lambda pair: pair[0])


def _latest(course: Course, asked: Iterable[tuple[datetime, datetime | None]]) -> datetime:
    """The last instant that the record itself knows of; a step after it is news, a step before it is not."""
    known = [course.began, course.finished, course.returned, course.refused]
    known += [instant for pair in asked for instant in pair]
    return max(instant for instant in known if instant is not None)


def _has_end(course: Course) -> bool:
    return bool(course.finished or course.returned or course.refused)


def _ends(course: Course, status: str, door: Door) -> list[datetime]:
    """When the dossier may have ended, by its own record; when the hub heard of it if that gives no time."""
    if status not in ENDED:
        return []
    given = [end for end in (course.finished, course.returned, course.refused) if end]
    return given or [door.received_at.astimezone(UTC).replace(microsecond=0)]


def _days(course: Course, ends: Iterable[datetime]) -> list[tuple[str, str]]:
    """Every day by role that this record could put its dossier on."""
    days = [("received", local_day(course.began).isoformat())]
    if course.due:
        days.append(("due", local_day(course.due).isoformat()))
    return days + [("finished", day) for day in sorted({local_day(end).isoformat() for end in ends})]


def _claims(content: DossierRecord) -> dict[str, object]:
    enclosures = [item for item in content.enclosures or () if (item.deleted or "").lower() not in DELETED]
    return {
        "paid_online": mapped(content.paid_online, PAID_ONLINE, "DuocThanhToanTrucTuyen"),
        "has_fee": int(sum(_fee(fee.amount) for fee in content.fees or ()) > 0),  # all are read
        "digitised": mapped(content.digitised, YES_NO, "HoSoCoThanhPhanSoHoa"),
        "reused": int(any(item.reused in REUSED for item in enclosures)),
        "from_store": int(any(item.from_store == "1" for item in enclosures)),
        "verified": mapped(content.verified, YES_NO, "TaiKhoanDuocXacThucVoiVNeID"),
        "electronic_result": int(any(result.code and result.link for result in content.results or ())),
        "by_post": mapped(content.way_back, YES_NO, "HinhThuc"),
    }


def _fee(text: str | None) -> bool:
    if not text or not text.strip():
        return False
    try:
        amount = decimal(text.strip())
    except ValueError as broken:
        raise RecordRejected(f"{broken}:Gia", "DanhSachLePhi.Gia") from None
    if amount < 0:
        raise RecordRejected("negative:Gia", "DanhSachLePhi.Gia")
    return amount > 0


def _person(content: DossierRecord, door: Door) -> str | None:
    """A keyed hash by which a person who asks can be answered what the hub holds.

    Source: Luật 91/2025/QH15, right to view and to delete.
    """
    for identity in content.identities or ():
        if identity.number and (number := identity.number.strip()):
            return door.pseudonyms.person(number)
    return None
