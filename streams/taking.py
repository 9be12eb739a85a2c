"""Records as agents take them: many at once, acknowledged only after they were stored."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple

RECORDS_AT_ONCE = 250
"""Taken from Faust in one go; each may hold a megabyte."""


class Taken(NamedTuple):
    """One Kafka record in the hands of an agent; `event` is Faust's own, needed to acknowledge it."""

    partition: int
    offset: int
    appended_ms: int
    value: bytes
    event: Any


async def take(stream: Any, most_bytes: int, seconds: float) -> AsyncIterator[list[Taken]]:
    """Take what came within `seconds`, or during the work on the batch before; about `most_bytes` at most."""
    hand = _Hand(most_bytes)
    filling = asyncio.create_task(hand.fill(stream, seconds))
    filling.add_done_callback(lambda _: hand.filled.set())
    try:
        while not filling.done() or hand.records:
            await hand.filled.wait()
            if records := hand.empty():
                yield records
        filling.result()
    finally:
        filling.cancel()


async def acknowledge(stream: Any, records: Sequence[Taken]) -> None:
    """Let Kafka's group pass these records."""
    for record in records:
        await stream.ack(record.event)


class _Hand:
    """What was taken and is not yet worked on."""

    def __init__(self, most_bytes: int) -> None:
        self.records: list[Taken] = []
        self.filled = asyncio.Event()
        self._room = asyncio.Event()
        self._size = 0
        self._most_bytes = most_bytes

    async def fill(self, stream: Any, seconds: float) -> None:
        """Take on while there is room.

        `noack_take` is the one shape that is safe when the process is stopped during an outage: `take`
        acknowledges on its way out, whatever happened. It takes nothing while its caller works, so it has
        this task for a caller.
        """
        async for events in stream.noack_take(RECORDS_AT_ONCE, within=seconds):
            self.records.extend(map(_taken, events))
            self._size += sum(len(event.message.value or b"") for event in events)
            self.filled.set()
            if self._size >= self._most_bytes:
                self._room.clear()
                await self._room.wait()

    def empty(self) -> list[Taken]:
        """Hand over all that was taken."""
        records, self.records, self._size = self.records, [], 0
        self.filled.clear()
        self._room.set()
        return records


def _taken(event: Any) -> Taken:
    message = event.message
    return Taken(
        message.partition, message.offset, round(message.timestamp * 1000), message.value or b"", event
    )
