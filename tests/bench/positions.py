"""How far landing and rolling up are behind Kafka, by the positions that they record themselves."""

from iochub.event import events_topic
from iochub.ingest.topic_list import WINDOWS_TOUCHED
from iochub.ingest.topics import end_offsets
from iochub.warehouse.store import Store

LANDED = """
SELECT partition, max(position) FROM land_progress
WHERE feed = {feed:String} AND era = (SELECT max(era) FROM eras WHERE topic = {topic:String})
GROUP BY partition
"""
ROLLED = """
SELECT partition, max(position) FROM rollup_progress
WHERE era = (SELECT max(era) FROM eras WHERE topic = {topic:String})
GROUP BY partition
"""


def unlanded(store: Store, bootstrap: str, feed: str = "dossiers") -> int:
    """Kafka records of a feed that are not stored yet."""
    topic = events_topic(feed)
    return _behind(bootstrap, topic, dict(store.rows(LANDED, {"feed": feed, "topic": topic})))


def uncounted(store: Store, bootstrap: str) -> int:
    """Kafka records of touches that are not rolled up yet."""
    return _behind(bootstrap, WINDOWS_TOUCHED, dict(store.rows(ROLLED, {"topic": WINDOWS_TOUCHED})))


def caught_up(store: Store, bootstrap: str) -> bool:
    """Whether all that lies in Kafka is stored, and all that was touched by it is counted."""
    return unlanded(store, bootstrap) == 0 and uncounted(store, bootstrap) == 0


def _behind(bootstrap: str, topic: str, reached: dict[int, int]) -> int:
    return sum(max(0, end - reached.get(one, 0)) for one, end in end_offsets(bootstrap, topic).items())
