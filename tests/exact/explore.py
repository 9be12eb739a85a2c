"""Walk random schedules through the exact part for as long as one likes; prints what it did."""

import argparse
import random
import sys
import time
from functools import partial

from walk.off import PROTECTIONS
from walk.schedule import EVEN, Schedule, breaks, random_schedule, shortest
from walk.world import World


def main() -> int:
    """Explore until the time is over or a promise breaks; 1 when one broke."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=1)
    options.add_argument("--seed", type=int, default=None)
    chosen = options.parse_args()
    seed = chosen.seed if chosen.seed is not None else random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}", flush=True)
    end = time.monotonic() + chosen.minutes * 60
    walks = steps = 0
    while time.monotonic() < end:
        rng = random.Random(f"{seed}:{walks}")
        world = partial(World, 1 + rng.randrange(5), 1 + rng.randrange(3))
        schedule = some_schedule(rng)
        wrong = breaks(schedule, world)
        walks, steps = walks + 1, steps + len(schedule)
        if wrong is not None:
            print(f"schedule {walks} of seed {seed} broke a promise of {world}: {wrong}")
            for action, data in shortest(schedule, lambda one, world=world: breaks(one, world) is not None):
                print(f"    ({action!r}, {data!r}),")
            return 1
    print(f"seed {seed}: {walks} schedules, {steps} actions, no promise broken")
    return 0


def some_schedule(rng: random.Random) -> Schedule:
    """Half of them with some actions left out, half where a missing protection would show."""
    weights = {name: weight * rng.choice((0, 1, 1, 3)) for name, weight in EVEN.items()}
    weights |= {"send_one": 8, "land": 40, "roll": 30}
    if rng.randrange(2):
        weights = dict(rng.choice(PROTECTIONS).weights)
    return random_schedule(rng, weights, rng.choice((20, 60, 150)))


if __name__ == "__main__":
    sys.exit(main())
