import random
import time

from running_hub import RunningHub, free_base
from storm import Killer, Storm, shown_in_time, shown_received

SECONDS = 75
KILLED = 4
"""So many different processes, at least."""
TRIMMING = {"IOCHUB_KAFKA__KEEP_DAYS": "0.0001", "IOCHUB_STREAMS__REWIND_OFFSETS": "5"}
"""Kafka forgets what was landed nine seconds ago, every second."""


def test_killing_every_process_in_mid_load_changes_no_figure(tmp_path_factory, record_property) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    record_property("seed", seed)
    hub = RunningHub(tmp_path_factory.mktemp("storm") / "data", free_base(), TRIMMING)
    try:
        hub.start().open_doors("H56.1")
        with Storm(hub, "H56.1", seed, "KILL") as storm:
            killer = Killer(hub, seed, lambda dice: dice.uniform(2.0, 6.0))
            killer.start()
            until = time.monotonic() + SECONDS
            # A slow machine takes longer to come back from each, and is to come back from as many.
            while time.monotonic() < until or len(killer.kills) < KILLED:
                storm.step()
                assert killer.error is None, killer.error
            kills = killer.finish()
            storm.settle()
            assert shown_received(hub) == storm.oracle.received(), f"seed {seed}, kills {kills}"
            assert shown_in_time(hub) == storm.oracle.in_time(), f"seed {seed}, kills {kills}"
            assert len(kills) >= KILLED
            assert "Kafka was trimmed of records" in (hub.data / "logs" / "streams.log").read_text()
    finally:
        if hub.process is not None and hub.process.poll() is None:
            hub.stop()
