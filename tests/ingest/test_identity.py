import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from iochub.errors import DeclarationError, StoreUnavailable
from iochub.ingest.identity import ensure_identity
from iochub.ingest.topic_list import IDENTITY
from iochub.ingest.topics import Topic, ensure_topics
from iochub.streams.broker.ports import free_ports


def test_the_first_key_stands_and_another_is_refused_even_when_both_come_at_once(
    start_broker: Callable[..., object], tmp_path: Path
) -> None:
    port, controller = free_ports(2)
    start_broker(tmp_path / "kafka", port, controller)
    bootstrap = f"127.0.0.1:{port}"
    ensure_topics(bootstrap, [Topic(IDENTITY, 1)])

    def outcome(fingerprint: str) -> str:
        try:
            ensure_identity(bootstrap, fingerprint)
        except DeclarationError as refused:
            return refused.facts["setting"]
        return fingerprint

    with ThreadPoolExecutor(4) as threads:
        first = set(threads.map(outcome, ["one", "other", "one", "other"]))
    refused = "IOCHUB_IDENTITY_KEY"
    assert refused in first
    (standing,) = first - {refused}
    assert outcome(standing) == standing
    assert outcome("third") == refused


def test_without_kafka_the_question_is_put_again_later() -> None:
    (port,) = free_ports(1)
    with pytest.raises(StoreUnavailable):
        ensure_identity(f"127.0.0.1:{port}", "one", within_seconds=1.0)


def test_it_may_be_asked_from_a_thread_beside_an_event_loop() -> None:
    async def ask() -> None:
        (port,) = free_ports(1)
        with pytest.raises(StoreUnavailable):
            await asyncio.to_thread(ensure_identity, f"127.0.0.1:{port}", "one", within_seconds=1.0)

    asyncio.run(ask())
