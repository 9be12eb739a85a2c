"""Agencies that send, in a process of their own: as fast as they are answered, or at a fixed pace.

`python senders.py '{"port": 8100, …}'` prints one JSON document with what was answered and how long it took.
"""

import asyncio
import contextlib
import json
import sys
import time
from collections import Counter, deque
from datetime import date
from functools import partial
from typing import cast

import httptools
import msgspec
import uvloop
from bodies import Bodies


class Order(msgspec.Struct, frozen=True):
    """What to send. `per_second` requests begin at fixed instants, whether the earlier ones were answered or
    not; without it every connection sends again as soon as it was answered."""

    port: int
    keys: list[str]
    prefix: str
    batch: int
    connections: int
    seconds: float
    days: list[str]
    warm_seconds: float = 0.0
    per_second: float | None = None


class Answered(msgspec.Struct):
    """What came of it. Latencies are of requests begun after the warm-up; `kept` counts every 202.

    `receipts` are (name, number of its first dossier, when the 202 arrived, in seconds since 1970), at a
    fixed pace only.
    """

    counted: int = 0
    seconds: float = 0.0
    kept: int = 0
    statuses: dict[str, int] = {}
    latencies_ms: list[float] = []
    receipts: list[tuple[str, int, float]] = []


class Line(asyncio.Protocol):
    """One connection: one request at a time."""

    def __init__(self, crew: "Crew", key: str) -> None:
        self._crew = crew
        self._head = (
            "POST /v1/feeds/dossiers/deliveries HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: "
        ).encode()
        self._parser = httptools.HttpResponseParser(self)
        self._body = b""
        self.due = 0.0
        self.first = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's own does not descend from it

    def send(self, body: bytes, due: float) -> None:
        self.due = due
        self._body = b""
        self.transport.write(b"%s%d\r\n\r\n%s" % (self._head, len(body), body))

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, piece: bytes) -> None:
        self._body += piece

    def on_message_complete(self) -> None:
        self._crew.answered(self, self._parser.get_status_code(), self._body)

    def connection_lost(self, error: Exception | None) -> None:
        self._crew.lost(error)


class Crew:
    """All connections of one run."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._bodies = Bodies(order.prefix, [date.fromisoformat(day) for day in order.days])
        self._idle: deque[Line] = deque()
        self._waiting: deque[float] = deque()
        self._under_way = 0
        self._statuses: Counter[str] = Counter()
        self._result = Answered(latencies_ms=[], receipts=[])
        self._sending = True
        self._done = asyncio.Event()

    async def run(self) -> Answered:
        loop = asyncio.get_running_loop()
        order = self._order
        lines = [Line(self, order.keys[number % len(order.keys)]) for number in range(order.connections)]
        for line in lines:
            await loop.create_connection(partial(_same, line), "127.0.0.1", order.port)
        self._from = time.perf_counter() + order.warm_seconds
        self._until = self._from + order.seconds
        if order.per_second is None:
            for line in lines:
                self._send(line, time.perf_counter())
        else:
            self._idle = deque(lines)
            pace = asyncio.create_task(self._keep_pace(order.per_second))
        await asyncio.sleep(order.warm_seconds + order.seconds)
        self._sending = False
        if order.per_second is not None:
            await pace
        if self._under_way:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._done.wait(), 30)
        self._result.seconds = order.seconds
        self._result.statuses = dict(self._statuses)
        self._lost_matters = False
        for line in lines:
            line.transport.abort()
        return self._result

    async def _keep_pace(self, per_second: float) -> None:
        """Begin at fixed instants; who finds no free connection waits, and its wait is counted."""
        due = time.perf_counter()
        while self._sending:
            due += 1 / per_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            if self._idle:
                self._send(self._idle.popleft(), due)  # in turn: the server hangs up on who is silent
            else:
                self._waiting.append(due)

    def _send(self, line: Line, due: float) -> None:
        self._under_way += 1
        line.first = self._bodies.made
        line.send(self._bodies.delivery(self._order.batch), due)

    def answered(self, line: Line, status: int, body: bytes) -> None:
        at = time.perf_counter()
        self._under_way -= 1
        self._statuses[str(status)] += 1
        if status == 202:
            self._result.kept += self._order.batch
        if self._from <= at < self._until and status == 202:
            self._result.counted += self._order.batch
            if line.due >= self._from:
                self._result.latencies_ms.append((at - line.due) * 1000)
        if self._order.per_second is not None and status == 202:
            self._result.receipts.append((json.loads(body)["receipt"], line.first, time.time()))
        if self._order.per_second is None and self._sending:
            self._send(line, at)
        elif self._waiting:
            self._send(line, self._waiting.popleft())
        else:
            self._idle.append(line)
            if not self._under_way:
                self._done.set()

    _lost_matters = True

    def lost(self, error: Exception | None) -> None:
        if self._lost_matters:
            print(f"a connection was lost: {type(error).__name__}", file=sys.stderr)
            self._statuses["lost"] += 1


def _same(line: Line) -> Line:
    return line


def main() -> None:
    order = msgspec.json.decode(sys.argv[1], type=Order)

    async def run() -> Answered:
        return await Crew(order).run()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.stdout.buffer.write(msgspec.json.encode(runner.run(run())))


if __name__ == "__main__":
    main()
