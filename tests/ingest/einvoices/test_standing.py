"""Whether an invoice counts, and where."""

from collections.abc import Callable
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


def summary(entity: str = "A", place: int = 1, replaces: str = "", **given: object) -> Version:
    relations = (("replaces", replaces),) if replaces else ()
    told = row(**({"state": "3" if replaces else "0", "line": "10%", "nameless": 0} | given))
    return Version(entity, "summary", place, f"{entity}{place}", "2600", relations, told)


def notice(entity: str = "A", place: int = 20, purpose: str = "1", outcome: str = "accepted") -> Version:
    told = {"message": "301" if outcome else "300", "purpose": purpose, "outcome": outcome}
    return Version(entity, "notice", place, f"{entity}{place}", "2600", (), told)


MAKERS = {"bodies": invoice, "rows of the portal": listing, "rows of tables": summary}


@pytest.mark.parametrize("make", MAKERS.values(), ids=list(MAKERS))
def test_of_a_chain_of_replacements_only_the_last_counts(make: Callable[..., Version]) -> None:
    """C replaces B, which replaced A: A stays away though B no longer stands."""
    first, second, third = make("A"), make("B", replaces="A"), make("C", replaces="B")
    assert not counts([first], [second])
    assert not counts([second], [first, third])
    assert counts([third], [second])


@pytest.mark.parametrize("make", MAKERS.values(), ids=list(MAKERS))
def test_an_adjustment_adds_whatever_becomes_of_the_invoice_it_adjusts(make: Callable[..., Version]) -> None:
    """Revenue = originals not replaced + adjustments + replacements: B adjusts A, C replaces A.

    The law knows no such chain: later corrections of an invoice keep the first method. Standards §1.5.
    """
    adjusted = (("adjusts", "A"),)
    first, third = make("A"), make("C", replaces="A")
    second = make("B", adjustment=1, net="-10")._replace(relations=adjusted)
    assert counts([first], [second]), "adjusted, it still counts"
    assert not counts([first], [second, third])
    assert counts([second], [first])
    assert counts([third], [first])


def test_a_replacement_of_an_adjustment_does_away_with_the_adjustment_alone() -> None:
    first = invoice("A")
    second = invoice("B", adjustment=1)._replace(relations=(("adjusts", "A"),))
    third = invoice("D", replaces="B", adjustment=1)
    assert counts([first], [second])
    assert not counts([second], [first, third])
    assert counts([third], [second])


def test_a_replacement_that_was_cancelled_did_not_do_away_with_its_original() -> None:
    assert not counts([invoice("A")], [invoice("B", replaces="A")])
    assert counts([invoice("A")], [invoice("B", replaces="A"), notice("B")])
    assert not counts([invoice("A")], [invoice("B", replaces="A"), notice("B", outcome="refused")])
    assert counts([invoice("A")], [summary("B", replaces="A"), summary("B", place=2, state="1")])


def test_a_body_is_believed_before_the_portal_and_the_portal_before_a_table() -> None:
    for own, net in (
        ([summary(net="3"), listing(net="2"), invoice(net="1")], 1),
        ([summary(net="3"), listing(net="2")], 2),
        ([summary(net="3")], 3),
    ):
        current = current_of(own, [])
        assert current is not None
        assert current.values[5] == net


@pytest.mark.parametrize("state", range(1, 7))
@pytest.mark.parametrize("processing", range(9))
def test_every_state_and_processing_of_the_portal_together(state: int, processing: int) -> None:
    stands = state in (1, 2, 3, 5) and processing in (5, 6, 7, 8)
    assert counts([listing(state=state, processing=processing)]) == stands
    assert counts([invoice(), listing(state=state, processing=processing)]) == stands
    assert counts([summary(), listing(state=state, processing=processing)]) == stands
