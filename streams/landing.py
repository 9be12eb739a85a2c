"""From Kafka's records to landed events: the thin shell around `iochub.exact.land`."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import faust
import msgspec

from iochub.errors import RowsRefused
from iochub.event import Parcel, events_topic, unpack
from iochub.exact.land import Incoming, LandStore, Unreadable, land
from iochub.ingest.feed import Feed
from iochub.streams.patience import until_done
from iochub.streams.pulse import Pulse
from iochub.streams.taking import Taken, acknowledge, take

EVENT_BYTES = 600
"""About what an event weighs in its parcel, to cut batches without reading them first."""

LANES = 2
ALONE = 4_000
"""So few events land as one batch: a batch costs the warehouse as much as two thousand events do."""

log = logging.getLogger(__name__)

MakeStore = Callable[[Feed], LandStore]

_reading = msgspec.json.Decoder(dict[str, object]).decode


def add_landing(
    app: faust.App, feed: Feed, era: int, make_store: MakeStore, pulse: Pulse, batch: tuple[int, float]
) -> None:
    """Add the agent of one feed; `batch` is the most events in a batch, and the longest wait for them."""
    most, seconds = batch
    name = events_topic(feed.name)
    topic = app.topic(name, key_serializer="raw", value_serializer="raw")
    stepped = partial(pulse.stepped, name)

    async def agent(stream: faust.StreamT[bytes]) -> None:
        async def land_in_order(lane: Sequence[Taken]) -> None:
            for records in portions(lane, most):
                await until_done(
                    f"landing {feed.name}", partial(_land, feed, era, records, make_store, stepped)
                )
                await acknowledge(stream, records)
                pulse.moved(name, records)

        async for taken in take(stream, LANES * most * EVENT_BYTES, seconds):
            with pulse.at_work(name):
                await asyncio.gather(*map(land_in_order, lanes(taken)))

    app.agent(topic, name=f"land-{feed.name}", concurrency=1)(agent)


def lanes(taken: Sequence[Taken]) -> list[Sequence[Taken]]:
    """Part many records by their partitions: while one lane waits for the warehouse, the other computes.

    To the warehouse they are two workers with partitions of their own.
    """
    if sum(len(record.value) for record in taken) < ALONE * EVENT_BYTES:
        return [taken]
    found = ([record for record in taken if record.partition % LANES == lane] for lane in range(LANES))
    return [records for records in found if records]


def portions(lane: Sequence[Taken], most: int) -> Iterator[list[Taken]]:
    """Cut a lane into even batches of about as many events as asked, or fewer; a record stays whole."""
    total = sum(len(record.value) for record in lane)
    each = total / max(1, round(total / (most * EVENT_BYTES)))
    portion: list[Taken] = []
    size = 0
    for record in lane:
        portion.append(record)
        size += len(record.value)
        if size >= each:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion


def _land(
    feed: Feed, era: int, records: Sequence[Taken], make_store: MakeStore, stepped: Callable[[], None]
) -> None:
    """Land these records; where a column cannot hold a value, by halves, until its record is set aside alone.

    One record that nobody foresaw would else keep all that come after it out of the figures.
    """
    stepped()
    batch: list[Incoming] = []
    unreadable: list[Unreadable] = []
    for record in records:
        try:
            # Whole or not at all: a parcel set aside must not also count in part.
            batch.extend(list(incoming(unpack(record.value), record)))
        except (msgspec.DecodeError, UnicodeDecodeError):
            unreadable.append(Unreadable(record.partition, record.offset, record.value))
    try:
        _walk(land(feed, era, batch, make_store(feed), unreadable), stepped)
    except RowsRefused:
        if len(records) > 1:
            middle = len(records) // 2
            _land(feed, era, records[:middle], make_store, stepped)
            _land(feed, era, records[middle:], make_store, stepped)
            return
        alone = Unreadable(records[0].partition, records[0].offset, records[0].value)
        log.critical(
            "%s cannot hold a value of the record at partition=%d offset=%d: it is set aside",
            feed.name, alone.partition, alone.offset,
        )  # fmt: skip
        _walk(land(feed, era, (), make_store(feed), [alone]), stepped)


def _walk(steps: Iterator[str], stepped: Callable[[], None]) -> None:
    for _ in steps:
        stepped()


def incoming(parcel: Parcel, record: Taken) -> Iterator[Incoming]:
    """The events of one parcel, as the exact part takes them."""
    delivery, sender = parcel.delivery, parcel.sender
    for event in parcel.events:
        yield Incoming(
            delivery, record.partition, record.offset, record.appended_ms, event.index, event.entity,
            event.kind, event.version_id, sender, event.revision_ms, event.relations, _reading(event.reading),
        )  # fmt: skip
