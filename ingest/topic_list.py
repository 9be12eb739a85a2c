"""Every Kafka topic of the hub, with what it promises to keep."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from iochub.event import events_topic

RECEIPTS = "receipts"
DEAD_LETTERS = "dead_letters"
WINDOWS_TOUCHED = "windows.touched"
FIGURES_CHANGED = "figures.changed"
DECLARATIONS = "declarations"
IDENTITY = "hub.identity"

LARGEST_RECORD_BYTES = 16 * 1024 * 1024
"""One dead letter keeps its record whole; nothing else in Kafka comes near this."""

KEPT = {
    "message.timestamp.type": "LogAppendTime",
    "retention.ms": "-1",
    "cleanup.policy": "delete",
    "max.message.bytes": str(LARGEST_RECORD_BYTES),
}
"""Kafka forgets nothing by itself: the hub trims what is landed. Record time is arrival, never event time,
or retention would delete a back-dated event minutes after its receipt."""

PASSING = KEPT | {"retention.ms": str(7 * 24 * 3600 * 1000)}
"""Notices that carry no fact of their own."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic: its name, its partitions, its configuration."""

    name: str
    partitions: int
    config: Mapping[str, str] = field(default_factory=lambda: KEPT)


def topics(feeds: Iterable[str], partitions: int) -> tuple[Topic, ...]:
    """Every topic of a hub with these feeds; one per feed and those of the hub itself."""
    return (
        *(Topic(events_topic(feed), partitions) for feed in feeds),
        Topic(RECEIPTS, partitions),
        Topic(DEAD_LETTERS, partitions),
        Topic(WINDOWS_TOUCHED, partitions),
        Topic(FIGURES_CHANGED, partitions, PASSING),
        Topic(DECLARATIONS, 1),
        Topic(IDENTITY, 1),
    )


def gateway_topics(feeds: Iterable[str]) -> tuple[str, ...]:
    """The topics that the gateway writes."""
    return (*(events_topic(feed) for feed in feeds), RECEIPTS, DEAD_LETTERS, DECLARATIONS)
