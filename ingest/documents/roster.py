"""One row of the axis's list of agencies: which agencies there are, the whole against which traffic is held.

Shape: `code` (QĐ 20), `code102` (QCVN 102), `name`, `level`, as `getAgenciesListQD20` has them, and the
first and last day of an agency, `valid_from` and `valid_to`; without the first it exists since it was listed.
Source: standards §3.2, §3.3; QĐ 20/2020/QĐ-TTg.
"""

from datetime import date, timedelta

import msgspec
from msgspec import Raw, field

from iochub.errors import RecordRejected
from iochub.ingest.canonical import canonical
from iochub.ingest.documents.dates import instant_of
from iochub.ingest.documents.keys import agency_key
from iochub.ingest.documents.organs import Codes, organ_code, organ_of
from iochub.ingest.door import Door
from iochub.ingest.feed import Reading
from iochub.ingest.json_records import shaped, value_of
from iochub.ingest.reading import local_day
from iochub.ingest.unit_map import MAPS

NOTHING = Raw(b"null")

LEVELS = frozenset("1234")
"""Source: QĐ 20/2020/QĐ-TTg: four levels."""

LONGEST_NAME = 200


class AgencyRecord(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A row of the list; addresses and numbers of offices are passed over."""

    code: str
    name: str
    level: str | int
    code102: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    id: Raw = NOTHING
    parent: Raw = NOTHING
    pcode: Raw = NOTHING
    address: Raw = NOTHING
    mail: Raw = NOTHING
    email: Raw = NOTHING
    mobile: Raw = NOTHING
    telephone: Raw = NOTHING
    fax: Raw = NOTHING
    website: Raw = NOTHING
    status: Raw = NOTHING
    created: Raw = field(name="created_time", default=NOTHING)
    updated: Raw = field(name="updated_time", default=NOTHING)


decoder = msgspec.json.Decoder(AgencyRecord)


def read_agency(number: int, raw: bytes, door: Door) -> Reading:
    """Read one agency of the list; one of another province is read and counts nowhere.

    Raises: RecordRejected; the publisher acts.
    """
    content = shaped(decoder, raw)
    code = organ_code(content.code, "code")
    level = str(content.level).strip()
    if level not in LEVELS:
        raise RecordRejected("unknown_code:level", "level")
    name = content.name.strip()
    if not name:
        raise RecordRejected("missing:name", "name")
    if len(name) > LONGEST_NAME:
        raise RecordRejected("too_long:name", "name")
    since, until = _days(content, door)
    other = (content.code102 or "").strip() or Codes.load().qcvn102(code)
    # Of an agency older than the oldest map, that map is asked: it names the unit that there still is.
    organ = organ_of(code, name, max(since, MAPS[0][1]), door.units)
    days = [("enrolled", since.isoformat())]
    if until is not None:
        days.append(("left", (until + timedelta(days=1)).isoformat()))
    row: dict[str, object] = {
        "unit": organ.unit,
        "organ": code,
        "code102": other[:50],
        "name": name,
        "level": level,
        "days": days,
        "dated": int(bool((content.valid_from or "").strip())),
        "flagged": int(organ_code(other, "code102") != code or level_of(code) != level),
    }
    version = door.pseudonyms.record(canonical(value_of(raw)))
    return Reading(number, "agency", agency_key(code), version, 0, (), row)


def level_of(code: str) -> str:
    """The level that a code of QĐ 20 says by itself."""
    return str(code.count(".") + 1)


def _days(content: AgencyRecord, door: Door) -> tuple[date, date | None]:
    since = instant_of((content.valid_from or "").strip(), "valid_from", door.received_at)
    until = instant_of((content.valid_to or "").strip(), "valid_to", door.received_at, 100)
    first = local_day(since or door.received_at)
    last = local_day(until) if until else None
    if last is not None and last < first:
        raise RecordRejected("does_not_add_up:valid_to", "valid_to")
    return first, last
