"""What a worker tells of itself: what its agents have in hand, that work goes on, that the loop turns."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from functools import partial
from types import SimpleNamespace

import pytest
from clickhouse_engine import free_port

from iochub.errors import StoreUnavailable
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.topic_list import followed_topics
from iochub.streams import copying, landing, rolling
from iochub.streams import pulse as pulses
from iochub.streams.pulse import Pulse
from iochub.supervisor.probes import answers


class Agreeable:
    """A warehouse that is away at first, then keeps nothing; it notes how its worker stands at every call."""

    def __init__(self, pulse: Pulse) -> None:
        self.steps: list[dict[str, int]] = []
        self.hands: list[set[str]] = []
        self._pulse = pulse

    def __getattr__(self, name: str) -> Callable[..., dict[str, object]]:
        def call(*_: object) -> dict[str, object]:
            self.steps.append(self._pulse.steps())
            self.hands.append({topic for topic, _ in self._pulse.hands()})
            if len(self.steps) == 1:
                raise StoreUnavailable("Away, for this test.")
            return {}

        return call


class Agents:
    """What is put together here as a Faust application is a dictionary of agents."""

    def __init__(self) -> None:
        self.by_name: dict[str, Callable[[object], Coroutine[object, object, None]]] = {}

    def topic(self, name: str, **_: object) -> str:
        return name

    def agent(self, _: str, *, name: str, concurrency: int) -> Callable[[object], None]:
        return partial(self.by_name.__setitem__, name)


class OneRecord:
    """A stream that ends after one record."""

    def __init__(self, value: bytes) -> None:
        message = SimpleNamespace(partition=0, offset=0, timestamp=0.0, value=value)
        self._event = SimpleNamespace(message=message)

    async def noack_take(self, most: int, within: float) -> AsyncIterator[list[SimpleNamespace]]:
        yield [self._event]

    async def ack(self, event: object) -> None:
        """Nobody counts."""


@pytest.mark.parametrize(
    ("name", "topic", "value"),
    [
        ("land-einvoices", "events.einvoices", b"no parcel"),
        ("roll-up", "windows.touched", b'[["dossiers", "received", "2026-01-01", "38"]]'),
        ("copy-receipts", "receipts", b"no receipt"),
        ("copy-dead_letters", "dead_letters", b"no letter"),
        ("copy-dead_letters.replays", "dead_letters.replays", b"no replay"),
        ("copy-declarations", "declarations", b"no declaration"),
    ],
)
def test_every_agent_holds_its_topic_and_steps_before_every_call_of_the_warehouse(
    name: str, topic: str, value: bytes
) -> None:
    pulse, agents = Pulse(), Agents()
    store = Agreeable(pulse)
    landing.add_landing(agents, FEEDS["einvoices"], 0, lambda _: store, pulse, (1_000, 0.01))
    rolling.add_rolling(agents, 0, store, pulse, 0.0)
    copying.add_copying(agents, store, dict.fromkeys(followed_topics(FEEDS), 0), pulse)
    asyncio.run(agents.by_name[name](OneRecord(value)))
    steps = [at_call[topic] for at_call in store.steps]
    assert len(steps) > 1
    assert steps == sorted(set(steps)), "two calls without a step between them"
    assert store.hands == [{topic}] * len(steps)
    assert pulse.hands() == set()
    assert pulse.positions() == {(topic, 0): 1}


def test_a_silent_event_loop_is_seen_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulses, "SILENT_SECONDS", 0.5)
    pulse, port = Pulse(), free_port()
    pulse.serve(port)
    is_well = answers(f"http://127.0.0.1:{port}/healthz")
    pulse.beat()
    assert is_well()
    time.sleep(0.6)
    assert not is_well()
    pulse.beat()
    assert is_well()
