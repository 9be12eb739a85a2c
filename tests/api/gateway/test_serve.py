import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from kafka_engine import Broker
from kafka_reading import read_topic
from pydantic import SecretStr
from serving import served, until

from iochub.api.gateway.serve import Lookups, build_gateway, run_gateway
from iochub.api.keys import Keys
from iochub.errors import DeclarationError
from iochub.event import events_topic, unpack
from iochub.ingest.identity import ensure_identity
from iochub.ingest.pseudonyms import Pseudonyms
from iochub.ingest.publish import Position
from iochub.ingest.receipts import unpack_receipt
from iochub.ingest.topic_list import RECEIPTS, topics
from iochub.ingest.topics import ensure_topics
from iochub.settings import GatewaySettings, KafkaSettings, Settings
from iochub.streams.broker.ports import free_ports

pytestmark = pytest.mark.anyio
DELIVERIES = "/v1/feeds/notes/deliveries"


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A broker of our own: its identity record belongs to one key only."""
    broker = Broker(tmp_path_factory.mktemp("gateway") / "kafka", *free_ports(2))
    try:
        yield broker.wait_until_ready().bootstrap
    finally:
        broker.kill()


def settings_for(bootstrap: str, data: Path, identity: str = "i" * 32, partitions: int = 12) -> Settings:
    return Settings(
        data=data,
        identity_key=SecretStr(identity),
        pseudonym_key=SecretStr("p" * 32),
        sealing_key=SecretStr("s" * 32),
        kafka=KafkaSettings(bootstrap=bootstrap, partitions=partitions),
        gateway=GatewaySettings(
            port=free_ports(1)[0], acknowledge_seconds=3.0, max_delivery_bytes=1024 * 1024
        ),
    )


@asynccontextmanager
async def gateway_at(settings: Settings, feeds: Any) -> AsyncIterator[httpx.AsyncClient]:
    app, _, _ = build_gateway(settings, feeds, Lookups())
    key = Keys(settings.data / "keys.sqlite").create_agency_key("H56.01", list(feeds))
    async with (
        served(app) as port,
        httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            headers={"Authorization": f"Bearer {key}", "Accept-Language": "en"},
            timeout=30,
        ) as client,
    ):
        yield client


async def ready(client: httpx.AsyncClient) -> None:
    async def answers() -> bool:
        return (await client.get("/readyz")).status_code == 200

    await until(answers, 60)


def note(name: str) -> dict[str, str]:
    return {"id": name, "day": "2026-01-01"}


async def until_state(client: httpx.AsyncClient, status: int) -> None:
    async def answers() -> bool:
        return (await client.post(DELIVERIES, json=[note("probe")])).status_code == status

    await until(answers, 60)


@asynccontextmanager
async def raw_answer(port: int, head: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """What a client that only writes and then reads gets to see."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(head)
        with suppress(ConnectionError):
            async for piece in pieces:
                writer.write(piece)
                await writer.drain()
        yield await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def test_a_receipt_names_where_kafka_keeps_every_parcel(kafka: str, tmp_path: Path, house: Any) -> None:
    await asyncio.to_thread(ensure_topics, kafka, topics(house.gateway.feeds, 12))
    async with gateway_at(settings_for(kafka, tmp_path), house.gateway.feeds) as client:
        await ready(client)
        answers = await asyncio.gather(
            *(client.post(DELIVERIES, json=[note(f"{call}.{n}") for n in range(9)]) for call in range(20))
        )
    assert {answer.status_code for answer in answers} == {202}
    parcels = await asyncio.to_thread(read_topic, kafka, events_topic("notes"))
    kept = await asyncio.to_thread(read_topic, kafka, RECEIPTS)
    receipts = {receipt.receipt: receipt for receipt in map(unpack_receipt, kept.values())}
    for answer in answers:
        receipt = receipts[answer.json()["receipt"]]
        assert sum(parcel.count for parcel in receipt.parcels) == 9
        for at in receipt.parcels:
            parcel = unpack(parcels[Position(at.partition, at.offset)])
            assert parcel.receipt == receipt.receipt
            assert len(parcel.events) == at.count


