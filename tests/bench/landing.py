"""How many events one streams worker stores with five million dossiers behind it, beside a plain agent."""

import itertools
import os
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from bench import Bench
from filling import IN_DELIVERY, Filler, Said, known_dossiers, new_dossiers
from parts import Parts, emptied, script
from peers.plain_landing import TABLE, TOPIC
from processes import Children, Meter, Used
from province import last_day, province
from province_sql import PER_DAY
from results import Found, Row, Spread, Table, spread

from iochub.event import events_topic
from iochub.ingest.topic_list import WINDOWS_TOUCHED
from iochub.ingest.topics import Topic, end_offsets, ensure_topics
from iochub.warehouse.store import Store

FEED = "dossiers"
DAYS = 7
KNOWN_DAYS = 60
LAND_SECONDS = 240.0

PLAIN_TABLE = f"""
CREATE TABLE {TABLE} (
    entity String, unit LowCardinality(String), procedure LowCardinality(String),
    field LowCardinality(String), channel LowCardinality(String), status LowCardinality(String),
    applicant LowCardinality(String),
    received_at DateTime64(3, 'UTC'), due_at Nullable(DateTime64(3, 'UTC')),
    finished_at Nullable(DateTime64(3, 'UTC')), at DateTime64(6, 'UTC') DEFAULT now64(6)
) ENGINE = MergeTree ORDER BY entity
"""


class Run(NamedTuple):
    """One worker over one portion of events."""

    per_second: float
    counted_after: float
    batches: int
    used: Used


