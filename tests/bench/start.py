"""How long the hub takes to become ready, and how much memory all of it needs after work."""

import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from bench import Bench
from bodies import last_days
from parts import Parts, emptied
from positions import caught_up
from processes import Children, Memory, memory
from results import Found, Row, Table, spread
from senders import Order
from sending import send, written
from whole_hub import WholeHub

from iochub.warehouse.store import Store

AGENCIES = 4
COUNTED_SECONDS = 180.0
MOST_MEGABYTES = 2_500.0


class Scale(threading.Thread):
    """Weighs a hub every half second, for its heaviest moment."""

    def __init__(self, hub: WholeHub) -> None:
        super().__init__(daemon=True)
        self._hub = hub
        self._done = threading.Event()
        self.heaviest = Memory(0, 0)

    def run(self) -> None:
        while not self._done.wait(0.5):
            self.heaviest = max(self.heaviest, memory(self._hub.all_pids()))

    def stop(self) -> Memory:
        self._done.set()
        self.join()
        return self.heaviest


def measure(bench: Bench) -> Found:
    """The bare engines, a fresh hub, the same hub under load, and that hub once more."""
    runs, seconds = (1, 4.0) if bench.quick else (3, 20.0)
    folder = emptied(bench.folder / "start")
    engines = [_engines(bench, folder, run) for run in range(runs)]
    fresh = []
    with Children(folder / "logs") as children:
        for run in range(runs):
            hub = WholeHub.on(folder / f"hub-{run}")
            try:
                hub.start()
                fresh.append(hub.ready_seconds)
                bench.say(f"fresh folder: ready after {hub.ready_seconds:.1f} s")
                if run == runs - 1:
                    sent, idle, heaviest, after, each = _loaded(bench, hub, children, seconds)
            finally:
                hub.end()
    again = []
    for _ in range(runs):
        try:
            again.append(hub.start().ready_seconds)
            bench.say(f"the same folder again: ready after {hub.ready_seconds:.1f} s")
        finally:
            hub.end()
    began = spread([one for one, _ in engines])
    bare = spread([weight.pss for _, weight in engines])
    megabytes = "MB"
    return Found(
        (f"{runs} starts each; {sent:,} dossiers sent in {seconds:.0f} s and counted before weighing",),
        (
            Row("Ready in a fresh folder", "s", spread(fresh), began, 20.0, at_least=False),
            Row("Ready in a filled folder", "s", spread(again), began, 20.0, at_least=False),
            Row("All processes together after load (PSS)", megabytes, spread([after.pss]), bare,
                MOST_MEGABYTES, at_least=False),
            Row("… each one's RSS added up, shared pages counted again", megabytes, spread([after.rss])),
            Row("… before any load (PSS)", megabytes, spread([idle.pss])),
            Row("… at the heaviest moment under load (PSS)", megabytes, spread([heaviest.pss])),
        ),
        (Table("Memory by process after load, megabytes", ("process", "PSS", "RSS"), each),),
    )  # fmt: skip


def _engines(bench: Bench, folder: Path, run: int) -> tuple[float, Memory]:
    """Broker and warehouse at once, until both answer."""
    with Children(folder / "logs") as children:
        parts = Parts(folder / f"engines-{run}", children)
        began = time.monotonic()
        for name in ("broker", "warehouse"):
            parts.begin(name)
        for name in ("broker", "warehouse"):
            parts.wait(name)
        took = time.monotonic() - began
        time.sleep(1.0)
        weight = memory(children.pid(name) for name in ("broker", "warehouse"))
        bench.say(f"engines alone: {took:.1f} s, {weight.pss:.0f} MB")
        return took, weight


def _loaded(
    bench: Bench, hub: WholeHub, children: Children, seconds: float
) -> tuple[int, Memory, Memory, Memory, tuple[tuple[str, str, str], ...]]:
    """Send at full speed, wait until all is counted, and weigh."""
    agencies = [f"H56.{one}" for one in range(1, AGENCIES + 1)]
    hub.open_doors(*agencies)
    idle = memory(hub.all_pids())
    scale = Scale(hub)
    scale.start()
    days = written(last_days(14, datetime.now(UTC).date()))
    order = Order(hub.port_base, [hub.keys[one] for one in agencies], "H56.5", 100, AGENCIES, seconds, days)
    answered, _ = send(children, order, {})
    settings = hub.settings()
    store = Store(settings.clickhouse, may_write=True)
    deadline = time.monotonic() + COUNTED_SECONDS
    while not caught_up(store, settings.kafka.bootstrap):
        if time.monotonic() > deadline:
            raise RuntimeError("the hub did not count what it had accepted")
        time.sleep(0.5)
    store.close()
    heaviest, after = scale.stop(), memory(hub.all_pids())
    bench.say(f"{answered.kept:,} dossiers counted: {after.pss:.0f} MB, at most {heaviest.pss:.0f} MB")
    each = tuple(
        (name, f"{weight.pss:.0f}", f"{weight.rss:.0f}")
        for name, weight in sorted((name, memory([pid])) for pid, name in hub.all_pids().items())
    )
    return answered.kept, idle, heaviest, after, each
