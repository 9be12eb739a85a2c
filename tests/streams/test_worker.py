"""One streams worker on the real Kafka and ClickHouse, killed in the middle of its work."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest
from clickhouse_engine import ClickHouse, free_port
from kafka import KafkaProducer
from kafka_engine import Broker
from pydantic import SecretStr

from iochub.errors import DeclarationError
from iochub.ingest.delivery import Addressed, Part, Prepared, prepare, read_delivery, read_withdrawal
from iochub.ingest.demo.dossiers import DossierLife, dossier_life, dossiers_message, finished, received
from iochub.ingest.door import Door
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.pseudonyms import Pseudonyms
from iochub.ingest.receipts import Kept, Receipt, ReceiptState, pack_receipt
from iochub.ingest.sealing import Seal
from iochub.ingest.topic_list import RECEIPTS, followed_topics, topics
from iochub.ingest.topics import ends_of, ensure_topics, topic_ids
from iochub.ingest.units import Units
from iochub.settings import ClickHouseSettings, KafkaSettings, Settings
from iochub.streams.broker.ports import free_ports
from iochub.streams.watch import STUCK
from iochub.streams.worker import refuse_cut_topics, refuse_other_topics
from iochub.warehouse.answers import Answers
from iochub.warehouse.eras import allocate, eras_of
from iochub.warehouse.indicators.registry import INDICATORS
from iochub.warehouse.migrations.apply import migrate
from iochub.warehouse.period import read_period
from iochub.warehouse.positions import begin_where_cut
from iochub.warehouse.question import Question, Standing
from iochub.warehouse.receipts import Receipts
from iochub.warehouse.store import Store

PARTITIONS = 3
DATABASE = "worker_test"
DAY = date(2021, 7, 1)
AT = datetime(2021, 7, 1, 2, tzinfo=UTC)
SECRET = SecretStr("not secret at all, for tests only")

RUN = """
import sys
from iochub.settings import read_settings
from iochub.streams.worker import run_worker
run_worker(read_settings(), 0)
"""

HANGS = (
    """
import threading
from iochub.streams import landing, watch
watch.LOOK_SECONDS = 0.3
landing._land = lambda *_: threading.Event().wait()
"""
    + RUN
)

Found = TypeVar("Found")


def until(look: Callable[[], Found | None], seconds: float = 60.0) -> Found:
    """Look again and again until there is something to see."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, "nothing came in time"
        time.sleep(0.05)


