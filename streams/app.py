"""The Faust application: settings that keep its promises few and true."""

from collections.abc import Callable, Mapping
from pathlib import Path

import faust
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from iochub.settings import Settings
from iochub.streams.patience import until_done

APP = "iochub-streams"
BUFFERED_RECORDS = 256
"""Records that wait for an agent; each may hold a megabyte, and a wait may be long."""

Positions = Callable[[], Mapping[tuple[str, int], int]]
"""The next offset to read by (topic, partition), as the warehouse knows it; blocks."""


class Consumer(driver.Consumer):
    """Begins where the warehouse is, not where Kafka's group is.

    After a power cut or a restored warehouse the two differ; repeating is harmless while skipping is not.
    """

    positions: Positions

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
