"""The production code, walked through everything that may happen to it, keeps every figure exact."""

import random
from functools import partial

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from walk import instead
from walk.machine import Walk
from walk.off import PROTECTIONS, replaced
from walk.promises import Wrong
from walk.schedule import EVEN, breaks, random_schedule, shortest
from walk.world import World

from iochub.exact import land

REPEATABLE = settings(
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
)


def test_no_schedule_that_hypothesis_finds_breaks_a_promise() -> None:
    run_state_machine_as_test(Walk, settings=settings(REPEATABLE, max_examples=800, stateful_step_count=60))


@pytest.mark.parametrize("name", ["even", *sorted({off.name for off in PROTECTIONS})])
def test_no_random_schedule_breaks_a_promise(name: str) -> None:
    weights = {off.name: off.weights for off in PROTECTIONS}.get(name, EVEN)
    count = 1500 if name == "even" else 40
    for number in range(count):
        schedule = random_schedule(random.Random(f"{name}:{number}"), weights, 60)
        assert breaks(schedule, partial(World, 2 + number % 3)) is None, schedule


def test_the_machine_finds_and_shrinks_what_a_broken_rule_breaks() -> None:
    without_tombstones = ((land, "rows_of", instead.rows_without_tombstones),)
    with replaced(without_tombstones), pytest.raises(Wrong, match="the figure"):
        run_state_machine_as_test(
            Walk,
            settings=settings(REPEATABLE, max_examples=200, stateful_step_count=30, phases=(Phase.generate,)),
        )


def test_a_broken_schedule_is_told_in_as_few_actions_as_it_takes() -> None:
    tombstones = next(off for off in PROTECTIONS if off.name == "tombstones")
    found = tombstones.search(seed=0, most=100)
    assert found is not None
    told = shortest(found[1], tombstones.breaks_off)
    assert tombstones.breaks_off(told)
    assert len(told) < 6


def test_every_action_is_walked() -> None:
    assert set(World().actions) == set(EVEN)
