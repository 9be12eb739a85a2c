"""The one door through which records leave for Kafka; it opens again by itself after the broker was away."""

import asyncio
import logging
import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from kafka import KafkaProducer
from kafka.errors import KafkaError, MessageSizeTooLargeError
from kafka.producer.future import RecordMetadata

from iochub.errors import DeclarationError, HubError, StoreUnavailable
from iochub.ingest.producer import open_producer

log = logging.getLogger(__name__)

WAITING_BYTES = 256 * 1024 * 1024
"""So much may wait for an acknowledgement; beyond it the next delivery is told to come again."""

STOP_SECONDS = 2.0
AGAIN_SECONDS = 0.5


class Outgoing(NamedTuple):
    """One record on its way to Kafka."""

    topic: str
    partition: int
    value: bytes
    key: bytes | None = None


class Position(NamedTuple):
    """Where Kafka has kept a record."""

    partition: int
    offset: int


class _Waiting:
    """Records of one call that wait for their acknowledgements."""

    __slots__ = ("error", "future", "left", "positions", "records", "size")

    def __init__(self, records: Sequence[Outgoing], future: asyncio.Future[list[Position]]) -> None:
        self.records = records
        self.future = future
        self.left = len(records)
        self.positions = [Position(record.partition, -1) for record in records]
        self.size = sum(len(record.value) for record in records)
        self.error: Exception | None = None


_REBUILD = object()
_STOP = object()


