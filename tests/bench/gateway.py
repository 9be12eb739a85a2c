"""How many dossiers one gateway process takes, beside a plain FastAPI gateway on the same broker."""

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime

from bench import Bench
from bodies import last_days, records
from clickhouse_engine import free_port
from parts import Parts, emptied, script
from processes import Children, Used
from results import Found, Row, Table, percentile, spread
from senders import Answered, Order
from sending import send, written

from iochub.ingest.topic_list import RECEIPTS
from iochub.ingest.topics import Topic, end_offsets, ensure_topics
from iochub.supervisor.probes import answers

PLAIN_TOPIC = "plain.dossiers"
AGENCIES = 8
BATCH = 100
CONNECTIONS = {BATCH: 5, 1: 64}
"""So many deliveries are under way at a time: enough to keep one process busy."""


def measure(bench: Bench) -> Found:
    """Batches, then single records; hub and peer by turns, so that a slow minute meets both."""
    runs, seconds, warm = (1, 3.0, 1.5) if bench.quick else (3, 7.0, 2.0)
    folder = emptied(bench.folder / "gateway")
    with Children(folder / "logs") as children:
        parts = Parts(folder / "hub", children)
        bench.say("starting the broker and both gateways")
        parts.start("broker")
        parts.make_topics()
        bootstrap = parts.settings.kafka.bootstrap
        ensure_topics(bootstrap, [Topic(PLAIN_TOPIC, parts.settings.kafka.partitions, 1, {})])
        keys = parts.agency_keys(AGENCIES)
        parts.start("gateway")
        plain_port = _start_plain(children, bootstrap, keys)
        ports = {"gateway": parts.settings.gateway.port, "peer": plain_port}
        kept = {"gateway": _Kept(bootstrap, RECEIPTS), "peer": _Kept(bootstrap, PLAIN_TOPIC)}
        days = written(last_days(14, datetime.now(UTC).date()))
        found: dict[tuple[str, int], list[tuple[Answered, Used]]] = {}
        for batch in (BATCH, 1):
            for run in range(runs):
                for name, port in ports.items():
                    order = Order(
                        port, keys, f"{name[0]}{batch}-{run}", batch, CONNECTIONS[batch], seconds, days, warm
                    )
                    watched = {one: children.pid(one) for one in ("broker", name)}
                    answered, used = send(children, order, watched)
                    kept[name].grew_by(answered.kept if name == "peer" else answered.statuses["202"])
                    found.setdefault((name, batch), []).append((answered, used))
                    bench.say(
                        f"{name}, {batch} a request, run {run + 1} of {runs}: "
                        f"{answered.counted / answered.seconds:,.0f} dossiers/s, "
                        f"p99 {percentile(answered.latencies_ms, 0.99):.0f} ms"
                    )
    return Found(
        (
            f"{runs} runs of {seconds:.0f} s each after {warm:.0f} s of warming up; records of "
            f"{_record_bytes(days):,} bytes of JSON from 166 communes and 14 days, no two alike",
            f"{CONNECTIONS[BATCH]} connections send {BATCH} records a request, {CONNECTIONS[1]} send single "
            f"ones, as {AGENCIES} agencies; each sends again when it was answered",
            "broker, one gateway and the senders share the cores; nothing else runs",
        ),
        (*_rows(found),),
        (_cores(found),),
    )


def _start_plain(children: Children, bootstrap: str, keys: list[str]) -> int:
    port = free_port()
    children.start(
        "peer",
        script("peers/plain_gateway.py", "--port", str(port), "--bootstrap", bootstrap),
        {**os.environ, "PLAIN_KEYS": " ".join(keys)},
    )
    children.wait_until("peer", answers(f"http://127.0.0.1:{port}/healthz"), 30)
    return port


class _Kept:
    """What was answered is compared with what Kafka holds: a fast answer that kept nothing is no result."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        self._bootstrap, self._topic = bootstrap, topic
        self._before = self._now()

    def _now(self) -> int:
        return sum(end_offsets(self._bootstrap, self._topic).values())

    def grew_by(self, number: int) -> None:
        now = self._now()
        if now - self._before != number:
            raise RuntimeError(f"{number} were answered, and Kafka holds {now - self._before} more")
        self._before = now


Runs = Mapping[tuple[str, int], list[tuple[Answered, Used]]]


def _rows(found: Runs) -> list[Row]:
    def rates(name: str, batch: int) -> list[float]:
        return [answered.counted / answered.seconds for answered, _ in found[name, batch]]

    def late(name: str, batch: int) -> list[float]:
        return [percentile(answered.latencies_ms, 0.99) for answered, _ in found[name, batch]]

    def cost(name: str, batch: int) -> list[float]:
        return [used.cores[name] / answered.kept * 1e6 for answered, used in found[name, batch]]

    rows = []
    for batch, what, measure, target in (
        (BATCH, f"Dossiers accepted, {BATCH} a request", "dossiers/s", 10_000.0),
        (1, "Dossiers accepted, one a request", "requests/s", 1_500.0),
    ):
        rows.append(Row(what, measure, spread(rates("gateway", batch)), spread(rates("peer", batch)), target))
        rows.append(
            Row(
                "… answered within (p99)", "ms", spread(late("gateway", batch)), spread(late("peer", batch)),
                150.0, at_least=False,
            )
        )  # fmt: skip
        rows.append(
            Row("… processor time of the gateway for each", "µs", spread(cost("gateway", batch)),
                spread(cost("peer", batch)), None, at_least=False)
        )  # fmt: skip
    return rows


def _cores(found: Runs) -> Table:
    """Who kept how many cores busy, in the median run."""
    lines = []
    for (name, batch), runs in sorted(found.items(), key=lambda item: (-item[0][1], item[0][0])):
        _, used = sorted(runs, key=lambda run: run[0].counted)[len(runs) // 2]
        shares = [f"{used.share(one):.2f}" for one in (name, "broker", "senders")]
        lines.append((f"{'hub' if name == 'gateway' else 'peer'}, {batch} a request", *shares))
    return Table("Cores kept busy", ("", "gateway process", "broker", "senders"), tuple(lines))


def _record_bytes(days: list[str]) -> int:
    cut = records([date.fromisoformat(day) for day in days])
    return sum(len(before) + len(after) + 12 for before, after in cut) // len(cut)
