import json
from datetime import UTC, datetime, timedelta

import pytest

from iochub.ingest.demo.deliveries import deliveries
from iochub.ingest.demo.invented import TAX_WEIGHTS, seller, tax_number
from iochub.ingest.demo.schedule import happenings

UNITS = ("Phường Hạc Thành", "Xã Yên Thọ", "Xã Mường Lát")
NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize("feed", ["dossiers", "einvoices"])
def test_the_same_time_is_told_the_same_way_in_every_run(feed: str) -> None:
    since = NOON - timedelta(hours=3)

    def told() -> list[bytes]:
        return [each.body for due in happenings(feed, UNITS, since, NOON) for each in deliveries(feed, due)]

    assert told() == told()
    assert told()


@pytest.mark.parametrize("feed", ["dossiers", "einvoices"])
def test_cutting_time_into_other_windows_loses_and_repeats_nothing(feed: str) -> None:
    since = NOON - timedelta(hours=9)
    whole = [each for due in happenings(feed, UNITS, since, NOON) for each in due]
    cut = [
        each
        for hour in range(9)
        for due in happenings(feed, UNITS, since + timedelta(hours=hour), since + timedelta(hours=hour + 1))
        for each in due
    ]
    assert cut == whole


def test_a_life_is_told_in_its_own_order() -> None:
    seen: dict[str, list[str]] = {}
    for due in happenings("dossiers", UNITS, NOON - timedelta(days=2), NOON):
        for delivery in deliveries("dossiers", due):
            if delivery.path.endswith("withdrawals"):
                continue
            message = json.loads(delivery.body)
            for record in message["data"]:
                seen.setdefault(record["MaHoSo"], []).append(record.get("TrangThaiHoSo", "step"))
    for forms in seen.values():
        if "9" in forms:
            assert set(forms[forms.index("9") :]) == {"9"}


def test_invented_tax_numbers_carry_the_right_check_digit() -> None:
    for serial in range(200):
        number = tax_number(serial)
        if number is not None:
            weighted = sum(w * int(d) for w, d in zip(TAX_WEIGHTS, number[:9], strict=True))
            assert int(number[9]) == 10 - weighted % 11


def test_every_twelfth_seller_is_a_household() -> None:
    assert [len(seller(serial)[1]) for serial in range(12, 15)] == [12, 10, 10]
