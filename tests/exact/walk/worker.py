"""Drivers of the production generators: they may stop for ever at any pause, and may be zombies."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from walk.feed import ToyFeed
from walk.kafka import EventsTopic, TouchesTopic, incoming
from walk.store import MemoryStore

from iochub.errors import StoreUnavailable
from iochub.exact import land as landing
from iochub.exact import rollup as rolling
from iochub.exact.land import Incoming, Unreadable

StartAt = Callable[[MemoryStore, "EventsTopic | TouchesTopic", int], int]
FEED = ToyFeed()


@dataclass
class Worker:
    """One run of an agent over some partitions, from the day it got them until it dies."""

    store: MemoryStore
    topic: EventsTopic | TouchesTopic
    positions: dict[int, int]
    most: int
    steps: Iterator[str] | None = None
    batch: dict[int, int] = field(default_factory=dict)

    def step(self) -> bool:
        """Walk to the next pause; false when there is nothing to do."""
        if self.steps is None and not self._begin():
            return False
        assert self.steps is not None
        try:
            next(self.steps)
        except StopIteration:
            self.steps = None
            self.positions.update(self.batch)
            self.batch = {}
            for partition, position in self.positions.items():
                self.topic.committed[partition] = max(self.topic.committed[partition], position)
        except StoreUnavailable:
            self.steps = None  # waits in place: the same batch again
        return True

    def _begin(self) -> bool:
        if not self.batch:
            for partition, position in self.positions.items():
                end = min(len(self.topic.logs[partition]), position + self.most)
                if end > position:
                    self.batch[partition] = end
        if not self.batch:
            return False
        self.steps = self.walk()
        return True

    def walk(self) -> Iterator[str]:
        """The production steps of the present batch."""
        raise NotImplementedError

    def offsets(self) -> Sequence[tuple[int, int]]:
        """All (partition, offset) of the batch."""
        return [
            (partition, offset)
            for partition, end in self.batch.items()
            for offset in range(self.positions[partition], end)
        ]


class LandWorker(Worker):
    """Lands."""

    def walk(self) -> Iterator[str]:
        topic = self.topic
        assert isinstance(topic, EventsTopic)
        batch: list[Incoming] = []
        unreadable: list[Unreadable] = []
        for partition, offset in self.offsets():
            record = topic.logs[partition][offset]
            if record.readable:
                batch.extend(incoming(partition, offset, record))
            else:
                unreadable.append(Unreadable(partition, offset))
        return landing.land(FEED, topic.era, batch, self.store, unreadable)


class RollWorker(Worker):
    """Rolls up."""

    def walk(self) -> Iterator[str]:
        topic = self.topic
        assert isinstance(topic, TouchesTopic)
        batch = [rolling.Touch(p, offset, topic.logs[p][offset]) for p, offset in self.offsets()]
        return rolling.roll_up(topic.era, batch, self.store)


def stored_position(store: MemoryStore, topic: EventsTopic | TouchesTopic, partition: int) -> int:
    """Where to go on: the position in the warehouse, whatever Kafka thinks."""
    if isinstance(topic, EventsTopic):
        return store.land_position(topic.era, partition)
    return store.roll_position(topic.era, partition)


def committed_position(store: MemoryStore, topic: EventsTopic | TouchesTopic, partition: int) -> int:
    """The protection of §7 switched off: trust Kafka's own group."""
    return topic.committed[partition]
