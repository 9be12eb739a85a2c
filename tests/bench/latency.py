"""How long from accepted to counted at a thousand events a second, beside a plain way into a table."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import httpx
from bench import Bench
from bodies import last_days
from clickhouse_engine import free_port
from parts import Parts, emptied, script
from peers.plain_landing import TABLE
from processes import Children, Used, memory
from province import province
from results import Found, Row, Table, percentile, spread
from senders import Answered, Order
from sending import send, written
from whole_hub import WholeHub

from iochub.ingest.topics import Topic, ensure_topics
from iochub.supervisor.probes import answers
from iochub.warehouse.store import Store

BATCH = 50
PER_SECOND = 1_000
CONNECTIONS = 16
DAYS = 3
COUNTED_SECONDS = 120.0
WARM_SECONDS = 3.0
PLAIN_TOPIC = "plain.dossiers"
NAMES = ("MaHoSo", "MaTTHC", "MaLinhVuc", "KenhThucHien", "TrangThaiHoSo", "DonViXuLy")


class Followed(NamedTuple):
    """Seconds after the 202 of each delivery, and who used which core."""

    stored: list[float]
    counted: list[float]
    used: Used


def measure(bench: Bench) -> Found:
    """The hub first, then the peer on the same engines and the same stored province."""
    size, seconds, runs = (100_000, 5.0, 1) if bench.quick else (5_000_000, 12.0, 3)
    folder = emptied(bench.folder / "latency")
    province(bench.folder, size, folder / "hub", bench.say)
    hub = WholeHub.on(folder / "hub")
    with Children(folder / "logs") as children:
        try:
            bench.say("starting the whole hub")
            hub.start().open_doors("H56.1")
            followed = [_followed(bench, hub, children, run, seconds) for run in range(runs)]
            weight = memory(hub.all_pids())
        finally:
            hub.end()
        visible = _plain(bench, folder / "hub", children, runs, seconds)
    rows = [
        Row(
            f"Accepted to counted at {PER_SECOND:,} events/s ({name})", "s",
            spread([percentile(run.counted, share) for run in followed]),
            spread([percentile(run, share) for run in visible]), target, at_least=False,
        )
        for name, share, target in (("p95", 0.95, 1.5), ("p50", 0.5, None), ("longest", 1.0, None))
    ]  # fmt: skip
    stored = spread([percentile(run.stored, 0.95) for run in followed])
    rows.append(Row("… of it until stored (p95)", "s", stored))
    return Found(
        (
            f"{size:,} dossiers and {size:,} invoices stored",
            f"{runs} runs of {seconds:.0f} s after {WARM_SECONDS:.0f} s of warming up; {PER_SECOND // BATCH} "
            f"deliveries a second of {BATCH} dossiers, of 166 communes and the last {DAYS} days, over "
            f"{CONNECTIONS} connections",
        ),
        (
            *rows,
            Row(
                f"All processes together afterwards, {size / 1e6:.1f} million dossiers stored (PSS)", "MB",
                spread([weight.pss]), None, 2_500.0, at_least=False,
            ),
        ),
        (_cores(followed[-1].used),),
    )  # fmt: skip


def _cores(used: Used) -> Table:
    busy = sorted(used.cores, key=used.share, reverse=True)
    return Table(
        "Cores kept busy in the last run of the hub",
        tuple(busy),
        (tuple(f"{used.share(n):.2f}" for n in busy),),
    )


def _order(port: int, key: str, prefix: str, seconds: float) -> Order:
    days = written(last_days(DAYS, datetime.now(UTC).date()))
    return Order(port, [key], prefix, BATCH, CONNECTIONS, seconds, days, WARM_SECONDS, PER_SECOND / BATCH)


def _measured(answered: Answered) -> list[tuple[str, int, float]]:
    """The receipts after the warm-up."""
    return answered.receipts[int(WARM_SECONDS * PER_SECOND / BATCH) :]


def _followed(bench: Bench, hub: WholeHub, children: Children, run: int, seconds: float) -> Followed:
    key = hub.keys["H56.1"]
    order = _order(hub.port_base, key, f"H56.6-{run}", seconds)
    answered, used = send(children, order, hub.pids())
    stored: list[float] = []
    counted: list[float] = []
    with httpx.Client(base_url=hub.gateway, headers={"Authorization": f"Bearer {key}"}, timeout=30) as agency:
        deadline = time.monotonic() + COUNTED_SECONDS
        for receipt, _, at in reversed(_measured(answered)):
            while (state := agency.get(f"/v1/receipts/{receipt}").json()).get("counted_at") is None:
                if time.monotonic() > deadline:
                    raise RuntimeError(f"a receipt is not counted: {state}")
                time.sleep(0.1)
            counted.append(datetime.fromisoformat(state["counted_at"]).timestamp() - at)
            stored.append(datetime.fromisoformat(state["stored_at"]).timestamp() - at)
    bench.say(f"run {run + 1}: p95 {percentile(counted, 0.95):.2f} s of {len(counted)} deliveries")
    return Followed(stored, counted, used)


def _plain(bench: Bench, folder: Path, children: Children, runs: int, seconds: float) -> list[list[float]]:
    """The plain gateway and the plain agent on the hub's engines, without the hub."""
    parts = Parts(folder, children)
    parts.start("broker", "warehouse")
    bootstrap, store = parts.settings.kafka.bootstrap, parts.store()
    ensure_topics(bootstrap, [Topic(PLAIN_TOPIC, parts.settings.kafka.partitions, 1, {})])
    columns = ", ".join(f"{name} String" for name in NAMES)
    store.run(
        f"CREATE TABLE {TABLE} ({columns}, NgayTiepNhan DateTime64(3, 'UTC'), "
        "NgayHenTra Nullable(DateTime64(3, 'UTC')), NgayKetThucXuLy Nullable(DateTime64(3, 'UTC')), "
        "at DateTime64(6, 'UTC') DEFAULT now64(6)) ENGINE = MergeTree ORDER BY MaHoSo"
    )
    port, key = free_port(), "plain-key"
    children.start(
        "plain-gateway",
        script("peers/plain_gateway.py", "--port", str(port), "--bootstrap", bootstrap),
        {**os.environ, "PLAIN_KEYS": key},
    )
    children.wait_until("plain-gateway", answers(f"http://127.0.0.1:{port}/healthz"), 30)
    children.start(
        "plain-landing",
        script(
            "peers/plain_landing.py", "--bootstrap", bootstrap, "--topic", PLAIN_TOPIC,
            "--clickhouse", str(parts.settings.clickhouse.port),
        ),
        {**os.environ, "PLAIN_PASSWORD": parts.settings.clickhouse.writer_password.get_secret_value()},
    )  # fmt: skip
    time.sleep(10.0 if not bench.quick else 5.0)  # until the agent has its partitions
    found = []
    for run in range(runs):
        answered, _ = send(children, _order(port, key, f"P{run}", seconds), {})
        found.append(_visible(store, answered, f"P{run}"))
        bench.say(f"peer, run {run + 1}: p95 {percentile(found[-1], 0.95):.2f} s")
    store.close()
    return found


def _visible(store: Store, answered: Answered, prefix: str) -> list[float]:
    """When the last row of each delivery was inserted, after its 202."""
    statement = (
        f"SELECT intDiv(toUInt32(substring(MaHoSo, -7)), {BATCH}) * {BATCH}, max(at), count() FROM {TABLE} "
        "WHERE startsWith(MaHoSo, {prefix:String}) GROUP BY 1"
    )
    deadline = time.monotonic() + COUNTED_SECONDS
    while True:
        rows = store.rows(statement, {"prefix": f"{prefix}-"})
        if sum(row[2] for row in rows) >= answered.kept:
            break
        if time.monotonic() > deadline:
            raise RuntimeError(f"the peer stored {sum(row[2] for row in rows)} of {answered.kept}")
        time.sleep(0.2)
    at = {first: instant.timestamp() for first, instant, _ in rows}
    return [at[first] - answered_at for _, first, answered_at in _measured(answered)]
