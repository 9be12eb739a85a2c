"""How the API learns from Kafka what should be counted by now."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from iochub.api.query.arrivals import Arrivals
from iochub.errors import StoreUnavailable
from iochub.ingest.topics import OlderThan

NOW = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
AGE = timedelta(seconds=10)


class Kafka:
    """A Kafka that may be away, and remembers what it was asked."""

    def __init__(self) -> None:
        self.older = {("events.permits", 0): 1}
        self.asked: list[datetime] = []
        self.away = False
        self.connections = 0

    @contextmanager
    def connect(self) -> Iterator[OlderThan]:
        self.connections += 1
        if self.away:
            raise StoreUnavailable("Kafka is away.", store="kafka")

        def older_than(instant: datetime) -> dict[tuple[str, int], int]:
            if self.away:
                raise StoreUnavailable("Kafka is away.", store="kafka")
            self.asked.append(instant)
            return dict(self.older)

        yield older_than


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline, "it did not come to hold in time"
        time.sleep(0.005)


def test_it_looks_again_and_again_over_one_connection_and_again_after_an_outage() -> None:
    kafka = Kafka()
    arrivals = Arrivals(kafka.connect, lambda: NOW, AGE, pause_seconds=0.01)
    assert arrivals.read().older == {}
    arrivals.start()
    until(lambda: len(kafka.asked) > 2)
    assert (set(kafka.asked), kafka.connections) == ({NOW - AGE}, 1)
    assert arrivals.read().older == {("events.permits", 0): 1}
    kafka.away = True
    until(lambda: arrivals.read().silent_seconds > 0.05)
    assert arrivals.read().older == {("events.permits", 0): 1}, "what was seen is not forgotten"
    kafka.older = {("events.permits", 0): 2}
    kafka.away = False
    until(lambda: arrivals.read().older == {("events.permits", 0): 2})
    assert arrivals.read().silent_seconds < 5
    arrivals.stop()


def test_a_kafka_that_never_answered_is_silent_from_the_start() -> None:
    kafka = Kafka()
    kafka.away = True
    arrivals = Arrivals(kafka.connect, lambda: NOW, AGE, pause_seconds=0.01)
    assert arrivals.read().silent_seconds == 0.0
    arrivals.start()
    until(lambda: arrivals.read().silent_seconds > 0.03)
    arrivals.stop()
