"""Which life of a topic an offset belongs to: a recreated or re-partitioned topic begins a new era."""

from collections.abc import Mapping

from iochub.errors import DeclarationError
from iochub.warehouse.store import Store

Topics = Mapping[str, tuple[str, int]]
"""Topic id and number of partitions by name, as Kafka tells them."""

ERA_COLUMNS = ("topic", "topic_id", "partitions", "era")

LATEST = "SELECT topic, argMax((topic_id, partitions, era), era) FROM eras GROUP BY topic"


def allocate(store: Store, topics: Topics) -> dict[str, int]:
    """Give each topic its era, a new one where Kafka knows the topic differently than before.

    Run by one process, before any worker starts. Raises: StoreUnavailable; the caller tries again.
    """
    known: dict[str, tuple[str, int, int]] = dict(store.rows(LATEST))
    fresh = []
    for topic, (topic_id, partitions) in topics.items():
        before_id, before_partitions, era = known.get(topic, ("", 0, -1))
        if (before_id, before_partitions) != (topic_id, partitions):
            fresh.append((topic, topic_id, partitions, era + 1))
    store.insert("eras", ERA_COLUMNS, fresh)
    return eras_of(store, topics)


def begin(store: Store, topic: str, told: tuple[str, int], era: int) -> None:
    """Let a topic that Kafka still knows as before begin another era.

    Raises: StoreUnavailable; the caller tries again.
    """
    store.insert("eras", ERA_COLUMNS, [(topic, *told, era)])


def eras_of(store: Store, topics: Topics) -> dict[str, int]:
    """The eras that were allocated.

    Raises: DeclarationError when a topic is not the one that `prepare` saw; the operator acts.
    StoreUnavailable; the caller tries again.
    """
    known: dict[str, tuple[str, int, int]] = dict(store.rows(LATEST))
    for topic, told in topics.items():
        if topic not in known or tuple(known[topic][:2]) != told:
            raise DeclarationError(
                f"The topic {topic} is not the one this warehouse knows. Run `iochub run prepare`, then "
                "start the workers again: offsets of another topic would sort wrongly.",
                topic=topic,
            )
    return {topic: int(known[topic][2]) for topic in topics}
