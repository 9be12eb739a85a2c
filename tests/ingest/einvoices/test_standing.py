"""Whether an invoice counts, and where."""

from decimal import Decimal

import pytest

from iochub.exact.version import Version
from iochub.ingest.einvoices.standing import current_of

DAYS = [["issued", "2024-05-06"]]


def row(**given: object) -> dict[str, object]:
    return {
        "unit": "399",
        "days": DAYS,
        "seller": "9900010014",
        "household": 0,
        "template": "1",
        "series": "K24TSB",
        "adjustment": 0,
        "currency": "VND",
        "flagged": 0,
        "net": "100",
        "vat": "10",
        "total": "110",
        "coded": True,
        "state": 1,
        "processing": 5,
    } | given


def invoice(entity: str = "A", place: int = 1, replaces: str = "", **given: object) -> Version:
    relations = (("replaces", replaces),) if replaces else ()
    return Version(entity, "invoice", place, f"{entity}{place}", "2600", relations, row(**given))


def listing(entity: str = "A", place: int = 9, replaces: str = "", **given: object) -> Version:
    relations = (("replaces", replaces),) if replaces else ()
    return Version(entity, "listing", place, f"{entity}{place}", "2600", relations, row(**given))


def counts(own: list[Version], related: list[Version] | None = None) -> bool:
    return current_of(own, related or []) is not None


def test_the_body_gives_amounts_and_the_portal_the_unit() -> None:
    current = current_of([invoice(unit="38", net="100"), listing(unit="399", net="99")], [])
    assert current is not None
    assert current.unit == "399"
    assert (current.values[5], current.values[9]) == (Decimal(100), "invoice")


def test_the_portal_stands_in_until_the_body_comes() -> None:
    current = current_of([listing(net="99")], [])
    assert current is not None
    assert (current.values[5], current.values[9]) == (Decimal(99), "listing")


def test_an_office_the_hub_cannot_place_leaves_it_to_the_deliverer() -> None:
    current = current_of([invoice(unit="38"), listing(unit="unknown")], [])
    assert current is not None
    assert current.unit == "38"


def test_a_seller_elsewhere_counts_nowhere_whoever_delivered_the_body() -> None:
    assert not counts([invoice(unit="38"), listing(unit="")])


@pytest.mark.parametrize(
    ("state", "stands"), [(1, True), (2, True), (3, True), (4, False), (5, True), (6, False)]
)
def test_the_portal_s_state(state: int, stands: bool) -> None:
    assert counts([invoice(), listing(state=state)]) == stands


@pytest.mark.parametrize("processing", range(9))
def test_only_what_the_authority_took_counts(processing: int) -> None:
    assert counts([listing(processing=processing)]) == (processing >= 5)


def test_the_latest_state_decides() -> None:
    assert counts([listing(place=1, state=6), listing(place=2, state=1)])
    assert not counts([listing(place=1, state=1), listing(place=2, state=6)])


def test_an_invoice_of_a_coded_series_waits_for_its_code() -> None:
    assert not counts([invoice(coded=False)])
    assert counts([invoice(coded=False), invoice(place=2)])
    assert counts([invoice(coded=False), listing()])


def test_a_replaced_invoice_counts_nowhere() -> None:
    assert not counts([invoice()], [invoice("B", replaces="A")])
    assert not counts([invoice()], [listing("B", replaces="A", state=2)])
    assert counts([invoice()], [invoice("B", replaces="C")])


def test_a_replacement_corrected_to_name_another_lets_it_go() -> None:
    assert counts([invoice()], [invoice("B", 1, replaces="A"), invoice("B", 2, replaces="C")])


def test_a_replacement_that_never_stood_replaces_nothing() -> None:
    assert counts([invoice()], [invoice("B", replaces="A"), listing("B", state=6)])
    assert counts([invoice()], [invoice("B", replaces="A"), listing("B", processing=4)])
    assert counts([invoice()], [invoice("B", replaces="A", coded=False)])


def test_a_replacement_replaced_later_still_did_away_with_its_original() -> None:
    named = listing("B", 1, replaces="A", state=2)
    assert not counts([invoice()], [named, listing("B", 2, state=4)])


def test_answers_alone_are_no_invoice() -> None:
    assert not counts([Version("m", "answer", 1, "v", "2600", (), {"message": "999", "outcome": "0"})])
