"""The Faust application: settings that keep its promises few and true."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import faust
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from iochub.settings import Settings
from iochub.streams.patience import until_done

APP = "iochub-streams"
BUFFERED_RECORDS = 256
"""Records that wait for an agent; each may hold a megabyte, and a wait may be long."""
POLLED_RECORDS = 48
"""Handed out at once. Faust calls a buffer full at four fifths: then there is still room for so many."""

Positions = Callable[[], Mapping[tuple[str, int], int]]
"""The next offset to read by (topic, partition), as the warehouse knows it; blocks."""


class Consumer(driver.Consumer):
    """Begins where the warehouse is, not where Kafka's group is, and lets no topic hold up another.

    After a power cut or a restored warehouse the two differ; repeating is harmless while skipping is not.

    Faust hands out the records of all topics one after another, and waits where a buffer has no room. It
    stops fetching before that, but only the partition of the record that came last, while all partitions of a
    topic share one buffer: landing stood still whenever touches waited for a long recount.
    """

    positions: Positions

    def __init__(self, *args: Any, **options: Any) -> None:
        self._full: set[TP] = set()
        super().__init__(*args, **options)

    def on_buffer_full(self, tp: TP) -> None:
        """Fetch no partition of the topic for now."""
        self._full.add(tp)
        for each in [each for each in self._get_active_partitions() if each.topic == tp.topic]:
            super().on_buffer_full(each)

    def on_buffer_drop(self, tp: TP) -> None:
        """Fetch them again once Faust has said so of every partition that it called full.

        Of one that it has not, it would not say again that it is full.
        """
        self._full.discard(tp)
        if not any(each.topic == tp.topic for each in self._full):
            for each in [each for each in self._buffered_partitions if each.topic == tp.topic]:
                super().on_buffer_drop(each)

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Seek every assigned partition to the stored position; one that was never stored begins at 0."""
        stored = await until_done("asking where to begin", self.positions)
        offsets = {
            TP(tp.topic, tp.partition): stored.get((tp.topic, tp.partition), 0) for tp in self.assignment()
        }
        await self.seek_wait(offsets)
        return offsets


def create_app(settings: Settings, slot: int, positions: Positions) -> faust.App:
    """One worker's application; `slot` names its place in the group: a restart takes it back at once."""
    folder = Path(settings.data) / "faust" / str(slot)
    folder.mkdir(parents=True, exist_ok=True)
    app = faust.App(
        APP,
        broker=[f"kafka://{each}" for each in settings.kafka.bootstrap.split(",")],
        store="memory://",
        datadir=folder,
        autodiscover=False,
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        key_serializer="raw",
        value_serializer="raw",
        stream_wait_empty=False,
        stream_buffer_maxsize=BUFFERED_RECORDS,
        broker_max_poll_records=POLLED_RECORDS,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=f"{APP}-{slot}",
        broker_session_timeout=settings.streams.session_seconds,
        broker_heartbeat_interval=settings.streams.session_seconds / 4,
        broker_max_poll_interval=float(settings.streams.max_poll_seconds),
        broker_commit_interval=1.0,
    )
    consumer = type("WarehouseConsumer", (Consumer,), {"positions": staticmethod(positions)})
    transport = type("Transport", (driver.Transport,), {"Consumer": consumer})
    app.transport = transport(app.conf.broker_consumer, app)
    return app
