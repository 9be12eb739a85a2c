"""Lets Kafka forget what is in the warehouse and old, for its disk would fill for ever.

Nothing else forgets: topics have no retention of their own, which would not ask whether a record was landed.
The warehouse may trust Kafka again only as far back as this age: a backup of it must be younger.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.topic_list import followed_topics, trimmed_topics
from iochub.ingest.topics import asking_for_age, begins_of, delete_before
from iochub.settings import Settings
from iochub.streams.patience import until_done
from iochub.streams.pulse import Pulse
from iochub.warehouse.positions import Places, start_positions
from iochub.warehouse.store import Store

LONGEST_PAUSE_SECONDS, SHORTEST_PAUSE_SECONDS = 3600.0, 1.0
"""A hundredth of the age between two looks, within these bounds."""

log = logging.getLogger(__name__)

Eras = Callable[[], Mapping[str, int]]
"""The eras of the followed topics, as Kafka and the warehouse know them now; blocks."""


async def trim_on(
    settings: Settings, store: Store, eras: Eras, pulse: Pulse, clock: Callable[[], datetime]
) -> None:
    """Trim again and again. Who dies in the middle has trimmed a part, and the next one trims the rest."""
    keep = settings.kafka.keep
    if not keep:
        return
    pulse.trimmed({}, clock())
    pause = min(LONGEST_PAUSE_SECONDS, max(SHORTEST_PAUSE_SECONDS, keep.total_seconds() / 100))
    while True:
        trimmed = await until_done("trimming Kafka", lambda: trim(settings, store, eras, clock() - keep))
        pulse.trimmed(trimmed, clock())
        await asyncio.sleep(pause)


def trim(settings: Settings, store: Store, eras: Eras, before: datetime) -> dict[str, int]:
    """Let Kafka forget what it took before this instant and the warehouse has; answers how much, by topic.

    Read on from a little before the warehouse's position, a worker finds all that it may read again.

    Raises: StoreUnavailable; the caller tries again. DeclarationError when a topic is another than the
    warehouse knows; the worker is to end.
    """
    topics = trimmed_topics(FEEDS)
    read = start_positions(store, eras(), settings.streams.rewind_offsets)
    begins = begins_of(settings.kafka.bootstrap, topics)
    with asking_for_age(settings.kafka.bootstrap, topics) as older_than:
        old = older_than(before)
    wanted = cuts(begins, old, read, frozenset(followed_topics(FEEDS)))
    delete_before(settings.kafka.bootstrap, wanted)
    trimmed: dict[str, int] = {}
    for place, offset in wanted.items():
        trimmed[place[0]] = trimmed.get(place[0], 0) + offset - begins[place]
    if trimmed:
        told = ", ".join(f"{number} of {topic}" for topic, number in sorted(trimmed.items()))
        log.info("Kafka was trimmed of records before %s: %s", before.isoformat("T", "seconds"), told)
    return trimmed


def cuts(begins: Places, old: Places, read: Places, followed: frozenset[str]) -> dict[tuple[str, int], int]:
    """The new beginning of each partition that gets one.

    Of a followed topic, whose position was never stored, nothing goes, however old.
    """
    found = {}
    for place, first in begins.items():
        offset = min(old.get(place, 0), read.get(place, 0)) if place[0] in followed else old.get(place, 0)
        if offset > first:
            found[place] = offset
    return found
