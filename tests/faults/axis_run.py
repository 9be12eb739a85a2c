"""Kills the axis connector as often as asked: `python tests/faults/axis_run.py --kills 50 --seed 7`."""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "plugins"))

from axis_storm import AxisStorm
from running_hub import RunningHub, free_base


def main() -> None:
    """Kill, let the last one finish, and compare every fate and every figure with the oracle."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="iochub-axis-") as folder:
        hub = RunningHub(Path(folder) / "data", free_base()).start().open_doors("H56.1")
        try:
            with AxisStorm(hub, Path(folder) / "office", asked.seed) as storm:
                while storm.kills < asked.kills:
                    storm.life()
                    if storm.kills % 10 == 0:
                        print(f"{storm.kills} kills, {len(storm.axis.left())} messages wait", flush=True)
                storm.drain()
                counts = storm.check()
                fetched = sum(each.fetched for each in storm.axis.messages.values())
                print(
                    f"exact after {storm.kills} kills in {time.monotonic() - began:.0f} s: "
                    f"{len(storm.axis.messages)} messages fetched {fetched} times, "
                    f"{sum(storm.exchanges.values())} exchanges on {len(storm.exchanges)} days, {counts}, "
                    f"killed at {storm.moments}",
                    flush=True,
                )
        finally:
            if hub.process is not None and hub.process.poll() is None:
                hub.stop()


if __name__ == "__main__":
    main()
