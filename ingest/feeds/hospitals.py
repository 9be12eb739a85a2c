"""Hospital visits as hospitals send them to the insurance and the Ministry, and what else hospitals report.

Source: QĐ 130/QĐ-BYT, QĐ 4750/QĐ-BYT, QĐ 3176/QĐ-BYT; HL7 FHIR R4; standards §2; personal data, standards §7.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from iochub.errors import RecordRejected
from iochub.exact.version import Current, Implied, Version
from iochub.ingest.door import Door
from iochub.ingest.feed import Column, DateRole, Feed, Kind, Reading, Record, Refusal, or_refused_whole
from iochub.ingest.hospitals.around import Told
from iochub.ingest.hospitals.envelope import (
    FILE,
    FORM,
    CheckIn,
    Dossier,
    opened_form,
    opened_json,
    opened_xml,
)
from iochub.ingest.hospitals.fhir import ALONE, opened_bundle, read_encounter, told_again
from iochub.ingest.hospitals.identity import named_entity
from iochub.ingest.hospitals.legible import legible
from iochub.ingest.hospitals.standing import current_of
from iochub.ingest.hospitals.summary import read_checkin, read_visit
from iochub.ingest.hospitals.wire import read_own
from iochub.ingest.json_records import BYTE_ORDER_MARK, Unreadable, items_of, members_of, value_of
from iochub.text import Text

FLAG = "UInt8"
CODE = "LowCardinality(String)"
MONEY = "Decimal(38, 6)"
INSTANT_OR_NONE = "Nullable(DateTime64(3, 'UTC'))"


class Hospitals(Feed):
    """A visit by its facility and code: a check-in while it lasts, then its dossier; sent again, replaced."""

    name = "hospitals"
    title = Text("Khám bệnh, chữa bệnh", "Hospital visits")
    publisher = Text("Cơ sở khám bệnh, chữa bệnh, Sở Y tế", "Health facilities, Department of Health")
    source = "QĐ 130/QĐ-BYT, QĐ 4750/QĐ-BYT, QĐ 3176/QĐ-BYT; TT 48/2017/TT-BYT; HL7 FHIR R4"
    every = timedelta(hours=8)
    kinds = (
        Kind("checkin", Text("Trạng thái khám chữa bệnh (XML0)", "Check-in")),
        Kind("visit", Text("Hồ sơ khám chữa bệnh", "Visit")),
        Kind("payment", Text("Thanh toán viện phí", "Payment of a fee")),
        Kind("telehealth", Text("Phiên khám chữa bệnh từ xa", "Telehealth session")),
        Kind("facility", Text("Cơ sở khám chữa bệnh", "Health facility")),
    )
    roles = (
        DateRole("admitted", Text("Ngày đến khám", "Day of coming")),
        DateRole("checked_in", Text("Ngày tiếp đón", "Day of check-in")),
        DateRole("bedded", Text("Ngày vào nội trú", "Day put into a bed")),
        DateRole("discharged", Text("Ngày ra", "Day of discharge")),
        DateRole("paid", Text("Ngày thanh toán", "Day of payment")),
        DateRole("session", Text("Ngày khám từ xa", "Day of the session")),
        DateRole("opened", Text("Ngày có hiệu lực", "In force from")),
        DateRole("closed", Text("Ngày hết hiệu lực", "No longer in force from")),
    )
    columns = (
        Column("kind", CODE, Text("Loại bản ghi", "Kind of record")),
        Column("facility", CODE, Text("Cơ sở", "Facility")),
        Column("facility_type", CODE, Text("Loại cơ sở", "Kind of facility")),
        Column("level", CODE, Text("Cấp chuyên môn", "Level of care")),
        Column("public", FLAG, Text("Cơ sở công lập", "Public facility")),
        Column("care", CODE, Text("Hình thức khám chữa bệnh", "Kind of care")),
        Column("insured", FLAG, Text("Có thẻ bảo hiểm y tế", "Has a health insurance card")),
        Column("emergency", FLAG, Text("Cấp cứu", "Emergency")),
        Column("inpatient", FLAG, Text("Nằm giường bệnh", "Lies in a bed")),
        Column("citizen_card", FLAG, Text("Dùng căn cước công dân", "Came with a citizen card")),
        Column("cashless", FLAG, Text("Không dùng tiền mặt", "Cashless")),
        Column("flagged", FLAG, Text("Lệch tổng", "Totals do not reconcile")),
        Column("flags", CODE, Text("Dấu hiệu cần xem lại", "What needs a look")),
        Column("cost", MONEY, Text("Tổng chi phí (đồng)", "Total cost (dong)")),
        Column(
            "insurer_paid", MONEY, Text("Đề nghị BHYT thanh toán (đồng)", "Claimed from insurance (dong)")
        ),
        Column("amount", MONEY, Text("Số tiền thanh toán (đồng)", "Amount paid (dong)")),
        Column("beds", MONEY, Text("Giường kế hoạch", "Planned beds")),
        Column("started_at", INSTANT_OR_NONE, Text("Bắt đầu lúc", "Started at")),
        Column("ended_at", INSTANT_OR_NONE, Text("Kết thúc lúc", "Ended at")),
        Column("agency", CODE, Text("Cơ quan gửi", "Sending agency")),
    )
    content_types = (
        "application/xml",
        "text/xml",
        "application/json",
        "application/fhir+json",
        "application/x-www-form-urlencoded",
    )
    control_total = "cost"

    def split(self, delivery: bytes, content_type: str) -> Iterator[Record | Refusal]:
        """One record per dossier, check-in, encounter, payment, session and row of the roster."""
        return or_refused_whole(delivery, _records(delivery))

    def interpret(self, record: Record, door: Door) -> Reading:
        """Read one record; what `split` found wrong with it is said here."""
        content = record.content
        if isinstance(content, RecordRejected):
            raise content
        if isinstance(content, Dossier):
            return read_visit(record.number, content, door)
        if isinstance(content, CheckIn):
            return read_checkin(record.number, content, door)
        if isinstance(content, Told):
            return read_encounter(record, content, door)
        return read_own(record, door)

    def envelope_of(self, record: Record) -> bytes:
        """What the bundle says of an encounter; every other record says all itself."""
        told = record.content
        return msgspec.json.encode(told) if isinstance(told, Told) and told != ALONE else b""

    def enveloped(self, record: Record, envelope: bytes) -> Record:
        """An encounter by itself is still one of its bundle; in a new bundle it is one of that."""
        if record.content != ALONE:
            return record
        return msgspec.structs.replace(record, content=told_again(envelope))

    def legible(self, raw: bytes) -> bytes:
        """A dossier with its tables as elements, whatever they were packed in."""
        return legible(raw)

    def implied(self, version: Version) -> Implied:
        """The unit of the facility and the days that a record names; a facility elsewhere has no unit."""
        row: Any = version.reading
        return Implied(
            row["unit"] or None, tuple((role, date.fromisoformat(day)) for role, day in row["days"])
        )

    def fold(self, own: Sequence[Version], related: Sequence[Version]) -> Current | None:
        """The last dossier of a visit, else its last check-in: one row, so one visit."""
        return current_of(own, _COLUMNS)

    def entity_named(self, words: str, door: Door) -> str:
        """`MACSKCB:MA_LK`, or `payment:`, `telehealth:` with the facility's number, or `facility:MACSKCB`."""
        return named_entity(words, door.pseudonyms)


