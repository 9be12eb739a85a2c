"""Every Kafka topic of the hub, with what it promises to keep."""

from collections.abc import Iterable
from datetime import timedelta

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

SHORTEST_SEGMENT, LONGEST_SEGMENT = timedelta(hours=1), timedelta(days=7)
"""Each segment of each partition is files that the broker holds open. Source: Kafka's default is 7 days."""


def topics(
    feeds: Iterable[str], partitions: int, replication: int = 1, keep: timedelta = LONGEST_SEGMENT
) -> tuple[Topic, ...]:
    """Every topic of a hub with these feeds; one per feed and those of the hub itself.

    Kafka frees its disk by whole segments: none lasts longer than `keep`, for which what is landed stays.
    """
    segment = max(SHORTEST_SEGMENT, min(LONGEST_SEGMENT, keep or LONGEST_SEGMENT))
    configs = {
        "max.message.bytes": str(LARGEST_RECORD_BYTES),
        "segment.ms": str(int(segment.total_seconds() * 1000)),
    }
    keyed = (
        *(events_topic(feed) for feed in feeds),
        RECEIPTS,
        DEAD_LETTERS,
        REPLAYS,
        WINDOWS_TOUCHED,
        FIGURES_CHANGED,
    )
    counts = dict.fromkeys(keyed, partitions) | {DECLARATIONS: 1, IDENTITY: 1}
    return tuple(Topic(name, count, replication, configs) for name, count in counts.items())


def followed_topics(feeds: Iterable[str]) -> tuple[str, ...]:
    """The topics that workers read on from a stored position, which means something in one era alone."""
    own = (WINDOWS_TOUCHED, RECEIPTS, DEAD_LETTERS, REPLAYS, DECLARATIONS)
    return (*(events_topic(feed) for feed in feeds), *own)


def trimmed_topics(feeds: Iterable[str]) -> tuple[str, ...]:
    """The topics of which Kafka may forget what is old: all that workers read on, and what nobody reads yet.

    Never the fingerprint of the identity key: its first record is read at every start.
    """
    return (*followed_topics(feeds), FIGURES_CHANGED)


def gateway_topics(feeds: Iterable[str]) -> tuple[str, ...]:
    """The topics that the gateway writes."""
    return (*(events_topic(feed) for feed in feeds), RECEIPTS, DEAD_LETTERS, REPLAYS, DECLARATIONS)