class Line:
    """A broker, a warehouse and one worker that may be killed; deliveries go straight into Kafka."""

    def __init__(self, bootstrap: str, engine: ClickHouse, folder: Path) -> None:
        self.folder = folder
        self.bootstrap = bootstrap
        told = ClickHouseSettings(
            host=engine.host,
            port=engine.port,
            database=DATABASE,
            writer_password=SecretStr(engine.writer_password),
        )
        root = Store(told.model_copy(update={"database": "default"}), may_write=True)
        root.run(f"CREATE DATABASE {DATABASE} ENGINE = Atomic")
        root.close()
        self.store = Store(told, may_write=True)
        ensure_topics(bootstrap, topics(FEEDS, PARTITIONS))
        migrate(self.store, [type(feed) for feed in FEEDS.values()])
        allocate(self.store, topic_ids(bootstrap, followed_topics(FEEDS)))
        self.answers = Answers(
            self.store, INDICATORS, Units.load(), lambda feed: Standing("ok"), lambda: datetime.now(UTC)
        )
        self.producer = KafkaProducer(bootstrap_servers=[bootstrap], acks="all")
        self.environment = {
            **os.environ,
            "IOCHUB_DATA": str(folder),
            "IOCHUB_KAFKA__BOOTSTRAP": bootstrap,
            "IOCHUB_KAFKA__PARTITIONS": str(PARTITIONS),
            "IOCHUB_CLICKHOUSE__PORT": str(engine.port),
            "IOCHUB_CLICKHOUSE__DATABASE": DATABASE,
            "IOCHUB_CLICKHOUSE__WRITER_PASSWORD": engine.writer_password,
            "IOCHUB_STREAMS__PORT": str(free_port()),
            "IOCHUB_IDENTITY_KEY": SECRET.get_secret_value(),
        }
        self.worker: subprocess.Popen[bytes] | None = None
        self.deliveries = 0

    def start(self, run: str = RUN) -> None:
        with (self.folder / "worker.log").open("ab") as log:
            self.worker = subprocess.Popen(
                [sys.executable, "-c", run], env=self.environment, stdout=log, stderr=log
            )

    def end(self, number: int) -> None:
        assert self.worker is not None
        self.worker.send_signal(number)
        self.worker.wait(30)

    def door(self) -> Door:
        secret = SECRET.get_secret_value()
        return Door("H56.1", AT, Pseudonyms(secret, secret), Units.load())

    def send(self, message: dict[str, object], spoilt: tuple[bytes, bytes] = (b"", b"")) -> str:
        """Deliver as the gateway would, and name the receipt; `spoilt` is replaced in what it writes."""
        parts = [Part("application/json", msgspec.json.encode(message))]
        feed = FEEDS["dossiers"]
        return self._keep(read_delivery(feed, parts, self.door(), PARTITIONS), spoilt)

    def withdraw(self, code: str) -> str:
        feed = FEEDS["dossiers"]
        return self._keep(read_withdrawal(feed, [code], code.encode(), self.door(), PARTITIONS))

    def _keep(self, verdicts, spoilt: tuple[bytes, bytes] = (b"", b"")) -> str:
        self.deliveries += 1
        name = f"receipt-{self.deliveries}"
        ready: Prepared = prepare(
            verdicts, Addressed("dossiers", name, self.door(), PARTITIONS), Seal(SECRET)
        )
        kept = []
        for number, record in enumerate(ready.records):
            value = record.value.replace(*spoilt) if spoilt[0] else record.value
            at = self.producer.send(record.topic, value=value, partition=record.partition).get(10)
            if number < len(ready.counts):
                kept.append(Kept(at.partition, at.offset, ready.counts[number]))
        receipt = Receipt(
            name, "dossiers", "H56.1", ready.delivery, ready.accepted, len(ready.rejected), tuple(kept),
            tuple(one.reject for one in ready.rejected), AT, AT,
        )  # fmt: skip
        self.producer.send(RECEIPTS, value=pack_receipt(receipt), partition=0).get(10)
        return name

    def receipt(self, name: str, state: str) -> ReceiptState | None:
        found = asyncio.run(Receipts(self.store).find(name, None))
        return found if found is not None and found.state == state else None

    def value(self, name: str, period: str = "2021"):
        return self.answers.figure(Question(name, "38", read_period(period), sees_small=True)).value


@pytest.fixture(scope="module")
def line(clickhouse: ClickHouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    folder = tmp_path_factory.mktemp("line")
    broker = Broker(folder / "kafka", *free_ports(2)).wait_until_ready()
    line = Line(broker.bootstrap, clickhouse, folder)
    yield line
    line.producer.close()
    if line.worker is not None and line.worker.poll() is None:
        line.end(signal.SIGTERM)
    line.store.close()
    broker.kill()


def lives(first: int, number: int) -> list[DossierLife]:
    found = [dossier_life(DAY, each, AT + timedelta(minutes=each), "Phường Hạc Thành")
             for each in range(first, first + number * 2)]  # fmt: skip
    return [life for life in found if not life.broken][:number]


def message(lives: list[DossierLife], write=received) -> dict[str, object]:
    return dossiers_message([write(life) for life in lives], updating=write is finished)


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
        refuse_cut_topics(settings, line.store, eras_of(line.store, told))
    assert begin_where_cut(line.store, told, lambda: ends) == ["events.dossiers"]
    refuse_cut_topics(settings, line.store, eras_of(line.store, told))
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
