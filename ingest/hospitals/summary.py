"""From the tables of a dossier, or from a check-in, to what the hub keeps of a visit."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from iochub.errors import RecordRejected
from iochub.ingest.door import Door
from iochub.ingest.feed import Reading
from iochub.ingest.hospitals import fields
from iochub.ingest.hospitals.envelope import CheckIn, Dossier, rows_of, table
from iochub.ingest.hospitals.identity import facility_code, own_number, person, unit_of, visit_key
from iochub.ingest.hospitals.totals import MONEY_FLAGS, lines_of, money_flags
from iochub.ingest.reading import business_day, compact_on, decimal, plain

CITIZEN_DIGITS = 12
"""A citizen card has 12 digits; what else stands in SO_CCCD is an older card or a passport."""

NEWEST_ORDERS = ("MA_DICH_VU", "MA_THUOC", "MA_VAT_TU")
"""A check-in is sent with the first item of cost, so one of these must be there."""

Element = Any
"""lxml's elements carry no types."""

Fields = Mapping[str, str]


def read_visit(number: int, dossier: Dossier, door: Door) -> Reading:
    """Read a whole dossier: the summary (XML1) and what the lines of XML2 and XML3 come to.

    Raises: RecordRejected; the publisher acts.
    """
    summary = _table(dossier, "XML1")
    if summary is None:
        raise RecordRejected("missing:XML1", "XML1")
    (row,) = rows_of(summary, "TONG_HOP")
    said, has_extra = _said(row, fields.SUMMARY_USED, fields.SUMMARY_PASSED_OVER)
    if "MA_DOITUONG_KCB" not in said and row.find("{*}MA_LYDO_VVIEN") is not None:
        raise RecordRejected("not_a_record:edition", "edition")  # its amounts are of another kind
    entity, common = _visit(said, door)
    ended = _instant(said, "NGAY_RA", door)
    if ended is None:
        raise RecordRejected("missing:NGAY_RA", "NGAY_RA")
    totals = {name: _total(said, name) for name in fields.TOTALS}
    lines = lines_of(
        _lines(dossier, "XML2", "CHITIEU_CHITIET_THUOC", "DSACH_CHI_TIET_THUOC", "CHI_TIET_THUOC"),
        _lines(dossier, "XML3", "CHITIEU_CHITIET_DVKT_VTYT", "DSACH_CHI_TIET_DVKT", "CHI_TIET_DVKT"),
        said["MA_LK"],
    )
    flags = list(money_flags(totals, lines))
    flagged = int(any(flag in MONEY_FLAGS for flag in flags))
    flags += _day_flags(said, common, ended)
    if not lines.all_of_one_visit:
        flags.append("other_visit")
    flags += _field_flags(said, has_extra or dossier.has_extra)
    row_of: dict[str, object] = {
        **common,
        "days": [*_came(common, said, door), ("discharged", ended[1].isoformat())],
        "stands": True,
        "ended_at": ended[0].isoformat(),
        "cost": plain(totals["T_TONGCHI_BV"]),
        "insurer_paid": plain(totals["T_BHTT"]),
        "flagged": flagged,
        "flags": ";".join(flags),
    }
    return Reading(number, "visit", entity, door.pseudonyms.record(dossier.canonical), 0, (), row_of)


def read_checkin(number: int, checkin: CheckIn, door: Door) -> Reading:
    """Read one check-in: who is insured came, and perhaps lies in a bed since.

    Raises: RecordRejected; the publisher acts.
    """
    said, has_extra = _said(checkin.element, fields.CHECKIN_USED, fields.CHECKIN_PASSED_OVER)
    entity, common = _visit(said, door)
    if not any(said.get(name) for name in NEWEST_ORDERS):
        raise RecordRejected(f"missing:{NEWEST_ORDERS[0]}", NEWEST_ORDERS[0])
    came = _came(common, said, door)
    row: dict[str, object] = {
        **common,
        "days": [("checked_in", came[0][1]), *came],
        "flags": ";".join(_field_flags(said, has_extra)),
    }
    return Reading(number, "checkin", entity, door.pseudonyms.record(checkin.canonical), 0, (), row)


def _visit(said: Fields, door: Door) -> tuple[str, dict[str, object]]:
    """What a check-in and a dossier say alike, and the visit that they say it of."""
    facility = facility_code(said.get("MA_CSKCB", ""), "MA_CSKCB")
    number = own_number(said.get("MA_LK", ""), "MA_LK")
    began = _instant(said, "NGAY_VAO", door)
    if began is None:
        raise RecordRejected("missing:NGAY_VAO", "NGAY_VAO")
    care = _known(said, "MA_LOAI_KCB", fields.CARES, 2)
    reason = _reason(said)
    card = said.get("SO_CCCD", "")
    insurance = said.get("MA_THE_BHYT", "")
    in_bed = fields.CARES[care] == "inpatient" or bool(said.get("NGAY_VAO_NOI_TRU"))
    return visit_key(facility, number, door.pseudonyms), {
        "unit": unit_of(facility, began[1], door),
        "facility": facility,
        "care": fields.CARES[care],
        "insured": int(bool(insurance.replace(";", ""))),
        "emergency": int(reason == fields.EMERGENCY),
        "inpatient": int(in_bed),
        "citizen_card": int(len(card) == CITIZEN_DIGITS and card.isascii() and card.isdigit()),
        "started_at": began[0].isoformat(),
        "person": person(door, card, insurance.partition(";")[0], said.get("MA_BN", "")),
    }


