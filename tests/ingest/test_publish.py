import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from kafka import KafkaProducer
from kafka_reading import read_topic

from iochub.errors import DeclarationError, HubError, StoreUnavailable
from iochub.ingest.producer import Producer, open_producer
from iochub.ingest.publish import Outgoing, Position, Publisher
from iochub.ingest.topics import Topic, ensure_topics
from iochub.streams.broker.ports import free_ports

pytestmark = pytest.mark.anyio
PARTITIONS = 4


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def topic_in(bootstrap: str) -> str:
    topic = f"test.{uuid4().hex}"
    await asyncio.to_thread(
        ensure_topics,
        bootstrap,
        [Topic(topic, PARTITIONS, configs={"max.message.bytes": str(16 * 1024 * 1024)})],
    )
    return topic


@asynccontextmanager
async def publisher_to(bootstrap: str, topic: str, **changes: object) -> AsyncIterator[Publisher]:
    publisher = Publisher(bootstrap, [topic], **changes)  # type: ignore[arg-type]
    await publisher.start()
    try:
        assert await publisher.wait_ready(30)
        yield publisher
    finally:
        await publisher.close()


async def test_every_record_is_kept_where_its_position_says(kafka: str) -> None:
    topic = await topic_in(kafka)
    async with publisher_to(kafka, topic) as publisher:

        async def publish(call: int) -> dict[Position, bytes]:
            records = [Outgoing(topic, n % PARTITIONS, f"{call}.{n}".encode()) for n in range(call % 7)]
            positions = await publisher.publish(records)
            return dict(zip(positions, (record.value for record in records), strict=True))

        told: dict[Position, bytes] = {}
        for some in await asyncio.gather(*(publish(call) for call in range(300))):
            told |= some
    assert await asyncio.to_thread(read_topic, kafka, topic) == told


async def test_a_record_of_many_megabytes_is_kept_whole(kafka: str) -> None:
    topic = await topic_in(kafka)
    large = bytes(range(256)) * 32_000
    async with publisher_to(kafka, topic) as publisher:
        (position,) = await publisher.publish([Outgoing(topic, 0, large)])
    assert (await asyncio.to_thread(read_topic, kafka, topic))[position] == large


async def test_a_record_that_kafka_would_never_take_harms_no_other(kafka: str) -> None:
    topic = await topic_in(kafka)
    async with publisher_to(kafka, topic) as publisher:
        with pytest.raises(StoreUnavailable):
            await publisher.publish([Outgoing(topic, 0, bytes(17 * 1024 * 1024))])
        assert await publisher.publish([Outgoing(topic, 1, b"fine")])


async def test_an_unknown_partition_is_an_error_and_not_a_silence(kafka: str) -> None:
    topic = await topic_in(kafka)
    async with publisher_to(kafka, topic) as publisher:
        with pytest.raises(StoreUnavailable):
            await publisher.publish([Outgoing(topic, PARTITIONS + 5, b"lost")])
        async with asyncio.timeout(30):
            assert await kept_at_last(publisher, Outgoing(topic, 0, b"kept"))


async def kept_at_last(publisher: Publisher, record: Outgoing) -> list[Position]:
    """What was not confirmed is sent again, as every sender does."""
    while True:
        try:
            return await publisher.publish([record])
        except StoreUnavailable:
            await publisher.wait_ready(1)


async def test_more_than_may_wait_is_sent_away(kafka: str) -> None:
    topic = await topic_in(kafka)
    async with publisher_to(kafka, topic, waiting_bytes=1_000) as publisher:
        first = asyncio.create_task(publisher.publish([Outgoing(topic, 0, bytes(5_000))]))
        await asyncio.sleep(0)
        with pytest.raises(StoreUnavailable, match="Too much"):
            await publisher.publish([Outgoing(topic, 0, b"one more")])
        assert await first
        assert await publisher.publish([Outgoing(topic, 0, b"later")])


async def test_nothing_is_published_before_kafka_answers() -> None:
    (port,) = free_ports(1)
    publisher = Publisher(f"127.0.0.1:{port}", ["nowhere"])
    await publisher.start()
    try:
        with pytest.raises(StoreUnavailable, match="away"):
            await publisher.publish([Outgoing("nowhere", 0, b"x")])
    finally:
        await publisher.close()


