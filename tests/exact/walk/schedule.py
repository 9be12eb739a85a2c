"""Random schedules of actions, as fast as they go, and the shortest that still breaks a promise."""

import random
from collections.abc import Callable, Mapping, Sequence

from walk.promises import Wrong
from walk.world import World

Schedule = Sequence[tuple[str, bytes]]

EVEN: Mapping[str, int] = {
    "send": 10, "send_one": 8, "flip": 2, "withdraw": 3, "resend": 6, "rebatch": 3, "double_event": 3,
    "double_touch": 2, "clock_back": 2, "step_back": 1, "tick": 5, "new_topic": 3, "cut_topic": 2,
    "start_land": 5, "start_pair": 2, "start_roll": 5, "land": 30, "land_step": 15, "overtake_land": 2,
    "roll": 22, "roll_step": 10, "overtake_roll": 2, "crash": 4, "fault": 6, "half_versions": 1,
    "late_recount": 1, "outage": 1, "end_statement": 8, "backup": 1, "restore": 1, "ask": 4,
    "follow": 4, "settle": 2,
}  # fmt: skip
"""How often each action is taken when nothing special is looked for."""


def random_schedule(rng: random.Random, weights: Mapping[str, int], length: int) -> Schedule:
    """A schedule drawn by weights; it ends with everything settled."""
    names = rng.choices(list(weights), list(weights.values()), k=length)
    return [*((name, rng.randbytes(24)) for name in names), ("settle", rng.randbytes(24))]


def breaks(schedule: Schedule, world: Callable[[], World] = World) -> str | None:
    """The promise that a schedule breaks, or nothing."""
    walked = world()
    try:
        for action, data in schedule:
            walked.do(action, data)
    except Wrong as wrong:
        return str(wrong)
    return None


def shortest(schedule: Schedule, still: Callable[[Schedule], bool]) -> Schedule:
    """Leave out actions, in ever smaller blocks, while the schedule still does what it did."""
    block = len(schedule) // 2
    while block:
        position = 0
        while position < len(schedule):
            shorter = [*schedule[:position], *schedule[position + block :]]
            if still(shorter):
                schedule = shorter
            else:
                position += block
        block //= 2
    return schedule
