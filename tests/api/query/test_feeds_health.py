import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from clickhouse_engine import ClickHouse
from permits import Permits
from pydantic import SecretStr
from ulid import ULID

from iochub.api.query.feeds_health import StoredFeedsHealth, first_receipt, state_of
from iochub.api.query.ports import FeedHealth
from iochub.settings import ClickHouseSettings
from iochub.warehouse.migrations.apply import migrate
from iochub.warehouse.store import Store

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


def landed(store: Store, position: int, at: datetime) -> None:
    columns = ("feed", "era", "partition", "position", "touch_ends", "last_event_at", "last_received_at")
    store.insert("land_progress", columns, [(Permits.name, 1, 3, position, {}, written(at), written(at))])


def written(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def health(store: Store) -> FeedHealth:
    (found,) = StoredFeedsHealth(store, [Permits], lambda: NOW).read()
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
    ("received", "waited", "expected"),
    [
        (None, None, "no_data"),
        (NOW - timedelta(hours=3), None, "ok"),
        (NOW - timedelta(hours=3, seconds=1), None, "stale"),
        (NOW, 10.0, "ok"),
        (NOW, 10.1, "partial"),
    ],
)
def test_three_missed_beats_are_silence_and_a_backlog_is_said(received, waited, expected) -> None:
    assert state_of(received, waited, timedelta(hours=1), NOW) == expected


def test_no_receipt_of_an_instant_sorts_before_the_first() -> None:
    assert first_receipt(NOW) <= str(ULID.from_datetime(NOW))
    assert str(ULID.from_datetime(NOW - timedelta(milliseconds=1))) < first_receipt(NOW)
