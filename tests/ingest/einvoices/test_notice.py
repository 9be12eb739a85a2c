"""Notices of errors in invoices, and what they do to an invoice."""

import pytest
from published import folded, ours, outcomes, reasons, versions

from iochub.exact.version import Current
from iochub.ingest.feed import Reading, Refusal
from iochub.ingest.feeds.registry import FEEDS

FEED = FEEDS["einvoices"]
FLAGGED = [column.name for column in FEED.columns].index("flagged")
SELLER = "9900010007"
FIRST = f"{SELLER}:1:K24TSA:1"
"""Our first invoice."""


def entry(number: object = 1, **changes: object) -> str:
    told: dict[str, object] = {"KHMSHDon": 1, "KHHDon": "K24TSA", "SHDon": number, "LADHDDT": 1, "TCTBao": 1}
    told |= {"LDo": "Người thử lập sai"} | changes
    return f"<HDon>{''.join(f'<{k}>{v}</{k}>' for k, v in told.items() if v is not None)}</HDon>"


def notice(kind: int, *entries: str, seller: str = SELLER) -> bytes:
    """One message 300, 301 or 303."""
    head = f"<TTChung><MLTDiep>{kind}</MLTDiep><MTDiep>V0100109106</MTDiep></TTChung>"
    told = f"<MST>{seller}</MST><DSHDon>{''.join(entries)}</DSHDon>"
    return f"<TDiep>{head}<DLieu><TBao><DLTBao>{told}</DLTBao></TBao></DLieu></TDiep>".encode()


def first(*deliveries: bytes) -> Current | None:
    """What our first invoice comes to after its body and these."""
    body = ours("einvoices", "five_invoices.xml")
    found = folded("einvoices", versions("einvoices", body, *deliveries))[FIRST]
    assert found is None or isinstance(found, Current)
    return found


def is_flagged(*deliveries: bytes) -> bool:
    found = first(*deliveries)
    assert found is not None
    return bool(found.values[FLAGGED])


def test_an_invoice_in_a_notice_is_one_event_about_that_invoice() -> None:
    found = outcomes("einvoices", notice(300, entry(1), entry(2, TCTBao=3)))
    assert [(o.kind, o.entity, o.row) for o in found if isinstance(o, Reading)] == [
        ("notice", FIRST, {"message": "300", "purpose": "1", "outcome": ""}),
        ("notice", f"{SELLER}:1:K24TSA:2", {"message": "300", "purpose": "3", "outcome": ""}),
    ]


def test_a_notice_alone_is_no_invoice() -> None:
    found = folded("einvoices", versions("einvoices", notice(300, entry()), notice(301, entry(TTTNCCQT=1))))
    assert set(found.values()) == {None}


def test_a_notice_only_asks_for_a_look_until_the_authority_has_answered() -> None:
    assert not is_flagged()
    for kind in (300, 303):
        for purpose in "12345":
            assert is_flagged(notice(kind, entry(TCTBao=purpose))), (kind, purpose)
    assert not is_flagged(notice(300, entry()), notice(301, entry(TTTNCCQT=2)))
    assert is_flagged(notice(301, entry(TTTNCCQT=2)), notice(300, entry())), "a new notice after the answer"


def test_only_a_cancellation_that_the_authority_accepted_does_away_with_an_invoice() -> None:
    assert first(notice(300, entry()), notice(301, entry(TTTNCCQT=1))) is None
    assert first(notice(301, entry(TTTNCCQT=1)), notice(300, entry())) is None
    assert first(notice(301, entry(TTTNCCQT=2))) is not None
    for purpose in "2345":
        assert first(notice(301, entry(TCTBao=purpose, TTTNCCQT=1))) is not None


def test_a_cancelled_replacement_gives_its_original_back() -> None:
    """Our third invoice replaces the second."""
    body = ours("einvoices", "five_invoices.xml")
    second = f"{SELLER}:1:K24TSA:2"
    assert folded("einvoices", versions("einvoices", body))[second] is None
    cancelled = versions("einvoices", body, notice(301, entry(3, TTTNCCQT=1)))
    found = folded("einvoices", cancelled)
    assert found[second] is not None
    assert found[f"{SELLER}:1:K24TSA:3"] is None


def test_a_household_s_notice_hides_its_number() -> None:
    (found,) = outcomes("einvoices", notice(303, entry(KHHDon="C24MTT"), seller="038000000009"))
    assert isinstance(found, Reading)
    assert "038000000009" not in found.entity
    cash = ours("einvoices", "messages_206_400_300_301.xml")
    (household,) = [o for o in outcomes("einvoices", cash) if isinstance(o, Reading) and o.kind == "invoice"]
    assert household.entity.partition(":")[0] == found.entity.partition(":")[0]


@pytest.mark.parametrize(
    ("kind", "changes", "reason"),
    [
        (300, {"KHMSHDon": None}, "missing:KHMSHDon"),
        (300, {"SHDon": None}, "missing:SHDon"),
        (300, {"SHDon": "123456789"}, "too_long:SHDon"),
        (300, {"TCTBao": 0}, "unknown_code:TCTBao"),
        (300, {"La": 1}, "extra_forbidden"),
        (301, {}, "missing:TTTNCCQT"),
        (301, {"TTTNCCQT": 3}, "unknown_code:TTTNCCQT"),
    ],
)
def test_a_broken_field_is_named(kind: int, changes: dict[str, object], reason: str) -> None:
    assert [found for found, _ in reasons("einvoices", notice(kind, entry(**changes)))] == [reason]


def test_a_notice_of_no_seller_or_no_invoice_says_so() -> None:
    assert reasons("einvoices", notice(300, entry(), seller=""))[0][0] == "missing:MST"
    assert reasons("einvoices", notice(300, entry(), seller="123"))[0][0] == "bad_pattern:MST"
    assert reasons("einvoices", notice(303))[0][0] == "missing:DSHDon"
    (answer,) = outcomes("einvoices", notice(301))
    assert isinstance(answer, Reading)
    assert answer.kind == "answer", "the authority took the whole notice for none"


def test_a_broken_entry_is_set_aside_alone_and_read_again_as_one_of_its_notice() -> None:
    found = outcomes("einvoices", notice(300, entry(1), entry(2, TCTBao=7)))
    refused = found[1]
    assert isinstance(refused, Refusal)
    assert refused.raw == entry(2, TCTBao=7).encode()
    (read,) = outcomes("einvoices", entry(2).encode(), envelope=refused.envelope)
    assert isinstance(read, Reading)
    assert (read.kind, read.entity) == ("notice", f"{SELLER}:1:K24TSA:2")
