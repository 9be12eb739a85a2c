"""One streams worker between a real Kafka and a real ClickHouse, for tests that kill it."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec
from clickhouse_engine import ClickHouse, free_port
from kafka import KafkaProducer
from kafka_engine import Broker
from pydantic import SecretStr

from iochub.ingest.delivery import Addressed, Part, Prepared, prepare, read_delivery, read_withdrawal
from iochub.ingest.demo.dossiers import DossierLife, dossier_life, dossiers_message, finished, received
from iochub.ingest.door import Door
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.pseudonyms import Pseudonyms
from iochub.ingest.receipts import Kept, Receipt, ReceiptState, pack_receipt
from iochub.ingest.sealing import Seal
from iochub.ingest.topic_list import RECEIPTS, followed_topics, topics
from iochub.ingest.topics import ensure_topics, topic_ids
from iochub.ingest.units import Units
from iochub.settings import ClickHouseSettings
from iochub.streams.broker.ports import free_ports
from iochub.warehouse.answers import Answers
from iochub.warehouse.eras import allocate
from iochub.warehouse.indicators.registry import INDICATORS
from iochub.warehouse.migrations.apply import migrate
from iochub.warehouse.period import read_period
from iochub.warehouse.question import Question, Standing
from iochub.warehouse.receipts import Receipts
from iochub.warehouse.store import Store

PARTITIONS = 3
DAY = date(2021, 7, 1)
AT = datetime(2021, 7, 1, 2, tzinfo=UTC)
SECRET = SecretStr("not secret at all, for tests only")

RUN = """
import sys
from iochub.settings import read_settings
from iochub.streams.worker import run_worker
run_worker(read_settings(), 0)
"""

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

    def __init__(self, bootstrap: str, engine: ClickHouse, folder: Path, database: str) -> None:
        self.folder = folder
        self.bootstrap = bootstrap
        told = ClickHouseSettings(
            host=engine.host,
            port=engine.port,
            database=database,
            writer_password=SecretStr(engine.writer_password),
        )
        root = Store(told.model_copy(update={"database": "default"}), may_write=True)
        root.run(f"CREATE DATABASE {database} ENGINE = Atomic")
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
            "IOCHUB_CLICKHOUSE__DATABASE": database,
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


@contextmanager
def running_line(engine: ClickHouse, folder: Path, database: str) -> Iterator[Line]:
    """A line of its own, from its broker to its database; in the end nothing of it runs."""
    broker = Broker(folder / "kafka", *free_ports(2)).wait_until_ready()
    line = Line(broker.bootstrap, engine, folder, database)
    try:
        yield line
    finally:
        line.producer.close()
        if line.worker is not None and line.worker.poll() is None:
            line.end(signal.SIGTERM)
        line.store.close()
        broker.kill()


def lives(first: int, number: int) -> list[DossierLife]:
    """So many invented dossiers, none of them broken."""
    found = [dossier_life(DAY, each, AT + timedelta(minutes=each), "Phường Hạc Thành")
             for each in range(first, first + number * 2)]  # fmt: skip
    return [life for life in found if not life.broken][:number]


def message(lives: list[DossierLife], write=received) -> dict[str, object]:
    """Their delivery in the publisher's words."""
    return dossiers_message([write(life) for life in lives], updating=write is finished)
