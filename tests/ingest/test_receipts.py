import asyncio
from datetime import UTC, datetime

from iochub.ingest.receipts import (
    Kept,
    LatestReceipts,
    Receipt,
    Reject,
    pack_receipt,
    parcels_of,
    unpack_receipt,
)

AT = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)


def receipt(name: str) -> Receipt:
    return Receipt(
        name, "notes", "H56", "ab", 3, 1, (Kept(2, 7, 3),), (Reject(1, "L", "missing:x", "x"),), AT, AT
    )


def test_a_receipt_survives_kafka() -> None:
    assert unpack_receipt(pack_receipt(receipt("r"))) == receipt("r")


def test_a_receipts_parcels_are_compared_by_position() -> None:
    (parcel,) = parcels_of(receipt("r"))
    assert (parcel.partition, parcel.offset, parcel.events) == (2, 7, 3)


def test_the_oldest_receipt_is_forgotten_first() -> None:
    latest = LatestReceipts(most=2)
    for name in "abc":
        latest.remember(receipt(name))
    found = [asyncio.run(latest.find(name, "H56")) for name in "abc"]
    assert [state is not None for state in found] == [False, True, True]
    assert asyncio.run(latest.find("c", "H57")) is None
    assert asyncio.run(latest.find("c", None)) is not None
