"""Runs the storm for as long as asked: `python tests/faults/storm_run.py --minutes 30 --seed 7`."""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "plugins"))

from running_hub import RunningHub, free_base
from storm import Killer, Storm, shown_in_time, shown_received

ROUND_SECONDS = 180


def main() -> None:
    """Kill and check, round after round; the first wrong figure ends it with its seed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="iochub-storm-") as folder:
        hub = RunningHub(Path(folder) / "data", free_base()).start().open_doors("H56.1")
        storm = Storm(hub, "H56.1", asked.seed, "STORM")
        total: dict[str, int] = {}
        until = time.monotonic() + asked.minutes * 60
        try:
            number = 0
            while time.monotonic() < until:
                number += 1
                killer = Killer(hub, asked.seed + number, lambda dice: dice.uniform(2.0, 8.0))
                killer.start()
                pause = min(until, time.monotonic() + ROUND_SECONDS)
                while time.monotonic() < pause:
                    storm.step()
                    if killer.error:
                        raise killer.error
                for name, kills in killer.finish().items():
                    total[name] = total.get(name, 0) + kills
                storm.settle()
                if (
                    shown_received(hub) != storm.oracle.received()
                    or shown_in_time(hub) != storm.oracle.in_time()
                ):
                    raise SystemExit(f"WRONG FIGURE in round {number}, seed {asked.seed}, kills {total}")
                print(
                    f"round {number}: exact; {len(storm.oracle.now)} dossiers, {storm.requests} requests "
                    f"({storm.unconfirmed} unconfirmed and sent again), "
                    f"{len(storm.receipts)} receipts counted, kills {total}",
                    flush=True,
                )
        finally:
            storm.client.close()
            if hub.process is not None and hub.process.poll() is None:
                hub.stop()


if __name__ == "__main__":
    main()
