"""Faust as the hub sets it up, on a real Kafka."""

import math
import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

from kafka import KafkaProducer
from mode.utils.queues import FlowControlQueue

from iochub.ingest.topics import Topic, ensure_topics
from iochub.streams.app import BUFFERED_RECORDS, POLLED_RECORDS

PARTITIONS = 4
RECORDS = 12 * BUFFERED_RECORDS
"""Far more than a buffer holds, on each of both topics."""

RUN = """
import asyncio, os, sys
from iochub.settings import KafkaSettings, Settings
from iochub.streams.app import create_app
from iochub.streams.taking import take
from faust.worker import Worker

bootstrap, data, held, free, records = sys.argv[1:]
app = create_app(Settings(data=data, kafka=KafkaSettings(bootstrap=bootstrap)), 0, dict)
stuck = asyncio.Event()

async def waits(stream):
    async for taken in take(stream, 1, 0.01):
        stuck.set()
        await asyncio.Event().wait()

async def goes_on(stream):
    found = set()
    await stuck.wait()
    async for taken in take(stream, 1_000_000, 0.01):
        found.update((one.partition, one.offset) for one in taken)
        if len(found) == int(records):
            os._exit(0)

app.agent(app.topic(held, value_serializer="raw"), name="waits", concurrency=1)(waits)
app.agent(app.topic(free, value_serializer="raw"), name="goes-on", concurrency=1)(goes_on)
Worker(app, loglevel="WARN", redirect_stdouts=False, quiet=True).execute_from_commandline()
"""


def test_a_topic_that_waits_for_its_agent_holds_up_no_other(kafka: str, tmp_path: Path) -> None:
    held, free = (f"test.{name}.{uuid4().hex}" for name in ("held", "free"))
    ensure_topics(kafka, [Topic(held, PARTITIONS), Topic(free, PARTITIONS)])
    producer = KafkaProducer(bootstrap_servers=[kafka], acks="all")
    for number in range(RECORDS):
        for topic in (held, free):
            producer.send(topic, b"parcel", partition=number % PARTITIONS)
    producer.flush()
    producer.close()
    command = [sys.executable, "-c", RUN, kafka, str(tmp_path), held, free, str(RECORDS)]
    done = subprocess.run(command, env=dict(os.environ), timeout=120, check=False)
    assert done.returncode == 0


def test_what_is_handed_out_at_once_fits_into_a_buffer_that_is_called_full() -> None:
    full = math.floor(BUFFERED_RECORDS / FlowControlQueue.pressure_high_ratio)
    assert full + POLLED_RECORDS <= BUFFERED_RECORDS
