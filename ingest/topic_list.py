"""Every Kafka topic of the hub, with what it promises to keep."""

from collections.abc import Iterable

from iochub.event import events_topic
from iochub.ingest.topics import Topic

RECEIPTS = "receipts"
DEAD_LETTERS = "dead_letters"
REPLAYS = "dead_letters.replays"
WINDOWS_TOUCHED = "windows.touched"
FIGURES_CHANGED = "figures.changed"
DECLARATIONS = "declarations"
IDENTITY = "hub.identity"

LARGEST_RECORD_BYTES = 16 * 1024 * 1024
"""One dead letter keeps its record whole; nothing else in Kafka comes near this."""

LARGEST = {"max.message.bytes": str(LARGEST_RECORD_BYTES)}


def topics(feeds: Iterable[str], partitions: int, replication: int = 1) -> tuple[Topic, ...]:
    """Every topic of a hub with these feeds; one per feed and those of the hub itself."""
    keyed = (
        *(events_topic(feed) for feed in feeds),
        RECEIPTS,
        DEAD_LETTERS,
        REPLAYS,
        WINDOWS_TOUCHED,
        FIGURES_CHANGED,
    )
    counts = dict.fromkeys(keyed, partitions) | {DECLARATIONS: 1, IDENTITY: 1}
    return tuple(Topic(name, count, replication, LARGEST) for name, count in counts.items())


def followed_topics(feeds: Iterable[str]) -> tuple[str, ...]:
    """The topics that workers read on from a stored position, which means something in one era alone."""
    own = (WINDOWS_TOUCHED, RECEIPTS, DEAD_LETTERS, REPLAYS, DECLARATIONS)
    return (*(events_topic(feed) for feed in feeds), *own)


def gateway_topics(feeds: Iterable[str]) -> tuple[str, ...]:
    """The topics that the gateway writes."""
    return (*(events_topic(feed) for feed in feeds), RECEIPTS, DEAD_LETTERS, REPLAYS, DECLARATIONS)
