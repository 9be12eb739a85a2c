"""How a worker is: positions that move, and a small door where the supervisor feels its pulse."""

import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from iochub.streams.taking import Taken

TRIMMED_AT = "iochub_streams_trimmed_at_seconds"
SILENT_SECONDS = 15.0
"""The event loop beats every second; one that is silent for so long is stuck."""


class Pulse:
    """What a worker has done, told over HTTP from a thread of its own: a stuck loop cannot hide."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._records = Counter(
            "iochub_streams_records", "Kafka records worked off", ["topic"], registry=self.registry
        )
        self._position = Gauge(
            "iochub_streams_position", "Next offset to read", ["topic", "partition"], registry=self.registry
        )
        self._trimmed = Counter(
            "iochub_streams_trimmed_records",
            "Kafka records let go after they were in the warehouse",
            ["topic"],
            registry=self.registry,
        )
        self._trimmed_at = Gauge(
            TRIMMED_AT,
            "When Kafka was last trimmed, or this worker began to; 0: it keeps everything",
            registry=self.registry,
        )
        self._positions: dict[tuple[str, int], int] = {}
        self._numbers = count()
        self._steps: dict[str, int] = {}
        self._hands: set[tuple[str, int]] = set()
        self._beat = time.monotonic()

    def beat(self) -> None:
        """Called by the event loop itself."""
        self._beat = time.monotonic()

    def moved(self, topic: str, records: Sequence[Taken]) -> None:
        """These records are worked off and acknowledged."""
        self._records.labels(topic).inc(len(records))
        for record in records:
            place = (topic, record.partition)
            self._positions[place] = max(self._positions.get(place, 0), record.offset + 1)
        for (name, partition), position in self._positions.items():
            if name == topic:
                self._position.labels(topic, str(partition)).set(position)
        self.stepped(topic)

    def trimmed(self, records: Mapping[str, int], at: datetime) -> None:
        """Kafka has let go so many records by topic; it was asked all the same where there were none."""
        for topic, number in records.items():
            self._trimmed.labels(topic).inc(number)
        self._trimmed_at.set(at.timestamp())

    def positions(self) -> dict[tuple[str, int], int]:
        """The next offset by (topic, partition), of what this worker has worked off."""
        return dict(self._positions)

    def stepped(self, topic: str) -> None:
        """Called within long work on a topic: it goes on, though no position moves before its end."""
        self._steps[topic] = next(self._numbers)

    def steps(self) -> dict[str, int]:
        """The latest step by topic: another number than before tells that there was one."""
        return dict(self._steps)

    @contextmanager
    def at_work(self, topic: str) -> Iterator[None]:
        """Within it an agent has records of this topic in hand; that it begins and ends are steps too."""
        hand = (topic, next(self._numbers))
        self.stepped(topic)
        self._hands.add(hand)
        try:
            yield
        finally:
            self.stepped(topic)
            self._hands.discard(hand)

    def hands(self) -> set[tuple[str, int]]:
        """What agents have in hand now: a topic, and a number that no other handful has."""
        return set(self._hands)

    def trouble(self) -> str:
        """Why this worker is not well, or nothing."""
        silent = time.monotonic() - self._beat
        return f"the event loop is silent for {silent:.0f} s" if silent > SILENT_SECONDS else ""

    def serve(self, port: int) -> None:
        """Answer `/healthz` and `/metrics` on loopback until the process ends."""
        pulse = self

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                trouble = pulse.trouble()
                if self.path == "/metrics":
                    self._answer(200, generate_latest(pulse.registry), "text/plain; version=0.0.4")
                elif self.path in ("/healthz", "/readyz"):
                    body = json.dumps({"status": trouble or "ok"}).encode()
                    self._answer(503 if trouble else 200, body, "application/json")
                else:
                    self._answer(404, b"", "text/plain")

            def _answer(self, status: int, body: bytes, kind: str) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
                """Nobody needs a line for each look."""

        server = ThreadingHTTPServer(("127.0.0.1", port), Door)
        threading.Thread(target=server.serve_forever, name="pulse", daemon=True).start()
