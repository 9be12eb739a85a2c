"""What e-invoice files add up to, worked out by hand."""

from decimal import Decimal
from itertools import permutations

from published import all_published, folded, ours, published, versions

from iochub.exact.version import Current, Version


def standing(placed: list[Version]) -> list[Current]:
    return [current for current in folded("einvoices", placed).values() if isinstance(current, Current)]


def sums(rows: list[Current]) -> tuple[int, Decimal, Decimal, Decimal]:
    net, vat, total = (sum((Decimal(str(row.values[at])) for row in rows), Decimal(0)) for at in (5, 6, 7))
    return len(rows), net, vat, total


def test_five_invoices_in_one_message() -> None:
    """1 000 000 (1) + 2 500 000 (3, instead of 2) − 300 000 (4, adjusts 1) + 100 USD × 25 000 (5)."""
    rows = standing(versions("einvoices", ours("einvoices", "five_invoices.xml")))
    assert sums(rows) == (4, Decimal(5_700_000), Decimal(570_000), Decimal(6_270_000))
    assert sorted(row.values[4] for row in rows if row.values[4]) == [1], "one adjusts"


def test_nine_rows_of_the_portal() -> None:
    """Rows 1 and 5, minus the adjustment 7, at office 2622; row 9 at office 2601.

    500 000 + 800 000 − 50 000 = 1 250 000 in Hoằng Hóa; 300 000 of a household in the city. Row 2 is
    replaced, 3 cancelled, 4 not eligible for a code, 6 replaced by 5, 8 belongs to Hà Nội.
    """
    rows = standing(versions("einvoices", ours("einvoices", "portal_rows.json")))
    assert sums([row for row in rows if row.unit == "399"])[:2] == (3, Decimal(1_250_000))
    (household,) = [row for row in rows if row.unit == "380"]
    assert household.values[1] == 1
    assert household.values[5] == Decimal(300_000)
    assert len(rows) == 4


def test_all_published_samples_delivered_by_the_province_s_tax_office() -> None:
    """Only the coded invoice of the 202 message counts.

    Every row of the portal names a tax office elsewhere (9901, 0101, 79xx, 82xx, 66xx, 98xx), and the
    uncoded VNPT invoice is the portal's 9900000016:1:K25TEK:5082, whose office is 9901.
    """
    published("einvoice", "tdiep_202_hdon_da_cap_ma.xml")
    bodies = [path.read_bytes() for path in all_published("einvoices")]
    rows = standing(versions("einvoices", *bodies))
    assert sums(rows) == (1, Decimal(1_200_000), Decimal(84_000), Decimal(1_284_000))
    again = standing(versions("einvoices", *reversed(bodies), *bodies))
    assert [row.values for row in again] == [row.values for row in rows]


def test_the_uncoded_invoice_counts_until_the_portal_says_whose_seller_it_is() -> None:
    body = published("einvoice", "hdon_gtgt_khong_ma_pban210_vnpt.xml")
    row = published("einvoice", "gdt_purchase_detail_khong_ma_pban210.json")
    assert sums(standing(versions("einvoices", body)))[0] == 1
    assert standing(versions("einvoices", body, row)) == standing(versions("einvoices", row, body)) == []


def test_order_and_repetition_change_nothing() -> None:
    both = [ours("einvoices", name) for name in ("five_invoices.xml", "portal_rows.json")]
    expected = folded("einvoices", versions("einvoices", *both))
    for order in permutations(both):
        assert folded("einvoices", versions("einvoices", *order, *order)) == expected
