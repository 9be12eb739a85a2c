"""A receipt keeps the state it was told to have, on a real ClickHouse."""

import asyncio
from datetime import UTC, datetime

from iochub.event import events_topic
from iochub.exact.place import mark_of
from iochub.ingest.receipts import Kept, Receipt, pack_receipt
from iochub.ingest.topic_list import DEAD_LETTERS, RECEIPTS, WINDOWS_TOUCHED
from iochub.streams.copying import RECEIPT_COLUMNS, copy_receipts
from iochub.warehouse.positions import start_positions
from iochub.warehouse.receipts import Receipts
from iochub.warehouse.store import Store

AT = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
EVENTS = events_topic("permits")


def receipt(name: str, offset: int) -> bytes:
    return pack_receipt(Receipt(name, "permits", "H56", "ab", 3, 0, (Kept(2, offset, 3),), (), AT, AT))


def copied(store: Store, era: int, *receipts: bytes) -> None:
    store.insert(RECEIPTS, RECEIPT_COLUMNS, copy_receipts(store, {EVENTS: era}, receipts))


def state(store: Store, name: str) -> str:
    found = asyncio.run(Receipts(store).find(name, None))
    assert found is not None
    return found.state


def land(store: Store, era: int, position: int) -> None:
    columns = ("feed", "era", "partition", "position", "touch_ends", "last_received_at")
    store.insert("land_progress", columns, [("permits", era, 2, position, {}, AT)])


def test_a_receipt_that_is_copied_again_after_its_topic_was_made_anew_stays_counted(store: Store) -> None:
    copied(store, 0, receipt("old", 7))
    assert state(store, "old") == "accepted"
    land(store, 0, 8)
    assert state(store, "old") == "counted"
    copied(store, 1, receipt("old", 7), receipt("new", 7), b"no receipt", b"\xff")
    assert (state(store, "old"), state(store, "new")) == ("counted", "accepted")
    copied(store, 2, receipt("new", 7))
    land(store, 1, 8)
    assert (state(store, "old"), state(store, "new")) == ("counted", "counted")


def test_a_position_in_a_topic_that_was_made_anew_means_nothing(store: Store) -> None:
    copy = ("topic", "partition", "position")
    store.insert("log_progress", copy, [(RECEIPTS, 1, 500), (DEAD_LETTERS, 1, mark_of(0, 7))])
    land(store, 0, 70)
    store.insert("rollup_progress", ("era", "partition", "position"), [(0, 1, 50)])
    eras = dict.fromkeys((EVENTS, RECEIPTS, DEAD_LETTERS, WINDOWS_TOUCHED), 0)
    reached = {(EVENTS, 2): 69, (RECEIPTS, 1): 499, (DEAD_LETTERS, 1): 6, (WINDOWS_TOUCHED, 1): 49}
    assert start_positions(store, eras, 1) == reached
    store.insert("log_progress", copy, [(RECEIPTS, 1, mark_of(1, 20))])
    assert start_positions(store, {**eras, RECEIPTS: 1}, 1) == {**reached, (RECEIPTS, 1): 19}
    assert start_positions(store, dict.fromkeys(eras, 2), 1) == {}
