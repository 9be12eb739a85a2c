"""Each rule of the protocol is needed: switched off alone, a schedule is found that breaks a promise."""

import pytest
from walk.off import PROTECTIONS, Off


@pytest.mark.parametrize("off", PROTECTIONS, ids=lambda off: off.name)
def test_without_this_rule_a_promise_breaks_and_with_it_the_same_schedule_is_harmless(off: Off) -> None:
    found = off.search(off.seed, most=2_000)
    assert found is not None, f"rule {off.rule} was switched off and nobody noticed"