async def ending(publisher: Publisher) -> HubError:
    """What the publisher's owner is told when it ends for good."""
    told: asyncio.Future[HubError] = asyncio.get_running_loop().create_future()
    publisher.on_ended = told.set_result
    await publisher.start()
    return await asyncio.wait_for(told, 20)


async def test_a_client_that_cannot_be_built_for_now_is_tried_again_and_told_once(
    kafka: str, caplog: pytest.LogCaptureFixture
) -> None:
    topic = await topic_in(kafka)
    failures = [StoreUnavailable("Too many open files.")] * 2

    def open_client(bootstrap: str, topics: Sequence[str], seconds: float) -> KafkaProducer:
        if failures:
            raise failures.pop()
        return open_producer(bootstrap, topics, seconds)

    async with publisher_to(kafka, topic, open_client=open_client) as publisher:
        assert await publisher.publish([Outgoing(topic, 0, b"kept")])
    assert [one.getMessage() for one in caplog.records if one.name == "iochub.ingest.publish"] == [
        "Nothing can be published yet: Too many open files."
    ]


async def test_settings_that_the_client_refuses_are_told_to_owner_and_caller(
    kafka: str, caplog: pytest.LogCaptureFixture
) -> None:
    publisher = Publisher(kafka, [], acknowledge_seconds=0.005)
    assert isinstance(await ending(publisher), DeclarationError)
    with pytest.raises(DeclarationError, match="ACKNOWLEDGE_SECONDS"):
        await publisher.publish([Outgoing("nowhere", 0, b"x")])
    assert "ACKNOWLEDGE_SECONDS" in caplog.text
    assert not publisher.ready
    await publisher.close()


async def test_a_bug_ends_publishing_loudly_and_nobody_waits_for_it(
    kafka: str, caplog: pytest.LogCaptureFixture
) -> None:
    topic = await topic_in(kafka)

    class Broken(Producer):
        def send(self, *given: object, **named: object) -> None:
            raise AssertionError

    publisher = Publisher(kafka, [topic], open_client=partial(open_producer, build=Broken))
    told: list[HubError] = []
    publisher.on_ended = told.append
    await publisher.start()
    assert await publisher.wait_ready(30)
    for _ in range(2):
        with pytest.raises(HubError, match="AssertionError") as raised:
            async with asyncio.timeout(10):
                await publisher.publish([Outgoing(topic, 0, b"x")])
        assert not isinstance(raised.value, StoreUnavailable), "a wait would have no end"
    assert "Traceback" in caplog.text
    assert told == [publisher.ended]
    await publisher.close()


async def test_a_killed_broker_loses_nothing_acknowledged_and_publishing_resumes_by_itself(
    start_broker: Callable[..., object], tmp_path: Path
) -> None:
    port, controller = free_ports(2)
    broker = await asyncio.to_thread(start_broker, tmp_path / "kafka", port, controller)
    bootstrap = f"127.0.0.1:{port}"
    topic = await topic_in(bootstrap)
    acknowledged: dict[Position, bytes] = {}
    outcomes: Counter[str] = Counter()
    async with publisher_to(bootstrap, topic, acknowledge_seconds=3.0) as publisher:
        stop = asyncio.Event()

        async def agency(number: int) -> None:
            sent = 0
            while not stop.is_set():
                value = f"{number}.{sent}".encode()
                sent += 1
                try:
                    (position,) = await publisher.publish([Outgoing(topic, sent % PARTITIONS, value)])
                except StoreUnavailable:
                    outcomes["refused"] += 1
                    await asyncio.sleep(0.05)
                else:
                    acknowledged[position] = value
                    outcomes["kept after" if "refused" in outcomes else "kept before"] += 1

        async def until(claim: Callable[[], bool]) -> None:
            async with asyncio.timeout(60):
                while not claim():  # noqa: ASYNC110 - the claim has no event to wait for
                    await asyncio.sleep(0.02)

        agencies = [asyncio.create_task(agency(number)) for number in range(8)]
        await until(lambda: outcomes["kept before"] >= 200)
        await asyncio.to_thread(broker.kill)  # type: ignore[attr-defined]
        await until(lambda: outcomes["refused"] >= 8 and not publisher.ready)
        await asyncio.to_thread(start_broker, tmp_path / "kafka", port, controller)
        await until(lambda: outcomes["kept after"] >= 200)
        stop.set()
        await asyncio.gather(*agencies)
    kept = await asyncio.to_thread(read_topic, bootstrap, topic)
    assert acknowledged.items() <= kept.items()
