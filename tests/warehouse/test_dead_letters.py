"""Dead letters as their sender asks for them, on a real ClickHouse."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from iochub.ingest.dead_letters import DeadLetter, pack_dead_letter
from iochub.streams.copying import LETTER_COLUMNS, copy_letters
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


def test_a_letter_is_found_as_it_was_set_aside_and_an_older_one_without_an_envelope(store: Store) -> None:
    letter = DeadLetter(
        "02", "permits", "H56", "r", "d", 3, "missing:day", "day", "application/json", b"\x00record", AT,
        envelope=b"\xffenvelope",
    )  # fmt: skip
    store.insert("dead_letters", LETTER_COLUMNS, copy_letters([pack_dead_letter(letter)]))
    store.insert("dead_letters", COLUMNS, [("H56", "01", "permits", "r", "missing:day", AT)])
    letters = DeadLetters(store)
    older = asyncio.run(letters.find("01", "H56"))
    assert asyncio.run(letters.find("02", "H56")) == letter
    assert older is not None
    assert older.envelope == b""
    listed = asyncio.run(letters.listing("H56", None, None, None, 10))
    assert [(one.id, one.record, one.envelope) for one in listed] == [("02", b"", b""), ("01", b"", b"")]