_COLUMNS = tuple(column.name for column in Hospitals.columns)


def _records(delivery: bytes) -> Iterator[Record | Refusal]:
    plain = delivery.removeprefix(BYTE_ORDER_MARK).strip()
    if not plain:
        raise Unreadable("empty")
    if plain[:1] == b"[":
        for number, raw in enumerate(items_of(plain)):
            yield Record(number, raw, _content(raw))
    elif plain[:1] == b"{":
        yield from _of_object(plain)
    elif FORM.match(plain):
        yield from opened_xml(opened_form(plain))
    else:
        yield from opened_xml(delivery)  # as it came: what stands before the root may name its encoding


def _content(raw: bytes) -> Told | RecordRejected | None:
    """What an element of a list is: an encounter, one of our own readings, or something else of FHIR."""
    try:
        resource = _resource_type(raw)
    except RecordRejected as rejected:
        return rejected
    if resource in ("", "Encounter"):
        return ALONE if resource else None
    return RecordRejected("not_a_delivery:resource", "resource")


def _of_object(delivery: bytes) -> Iterator[Record | Refusal]:
    members = members_of(delivery)
    resource = _resource_type(delivery)
    if FILE in members:
        yield from opened_xml(opened_json(delivery))
    elif resource == "Bundle":
        yield from opened_bundle(delivery)
    elif resource == "Encounter":
        yield Record(0, delivery, ALONE)
    elif resource:
        raise RecordRejected("not_a_delivery:resource", "resource")
    elif "kind" in members:
        yield Record(0, delivery, None)
    else:
        raise RecordRejected("not_a_delivery:shape", "shape")


def _resource_type(raw: bytes) -> str:
    """Which FHIR resource it is; nothing where it is none."""
    if b'"resourceType"' not in raw:
        return ""
    value = value_of(raw)
    kind = value.get("resourceType") if isinstance(value, dict) else None
    return kind if isinstance(kind, str) else ""