def measure(bench: Bench) -> Found:
    """New dossiers, then known ones, then the peer; every run has a worker of its own."""
    size, events, plain_events, runs = (
        (100_000, 60_000, 30_000, 1) if bench.quick else (5_000_000, 300_000, 100_000, 3)
    )
    folder = emptied(bench.folder / "landing")
    province(bench.folder, size, folder / "hub", bench.say)
    with Children(folder / "logs") as children:
        parts = Parts(folder / "hub", children)
        parts.start("broker", "warehouse", "prepare")
        kafka = parts.settings.kafka
        store = parts.store()
        filler = Filler(kafka.bootstrap, kafka.partitions)
        began = last_day(size)
        days = [began + timedelta(days=one) for one in range(DAYS)]
        worker = _Worker(bench, parts, children, store, filler)
        new = [worker.run("new", _new(run, days), events) for run in range(runs)]
        share = min(events // 2, min(size, KNOWN_DAYS * PER_DAY) * 9 // 10 // runs)
        known_ones = known_dossiers(store, KNOWN_DAYS, share * runs)
        known = [worker.run("known", known_ones, share) for _ in range(runs)]
        plain = _plain_runs(bench, parts, children, store, filler, (days, plain_events, runs))
        filler.close()
        store.close()
    return Found(
        (
            f"stored are {size:,} dossiers, each with its version and its cells, {size:,} invoices, and "
            "all their figures",
            f"{runs} runs each of {events:,} new dossiers of {DAYS} days, of {share:,} known ones of the "
            f"last {KNOWN_DAYS} days, of {plain_events:,} for the peer; 166 communes",
            f"deliveries of {IN_DELIVERY}, so parcels of {IN_DELIVERY / kafka.partitions:.1f} events in "
            f"{kafka.partitions} partitions; batches of at most {parts.settings.streams.batch_events:,}",
        ),
        (
            Row("New dossiers stored, one worker", "events/s", _rates(new), _rates(plain), 40_000.0),
            Row("… and all of them counted", "events/s", spread([run.counted_after for run in new])),
            Row("Known dossiers stored again, one worker", "events/s", _rates(known)),
        ),
        (_cores({"new": new, "known": known, "peer": plain}),),
    )


def _new(run: int, days: list[date]) -> Iterator[Said]:
    return new_dossiers(f"H56.7-{run}", days)


def _rates(runs: list[Run]) -> Spread:
    return spread([run.per_second for run in runs])


class _Worker:
    """Fills a portion, lets one worker land it, and reads from its own positions how fast it was."""

    def __init__(self, bench: Bench, parts: Parts, children: Children, store: Store, filler: Filler) -> None:
        self._bench, self._parts, self._children = bench, parts, children
        self._store, self._filler = store, filler
        self._bootstrap = parts.settings.kafka.bootstrap
        self._era = store.rows("SELECT max(era) FROM eras WHERE topic = 'events.dossiers'")[0][0]

    def run(self, what: str, said: Iterator[Said], number: int) -> Run:
        before = end_offsets(self._bootstrap, events_topic(FEED))
        counts = self._filler.parcels(said, number)
        self._bench.say(f"{what}: {number:,} events lie in Kafka, one worker starts")
        self._parts.start("streams")
        self._wait(lambda: bool(self._progress(before)))
        meter = Meter({name: self._children.pid(name) for name in ("streams", "warehouse", "broker")})
        ends = end_offsets(self._bootstrap, events_topic(FEED))
        self._wait(lambda: self._reached(before) == ends)
        used = meter.used()
        progress = self._progress(before)
        counted_at = self._counted()
        self._children.stop("streams")
        return self._read(what, before, counts, progress, used, counted_at)

    def _read(
        self,
        what: str,
        before: Mapping[int, int],
        counts: Mapping[int, list[int]],
        progress: list[tuple[datetime, int, int]],
        used: Used,
        counted_at: datetime,
    ) -> Run:
        first, last = progress[0][0], progress[-1][0]
        sums = {one: [0, *itertools.accumulate(own)] for one, own in counts.items()}
        total = sum(own[-1] for own in sums.values())
        done = sum(sums[one][position - before[one]] for at, one, position in progress if at == first)
        batches = len({at for at, _, _ in progress})
        rate = (total - done) / (last - first).total_seconds()
        counted = total / (counted_at - first).total_seconds()
        self._bench.say(f"{what}: {rate:,.0f} events/s in {batches} batches")
        return Run(rate, counted, batches, used)

    def _progress(self, before: Mapping[int, int]) -> list[tuple[datetime, int, int]]:
        """What the worker recorded of this portion, oldest first."""
        rows = self._store.rows(
            "SELECT recorded_at, partition, position FROM land_progress "
            "WHERE feed = {feed:String} AND era = {era:UInt16} ORDER BY recorded_at",
            {"feed": FEED, "era": self._era},
        )
        return [row for row in rows if row[2] > before.get(row[1], 0)]

    def _reached(self, before: Mapping[int, int]) -> dict[int, int]:
        reached = dict(before)
        for _, partition, position in self._progress(before):
            reached[partition] = position
        return reached

    def _counted(self) -> datetime:
        """Wait until every touch was rolled up; when the last one was."""
        ends = {one: end for one, end in end_offsets(self._bootstrap, WINDOWS_TOUCHED).items() if end}

        def rolled() -> dict[int, int]:
            rows = self._store.rows(
                "SELECT partition, max(position) FROM rollup_progress WHERE era = 1 GROUP BY partition"
            )
            return {one: position for one, position in rows if one in ends}

        self._wait(lambda: rolled() == ends)
        found: datetime = self._store.rows("SELECT max(recorded_at) FROM rollup_progress WHERE era = 1")[0][0]
        return found

    def _wait(self, holds: Callable[[], object]) -> None:
        self._children.wait_until("streams", holds, LAND_SECONDS)


def _plain_runs(
    bench: Bench,
    parts: Parts,
    children: Children,
    store: Store,
    filler: Filler,
    sizes: tuple[list[date], int, int],
) -> list[Run]:
    days, events, runs = sizes
    kafka, found = parts.settings.kafka, []
    for run in range(runs):
        topic = f"{TOPIC}.{run}"
        ensure_topics(kafka.bootstrap, [Topic(topic, kafka.partitions, 1, {})])
        store.run(f"DROP TABLE IF EXISTS {TABLE}")
        store.run(PLAIN_TABLE)
        filler.records(topic, new_dossiers(f"P{run}", days), events)
        bench.say(f"peer: {events:,} events lie in Kafka, its worker starts")
        password = parts.settings.clickhouse.writer_password.get_secret_value()
        children.start(
            "peer",
            script(
                "peers/plain_landing.py", "--bootstrap", kafka.bootstrap, "--topic", topic,
                "--clickhouse", str(parts.settings.clickhouse.port),
            ),
            {**os.environ, "PLAIN_PASSWORD": password},
        )  # fmt: skip

        def rows() -> int:
            number: int = store.rows(f"SELECT count() FROM {TABLE}")[0][0]
            return number

        children.wait_until("peer", rows, LAND_SECONDS)
        meter = Meter(
            {"streams": children.pid("peer")} | {n: children.pid(n) for n in ("warehouse", "broker")}
        )
        children.wait_until("peer", lambda rows=rows: rows() >= events, LAND_SECONDS)
        used = meter.used()
        children.stop("peer")
        inserts = store.rows(f"SELECT at, count() FROM {TABLE} GROUP BY at ORDER BY at")
        rate = (events - inserts[0][1]) / (inserts[-1][0] - inserts[0][0]).total_seconds()
        bench.say(f"peer: {rate:,.0f} events/s in {len(inserts)} inserts")
        found.append(Run(rate, rate, len(inserts), used))
    return found


def _cores(runs: Mapping[str, list[Run]]) -> Table:
    lines = []
    for name, own in runs.items():
        run = sorted(own)[len(own) // 2]
        shares = [f"{run.used.share(one):.2f}" for one in ("streams", "warehouse", "broker")]
        lines.append((name, *shares, str(run.batches)))
    return Table(
        "Cores kept busy in the median run", ("", "worker", "warehouse", "broker", "batches"), tuple(lines)
    )
