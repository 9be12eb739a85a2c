"""From a row of a summary table to what the hub keeps of it: who reports so sends no invoice besides.

Source: 01/TH-HĐĐT, message 400, QĐ 1510/QĐ-TCT; NĐ 123/2020/NĐ-CP, Đ22.3.a1; standards §1.3.
"""

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from iochub.errors import RecordRejected
from iochub.ingest.door import Door
from iochub.ingest.einvoices import fields
from iochub.ingest.einvoices.envelope import Part
from iochub.ingest.einvoices.identity import Names, entity_key, identify, seller_of, table_key
from iochub.ingest.einvoices.money import ZERO, complete, currency_of, in_dong
from iochub.ingest.feed import Reading
from iochub.ingest.reading import LOCAL, business_day, decimal, iso_day
from iochub.ingest.xml_tree import Node, children_of, text_in

NAMES = Names("MST", "KHMSHDon", "KHHDon", "SHDon")

NEW, CANCELS, ADJUSTS, REPLACES, EXPLAINS, MENDS = "012345"
"""`TThai`: what a row says of its invoice; a row that mends corrects an earlier table, not the invoice."""

STATES = frozenset((NEW, CANCELS, ADJUSTS, REPLACES, EXPLAINS, MENDS))
RELATIONS = {REPLACES: "replaces", ADJUSTS: "adjusts"}

MESSAGE = "400"
"""The kind of message that carries tables; a row by itself has none."""

PETROL = "1"
"""`LHHoa`: petrol is reported by goods, without numbers of invoices."""

_PERIOD = re.compile(r"(?:(\d{2})/)?(\d{1,2})/(\d{4})", re.ASCII)
_GOODS = re.compile(r"[^\x00-\x1f\x7f:]{1,50}")

Children = Mapping[str, Node]


class Named(NamedTuple):
    """What a row is about."""

    entity: str
    seller: str
    household: int
    template: str
    series: str
    day: date


def read_row(number: int, part: Part, door: Door) -> Reading:
    """Read one row of a table.

    Raises: RecordRejected; the publisher acts.
    """
    if part.message not in ("", MESSAGE):
        raise RecordRejected("unknown_code:MLTDiep", "MLTDiep")
    if part.node.name != "DLieu":
        raise RecordRejected("missing:DSDLieu", "DSDLieu")
    row = children_of(part.node, fields.ROW)
    state = text_in(row, "TThai")
    if state not in STATES:
        raise RecordRejected(f"{'unknown_code' if state else 'missing'}:TThai", "TThai")
    about = _about(row, part.header, state, door)
    reading: dict[str, object] = {
        "unit": door.units.resolve(about.day, agency=door.sender),
        "days": [("issued", about.day.isoformat())],
        "seller": about.seller,
        "household": about.household,
        "template": about.template,
        "series": about.series,
        "adjustment": int(state == ADJUSTS),
        "nameless": int(not about.template),
        "state": state,
        "line": _line(row, part.header, state, bool(about.template)),
        **_money(row, part.header, about.template),
    }
    relations = _relations(row, about, state)
    canonical = part.canonical + "\0".join(part.header.get(name, "") for name in fields.TABLE).encode()
    version = door.pseudonyms.record(canonical)
    return Reading(number, "summary", about.entity, version, _revision(part.header), relations, reading)


def _about(row: Children, table: Mapping[str, str], state: str, door: Door) -> Named:
    """The invoice that a row names; in a table of petrol the goods of a period."""
    seller = table.get("MST", "")
    named = [text_in(row, name) for name in NAMES[1:]]
    if any(named) or table.get("LHHoa") != PETROL:
        template, series, number = named
        known = identify(seller, template, series, number, NAMES, door.pseudonyms)
        day = _day(text_in(row, "NLap"), "NLap", door)
        return Named(known.entity, known.seller, known.household, known.template, known.series, day)
    goods = text_in(row, "MHHoa")
    if not _GOODS.fullmatch(goods):
        raise RecordRejected(f"{'bad_pattern' if goods else 'missing'}:MHHoa", "MHHoa")
    mended = text_in(row, "KDLDChinh") if state in (ADJUSTS, MENDS) else ""
    period = mended or table.get("KDLieu", "")
    issued = text_in(row, "NLap")
    last = _last_day(period, "KDLDChinh" if mended else "KDLieu", door)
    day = _day(issued, "NLap", door) if issued else last
    known_as, household = seller_of(seller, "MST", door.pseudonyms)
    return Named(table_key(known_as, period, goods), known_as, household, "", "", day)


