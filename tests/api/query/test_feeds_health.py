import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from clickhouse_engine import ClickHouse
from permits import Permits
from pydantic import SecretStr
from ulid import ULID

from iochub.api.query.feeds_health import StoredFeedsHealth, state_of
from iochub.api.query.ports import Arrived, FeedHealth
from iochub.exact.place import mark_of
from iochub.ingest.silence import silence
from iochub.settings import ClickHouseSettings
from iochub.warehouse.migrations.apply import migrate
from iochub.warehouse.receipts import first_receipt
from iochub.warehouse.senders import SenderTally
from iochub.warehouse.store import Store
from iochub.warehouse.tally import Tally

NOW = datetime(2026, 11, 23, 7, 5, 7, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 22, 17, tzinfo=UTC)


@pytest.fixture
def store(clickhouse: ClickHouse) -> Iterator[Store]:
    """A warehouse with all tables and nothing in them."""
    database = f"test_{secrets.token_hex(6)}"

    def opened(name: str) -> Store:
        return Store(
            ClickHouseSettings(
                host=clickhouse.host,
                port=clickhouse.port,
                database=name,
                writer_password=SecretStr(clickhouse.writer_password),
            ),
            may_write=True,
        )

    root, inner = opened("default"), opened(database)
    root.run(f"CREATE DATABASE {database} ENGINE = Atomic")
    migrate(inner, [Permits])
    yield inner
    inner.close()
    root.run(f"DROP DATABASE {database} SYNC")
    root.close()


def receipt(
    store: Store, at: datetime, offset: int, accepted: int, reasons: dict[str, int] | None = None
) -> None:
    """Keep one receipt of a delivery in partition 3."""
    columns = (
        "receipt",
        "feed",
        "sender",
        "era",
        "accepted",
        "rejected",
        "parcels",
        "reasons",
        "received_at",
        "accepted_at",
    )
    name = str(ULID.from_bytes(int(at.timestamp() * 1000).to_bytes(6, "big") + secrets.token_bytes(10)))
    why = reasons or {}
    store.insert(
        "receipts",
        columns,
        [
            (
                name,
                Permits.name,
                "H56",
                1,
                accepted,
                sum(why.values()),
                [(3, offset, accepted)],
                why,
                written(at),
                written(at),
            )
        ],
    )


def landed(store: Store, position: int, at: datetime, touched: dict[int, int] | None = None) -> None:
    """Landing came so far in partition 3; `touched` are its touches' end offsets, in era 1."""
    ends = {str(partition): mark_of(1, end) for partition, end in (touched or {}).items()}
    columns = ("feed", "era", "partition", "position", "touch_ends", "last_event_at", "last_received_at")
    columns = (*columns, "recorded_at")
    row = (Permits.name, 1, 3, position, ends, written(at), written(at), written(NOW))
    store.insert("land_progress", columns, [row])


def rolled(store: Store, partition: int, position: int) -> None:
    store.insert("rollup_progress", ("era", "partition", "position"), [(1, partition, position)])


