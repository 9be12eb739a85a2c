"""Taking goes on while a batch is worked on, within its bounds, and ends as its stream ends."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace

import pytest

from iochub.streams.taking import Taken, take

SECONDS = 0.01


def event(offset: int, size: int = 1) -> SimpleNamespace:
    return SimpleNamespace(
        message=SimpleNamespace(partition=0, offset=offset, timestamp=1.0, value=bytes(size))
    )


class Stream:
    """Gives portions of records as `noack_take` does, and then stops or breaks."""

    def __init__(self, *portions: list[SimpleNamespace], breaks: bool = False) -> None:
        self.portions = portions
        self.given = 0
        self._breaks = breaks

    async def noack_take(self, most: int, within: float) -> AsyncIterator[list[SimpleNamespace]]:
        for portion in self.portions:
            self.given += 1
            yield portion
            await asyncio.sleep(0)
        if self._breaks:
            raise RuntimeError("the stream broke")


async def gathered(stream: Stream, most_bytes: int = 1_000, work: float = 0.0) -> list[list[int]]:
    found = []
    async for records in take(stream, most_bytes, SECONDS):
        found.append(offsets(records))
        await asyncio.sleep(work)
    return found


def offsets(records: list[Taken]) -> list[int]:
    return [record.offset for record in records]


def test_what_comes_while_a_batch_is_worked_on_is_the_next_batch() -> None:
    stream = Stream([event(0)], [event(1), event(2)], [event(3)])
    assert asyncio.run(gathered(stream, work=SECONDS)) == [[0], [1, 2, 3]]


def test_no_more_is_taken_than_there_is_room_for() -> None:
    async def first_batch() -> int:
        stream = Stream([event(0)], [event(1, 80)], [event(2, 80)], [event(3)])
        batches = take(stream, 100, SECONDS)
        assert offsets(await anext(batches)) == [0]
        await asyncio.sleep(SECONDS)
        given = stream.given
        assert offsets(await anext(batches)) == [1, 2]
        assert [offsets(rest) async for rest in batches] == [[3]]
        return given

    assert asyncio.run(first_batch()) == 3


def test_a_stream_that_breaks_is_heard_after_what_it_gave() -> None:
    async def broken() -> None:
        batches = take(Stream([event(0)], breaks=True), 100, SECONDS)
        assert offsets(await anext(batches)) == [0]
        with pytest.raises(RuntimeError, match="broke"):
            await anext(batches)

    asyncio.run(broken())


def test_nothing_is_taken_any_more_once_the_taker_has_gone() -> None:
    async def gone() -> None:
        batches = take(Stream(*([event(number, 60)] for number in range(100))), 100, SECONDS)
        await anext(batches)
        await batches.aclose()
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(gone())
