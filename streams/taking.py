"""Records as agents take them: many at once, acknowledged only after they were stored."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple


class Taken(NamedTuple):
    """One Kafka record in the hands of an agent; `event` is Faust's own, needed to acknowledge it."""

    partition: int
    offset: int
    appended_ms: int
    value: bytes
    event: Any


async def take(stream: Any, most: int, seconds: float) -> AsyncIterator[list[Taken]]:
    """Take up to `most` records, or what came within `seconds`.

    `noack_take` is the one shape that is safe when the process is stopped during an outage: `take`
    acknowledges on its way out, whatever happened.
    """
    async for events in stream.noack_take(most, within=seconds):
        yield [
            Taken(
                event.message.partition,
                event.message.offset,
                round(event.message.timestamp * 1000),
                event.message.value or b"",
                event,
            )
            for event in events
        ]


async def acknowledge(stream: Any, records: Sequence[Taken]) -> None:
    """Let Kafka's group pass these records."""
    for record in records:
        await stream.ack(record.event)
