"""Three readings in JSON for what no published format carries: fee payments, telehealth sessions, the roster.

One object, or a list of them, each with its `kind`; a member that is not named below is refused.

* `payment`, one payment of a fee: `facility` (MACSKCB), `payment` (the facility's number of it), `day`
  (`2022-03-01`), `amount` (dong, as text: `"150000"`), `way` (`cash` or `cashless`), `ownership` and `type`
  of the facility as below, `patient` (any number the patient is known by; hidden; may be left out).
* `telehealth`, one session: `facility` (MACSKCB), `session` (the facility's number of it), `started` and
  `ended` (`2022-03-01 08:30`, the province's clock; `ended` may be left out), `partner` (MACSKCB of the
  other side; may be left out), `type`.
* `facility`, one row of the roster of the Department of Health: `facility` (MACSKCB), `ownership` (`public`
  or `private`), `type` (`hospital`, `clinic` or `station`), `level` (`initial`, `basic` or `specialised`),
  `beds` (a whole number), `valid_from`, `valid_to` (the last day; null or left out while it lasts), `unit`
  (code of its commune; may be left out), `name` (passed over: clinics are named after their doctors).

A payment repeats what its facility is, because looking it up in the roster would make all payments of a
hospital neighbours of each other, and each new one would recount them all.

Source: the hub's own; levels of Luật Khám bệnh, chữa bệnh 15/2023/QH15, Điều 104.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta, Raw

from iochub.errors import RecordRejected
from iochub.ingest.canonical import canonical
from iochub.ingest.door import Door
from iochub.ingest.feed import Reading, Record
from iochub.ingest.hospitals.identity import (
    facility_code,
    facility_key,
    other_key,
    own_number,
    person,
    unit_of,
)
from iochub.ingest.json_records import shaped, value_of
from iochub.ingest.reading import FIRST_DAY, business_day, decimal, iso_day, local_day, plain, spaced

OWNERSHIPS = frozenset(("public", "private"))
TYPES = frozenset(("hospital", "clinic", "station"))
LEVELS = frozenset(("initial", "basic", "specialised"))
WAYS = frozenset(("cash", "cashless"))

MOST_BEDS = 10_000
"""Three times the largest hospital of the country."""

NOTHING = Raw(b"null")


class Payment(msgspec.Struct, tag_field="kind", tag="payment", forbid_unknown_fields=True, gc=False):
    """One payment of a fee."""

    facility: str
    payment: str
    day: str
    amount: str
    way: str
    ownership: str
    type: str
    patient: str | None = None


class Telehealth(msgspec.Struct, tag_field="kind", tag="telehealth", forbid_unknown_fields=True, gc=False):
    """One telehealth session."""

    facility: str
    session: str
    started: str
    type: str
    ended: str | None = None
    partner: str | None = None


class Facility(msgspec.Struct, tag_field="kind", tag="facility", forbid_unknown_fields=True, gc=False):
    """One row of the roster."""

    facility: str
    ownership: str
    type: str
    level: str
    beds: Annotated[int, Meta(ge=0, le=MOST_BEDS)]
    valid_from: str
    valid_to: str | None = None
    unit: str | None = None
    name: Raw = NOTHING


_decoder = msgspec.json.Decoder(Payment | Telehealth | Facility)


def read_own(record: Record, door: Door) -> Reading:
    """Read one payment, session or row of the roster; its kind is the first word of its entity key.

    Raises: RecordRejected; the publisher acts.
    """
    content = shaped(_decoder, record.raw)
    if isinstance(content, Payment):
        entity, row = _payment(content, door)
    elif isinstance(content, Telehealth):
        entity, row = _session(content, door)
    else:
        entity, row = _facility(content, door)
    version = door.pseudonyms.record(canonical(value_of(record.raw)))
    return Reading(record.number, entity.partition(":")[0], entity, version, 0, (), row)


def _payment(content: Payment, door: Door) -> tuple[str, dict[str, object]]:
    facility = facility_code(content.facility.strip(), "facility")
    number = own_number(content.payment.strip(), "payment")
    day = _day(content.day, "day", door)
    return other_key("payment", facility, number, door.pseudonyms), {
        "unit": unit_of(facility, day, door),
        "days": [("paid", day.isoformat())],
        "facility": facility,
        "facility_type": _known(content.type, TYPES, "type"),
        "public": int(_known(content.ownership, OWNERSHIPS, "ownership") == "public"),
        "cashless": int(_known(content.way, WAYS, "way") == "cashless"),
        "amount": _amount(content.amount),
        "person": person(door, (content.patient or "").strip()),
    }


def _session(content: Telehealth, door: Door) -> tuple[str, dict[str, object]]:
    facility = facility_code(content.facility.strip(), "facility")
    number = own_number(content.session.strip(), "session")
    started = _instant(content.started, "started", door)
    ended = _instant(content.ended, "ended", door) if content.ended else None
    if ended is not None and ended < started:
        raise RecordRejected("does_not_add_up:ended", "ended")
    if content.partner:
        facility_code(content.partner.strip(), "partner")
    day = local_day(started)
    return other_key("telehealth", facility, number, door.pseudonyms), {
        "unit": unit_of(facility, day, door),
        "days": [("session", day.isoformat())],
        "facility": facility,
        "facility_type": _known(content.type, TYPES, "type"),
        "started_at": started.isoformat(),
        "ended_at": ended.isoformat() if ended else None,
    }


def _facility(content: Facility, door: Door) -> tuple[str, dict[str, object]]:
    """The unit is that of the code on today's map; a day before the hub's first is taken for that one."""
    facility = facility_code(content.facility.strip(), "facility")
    opened = _any_day(content.valid_from, "valid_from")
    last = _any_day(content.valid_to, "valid_to") if content.valid_to else None
    if last is not None and last < opened:
        raise RecordRejected("does_not_add_up:valid_to", "valid_to")
    days = [("opened", max(opened, FIRST_DAY).isoformat())]
    if last is not None:
        days.append(("closed", max(last + timedelta(days=1), FIRST_DAY).isoformat()))
    return facility_key(facility), {
        "unit": unit_of(facility, local_day(door.received_at), door, (content.unit or "").strip()),
        "days": days,
        "facility": facility,
        "facility_type": _known(content.type, TYPES, "type"),
        "public": int(_known(content.ownership, OWNERSHIPS, "ownership") == "public"),
        "level": _known(content.level, LEVELS, "level"),
        "beds": content.beds,
    }


def _known(text: str, codes: frozenset[str], name: str) -> str:
    if text not in codes:
        raise RecordRejected(f"unknown_code:{name}" if text else f"missing:{name}", name)
    return text


def _amount(text: str) -> str:
    try:
        amount = decimal(text.strip())
    except ValueError as broken:
        raise RecordRejected(f"{broken}:amount", "amount") from None
    if amount < 0:
        raise RecordRejected("negative:amount", "amount")
    return plain(amount)


def _day(text: str, name: str, door: Door) -> date:
    try:
        return business_day(iso_day(text.strip()), door.received_at)
    except ValueError as broken:
        raise RecordRejected(f"{broken}:{name}", name) from None


LAST_DAY = date(2100, 1, 1)
EARLIEST_DAY = date(1850, 1, 1)
"""No hospital of the country is older, none is closed so long ahead."""


def _any_day(text: str, name: str) -> date:
    """A hospital may have been opened long before the hub's first day."""
    try:
        day = iso_day(text.strip())
        if not EARLIEST_DAY <= day <= LAST_DAY:
            raise ValueError("impossible_date")
    except ValueError as broken:
        raise RecordRejected(f"{broken}:{name}", name) from None
    return day


def _instant(text: str, name: str, door: Door) -> datetime:
    try:
        instant = spaced(text.strip())
        business_day(local_day(instant), door.received_at)
    except ValueError as broken:
        raise RecordRejected(f"{broken}:{name}", name) from None
    return instant.astimezone(UTC)
