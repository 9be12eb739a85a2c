"""Dead letters as their sender asks for them, on a real ClickHouse."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import msgspec
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
    store.insert(
        "dead_letters", LETTER_COLUMNS, copy_letters(store, [pack_dead_letter(one) for one in letters])
    )


def replay(
    number: str, letter: str, accepted: int, after: str = OTHER, receipt: str = "", delivery: str = ""
) -> Replay:
    return Replay(
        number, letter, "permits", "H56", "key", receipt or f"of {number}", SAME, after, ("day", "unit"),
        True, accepted, 1 - accepted, AT, delivery,
    )  # fmt: skip


def replayed(store: Store, *replays: Replay) -> None:
    store.insert("dead_letter_replays", REPLAY_COLUMNS, copy_replays([pack_replay(one) for one in replays]))


def listed(store: Store, feeds: tuple[str, ...] = ("permits",), **wanted: object) -> list[Listed]:
    asked = Wanted(feeds, **wanted)  # type: ignore[arg-type]
    return list(asyncio.run(DeadLetters(store).listing("H56", asked)))


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
    store.insert("dead_letters", LETTER_COLUMNS, copy_letters(store, [pack_dead_letter(letter)]))
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


def test_the_latest_come_first_and_those_of_a_delivery_in_its_order_whatever_their_names_say(
    store: Store,
) -> None:
    rows = [
        ("H56", one, "permits", delivery, index, AT + timedelta(hours=hour))
        for one, delivery, index, hour in (
            ("9", "d1", 0, 0), ("1", "d1", 1, 0), ("5", "d1", 2, 0), ("2", "d2", 0, 2), ("8", "d3", 0, 1)
        )
    ]  # fmt: skip
    store.insert("dead_letters", ("sender", "id", "feed", "delivery", "index", "at"), rows)
    assert ids(store) == ["2", "8", "9", "1", "5"]
    assert [ids(store, before=one, limit=2) for one in ("2", "9", "5", "none")] == [
        ["8", "9"], ["1", "5"], [], []
    ]  # fmt: skip


def test_letters_of_feeds_that_are_not_asked_for_are_not_listed(store: Store) -> None:
    set_aside(store, "1")
    store.insert("dead_letters", COLUMNS, [("H56", "2", "visits", "r", "missing:day", AT)])
    assert ids(store) == ["1"]
    assert sorted(ids(store, feeds=("permits", "visits"))) == ["1", "2"]
    assert ids(store, feeds=("visits",)) == ["2"]
    assert ids(store, feeds=()) == []


def test_a_letter_copied_again_stays_as_it_was_first_set_aside_and_as_it_stands(store: Store) -> None:
    def copied(*letters: DeadLetter) -> None:
        packed = [pack_dead_letter(one) for one in letters]
        store.insert("dead_letters", LETTER_COLUMNS, copy_letters(store, packed))

    first = DeadLetter(
        "1", "permits", "H56", "r1", "d", 0, "missing:day", "day", "application/json", b"once", AT
    )
    again = msgspec.structs.replace(first, receipt="r2", at=AT + timedelta(days=1), record=b"sealed anew")
    later = msgspec.structs.replace(first, id="2", delivery="e", at=AT + timedelta(hours=1))
    copied(first, again)
    copied(later)
    replayed(store, replay("01", "1", accepted=1))
    copied(again, later)
    copied(first, again, later)  # a worker that was killed begins a little earlier
    store.run("OPTIMIZE TABLE dead_letters FINAL")
    assert store.rows("SELECT count() FROM dead_letters") == [(2,)]
    assert [(one.letter.id, one.letter.at, one.state) for one in listed(store)] == [
        ("2", later.at, "open"),
        ("1", AT, "corrected"),
    ]
    assert asyncio.run(DeadLetters(store).find("1", "H56")) == Listed(first, "corrected", "of 01")


def test_the_same_replay_sent_twice_tells_what_the_first_set_aside(store: Store) -> None:
    set_aside(store, "1")
    set_aside(store, "2", corrected_from="1")
    first = replay("01", "1", 0, receipt="r2", delivery="d")
    second, taken = replay("02", "1", 0, delivery="d"), replay("03", "1", 1, delivery="d")
    replayed(store, first, second, taken)
    told = asyncio.run(DeadLetters(store).history("1", "H56"))
    assert [one.set_aside for one in told] == [("2",), ("2",), ()]


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