def _reason(said: Fields) -> str:
    """Why a patient came: a code of the list, or one that looks like it and is flagged."""
    code = said.get("MA_DOITUONG_KCB", "")
    if not code:
        raise RecordRejected("missing:MA_DOITUONG_KCB", "MA_DOITUONG_KCB")
    if not fields.SHAPE_OF_A_REASON.fullmatch(code):
        raise RecordRejected("unknown_code:MA_DOITUONG_KCB", "MA_DOITUONG_KCB")
    return code


def _field_flags(said: Fields, has_extra: bool) -> Iterator[str]:
    """Whether a code or a field is none that the hub knows: the Ministry adds some by decision."""
    if said["MA_DOITUONG_KCB"] not in fields.REASONS_TO_COME | fields.EARLIER_REASONS:
        yield "reason"
    if has_extra:
        yield "extra"


def _came(common: Mapping[str, object], said: Fields, door: Door) -> list[tuple[str, str]]:
    """The days on which a patient came and, if at all, was put into a bed; the first stands first."""
    began = _instant(said, "NGAY_VAO", door)
    bedded = _instant(said, "NGAY_VAO_NOI_TRU", door) or began
    if began is None or bedded is None:  # both were read before
        return []
    days = [("admitted", began[1].isoformat())]
    return [*days, ("bedded", bedded[1].isoformat())] if common["inpatient"] else days


def _day_flags(said: Fields, common: Mapping[str, object], ended: tuple[datetime, date]) -> Iterator[str]:
    """Whether a visit ends before it begins, and whether its days of treatment are counted right."""
    began = datetime.fromisoformat(str(common["started_at"]))
    if ended[0] < began:
        yield "order"
    care = said["MA_LOAI_KCB"].zfill(2)
    text = said.get("SO_NGAY_DTRI", "")
    if not text:
        return
    days = _number(text, "SO_NGAY_DTRI")
    first = compact_on(said["NGAY_VAO"])[1]
    due = {
        **dict.fromkeys(fields.ONLY_A_DAY, 0),
        **dict.fromkeys(fields.BY_THE_DAY, (ended[1] - first).days + 1),
    }
    if days != due.get(care, days):
        yield "days"


def _table(dossier: Dossier, name: str) -> Element | None:
    return table(dossier.tables[name], name) if name in dossier.tables else None


def _lines(dossier: Dossier, name: str, *path: str) -> list[Element]:
    root = _table(dossier, name)
    return [] if root is None else list(rows_of(root, *path))


def _said(row: Element, used: Collection[str], passed_over: Collection[str]) -> tuple[dict[str, str], bool]:
    """The used fields of a row that say something, and whether it has any that no decision names.

    Raises: RecordRejected for a used field that is written twice or holds elements; the publisher acts.
    """
    said: dict[str, str] = {}
    has_extra = False
    for child in row:
        name = child.tag.rpartition("}")[2]
        if name not in used:
            has_extra |= name not in passed_over
            continue
        if name in said:
            raise RecordRejected(f"repeated:{name}", name)
        if len(child):
            raise RecordRejected(f"not_text:{name}", name)
        said[name] = (child.text or "").strip()
    return said, has_extra


def _known(said: Fields, name: str, codes: Collection[str], digits: int = 0) -> str:
    """A code of a closed list; where codes have a fixed length, zeros in front may have been lost."""
    code = said.get(name, "")
    if not code:
        raise RecordRejected(f"missing:{name}", name)
    code = code.zfill(digits)
    if code not in codes:
        raise RecordRejected(f"unknown_code:{name}", name)
    return code


def _total(said: Fields, name: str) -> Decimal:
    if not said.get(name):
        raise RecordRejected(f"missing:{name}", name)
    amount = _number(said[name], name)
    if amount < 0:
        raise RecordRejected(f"negative:{name}", name)
    return amount


def _number(text: str, name: str) -> Decimal:
    try:
        return decimal(text)
    except ValueError as broken:
        raise RecordRejected(f"{broken}:{name}", name) from None


def _instant(said: Fields, name: str, door: Door) -> tuple[datetime, date] | None:
    text = said.get(name, "")
    if not text:
        return None
    try:
        instant, day = compact_on(text)
        business_day(day, door.received_at)
    except ValueError as broken:
        raise RecordRejected(f"{broken}:{name}", name) from None
    return instant, day
