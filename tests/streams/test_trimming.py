"""What is landed and old leaves Kafka, and no figure and no receipt is told otherwise for it."""

import random
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from clickhouse_engine import ClickHouse, free_port
from hypothesis import given
from hypothesis import strategies as st
from worker_line import Line, lives, message, running_line, until

from iochub.errors import DeclarationError, StoreUnavailable
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.topic_list import IDENTITY, RECEIPTS, WINDOWS_TOUCHED, followed_topics, trimmed_topics
from iochub.ingest.topics import begins_of, ends_of, topic_ids
from iochub.settings import ClickHouseSettings, KafkaSettings, Settings, StreamsSettings
from iochub.streams.trimming import cuts, trim
from iochub.streams.worker import eras_now, refuse_gaps
from iochub.warehouse.eras import allocate
from iochub.warehouse.positions import begin_where_trimmed, start_positions
from iochub.warehouse.store import Store

EVENTS = "events.dossiers"
REWIND = 2
KILLS = 4
AT_ONCE = {"IOCHUB_KAFKA__KEEP_DAYS": "0.0000001", "IOCHUB_STREAMS__REWIND_OFFSETS": str(REWIND)}
"""What is landed is too old at once, and a worker looks every second."""

OFFSETS = st.dictionaries(
    st.tuples(st.sampled_from(("followed", "told")), st.integers(0, 2)), st.integers(0, 50)
)


@given(OFFSETS, OFFSETS, OFFSETS)
def test_a_partition_is_cut_forward_and_only_as_far_as_it_is_old_and_landed(begins, old, read) -> None:
    found = cuts(begins, old, read, frozenset({"followed"}))
    for place, first in begins.items():
        most = old.get(place, 0) if place[0] == "told" else min(old.get(place, 0), read.get(place, 0))
        assert found.get(place) == (most if most > first else None)
    assert set(found) <= set(begins)


@pytest.fixture(scope="module")
def line(clickhouse: ClickHouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with running_line(clickhouse, tmp_path_factory.mktemp("trimmed"), "trimming_test") as line:
        line.environment.update(AT_ONCE)
        yield line


def begins(line: Line, topic: str) -> dict[int, int]:
    return {number: first for (_, number), first in begins_of(line.bootstrap, [topic]).items()}


def settings_of(line: Line) -> Settings:
    return Settings(
        kafka=KafkaSettings(bootstrap=line.bootstrap), streams=StreamsSettings(rewind_offsets=REWIND)
    )


def trimmed_by_hand(line: Line, store: Store) -> dict[str, int]:
    """As a worker does it, with all that is there old enough."""
    settings = settings_of(line)
    return trim(
        settings, store, lambda: eras_now(settings, line.store), datetime.now(UTC) + timedelta(days=1)
    )


def test_what_is_not_landed_stays_however_old_and_with_the_warehouse_away_all_stays(line: Line) -> None:
    names = [line.send(message(lives(first, 5))) for first in range(0, 400, 20)]
    assert trimmed_by_hand(line, line.store) == {}
    away = Store(ClickHouseSettings(port=free_port()), may_write=True)
    with pytest.raises(StoreUnavailable):
        trimmed_by_hand(line, away)
    away.close()
    assert not any(begins(line, EVENTS).values())
    line.start()
    for name in names:
        counted = until(lambda name=name: line.receipt(name, "counted"))
        assert (counted.stored, counted.set_aside) == (5, 0)
    assert line.value("dossiers_received") == 100


def test_what_is_landed_and_old_goes_and_the_topic_is_no_other_than_before(line: Line) -> None:
    followed = followed_topics(FEEDS)
    before = topic_ids(line.bootstrap, followed)
    for topic in (EVENTS, RECEIPTS, WINDOWS_TOUCHED):
        # Again what was counted already: it changes no figure, and touches its cells all the same.
        until(lambda topic=topic: any(begins(line, topic).values()) or line.send(message(lives(0, 5))) == "")
    read = start_positions(line.store, dict.fromkeys(followed, 0), REWIND)
    for place, first in begins_of(line.bootstrap, trimmed_topics(FEEDS)).items():
        assert first <= read.get(place, 0) or place[0] == "figures.changed"
    assert not any(begins(line, IDENTITY).values())
    assert topic_ids(line.bootstrap, followed) == before
    assert set(allocate(line.store, before).values()) == {0}
    log = (line.folder / "worker.log").read_text()
    assert "Traceback" not in log
    assert " of receipts" in log.partition("Kafka was trimmed of records before ")[2].partition("\n")[0]


def test_killed_again_and_again_while_it_trims_a_worker_counts_all_once(line: Line, record_property) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    record_property("seed", seed)
    dice = random.Random(seed)
    names, first = [], 10_000
    for _ in range(KILLS):
        until_then = time.monotonic() + dice.uniform(1.0, 4.0)
        while time.monotonic() < until_then:
            names.append(line.send(message(lives(first, 3))))
            first += 20
        line.end(signal.SIGKILL)
        names.append(line.send(message(lives(first, 3))))
        line.send(message(lives(0, 5)))  # long landed, and its first arrival is trimmed
        first += 20
        line.start()
    for name in names:
        counted = until(lambda name=name: line.receipt(name, "counted"))
        assert (counted.accepted, counted.stored, counted.set_aside, counted.counted) == (3, 3, 0, 3)
    until(lambda: line.value("dossiers_received") == 100 + 3 * len(names))
    until(lambda: sum(begins(line, EVENTS).values()) > 20)
    assert line.receipt("receipt-1", "counted"), "its record is gone, and the warehouse has it"


def test_a_warehouse_older_than_what_was_trimmed_is_told_of_it_and_counts_what_comes(
    line: Line, clickhouse: ClickHouse
) -> None:
    line.end(signal.SIGKILL)
    other = Line(line.bootstrap, clickhouse, line.folder, "trimming_older")
    other.environment.update(AT_ONCE)
    followed = topic_ids(line.bootstrap, followed_topics(FEEDS))
    gone = begins_of(line.bootstrap, tuple(followed))
    try:
        with pytest.raises(DeclarationError, match="never read: it is an older one"):
            refuse_gaps(settings_of(other), other.store, eras_now(settings_of(other), other.store))
        told = begin_where_trimmed(other.store, followed, gone)
        assert told == {
            topic: number
            for topic in followed
            if (number := sum(first for (name, _), first in gone.items() if name == topic))
        }
        refuse_gaps(settings_of(other), other.store, eras_now(settings_of(other), other.store))
        left = {place: end - gone[place] for place, end in ends_of(line.bootstrap, tuple(followed)).items()}
        assert sum(left[EVENTS, number] for number in range(3)) <= 3 * REWIND
        other.start()
        name = other.send(message(lives(90_000, 8)))
        counted = until(lambda: other.receipt(name, "counted"))
        assert (counted.stored, counted.set_aside) == (8, 0)
        aside = other.store.rows("SELECT count() FROM set_aside FINAL WHERE record = ''")
        assert aside == [(told[EVENTS],)]
        assert 8 <= other.value("dossiers_received") < line.value("dossiers_received")
    finally:
        if other.worker is not None:
            other.end(signal.SIGTERM)
        other.producer.close()
        other.store.close()
