"""What an invoice amounts to, in dong."""

import re
from decimal import Context, Decimal
from typing import NamedTuple

from iochub.errors import RecordRejected
from iochub.ingest.reading import SIX_PLACES, plain

DONG = "VND"
_DONG_SPELT = frozenset(("", "VND", "VNĐ", "Đ", "ĐỒNG", "DONG"))
"""Source: real files, standards §1.6; cash-register rows name no currency."""
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)

ZERO = Decimal(0)

_EXACT = Context(prec=60)
"""Wider than the largest amount times the largest rate, so that rounding to six places is the only loss."""


class Amounts(NamedTuple):
    """Before tax, tax and to pay, signed, as the invoice states them."""

    net: Decimal
    vat: Decimal
    total: Decimal
    fees: Decimal

    def add_up(self, lines: int) -> bool:
        """Whether they agree up to a rounding of one unit of money per line."""
        return abs(self.net + self.vat + self.fees - self.total) <= max(1, lines)


def currency_of(text: str, name: str) -> str:
    """The currency by its code; dong however it is spelt.

    Raises: RecordRejected; the publisher acts.
    """
    code = text.strip().upper()
    if code in _DONG_SPELT:
        return DONG
    if not _CURRENCY.fullmatch(code):
        raise RecordRejected(f"unknown_code:{name}", name)
    return code


def complete(
    net: Decimal | None, vat: Decimal | None, total: Decimal | None, fees: Decimal, template: str, name: str
) -> Amounts:
    """Fill in what a kind of invoice does not state: sales invoices carry only the total.

    Raises: RecordRejected when nothing is stated, unless it is a delivery slip; the publisher acts.
    """
    vat = vat if vat is not None else ZERO
    if total is None and net is None:
        if template != "6":
            raise RecordRejected(f"missing:{name}", name)
        return Amounts(ZERO, ZERO, ZERO, ZERO)
    if net is None:
        net = (total or ZERO) - vat - fees
    return Amounts(net, vat, total if total is not None else net + vat + fees, fees)


def in_dong(amounts: Amounts, currency: str, rate: Decimal | None, name: str) -> dict[str, object]:
    """The three amounts at the invoice's own exchange rate, as text for the row.

    Source: TGia, QĐ 1510/QĐ-TCT: dong for one unit of DVTTe.
    Raises: RecordRejected for foreign money without a rate; the publisher acts.
    """
    if currency == DONG:
        rate = Decimal(1)
    if rate is None or rate <= 0:
        raise RecordRejected(f"missing:{name}", name)
    stated = {"net": amounts.net, "vat": amounts.vat, "total": amounts.total}
    return {
        named: plain(_EXACT.quantize(_EXACT.multiply(amount, rate), SIX_PLACES))
        for named, amount in stated.items()
    }