async def test_while_the_broker_is_dead_the_answer_is_503_and_nothing_acknowledged_is_lost(
    start_broker: Callable[..., Any], tmp_path: Path, house: Any
) -> None:
    ports = free_ports(2)
    bootstrap = f"127.0.0.1:{ports[0]}"
    broker = await asyncio.to_thread(start_broker, tmp_path / "kafka", *ports)
    feeds = {"notes": house.gateway.feeds["notes"]}
    await asyncio.to_thread(ensure_topics, bootstrap, topics(feeds, 12))
    promised: dict[str, int] = {}
    refused: list[httpx.Response] = []
    stop = asyncio.Event()

    async def agency(client: httpx.AsyncClient, number: int) -> None:
        for sent in count():
            if stop.is_set():
                return
            answer = await client.post(DELIVERIES, json=[note(f"{number}.{sent}.{n}") for n in range(3)])
            if answer.status_code == 202:
                promised[answer.json()["receipt"]] = answer.json()["accepted"]
            else:
                refused.append(answer)

    async def promises(many: int) -> None:
        async def enough() -> bool:
            return len(promised) >= many

        await until(enough, 60)

    async with gateway_at(settings_for(bootstrap, tmp_path), feeds) as client:
        await ready(client)
        agencies = [asyncio.create_task(agency(client, number)) for number in range(4)]
        await promises(40)
        await asyncio.to_thread(broker.kill)
        await until_state(client, 503)
        not_ready = await client.get("/readyz")
        before = len(promised)
        await asyncio.to_thread(start_broker, tmp_path / "kafka", *ports)
        await promises(before + 40)
        stop.set()
        await asyncio.gather(*agencies)
    assert not_ready.status_code == 503
    assert {answer.status_code for answer in refused} == {503}
    assert all("retry-after" in answer.headers for answer in refused)
    parcels = await asyncio.to_thread(read_topic, bootstrap, events_topic("notes"))
    kept = await asyncio.to_thread(read_topic, bootstrap, RECEIPTS)
    receipts = {receipt.receipt: receipt for receipt in map(unpack_receipt, kept.values())}
    for name, accepted in promised.items():
        at = [Position(parcel.partition, parcel.offset) for parcel in receipts[name].parcels]
        assert sum(len(unpack(parcels[position]).events) for position in at) == accepted


@pytest.mark.parametrize("announced", [True, False])
async def test_two_hundred_megabytes_are_refused_and_the_sender_sees_it(
    kafka: str, tmp_path: Path, house: Any, announced: bool
) -> None:
    size = 200 * 1024 * 1024
    length = f"Content-Length: {size}" if announced else "Transfer-Encoding: chunked"
    await asyncio.to_thread(ensure_topics, kafka, topics(house.gateway.feeds, 12))

    async def pieces() -> AsyncIterator[bytes]:
        piece = b" " * (1024 * 1024)
        for _ in range(200):
            yield piece if announced else b"%x\r\n" % len(piece) + piece + b"\r\n"
        yield b"" if announced else b"0\r\n\r\n"

    async with gateway_at(settings_for(kafka, tmp_path), house.gateway.feeds) as client:
        head = (
            f"POST {DELIVERIES} HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\n"
            f"Authorization: {client.headers['authorization']}\r\n{length}\r\n\r\n"
        ).encode()
        port = int(client.base_url.port or 0)
        async with raw_answer(port, head, pieces()) as answer:
            assert answer.startswith(b"HTTP/1.1 413")
            assert b"application/problem+json" in answer
        assert (await client.get("/healthz")).status_code == 200


def test_a_gateway_with_another_identity_key_refuses_to_start(kafka: str, tmp_path: Path, house: Any) -> None:
    ensure_topics(kafka, topics(house.gateway.feeds, 12))
    ensure_identity(kafka, Pseudonyms("i" * 32, "p" * 32).fingerprint())
    with pytest.raises(DeclarationError, match="IOCHUB_IDENTITY_KEY"):
        run_gateway(settings_for(kafka, tmp_path, identity="another key of this length"), house.gateway.feeds)


def test_a_gateway_that_counts_other_partitions_refuses_to_start(
    kafka: str, tmp_path: Path, house: Any
) -> None:
    ensure_topics(kafka, topics(house.gateway.feeds, 12))
    with pytest.raises(DeclarationError, match="IOCHUB_KAFKA__PARTITIONS=12"):
        run_gateway(settings_for(kafka, tmp_path, partitions=6), house.gateway.feeds)


def test_a_gateway_whose_kafka_client_refuses_its_settings_ends_and_says_which(
    kafka: str, tmp_path: Path, house: Any
) -> None:
    settings = settings_for(kafka, tmp_path)
    hasty = settings.gateway.model_copy(update={"acknowledge_seconds": 0.005})
    with pytest.raises(DeclarationError, match="IOCHUB_GATEWAY__ACKNOWLEDGE_SECONDS"):
        run_gateway(settings.model_copy(update={"gateway": hasty}), house.gateway.feeds)


async def test_before_kafka_is_there_the_gateway_is_alive_and_promises_nothing(
    tmp_path: Path, house: Any
) -> None:
    settings = settings_for(f"127.0.0.1:{free_ports(1)[0]}", tmp_path)
    async with gateway_at(settings, house.gateway.feeds) as client:
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.post(DELIVERIES, json=[note("a")])).status_code == 503
        waiting = (await client.get("/readyz")).json()
    assert set(waiting["checks"]) == {"kafka", "identity"}
    assert "ok" not in waiting["checks"].values()