def written(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def health(store: Store, arrived: Arrived | None = None) -> FeedHealth:
    (found,) = StoredFeedsHealth(store, [Permits], lambda: NOW, lambda: arrived or Arrived({}, 0.0)).read()
    return found


def test_a_feed_that_never_spoke_has_no_data_and_no_zeros_for_time(store: Store) -> None:
    found = health(store)
    assert (found.state, found.last_received_at, found.last_event_at) == ("no_data", None, None)
    assert (found.accepted_today, found.rejected_today, found.rejects) == (0, 0, ())


def test_today_begins_at_midnight_in_the_province(store: Store) -> None:
    receipt(store, MIDNIGHT - timedelta(seconds=1), 0, 100)
    receipt(store, MIDNIGHT, 1, 7, {"missing:a": 1})
    receipt(store, NOW - timedelta(seconds=5), 2, 3, {"missing:a": 1, "unknown_kind": 4})
    landed(store, 3, NOW - timedelta(seconds=5))
    found = health(store)
    assert (found.accepted_today, found.rejected_today) == (10, 6)
    assert found.rejects == (("unknown_kind", 4), ("missing:a", 2))
    assert (found.state, found.lag_events, found.lag_seconds) == ("ok", 0, 0.0)
    assert found.last_received_at == NOW - timedelta(seconds=5)


def test_what_was_accepted_and_not_landed_waits(store: Store) -> None:
    receipt(store, NOW - timedelta(minutes=5), 0, 100)
    receipt(store, NOW - timedelta(minutes=4), 1, 20)
    receipt(store, NOW - timedelta(minutes=3), 2, 3)
    landed(store, 1, NOW - timedelta(minutes=5))
    found = health(store)
    assert (found.state, found.lag_events, found.lag_seconds) == ("partial", 23, 240.0)


def test_what_was_landed_and_not_rolled_up_waits_too(store: Store) -> None:
    """Offsets 0 and 1 are landed by one batch and 2 by the next; each touched two partitions."""
    for offset, minutes in enumerate((6, 5, 4)):
        receipt(store, NOW - timedelta(minutes=minutes), offset, 10 ** (2 - offset))
    landed(store, 2, NOW - timedelta(minutes=5), {0: 10, 1: 20})
    landed(store, 3, NOW - timedelta(minutes=4), {0: 15, 1: 25})
    rolled(store, 0, 15)
    found = health(store)
    assert (found.state, found.lag_events, found.lag_seconds) == ("partial", 111, 360.0)
    rolled(store, 1, 24)
    found = health(store)
    assert (found.state, found.lag_events, found.lag_seconds) == ("partial", 1, 240.0)
    rolled(store, 1, 25)
    found = health(store)
    assert (found.state, found.lag_events, found.lag_seconds) == ("ok", 0, 0.0)


def test_what_kafka_holds_and_no_worker_has_come_to_waits_though_no_receipt_was_copied(store: Store) -> None:
    place = ("events.permits", 3)
    store.insert("eras", ("topic", "topic_id", "partitions", "era"), [("events.permits", "a", 12, 1)])
    landed(store, 7, NOW)
    assert health(store, Arrived({place: 7}, 0.0)).state == "ok"
    found = health(store, Arrived({place: 9, ("events.others", 3): 5}, 0.0))
    assert (found.state, found.lag_events, found.lag_seconds) == ("partial", 2, 10.0)


def test_touches_that_wait_make_every_feed_partial(store: Store) -> None:
    store.insert("eras", ("topic", "topic_id", "partitions", "era"), [("windows.touched", "a", 12, 1)])
    landed(store, 7, NOW)
    rolled(store, 0, 4)
    assert health(store, Arrived({("windows.touched", 0): 4}, 0.0)).state == "ok"
    assert health(store, Arrived({("windows.touched", 0): 5}, 0.0)).state == "partial"


def test_while_kafka_is_away_nobody_can_deliver_and_no_figure_is_whole(store: Store) -> None:
    assert health(store, Arrived({}, 60.0)).state == "no_data"
    landed(store, 7, NOW)
    assert health(store, Arrived({}, 9.9)).state == "ok"
    found = health(store, Arrived({}, 60.0))
    assert (found.state, found.lag_events, found.lag_seconds) == ("partial", 0, 60.0)


def test_a_silent_feed_is_stale_and_its_last_word_is_remembered(store: Store) -> None:
    spoken = NOW - 4 * Permits.every
    landed(store, 1, spoken)
    found = health(store)
    assert (found.state, found.last_received_at) == ("stale", spoken)


def test_many_who_ask_at_once_ask_the_warehouse_once(store: Store) -> None:
    asked = StoredFeedsHealth(store, [Permits], lambda: NOW)
    first = asked.read()
    receipt(store, NOW, 0, 1)
    assert asked.read() is first


@pytest.mark.parametrize(
    ("hours", "waited", "expected"),
    [
        (None, 0.0, "no_data"),
        (3, 0.0, "ok"),
        (3.001, 0.0, "stale"),
        (0, 9.9, "ok"),
        (0, 10.0, "partial"),
    ],
)
def test_three_missed_beats_are_silence_and_a_backlog_is_said(hours, waited, expected) -> None:
    silent = None if hours is None else silence(Permits, NOW - timedelta(hours=hours), NOW)
    assert state_of(silent, waited) == expected


def test_an_office_is_not_silent_over_a_weekend_that_a_hospital_would_be(store: Store) -> None:
    class Office(Permits):
        calendar = "office"

    friday, monday = datetime(2026, 11, 6, 10, tzinfo=UTC), datetime(2026, 11, 9, 2, tzinfo=UTC)
    landed(store, 1, friday)
    states = {
        feed.calendar: StoredFeedsHealth(store, [feed], lambda: monday).read()[0].state
        for feed in (Office, Permits)
    }
    assert states == {"office": "ok", "always": "stale"}


def test_a_feed_is_scored_by_what_all_its_senders_did(store: Store) -> None:
    landed(store, 1, NOW)
    tallies = {"permits": [SenderTally("H56.1", Tally(9, 1), NOW), SenderTally("H56.2", Tally(), None)]}
    (found,) = StoredFeedsHealth(store, [Permits], lambda: NOW, tallies=lambda: tallies).read()
    assert found.tally == Tally(9, 1)
    assert [(one.agency, one.silence is None) for one in found.agencies] == [
        ("H56.1", False),
        ("H56.2", True),
    ]


def test_no_receipt_of_an_instant_sorts_before_the_first() -> None:
    assert first_receipt(NOW) <= str(ULID.from_datetime(NOW))
    assert str(ULID.from_datetime(NOW - timedelta(milliseconds=1))) < first_receipt(NOW)


@pytest.mark.parametrize(
    ("minutes", "good", "bad", "stopped"),
    [(1, 79, 21, 1), (1, 80, 20, 0), (1, 0, 99, 0), (14, 0, 100, 1), (16, 0, 100, 0)],
)
def test_a_feed_says_from_how_many_senders_too_much_was_refused_lately(
    store: Store, minutes: int, good: int, bad: int, stopped: int
) -> None:
    receipt(store, NOW - timedelta(minutes=minutes), 1, good, {"missing:day": bad})
    assert health(store).too_many_rejects == stopped


def test_replays_stop_no_feed(store: Store) -> None:
    receipt(store, NOW - timedelta(minutes=1), 1, 0, {"missing:day": 100})
    sent = store.rows("SELECT receipt FROM receipts")
    columns = ("sender", "dead_letter", "id", "feed", "receipt", "at")
    row = ("H56", "a", "b", Permits.name, sent[0][0], written(NOW - timedelta(minutes=1)))
    store.insert("dead_letter_replays", columns, [row])
    assert health(store).too_many_rejects == 0
