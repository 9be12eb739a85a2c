"""What a sender is told of its own things, on a real ClickHouse."""

import asyncio
from datetime import date
from decimal import Decimal

from hub_in_process import HubInProcess, ended, paper
from permits import Permits

from iochub.ingest.declarations import Holding
from iochub.warehouse.holdings import Holdings

JULY, AUGUST = date(2021, 7, 1), date(2021, 8, 1)


def held(hub: HubInProcess, sender: str) -> list[Holding]:
    found = Holdings(hub.store, {"permits": Permits()}).holdings(sender, "permits", JULY, AUGUST)
    return list(asyncio.run(found))


def test_a_sender_is_told_what_stands_of_its_own_things_per_day(hub: HubInProcess) -> None:
    hub.send(
        paper("a", amount="1.50"),
        paper("b", amount="2.25"),
        paper("c", "2021-07-03", amount="10"),
        paper("d", "2021-08-01", amount="99"),
        paper("e", amount="1000", sender="H56.9"),
    )
    hub.send(ended("a", "2021-07-09T03:00:00+00:00"))
    assert held(hub, "H56") == [
        Holding(date(2021, 7, 1), 2, Decimal("3.75")),
        Holding(date(2021, 7, 3), 1, Decimal(10)),
    ]
    assert held(hub, "H56.1") == []


def test_what_was_corrected_or_replaced_is_held_once_and_where_it_is_now(hub: HubInProcess) -> None:
    hub.send(paper("a", amount="1"), paper("b", amount="2"))
    hub.send(paper("a", "2021-07-05", amount="7"), paper("c", amount="3", replaces="b"))
    hub.send(paper("a", "2021-07-05", amount="7"))
    assert held(hub, "H56") == [
        Holding(date(2021, 7, 1), 1, Decimal(3)),
        Holding(date(2021, 7, 5), 1, Decimal(7)),
    ]
