"""The warehouse comes back late: what is shown until all is counted. test_outages.py waits for the rest."""

from small_hub import Outage, wait_until


def test_figures_say_partial_while_they_miss_what_was_accepted_during_an_outage(outage: Outage) -> None:
    wait_until(lambda: outage.said)
    value, state = outage.said[0]
    assert state == "partial"
    assert isinstance(value, int)
    assert value < outage.accepted
