"""Dead letters as their sender asks for them, on a real ClickHouse."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from iochub.warehouse.dead_letters import DeadLetters
from iochub.warehouse.store import Store

AT = datetime(2026, 1, 2, 3, tzinfo=UTC)
COLUMNS = ("sender", "id", "feed", "receipt", "reason", "at")


@pytest.mark.parametrize("hours", [-7, 0, 7])
def test_letters_are_listed_since_an_instant_in_whatever_zone_it_is_written(store: Store, hours: int) -> None:
    store.insert("dead_letters", COLUMNS, [("H56", "01", "permits", "r", "missing:day", AT)])
    zone = timezone(timedelta(hours=hours))

    def listed(since: datetime | None) -> int:
        return len(asyncio.run(DeadLetters(store).listing("H56", None, None, since, 10)))

    assert [listed(since.astimezone(zone)) for since in (AT, AT + timedelta(seconds=1))] == [1, 0]
    assert listed(datetime(1, 1, 1, tzinfo=zone)) == listed(None) == 1
    assert listed(datetime(9999, 12, 31, 23, tzinfo=zone)) == 0