class Publisher:
    """Writes records with acks=all and idempotence, and tells where each was kept.

    The client lives in a thread of its own: built inside a running event loop it can dead-lock, and its
    `send` may wait for metadata. A failed send makes a new client, for a client that once gave up on a
    batch may keep a broken sequence; until it stands, publishing fails at once instead of queueing.

    What no new client mends, a wrong setting or a bug, ends it for good. `ended` then says why, publishing
    raises it, and `on_ended` calls the owner, whose process is to end too.
    """

    def __init__(
        self,
        bootstrap: str,
        topics: Sequence[str],
        *,
        acknowledge_seconds: float = 20.0,
        waiting_bytes: int = WAITING_BYTES,
        open_client: Callable[[str, Sequence[str], float], KafkaProducer] = open_producer,
    ) -> None:
        self.ended: HubError | None = None
        self.on_ended: Callable[[HubError], None] = _nobody_to_call
        self._bootstrap = bootstrap
        self._topics = tuple(topics)
        self._open_client = open_client
        self._why_not = ""
        self._in_hand: _Waiting | None = None
        self._acknowledge_seconds = acknowledge_seconds
        self._most_bytes = waiting_bytes
        self._bytes = 0
        self._orders: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._settled: deque[_Waiting] = deque()
        self._waking = False
        self._suspect = False
        self._stopping = threading.Event()
        self._standing = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)

    @property
    def ready(self) -> bool:
        """Whether a client stands that has not failed since."""
        return self._standing.is_set()

    async def start(self) -> None:
        """Begin to connect; `ready` tells when Kafka answers."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def wait_ready(self, seconds: float) -> bool:
        """Wait until Kafka answers, at most so long."""
        return await asyncio.to_thread(self._standing.wait, seconds)

    async def close(self) -> None:
        """Let go of Kafka; what was not acknowledged by now fails."""
        self._stopping.set()
        self._orders.put(_STOP)
        await asyncio.to_thread(self._thread.join, 10.0)

    async def publish(self, records: Sequence[Outgoing]) -> list[Position]:
        """Hand records to Kafka and wait until all are acknowledged; positions in the order given.

        Raises: StoreUnavailable when not all were acknowledged in time: whatever was kept counts once
        when the same is sent again. Another HubError when nothing will ever be kept; the process is to end.
        """
        if not records:
            return []
        if self.ended is not None:
            raise self.ended
        if self._loop is None or not self._standing.is_set():
            raise StoreUnavailable("Kafka is away.", store="kafka")
        if self._bytes > self._most_bytes:
            raise StoreUnavailable("Too much waits for Kafka.", store="kafka")
        waiting = _Waiting(records, self._loop.create_future())
        self._bytes += waiting.size
        self._orders.put(waiting)
        try:
            async with asyncio.timeout(self._acknowledge_seconds):
                return await waiting.future
        except TimeoutError as error:
            raise StoreUnavailable("Kafka did not acknowledge in time.", store="kafka") from error

    def _run(self) -> None:
        """Work until told to stop. Nobody else looks at this thread: whatever ends it before is told."""
        try:
            self._work()
        except DeclarationError as error:
            log.critical("%s", error.message)
            self._end(error)
        except BaseException as error:
            log.critical("Publishing met what it does not understand", exc_info=True)
            name = type(error).__name__
            self._end(HubError(f"Publishing ended by a bug ({name}); the log has its trace.", store="kafka"))

    def _work(self) -> None:
        """Keep a client, and send what is ordered, until told to stop."""
        producer: KafkaProducer | None = None
        try:
            while not self._stopping.is_set():
                if producer is None:
                    producer = self._connect()
                    continue
                order = self._orders.get()
                if isinstance(order, _Waiting) and not self._suspect:
                    self._in_hand = order
                    self._send(producer, order)
                    self._in_hand = None
                elif isinstance(order, _Waiting):
                    self._fail(order, StoreUnavailable("Kafka is away.", store="kafka"))
                if self._suspect:
                    self._standing.clear()
                    producer.close(timeout=0)
                    producer = None
        finally:
            self._standing.clear()
            if producer is not None:
                producer.close(timeout=STOP_SECONDS)

    def _end(self, error: HubError) -> None:
        self.ended = error
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.on_ended, error)
        left: list[object] = [self._in_hand]
        while not self._orders.empty():
            left.append(self._orders.get())
        for order in left:
            if isinstance(order, _Waiting):
                self._fail(order, error)

    def _connect(self) -> KafkaProducer | None:
        """Open a client, or nothing yet; the same reason is told once."""
        try:
            producer = self._open_client(self._bootstrap, self._topics, self._acknowledge_seconds)
        except StoreUnavailable as error:
            if error.message != self._why_not:
                log.warning("Nothing can be published yet: %s", error.message)
                self._why_not = error.message
            self._stopping.wait(AGAIN_SECONDS)
            return None
        self._suspect = False
        self._why_not = ""
        self._standing.set()
        return producer

    def _send(self, producer: KafkaProducer, waiting: _Waiting) -> None:
        for number, record in enumerate(waiting.records):
            if waiting.error is not None or waiting.future.done():
                self._settle(waiting)
                return
            try:
                sent = producer.send(
                    record.topic, value=record.value, key=record.key, partition=record.partition
                )
            except (KafkaError, ValueError) as error:
                self._fail(waiting, error)
                return
            sent.add_callback(partial(self._kept, waiting, number))
            sent.add_errback(partial(self._fail, waiting))

    def _kept(self, waiting: _Waiting, number: int, kept: RecordMetadata) -> None:
        waiting.positions[number] = Position(kept.partition, kept.offset)
        waiting.left -= 1
        if waiting.left == 0:
            self._settle(waiting)

    def _fail(self, waiting: _Waiting, error: Exception) -> None:
        if waiting.error is None:
            waiting.error = error
            self._settle(waiting)
        if not isinstance(error, MessageSizeTooLargeError | HubError) and not self._suspect:
            log.error("Kafka did not keep a record (%s)", type(error).__name__)
            self._suspect = True
            self._orders.put(_REBUILD)

    def _settle(self, waiting: _Waiting) -> None:
        """Tell the event loop, once for many: every wake-up of the loop costs a system call."""
        self._settled.append(waiting)
        if not self._waking and self._loop is not None and not self._loop.is_closed():
            self._waking = True
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._waking = False
        while self._settled:
            waiting = self._settled.popleft()
            self._bytes -= waiting.size
            waiting.size = 0
            if waiting.future.done():
                continue
            if waiting.error is None:
                waiting.future.set_result(waiting.positions)
            else:
                waiting.future.set_exception(_unavailable(waiting.error))


def _unavailable(error: Exception) -> HubError:
    if isinstance(error, HubError):
        return error
    return StoreUnavailable("Kafka did not keep a record.", store="kafka", cause=type(error).__name__)


def _nobody_to_call(_: HubError) -> None:
    """Publishing raises it all the same."""
