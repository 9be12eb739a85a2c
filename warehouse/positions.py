"""Where each consumer goes on: the warehouse's own word, not Kafka's."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from iochub.event import events_topic
from iochub.exact.place import mark_of
from iochub.ingest.topic_list import WINDOWS_TOUCHED
from iochub.warehouse.eras import LATEST, Topics, begin, eras_of
from iochub.warehouse.store import Store

LANDED = "SELECT feed, era, partition, max(position) FROM land_progress GROUP BY feed, era, partition"
ROLLED = "SELECT era, partition, max(position) AS latest FROM rollup_progress GROUP BY era, partition"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""When nothing was received: what is carried over from an era was told there."""

Places = Mapping[tuple[str, int], int]
"""An offset by (topic, partition)."""

SET_ASIDE = """
INSERT INTO set_aside (feed, era, partition, offset)
SELECT {feed:String}, {era:UInt16}, {partition:UInt16}, number
FROM numbers({first:UInt64}, {number:UInt64}) WHERE number NOT IN (
    SELECT offset FROM set_aside
    WHERE feed = {feed:String} AND era = {era:UInt16} AND partition = {partition:UInt16}
)
"""

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


def topics_cut(positions: Places, ends: Places) -> list[str]:
    """The topics that end before what was read of them: Kafka lost their last records in a power cut.

    It gives the same offsets to the next ones. `ends` are asked for after `positions`.
    """
    return sorted({place[0] for place, position in positions.items() if position > ends.get(place, position)})


def begin_where_cut(store: Store, topics: Topics, ends_now: Callable[[], Places]) -> list[str]:
    """Give every topic that was cut a new era, which begins where it ends now; answers these topics.

    Otherwise what comes next would be taken for what was lost: never landed, and told as counted.
    The era comes first: dying before its positions are kept only means to read all from the beginning.

    Raises: StoreUnavailable; the caller tries again.
    """
    eras = eras_of(store, topics)
    positions = start_positions(store, eras, 0)
    ends = ends_now()
    cut = topics_cut(positions, ends)
    for topic in cut:
        begin(store, topic, topics[topic], eras[topic] + 1)
        read = {partition: position for (name, partition), position in positions.items() if name == topic}
        kept = {partition: min(position, ends[topic, partition]) for partition, position in read.items()}
        _carry(store, topic, eras[topic] + 1, kept)
    return cut


def topics_behind(positions: Places, begins: Places) -> list[str]:
    """The topics of which Kafka let go more than was read: the warehouse is an older one than it trusted.

    `begins` are asked for before `positions`: what is trimmed in between was read by then.
    """
    return sorted({place[0] for place, first in begins.items() if first > positions.get(place, 0)})


def begin_where_trimmed(store: Store, topics: Topics, begins: Places) -> dict[str, int]:
    """Go on where Kafka begins, and own up to what lies before; answers how many records of which topics.

    Records of a feed are set aside, so that receipts say that they are in no figure. Of lost touches nobody
    knows the cells: a new era has all of them counted again.

    Raises: StoreUnavailable; the caller tries again.
    """
    eras = eras_of(store, topics)
    positions = start_positions(store, eras, 0)
    gone: dict[str, int] = {}
    for topic in topics_behind(positions, begins):
        firsts = {partition: first for (name, partition), first in begins.items() if name == topic}
        lost = {
            partition: range(positions.get((topic, partition), 0), first)
            for partition, first in firsts.items()
        }
        gone[topic] = sum(map(len, lost.values()))
        era = eras[topic]
        if topic == WINDOWS_TOUCHED:
            era += 1
            begin(store, topic, topics[topic], era)
        _set_aside(store, topic, era, lost)
        _carry(store, topic, era, {partition: max(one.start, one.stop) for partition, one in lost.items()})
    return gone


def _set_aside(store: Store, topic: str, era: int, lost: Mapping[int, range]) -> None:
    feed = topic.removeprefix(events_topic(""))
    for partition, offsets in lost.items():
        if feed != topic and offsets:
            place = {"feed": feed, "era": era, "partition": partition}
            store.run(SET_ASIDE, {**place, "first": offsets.start, "number": len(offsets)})


def _carry(store: Store, topic: str, era: int, positions: Mapping[int, int]) -> None:
    feed = topic.removeprefix(events_topic(""))
    if topic == WINDOWS_TOUCHED:
        columns: tuple[str, ...] = ("era", "partition", "position")
        store.insert("rollup_progress", columns, [(era, *each) for each in positions.items()])
    elif feed != topic:
        columns = ("feed", "era", "partition", "position", "touch_ends", "last_received_at")
        store.insert("land_progress", columns, [(feed, era, *each, {}, EPOCH) for each in positions.items()])
    else:
        columns = ("topic", "partition", "position")
        marks = [(topic, partition, mark_of(era, position)) for partition, position in positions.items()]
        store.insert("log_progress", columns, marks)
