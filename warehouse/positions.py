"""Where each consumer goes on: the warehouse's own word, not Kafka's."""

from collections.abc import Mapping

from iochub.event import events_topic
from iochub.exact.place import mark_of
from iochub.ingest.topic_list import WINDOWS_TOUCHED
from iochub.warehouse.eras import LATEST
from iochub.warehouse.store import Store

LANDED = "SELECT feed, era, partition, max(position) FROM land_progress GROUP BY feed, era, partition"
ROLLED = "SELECT era, partition, max(position) FROM rollup_progress GROUP BY era, partition"
COPIED = "SELECT topic, partition, max(position) FROM log_progress GROUP BY topic, partition"


def start_positions(store: Store, eras: Mapping[str, int], rewind: int) -> dict[tuple[str, int], int]:
    """The next offset to read by (topic, partition), `rewind` records earlier than stored.

    Repeating is harmless, skipping is not: after a power cut the engine may have kept a position and lost
    what was stored shortly before it. A topic of another era begins at 0.

    Raises: StoreUnavailable; the caller tries again.
    """
    stored: dict[tuple[str, int], int] = {}
    for feed, era, partition, position in store.rows(LANDED):
        topic = events_topic(feed)
        if eras.get(topic) == era:
            stored[topic, partition] = position
    for era, partition, position in store.rows(ROLLED):
        if eras.get(WINDOWS_TOUCHED) == era:
            stored[WINDOWS_TOUCHED, partition] = position
    for topic, partition, mark in store.rows(COPIED):
        era, position = divmod(mark, mark_of(1, 0))
        if eras.get(topic) == era:
            stored[topic, partition] = position
    return {place: max(0, position - rewind) for place, position in stored.items()}


def reached(store: Store) -> dict[tuple[str, int], int]:
    """The next offset to read by (topic, partition), of every topic's latest era.

    Raises: StoreUnavailable; the caller asks again later.
    """
    return start_positions(store, {topic: int(told[2]) for topic, told in store.rows(LATEST)}, 0)
