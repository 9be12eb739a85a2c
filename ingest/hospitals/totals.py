"""Whether the amounts of a dossier add up; one that does not is flagged, never refused.

Source: QĐ 4750/QĐ-BYT, tables 1 to 3, standards §2.4; truncated lists of lines are seen in real files, §2.6.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, NamedTuple

from iochub.errors import RecordRejected
from iochub.ingest.reading import decimal

ONE_DONG = Decimal(1)
"""Real systems round amounts to whole dong where two decimals are asked for."""

ZERO = Decimal(0)
CENTS = Decimal("0.01")

_PLAIN = re.compile(r"\d{1,15}(?:\.\d{1,6})?", re.ASCII)

_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
"""Wider than the largest quantity times the largest price."""

MONEY_FLAGS = ("bv_lines", "bh_lines", "drugs", "supplies", "insurer", "line")
"""What makes a claim one that does not reconcile."""

_DRUG = ("{*}THANH_TIEN_BV", "{*}THANH_TIEN_BH", "{*}SO_LUONG", "{*}DON_GIA", "{*}MA_LK")
_SERVICE = (
    "{*}THANH_TIEN_BV", "{*}THANH_TIEN_BH", "{*}SO_LUONG", "{*}DON_GIA_BV", "{*}MA_VAT_TU", "{*}MA_LK",
)  # fmt: skip

Element = Any
"""lxml's elements carry no types."""


class Lines(NamedTuple):
    """What the lines of drugs (XML2), services and supplies (XML3) come to."""

    drugs: Decimal = ZERO
    services: Decimal = ZERO
    supplies: Decimal = ZERO
    insured: Decimal = ZERO
    all_multiply: bool = True
    all_of_one_visit: bool = True


def lines_of(drugs: list[Element], services: list[Element], number: str) -> Lines:
    """Add up the lines of a visit.

    Raises: RecordRejected for an amount that is no number; the publisher acts.
    """
    drug_total = service_total = supply_total = insured = ZERO
    multiply = own = True
    for line in _read(drugs, _DRUG):
        amount = amount_in(line, "THANH_TIEN_BV")
        drug_total += amount
        insured += amount_in(line, "THANH_TIEN_BH")
        multiply = multiply and _multiplies(line, "DON_GIA", amount)
        own = own and line.get("MA_LK", "") in ("", number)
    for line in _read(services, _SERVICE):
        amount = amount_in(line, "THANH_TIEN_BV")
        service_total += amount
        supply_total += amount if line.get("MA_VAT_TU") else ZERO
        insured += amount_in(line, "THANH_TIEN_BH")
        multiply = multiply and _multiplies(line, "DON_GIA_BV", amount)
        own = own and line.get("MA_LK", "") in ("", number)
    return Lines(drug_total, service_total, supply_total, insured, multiply, own)


def money_flags(totals: Mapping[str, Decimal], lines: Lines) -> Iterator[str]:
    """Name each rule that the amounts break, of a short list."""
    if _differ(totals["T_TONGCHI_BV"], lines.drugs + lines.services):
        yield "bv_lines"
    if _differ(totals["T_TONGCHI_BH"], lines.insured):
        yield "bh_lines"
    if _differ(totals["T_THUOC"], lines.drugs):
        yield "drugs"
    if _differ(totals["T_VTYT"], lines.supplies):
        yield "supplies"
    if _differ(totals["T_BHTT"], totals["T_TONGCHI_BH"] - totals["T_BNCCT"]):
        yield "insurer"
    if not lines.all_multiply:
        yield "line"


def amount_in(fields: Mapping[str, str], name: str) -> Decimal:
    """An amount of a line, nothing where the field is empty.

    Raises: RecordRejected; the publisher acts.
    """
    text = fields.get(name, "")
    if text in ("", "0"):
        return ZERO
    if _PLAIN.fullmatch(text):
        return Decimal(text)  # as `decimal` reads it, without asking twice: a dossier has hundreds
    try:
        return decimal(text)
    except ValueError as broken:
        raise RecordRejected(f"{broken}:{name}", name) from None


def _read(rows: list[Element], wanted: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Of each line only what is added up: drugs, results and doctors are not looked at."""
    for row in rows:
        yield {
            child.tag.rpartition("}")[2]: text
            for child in row.iterchildren(*wanted)
            if (text := (child.text or "").strip())
        }


def _multiplies(line: Mapping[str, str], price: str, amount: Decimal) -> bool:
    """A line without a number or a price says nothing about either."""
    if "SO_LUONG" not in line or price not in line:
        return True
    product = _EXACT.multiply(amount_in(line, "SO_LUONG"), amount_in(line, price))
    return not _differ(_EXACT.quantize(product, CENTS), amount)


def _differ(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) > ONE_DONG
