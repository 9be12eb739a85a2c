"""Foreign money comes to the exact number of dong, however large amount and rate are."""

from decimal import Decimal

import pytest

from iochub.ingest.einvoices.money import ZERO, Amounts, in_dong


@pytest.mark.parametrize(
    ("amount", "rate", "dong"),
    [
        ("100.5", "25123.4567", "2524907.39835"),
        ("999999999999999.123456", "25123.4567", "25123456699999977978.18477"),
        ("-999999999999999", "999999999999999", "-999999999999998000000000000001"),
    ],
)
def test_an_amount_times_its_rate_is_exact_to_six_places(amount: str, rate: str, dong: str) -> None:
    stated = Amounts(Decimal(amount), ZERO, Decimal(amount), ZERO)
    assert in_dong(stated, "USD", Decimal(rate), "TGia") == {"net": dong, "vat": "0", "total": dong}
