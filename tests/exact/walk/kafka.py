"""Kafka in memory: two partitions that may hold any record twice, stamped by a clock that steps back."""

from dataclasses import dataclass, field
from typing import NamedTuple

from iochub.exact.land import Incoming
from iochub.exact.version import WITHDRAWAL, Cell

PARTITIONS = 2


class Draft(NamedTuple):
    """One record of a delivery, as its publisher wrote it."""

    entity: str
    kind: str
    revision_ms: int
    relations: tuple[tuple[str, str], ...]
    reading: dict[str, object]


class Delivery(NamedTuple):
    """What one sender sent at once."""

    name: str
    sender: str
    drafts: tuple[Draft, ...]

    def parcels(self, most: int) -> list[tuple[int, list[int]]]:
        """The numbers of its records, by partition, at most so many together."""
        found: dict[int, list[int]] = {}
        for number, draft in enumerate(self.drafts):
            found.setdefault(partition_of(draft.entity), []).append(number)
        return [
            (partition, numbers[start : start + most])
            for partition, numbers in found.items()
            for start in range(0, len(numbers), most)
        ]


class Parcelled(NamedTuple):
    """A record of `events.toy`: some records of a delivery; `readable` is false for bytes that are none.

    Another edition of the parser may read the same bytes otherwise, or refuse what it took before.
    """

    delivery: Delivery
    numbers: tuple[int, ...]
    appended_ms: int
    readable: bool = True
    edition: int = 0

    def reading(self, number: int) -> dict[str, object]:
        """A record's reading by the parser of that day."""
        reading = self.delivery.drafts[number].reading
        return {
            key: (value + self.edition) % 3 if isinstance(value, int) else value
            for key, value in reading.items()
        }


@dataclass
class EventsTopic:
    """`events.toy` in one of its lives."""

    era: int
    logs: list[list[Parcelled]] = field(default_factory=lambda: [[] for _ in range(PARTITIONS)])
    committed: list[int] = field(default_factory=lambda: [0] * PARTITIONS)

    def cut(self, lost: int) -> "EventsTopic":
        """Its next life, without its last records."""
        return EventsTopic(self.era + 1, [log[: max(0, len(log) - lost)] for log in self.logs])


@dataclass
class TouchesTopic:
    """`windows.touched` in one of its lives."""

    era: int
    logs: list[list[Cell]] = field(default_factory=lambda: [[] for _ in range(PARTITIONS)])
    committed: list[int] = field(default_factory=lambda: [0] * PARTITIONS)

    def cut(self, lost: int) -> "TouchesTopic":
        """Its next life, without its last records."""
        return TouchesTopic(self.era + 1, [log[: max(0, len(log) - lost)] for log in self.logs])


def partition_of(entity: str) -> int:
    """Even entities are on one partition, odd ones on the other."""
    return int(entity[1:]) % PARTITIONS


def incoming(partition: int, offset: int, record: Parcelled) -> list[Incoming]:
    """The events of a Kafka record, as the agent decodes them."""
    delivery = record.delivery
    return [
        Incoming(
            delivery.name,
            partition,
            offset,
            record.appended_ms,
            number,
            draft.entity,
            draft.kind,
            f"{draft}",
            delivery.sender,
            draft.revision_ms,
            draft.relations,
            record.reading(number),
        )
        for number, draft in ((number, delivery.drafts[number]) for number in record.numbers)
    ]


def withdrawal(entity: str) -> Draft:
    """The record that takes back what its sender sent about an entity."""
    return Draft(entity, WITHDRAWAL, 0, (), {})
