import random

from axis_storm import AxisStorm
from running_hub import RunningHub

KILLS = 3


def test_killing_the_axis_connector_loses_no_document_and_counts_none_twice(
    hub: RunningHub, tmp_path_factory, record_property
) -> None:
    """The long run is `python tests/faults/axis_run.py --kills 50`."""
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    record_property("seed", seed)
    with AxisStorm(hub, tmp_path_factory.mktemp("axis"), seed) as storm:
        for _ in range(KILLS):
            storm.life()
        storm.drain()
        counts = storm.check()
    assert counts["accepted"] + counts["rejected"] == len(storm.axis.messages)
