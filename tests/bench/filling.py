"""Fills Kafka before a worker starts: parcels as a gateway makes them, for the peer a record per event."""

import itertools
import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

import msgspec
from bodies import Bodies
from kafka import KafkaProducer

from iochub.event import Event, Parcel, events_topic, pack, partition_of
from iochub.ingest.delivery import Part, read_delivery
from iochub.ingest.door import Door
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.pseudonyms import Pseudonyms
from iochub.ingest.units import Units
from iochub.warehouse.binding import texts
from iochub.warehouse.store import Store

IN_DELIVERY = 100
SENDER = "H56"
DIFFERENT = 2_000


class Said(NamedTuple):
    """What is said of one dossier: its number, and its reading as JSON."""

    entity: str
    reading: bytes


def new_dossiers(prefix: str, days: Sequence[date]) -> Iterator[Said]:
    """Dossiers that nobody knows yet, read by the feed itself; after so many only the numbers differ."""
    door = Door(SENDER, datetime.now(UTC), Pseudonyms("k" * 32, "k" * 32), Units.load())
    part = Part("application/json", Bodies(prefix, days).delivery(DIFFERENT))
    events = read_delivery(FEEDS["dossiers"], (part,), door, 1).events[0]
    readings = itertools.cycle([bytes(event.reading) for event in events])
    for number in itertools.count():
        yield Said(f"{prefix}-{number:08d}", next(readings))


def known_dossiers(store: Store, days: int, number: int) -> Iterator[Said]:
    """Dossiers of the store's last days, sent again; for a quarter the channel is corrected."""
    newest = store.rows(
        "SELECT DISTINCT day FROM dossiers_cells WHERE role = 'received' AND agency = 'H56' "
        "AND entity LIKE 'H56.99-%' ORDER BY day DESC LIMIT {days:UInt32}",
        {"days": days},
    )
    rows = store.rows(
        'SELECT entity, replaceOne(reading, \'"channel":"postal"\', \'"channel":"online"\') '
        "FROM dossiers_versions WHERE substring(entity, 8, 6) IN {days:Array(String)} "
        "LIMIT {number:UInt64}",
        {"days": texts(f"{day:%y%m%d}" for (day,) in newest), "number": number},
    )
    for entity, reading in rows:
        yield Said(entity, reading.encode())


class Filler:
    """One producer; knows how many events every record that it wrote holds."""

    def __init__(self, bootstrap: str, partitions: int) -> None:
        self._producer = KafkaProducer(
            bootstrap_servers=bootstrap,
            acks="all",
            compression_type="lz4",
            batch_size=256 * 1024,
            linger_ms=20,
        )
        self._partitions = partitions

    def parcels(self, said: Iterable[Said], number: int) -> dict[int, list[int]]:
        """Deliveries of a hundred, cut into parcels; by partition how many events each record holds."""
        counts: dict[int, list[int]] = {one: [] for one in range(self._partitions)}
        topic = events_topic("dossiers")
        wanted = itertools.islice(said, number)
        while some := list(itertools.islice(wanted, IN_DELIVERY)):
            delivery, at = secrets.token_hex(32), int(datetime.now(UTC).timestamp() * 1000)
            by_partition: dict[int, list[Event]] = {}
            for index, one in enumerate(some):
                event = Event(
                    index, "dossier", one.entity, secrets.token_hex(16), 0, (), msgspec.Raw(one.reading)
                )
                by_partition.setdefault(partition_of(one.entity, self._partitions), []).append(event)
            for partition, events in by_partition.items():
                parcel = Parcel(delivery, delivery[:26], SENDER, at, events)
                self._producer.send(topic, value=pack(parcel), partition=partition)
                counts[partition].append(len(events))
        self._producer.flush()
        return counts

    def records(self, topic: str, said: Iterable[Said], number: int) -> None:
        """One record per event, the dossier's number beside what was read of it."""
        for one in itertools.islice(said, number):
            value = b'{"entity":"%s",%s' % (one.entity.encode(), one.reading[1:])
            self._producer.send(
                topic,
                value=value,
                key=one.entity.encode(),
                partition=partition_of(one.entity, self._partitions),
            )
        self._producer.flush()

    def close(self) -> None:
        self._producer.close()
