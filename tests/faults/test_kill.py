import random
import time

from running_hub import RunningHub, free_base
from storm import Killer, Storm, shown_in_time, shown_received

SECONDS = 75


def test_killing_every_process_in_mid_load_changes_no_figure(tmp_path_factory, record_property) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    record_property("seed", seed)
    hub = RunningHub(tmp_path_factory.mktemp("storm") / "data", free_base())
    try:
        hub.start().open_doors("H56.1")
        with Storm(hub, "H56.1", seed, "KILL") as storm:
            killer = Killer(hub, seed, lambda dice: dice.uniform(2.0, 6.0))
            killer.start()
            until = time.monotonic() + SECONDS
            while time.monotonic() < until:
                storm.step()
                assert killer.error is None, killer.error
            kills = killer.finish()
            storm.settle()
            assert shown_received(hub) == storm.oracle.received(), f"seed {seed}, kills {kills}"
            assert shown_in_time(hub) == storm.oracle.in_time(), f"seed {seed}, kills {kills}"
            assert len(kills) > 3
    finally:
        if hub.process is not None and hub.process.poll() is None:
            hub.stop()
