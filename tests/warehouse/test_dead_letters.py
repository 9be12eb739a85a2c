"""Dead letters as their sender asks for them, on a real ClickHouse."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from iochub.ingest.dead_letters import (
    DeadLetter,
    Listed,
    Replay,
    State,
    Wanted,
    pack_dead_letter,
    pack_replay,
)
from iochub.streams.copying import LETTER_COLUMNS, REPLAY_COLUMNS, copy_letters, copy_replays
from iochub.warehouse.dead_letters import DeadLetters
from iochub.warehouse.store import Store

AT = datetime(2026, 1, 2, 3, tzinfo=UTC)
COLUMNS = ("sender", "id", "feed", "receipt", "reason", "at")
SAME, OTHER = "a" * 64, "b" * 64


def set_aside(store: Store, *ids: str, corrected_from: str = "", reason: str = "missing:day") -> None:
    letters = [
        DeadLetter(one, "permits", "H56", f"r{one}", "d", 0, reason, "day", "application/json", b"", AT,
                   corrected_from)
        for one in ids
    ]  # fmt: skip
    store.insert("dead_letters", LETTER_COLUMNS, copy_letters([pack_dead_letter(one) for one in letters]))


def replay(number: str, letter: str, accepted: int, after: str = OTHER, receipt: str = "") -> Replay:
    return Replay(
        number, letter, "permits", "H56", "key", receipt or f"of {number}", SAME, after, ("day", "unit"),
        True, accepted, 1 - accepted, AT,
    )  # fmt: skip


def replayed(store: Store, *replays: Replay) -> None:
    store.insert("dead_letter_replays", REPLAY_COLUMNS, copy_replays([pack_replay(one) for one in replays]))


def listed(store: Store, **wanted: object) -> list[Listed]:
    return list(asyncio.run(DeadLetters(store).listing("H56", Wanted(**wanted))))  # type: ignore[arg-type]


def ids(store: Store, **wanted: object) -> list[str]:
    return [one.letter.id for one in listed(store, **wanted)]


@pytest.mark.parametrize("hours", [-7, 0, 7])
def test_letters_are_listed_since_an_instant_in_whatever_zone_it_is_written(store: Store, hours: int) -> None:
    store.insert("dead_letters", COLUMNS, [("H56", "01", "permits", "r", "missing:day", AT)])
    zone = timezone(timedelta(hours=hours))

    def count(since: datetime | None) -> int:
        return len(ids(store, since=since))

    assert [count(since.astimezone(zone)) for since in (AT, AT + timedelta(seconds=1))] == [1, 0]
    assert count(datetime(1, 1, 1, tzinfo=zone)) == count(None) == 1
    assert count(datetime(9999, 12, 31, 23, tzinfo=zone)) == 0


def test_a_letter_is_found_as_it_was_set_aside_and_an_older_one_without_an_envelope(store: Store) -> None:
    letter = DeadLetter(
        "02", "permits", "H56", "r", "d", 3, "missing:day", "day", "application/json", b"\x00record", AT,
        envelope=b"\xffenvelope",
    )  # fmt: skip
    store.insert("dead_letters", LETTER_COLUMNS, copy_letters([pack_dead_letter(letter)]))
    store.insert("dead_letters", COLUMNS, [("H56", "01", "permits", "r", "missing:day", AT)])
    letters = DeadLetters(store)
    older = asyncio.run(letters.find("01", "H56"))
    assert asyncio.run(letters.find("02", "H56")) == Listed(letter)
    assert older is not None
    assert older.letter.envelope == b""
    assert [(one.letter.id, one.letter.record, one.letter.envelope) for one in listed(store)] == [
        ("02", b"", b""),
        ("01", b"", b""),
    ]


def test_a_letter_stands_by_the_best_that_came_of_its_replays(store: Store) -> None:
    set_aside(store, "1", "2", "3", "4", "5")
    replayed(
        store,
        replay("01", "2", accepted=0),
        replay("02", "3", accepted=0),
        replay("03", "3", accepted=1),
        replay("04", "3", accepted=0),
        replay("05", "4", accepted=1, after=SAME),
    )
    states: dict[str, tuple[State, str]] = {one.letter.id: (one.state, one.receipt) for one in listed(store)}
    assert states == {
        "1": ("open", ""),
        "2": ("refused_again", "of 01"),
        "3": ("corrected", "of 03"),
        "4": ("replayed", "of 05"),
        "5": ("open", ""),
    }
    assert ids(store, state="open") == ["5", "1"]
    assert ids(store, state="corrected") == ["3"]
    found = asyncio.run(DeadLetters(store).find("3", "H56"))
    assert found is not None
    assert (found.state, found.receipt) == ("corrected", "of 03")
    assert asyncio.run(DeadLetters(store).find("3", "H57")) is None


def test_pages_follow_each_other_without_gap_or_repetition(store: Store) -> None:
    set_aside(store, *(f"{number:02}" for number in range(7)))
    pages, before = [], ""
    while page := ids(store, before=before, limit=3):
        pages.append(page)
        before = page[-1]
    assert pages == [["06", "05", "04"], ["03", "02", "01"], ["00"]]


def test_a_reason_is_asked_for_whole_or_by_its_code(store: Store) -> None:
    set_aside(store, "1", reason="missing:day")
    set_aside(store, "2", reason="missing:unit")
    set_aside(store, "3", reason="bad_date:day")
    assert ids(store, reason="missing") == ["2", "1"]
    assert ids(store, reason="missing:day") == ["1"]
    assert ids(store, reason="miss") == []


def test_a_history_tells_every_replay_in_order_and_what_was_set_aside_anew(store: Store) -> None:
    set_aside(store, "1")
    set_aside(store, "2", corrected_from="1")
    first, second = replay("01", "1", 0, receipt="r2"), replay("02", "1", 1)
    replayed(store, second, first)
    replayed(store, first)
    told = asyncio.run(DeadLetters(store).history("1", "H56"))
    assert [(one.replay, one.set_aside) for one in told] == [(first, ("2",)), (second, ())]
    assert asyncio.run(DeadLetters(store).history("1", "H57")) == []
