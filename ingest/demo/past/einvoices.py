"""The e-invoices of the past: as many different sellers as the tax office counted, each with an invoice."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from iochub.ingest.demo import einvoices
from iochub.ingest.demo.einvoices import InvoiceLife
from iochub.ingest.demo.invented import seller
from iochub.ingest.demo.past.apportion import is_chosen
from iochub.ingest.demo.past.communes import communes
from iochub.ingest.demo.past.facts import PERIODS, PastPeriod
from iochub.ingest.demo.past.posts import LATE_DAYS, Post, batches, delivery, places
from iochub.ingest.demo.schedule import instants_of

LATE_IN = 100
BROKEN_IN = 300
MENDED_IN = 80
MENDED_AFTER_DAYS = 2
LONGEST_DAYS = LATE_DAYS + MENDED_AFTER_DAYS

_TAX_DIGITS = 10


def posts(period: PastPeriod, day: date) -> Iterator[Post]:
    """The invoices of the day and the late ones of before, then what replaces or adjusts earlier ones."""
    bodies = [einvoices.invoice(life) for life in planned(period, day) if not _is_late(life)]
    bodies += [
        einvoices.invoice(replace(life, broken=True, number=life.number + 9_000_000))
        for life in planned(period, day)
        if life.number % BROKEN_IN == 0
    ]
    earlier = planned(period, day - timedelta(days=LATE_DAYS))
    bodies += [einvoices.invoice(life) for life in earlier if _is_late(life)]
    mended = planned(period, day - timedelta(days=LATE_DAYS + MENDED_AFTER_DAYS))
    bodies += [einvoices.mending(life) for life in mended if life.mended_at]
    for number, batch in enumerate(batches(bodies)):
        message = einvoices.invoices_message([str(body) for body in batch], salt=f"{day}:{number}")
        yield delivery("einvoices", "application/xml", message.encode())


def planned(period: PastPeriod, day: date) -> list[InvoiceLife]:
    """The invoices issued on a day of the period; none on any other day."""
    numbers = places(period, period.invoices).get(day, range(0))
    sellers = sellers_of(period)
    issued = instants_of(day, len(numbers))
    return [
        InvoiceLife(
            seller=sellers[place % len(sellers)],
            number=place + 1,
            issued_at=issued_at,
            unit_name=communes()[sellers[place % len(sellers)] % len(communes())],
            sent_at=issued_at,
            mended_at=issued_at + timedelta(days=MENDED_AFTER_DAYS)
            if is_chosen(place % MENDED_IN, 1, MENDED_IN)
            else None,
            mended_by="12"[place % 2],
            broken=False,
        )
        for place, issued_at in zip(numbers, issued, strict=True)
    ]


@cache
def sellers_of(period: PastPeriod) -> tuple[int, ...]:
    """The serials of all sellers of a period: those of the earlier one first, for they go on selling.

    In an order in which households lie evenly among the enterprises of the same years.
    """
    earlier = [other for other in PERIODS.values() if other.after <= period.first]
    before = max((other.enterprises for other in earlier), default=0)
    households_before = max((other.households for other in earlier), default=0)
    enterprises, households = (
        _serials(period.enterprises, household=False),
        _serials(period.households, household=True),
    )
    old = enterprises[:before] + households[:households_before]
    return old + enterprises[before:] + households[households_before:]


def _serials(number: int, *, household: bool) -> tuple[int, ...]:
    found: list[int] = []
    serial = 0
    while len(found) < number:
        serial += 1
        name, tax = seller(serial)
        if (len(tax) == _TAX_DIGITS) != household and name.startswith("HỘ") == household:
            found.append(serial)
    return tuple(found)


def _is_late(life: InvoiceLife) -> bool:
    return life.number % LATE_IN == 0