def _line(row: Children, table: Mapping[str, str], state: str, is_named: bool) -> str:
    """Which row of its invoice this is: a later one of the same line stands in its place.

    What adjusts a period adds to what was reported of it, so it is a line of its own.
    """
    parts = [text_in(row, "TSuat"), text_in(row, "MHHoa") if is_named else "", table.get("line", "0")]
    if state == ADJUSTS and not is_named:
        parts.append(f"{table.get('KDLieu', '')} {table.get('BSLThu', '')}")
    return "|".join(parts)


def _relations(row: Children, about: Named, state: str) -> tuple[tuple[str, str], ...]:
    number = text_in(row, "SHDCLQuan")
    if state not in RELATIONS or not number or not about.template:
        return ()
    template, series = text_in(row, "KHMSHDCLQuan")[:11], text_in(row, "KHHDCLQuan")[:8]
    return ((RELATIONS[state], entity_key(about.seller, template, series, number[:8])),)


def _money(row: Children, table: Mapping[str, str], template: str) -> dict[str, object]:
    """A row that cancels or explains needs no amounts."""
    is_empty = text_in(row, "TThai") in (CANCELS, EXPLAINS)
    net, vat, total = (_amount(row, name) for name in ("TTCThue", "TgTThue", "TgTTToan"))
    if is_empty and net is None and total is None:
        net = total = ZERO
    fees = (_amount(row, "TTPhi") or ZERO) + (_amount(row, "TGTKhac") or ZERO)
    amounts = complete(net, vat, total, fees, template, "TgTTToan")
    currency = currency_of(table.get("DVTTe", ""), "DVTTe")
    return {
        "currency": currency,
        "flagged": int(not amounts.add_up(1)),
        **in_dong(amounts, currency, _amount(row, "TGia"), "TGia"),
    }


def _amount(row: Children, name: str) -> Decimal | None:
    text = text_in(row, name)
    if not text:
        return None
    try:
        return decimal(text)
    except ValueError as broken:
        raise RecordRejected(f"{broken}:{name}", name) from None


def _revision(table: Mapping[str, str]) -> int:
    """When the table was drawn up, and which supplement of it this is: it may arrive before the first."""
    first, count = table.get("LDau", ""), table.get("BSLThu", "")
    if first not in ("0", "1"):
        raise RecordRejected(f"{'unknown_code' if first else 'missing'}:LDau", "LDau")
    if first == "0" and not count:
        raise RecordRejected("missing:BSLThu", "BSLThu")
    if count and not (count.isascii() and count.isdecimal() and len(count) <= 3):
        raise RecordRejected("bad_number:BSLThu", "BSLThu")
    try:
        drawn_up = datetime.combine(iso_day(table.get("NLap", "")), time(), LOCAL)
    except ValueError as broken:
        raise RecordRejected(f"{broken}:NLap", "NLap") from None
    supplement = int(count or 0) if first == "0" else 0
    return max(0, int((drawn_up + timedelta(seconds=supplement)).timestamp() * 1000))


def _day(text: str, name: str, door: Door) -> date:
    if not text:
        raise RecordRejected(f"missing:{name}", name)
    try:
        return business_day(iso_day(text), door.received_at)
    except ValueError as broken:
        raise RecordRejected(f"{broken}:{name}", name) from None


def _last_day(period: str, name: str, door: Door) -> date:
    """The last day of `DD/MM/YYYY`, `MM/YYYY` or, with one digit, the quarter `Q/YYYY`."""
    found = _PERIOD.fullmatch(period)
    if found is None:
        raise RecordRejected(f"{'bad_date' if period else 'missing'}:{name}", name)
    day, middle, year = found.groups()
    try:
        if day is not None:
            return business_day(date(int(year), int(middle), int(day)), door.received_at)
        month = int(middle) if len(middle) == 2 else 3 * int(middle)
        begun = date(int(year), month, 1)
        return business_day(begun.replace(day=monthrange(begun.year, month)[1]), door.received_at)
    except ValueError:
        raise RecordRejected(f"impossible_date:{name}", name) from None
