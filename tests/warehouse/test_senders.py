"""What each sender did of late, on a real ClickHouse."""

import secrets
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hub_in_process import HubInProcess, paper
from permits import Permits

from iochub.ingest.declarations import Declaration
from iochub.ingest.feed import Column
from iochub.text import Text
from iochub.warehouse.completeness import Compared
from iochub.warehouse.receipts import first_receipt
from iochub.warehouse.senders import SCORED_DAYS, Senders, SenderTally
from iochub.warehouse.tally import Tally

NOW = datetime(2021, 7, 20, 3, tzinfo=UTC)
RECEIPT = ("receipt", "feed", "sender", "delivery", "accepted", "rejected", "received_at", "accepted_at")


class Flagging(Permits):
    """Permits of households are worth a look here, so that there is a column to count."""

    columns = tuple(
        Column("flagged", "UInt8", Text("Xem", "Look")) if one.name == "household" else one
        for one in Permits.columns
    )


def received(
    hub: HubInProcess, sender: str, accepted: int, rejected: int = 0, at: datetime = NOW, delivery: str = ""
) -> None:
    name = first_receipt(at)[:10] + secrets.token_hex(8).upper()
    when = at.strftime("%Y-%m-%d %H:%M:%S")
    row = (name, Permits.name, sender, delivery or name, accepted, rejected, when, when)
    hub.store.insert("receipts", RECEIPT, [row])


def read(
    hub: HubInProcess,
    compared: tuple[Compared, ...] = (),
    expected: tuple[tuple[str, str], ...] = (),
    feed: type[Permits] = Permits,
) -> dict[str, SenderTally]:
    senders = Senders(hub.store, [feed], lambda _: compared, lambda: expected, lambda: NOW)
    return {one.agency: one for one in senders.read()[Permits.name]}


def told(records: int, held: int, at: datetime = NOW, sender: str = "H56") -> Compared:
    day = date(2021, 7, 1)
    return Compared(
        Declaration("1", Permits.name, sender, day, day + timedelta(days=1), records, None, at),
        held,
        Decimal(0),
    )


def test_each_sender_is_counted_by_itself(hub: HubInProcess) -> None:
    received(hub, "H56", 5, 1)
    received(hub, "H56", 7)
    received(hub, "H56.1", 2, 3)
    found = read(hub)
    assert (found["H56"].tally, found["H56.1"].tally) == (Tally(12, 1), Tally(2, 3))
    assert found["H56"].last_received_at == NOW


def test_a_delivery_that_came_again_is_repeated_whoever_else_sent_the_same(hub: HubInProcess) -> None:
    for sender in ("H56", "H56", "H56", "H56.1"):
        received(hub, sender, 5, delivery=f"same of {sender}")
    found = read(hub)
    assert (found["H56"].tally, found["H56.1"].tally) == (Tally(15, 0, 10), Tally(5))


def test_what_is_older_than_the_scored_days_is_forgotten_but_not_when_it_was(hub: HubInProcess) -> None:
    before = NOW - timedelta(days=SCORED_DAYS + 1)
    received(hub, "H56", 5, at=before)
    assert read(hub) == {}
    found = read(hub, expected=(("permits", "H56"),))["H56"]
    assert (found.tally, found.last_received_at) == (Tally(), before)


def test_who_holds_a_key_is_listed_even_if_nothing_ever_came(hub: HubInProcess) -> None:
    received(hub, "H56.1", 1)
    found = read(hub, expected=(("permits", "H56.7"), ("permits", "H56.1"), ("other", "H56")))
    assert list(found) == ["H56.1", "H56.7"]
    assert found["H56.7"] == SenderTally("H56.7", Tally(), None)


def test_too_much_of_one_day_makes_up_for_nothing_of_another(hub: HubInProcess) -> None:
    old = NOW - timedelta(days=SCORED_DAYS + 1)
    found = read(hub, compared=(told(10, 4), told(10, 25), told(50, 50, at=old)))
    assert found["H56"].tally == Tally(declared=20, found=14)


def test_a_feed_that_flags_is_less_clean_by_what_it_flagged(hub: HubInProcess) -> None:
    hub.store.run("ALTER TABLE permits_cells ADD COLUMN flagged UInt8 DEFAULT household")
    hub.send(paper("a", household=1), paper("b"), paper("c"), paper("old", "2021-05-01", household=1))
    received(hub, "H56", 4)
    assert read(hub, feed=Flagging)["H56"].tally == Tally(4, held=3, flagged=1)
    assert read(hub)["H56"].tally == Tally(4), "a feed without such a column has nothing flagged"
