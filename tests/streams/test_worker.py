"""One streams worker on the real Kafka and ClickHouse, killed in the middle of its work."""

import signal
import time
from collections.abc import Iterator

import pytest
from clickhouse_engine import ClickHouse
from worker_line import AT, RUN, Line, lives, message, running_line, until

from iochub.errors import DeclarationError
from iochub.ingest.demo.dossiers import finished
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.topic_list import RECEIPTS, followed_topics
from iochub.ingest.topics import ends_of, topic_ids
from iochub.settings import KafkaSettings, Settings
from iochub.streams.watch import STUCK
from iochub.streams.worker import refuse_gaps, refuse_other_topics
from iochub.warehouse.eras import eras_of
from iochub.warehouse.period import read_period
from iochub.warehouse.positions import begin_where_cut
from iochub.warehouse.question import Question

HANGS = (
    """
import threading
from iochub.streams import landing, watch
watch.LOOK_SECONDS = 0.3
landing._land = lambda *_: threading.Event().wait()
"""
    + RUN
)


@pytest.fixture(scope="module")
def line(clickhouse: ClickHouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with running_line(clickhouse, tmp_path_factory.mktemp("line"), "worker_test") as line:
        yield line


def test_accepted_events_are_counted_once_whatever_dies(line: Line) -> None:
    first, second, third = lives(0, 40), lives(1_000, 500), lives(5_000, 30)
    one = line.send(message(first))
    line.start()
    counted = until(lambda: line.receipt(one, "counted"))
    assert (counted.accepted, counted.stored, counted.set_aside, counted.counted) == (40, 40, 0, 40)
    assert line.value("dossiers_received") == 40

    line.send(message(first))  # the same delivery again
    two = line.send(message(second))
    line.end(signal.SIGKILL)
    line.send(message(second, finished))
    line.start()
    until(lambda: line.receipt(two, "stored") or line.receipt(two, "counted"))
    line.end(signal.SIGKILL)

    line.producer.send("events.dossiers", value=b"no parcel", partition=0).get(10)
    line.withdraw(first[0].code)
    last = line.send(message(third))
    line.start()
    until(lambda: line.receipt(last, "counted"))
    until(lambda: line.receipt(two, "counted"))
    until(lambda: line.value("dossiers_received") == 569)
    until(lambda: line.value("dossiers_open") == 569 - 500)
    in_time = sum(life.finished_at <= (life.corrected_due_at or life.due_at) for life in second)
    share = line.answers.figure(Question("dossiers_on_time_share", "38", read_period("2021")))
    assert (share.numerator, share.denominator) == (in_time, 569)
    assert line.store.rows("SELECT feed, partition FROM set_aside FINAL") == [("dossiers", 0)]


def test_a_record_that_no_column_can_hold_is_set_aside_alone(line: Line) -> None:
    before = line.value("dossiers_received")
    line.end(signal.SIGKILL)  # so that all of them are one batch
    well = line.send(message(lives(7_000, 20)))
    bad = line.send(message(lives(7_100, 1)), spoilt=(b'"paid_online":', b'"paid_online":[],"was":'))
    after = line.send(message(lives(7_200, 20)))
    line.start()
    counted = until(lambda: line.receipt(bad, "counted"))
    assert (counted.accepted, counted.stored, counted.set_aside) == (1, 0, 1)
    for name in (well, after):
        counted = until(lambda name=name: line.receipt(name, "counted"))
        assert (counted.stored, counted.set_aside) == (20, 0)
    until(lambda: line.value("dossiers_received") == before + 40)


def test_a_worker_does_not_go_on_with_topics_that_were_made_anew(line: Line) -> None:
    settings = Settings(kafka=KafkaSettings(bootstrap=line.bootstrap))
    known = dict.fromkeys(followed_topics(FEEDS), 0)
    refuse_other_topics(settings, line.store, known)
    with pytest.raises(DeclarationError, match="receipts was made anew"):
        refuse_other_topics(settings, line.store, known | {RECEIPTS: 1})


def test_what_comes_after_kafka_lost_its_last_records_is_counted(line: Line) -> None:
    told = topic_ids(line.bootstrap, followed_topics(FEEDS))
    settings = Settings(kafka=KafkaSettings(bootstrap=line.bootstrap))
    line.end(signal.SIGKILL)
    # As if landing had read further than the broker's disk was, before the power went.
    ends = ends_of(line.bootstrap, tuple(told))
    columns = ("feed", "era", "partition", "position", "touch_ends", "last_received_at")
    read = [("dossiers", 0, place[1], end + 500, {}, AT) for place, end in ends.items()
            if place[0] == "events.dossiers"]  # fmt: skip
    line.store.insert("land_progress", columns, read)
    with pytest.raises(DeclarationError, match=r"lost records of events\.dossiers"):
        refuse_gaps(settings, line.store, eras_of(line.store, told))
    assert begin_where_cut(line.store, told, lambda: ends) == ["events.dossiers"]
    refuse_gaps(settings, line.store, eras_of(line.store, told))
    line.start()
    before = line.value("dossiers_received")
    after = line.send(message(lives(9_000, 25)))
    until(lambda: line.receipt(after, "counted"))
    until(lambda: line.value("dossiers_received") == before + 25)


def test_an_event_is_counted_soon_after_kafka_has_it(line: Line) -> None:
    if line.worker is None or line.worker.poll() is not None:
        line.start()
    warm = line.send(message(lives(20_000, 1)))
    until(lambda: line.receipt(warm, "counted"))
    began = time.monotonic()
    name = line.send(message(lives(30_000, 1)))
    until(lambda: line.receipt(name, "counted"))
    print(f"counted after {time.monotonic() - began:.2f} s")
    assert time.monotonic() - began < 5.0


def test_a_feed_that_hangs_ends_its_worker_while_receipts_are_copied_and_the_next_one_counts_all(
    line: Line,
) -> None:
    if line.worker is not None:
        line.end(signal.SIGTERM)
    line.start(HANGS)
    assert line.worker is not None
    deadline = time.monotonic() + 60
    while line.worker.poll() is None:
        left = line.send(message(lives(40_000, 5)))
        time.sleep(0.2)
        assert time.monotonic() < deadline
    assert line.worker.returncode == STUCK
    line.start()
    until(lambda: line.receipt(left, "counted"))
