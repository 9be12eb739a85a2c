"""From a signed invoice in XML to what the hub keeps of it."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from iochub.errors import RecordRejected
from iochub.ingest.door import Door
from iochub.ingest.einvoices import fields
from iochub.ingest.einvoices.envelope import Part
from iochub.ingest.einvoices.identity import Identity, Names, entity_key, identify, seller_of
from iochub.ingest.einvoices.money import ZERO, complete, currency_of, in_dong
from iochub.ingest.feed import Reading
from iochub.ingest.reading import business_day, decimal, iso_day
from iochub.ingest.xml_tree import Node, children_of, needed, text_in

NAMES = Names("MST", "KHMSHDon", "KHHDon", "SHDon")
RELATIONS = {"1": "replaces", "2": "adjusts", "3": "replaces", "4": "adjusts"}
MANY = frozenset("34")
"""`TCHDon`; since 2026 an invoice may be about many, which a list in its message names."""
MOST_ORIGINALS = 1000
"""What relates to more fits into no parcel."""
CODE = re.compile(r"[0-9A-Fa-f]{34}|M\d-\d{2}-[0-9A-Za-z]{5}-\d{11}", re.ASCII)
"""`MCCQT`: the authority's own, or one of a cash register's. Source: standards §1.2."""
LINE_KINDS = frozenset(("", "1", "2", "3", "4", "5"))
INVOICE_MESSAGES = frozenset(("", "200", "201", "202", "203", "206", "207", "208", "209", "210", "216"))
"""Messages that carry invoices; without an envelope there is none."""

Children = Mapping[str, Node]


def read_invoice(number: int, part: Part, door: Door) -> Reading:
    """Read one `HDon`.

    Raises: RecordRejected; the publisher acts.
    """
    parts = children_of(part.node, fields.INVOICE)
    data = children_of(needed(parts, "DLHDon"), fields.DATA)
    general = children_of(needed(data, "TTChung"), fields.GENERAL)
    content = children_of(needed(data, "NDHDon"), fields.CONTENT)
    seller = children_of(needed(content, "NBan"), fields.SELLER)
    if not text_in(general, "PBan"):
        raise RecordRejected("missing:PBan", "PBan")
    known = identify(
        text_in(seller, "MST"),
        text_in(general, "KHMSHDon"),
        text_in(general, "KHHDon"),
        text_in(general, "SHDon"),
        NAMES,
        door.pseudonyms,
    )
    if part.message not in INVOICE_MESSAGES:
        raise RecordRejected("unknown_code:MLTDiep", "MLTDiep")
    day = _issued(text_in(general, "NLap"), door)
    relation, relations, is_unclear = _relations(general, known, part, door)
    row: dict[str, object] = {
        "unit": door.units.resolve(day, agency=door.sender, address=text_in(seller, "DChi")),
        "days": [("issued", day.isoformat())],
        "seller": known.seller,
        "household": known.household,
        "template": known.template,
        "series": known.series,
        "adjustment": int(relation == "adjusts"),
        "coded": known.series[0] == "K" or bool(text_in(parts, "MCCQT")),
        **_money(general, content, known, day),
    }
    code = text_in(parts, "MCCQT")
    if is_unclear or (code and not CODE.fullmatch(code)):
        row["flagged"] = 1
    version = door.pseudonyms.record(part.canonical)
    return Reading(number, "invoice", known.entity, version, 0, relations, row)


def _issued(text: str, door: Door) -> date:
    if not text:
        raise RecordRejected("missing:NLap", "NLap")
    try:
        return business_day(iso_day(text), door.received_at)
    except ValueError as broken:
        raise RecordRejected(f"{broken}:NLap", "NLap") from None


def _relations(
    general: Children, known: Identity, part: Part, door: Door
) -> tuple[str, tuple[tuple[str, str], ...], bool]:
    """How it relates to earlier invoices, to which, and whether it replaces some that nothing names."""
    related = children_of(general["TTHDLQuan"], fields.RELATED) if "TTHDLQuan" in general else {}
    if not any(node.text or node.children for node in related.values()):
        return "", (), False
    code = text_in(related, "TCHDon")
    relation = RELATIONS.get(code)
    if relation is None:
        raise RecordRejected("unknown_code:TCHDon", "TCHDon")
    named = [text_in(related, name) for name in ("KHMSHDCLQuan", "KHHDCLQuan", "SHDCLQuan")]
    originals = part.originals if code in MANY else ()
    if len(originals) > MOST_ORIGINALS:
        raise RecordRejected("too_long:BKe", "BKe")
    other = text_in(related, "MSTCLQuan")
    seller = seller_of(other, "MSTCLQuan", door.pseudonyms)[0] if other else known.seller
    targets = {
        entity_key(seller, template[:11], series[:8], number[:8]): None
        for template, series, number in (named, *originals)
        if number
    }
    is_unclear = code in MANY and relation == "replaces" and not targets
    return relation, tuple((relation, target) for target in targets), is_unclear


def _money(general: Children, content: Children, known: Identity, day: date) -> dict[str, object]:
    lines = _lines(content)
    totals = children_of(content["TToan"], fields.TOTALS) if "TToan" in content else {}
    fees = _fees(totals) + (_amount(totals, "TGTKhac") or ZERO)
    amounts = complete(
        _amount(totals, "TgTCThue"),
        _amount(totals, "TgTThue"),
        _amount(totals, "TgTTTBSo"),
        fees,
        known.template,
        "TgTTTBSo",
    )
    currency = currency_of(text_in(general, "DVTTe"), "DVTTe")
    this_year = known.series[1:3] == f"{day:%y}"
    return {
        "currency": currency,
        "flagged": int(not (this_year and amounts.add_up(lines))),
        **in_dong(amounts, currency, _amount(general, "TGia"), "TGia"),
    }


def _lines(content: Children) -> int:
    """Check every line; their sum is not asked for, because discounts and notes are lines too."""
    if "DSHHDVu" not in content:
        return 0
    listed = content["DSHHDVu"]
    children_of(listed, fields.LINES)
    for line in listed.children:
        parts = children_of(line, fields.LINE)
        if text_in(parts, "TChat") not in LINE_KINDS:
            raise RecordRejected("unknown_code:TChat", "TChat")
        _amount(parts, "ThTien")
    return len(listed.children)


def _fees(totals: Children) -> Decimal:
    if "DSLPhi" not in totals:
        return ZERO
    children_of(totals["DSLPhi"], fields.FEES)
    listed = (children_of(fee, fields.FEE) for fee in totals["DSLPhi"].children)
    return sum((_amount(fee, "TPhi") or ZERO for fee in listed), ZERO)


def _amount(parts: Children, name: str) -> Decimal | None:
    text = text_in(parts, name)
    if not text:
        return None
    try:
        return decimal(text)
    except ValueError as broken:
        raise RecordRejected(f"{broken}:{name}", name) from None
