from hypothesis import given
from hypothesis import strategies as st

from iochub.api.gateway.limits import BURST_SECONDS, Buckets


class Clock:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@given(per_minute=st.integers(1, 10_000), waits=st.lists(st.floats(0, 20), max_size=200))
def test_no_key_ever_gets_more_than_its_burst_and_its_rate(per_minute: int, waits: list[float]) -> None:
    clock = Clock()
    buckets = Buckets(per_minute, clock)
    allowed = 0
    for wait in waits:
        clock.at += wait
        allowed += buckets.take("key").allowed
    burst = max(1, round(per_minute / 60 * BURST_SECONDS))
    assert allowed <= burst + clock.at * per_minute / 60 + 1e-6


@given(per_minute=st.integers(1, 10_000))
def test_who_waits_as_long_as_told_is_let_in(per_minute: int) -> None:
    clock = Clock()
    buckets = Buckets(per_minute, clock)
    while (answer := buckets.take("key")).allowed:
        pass
    assert "Retry-After" in answer.headers()
    clock.at += answer.reset_seconds
    assert buckets.take("key").allowed


def test_one_keys_flood_is_no_other_keys_trouble() -> None:
    buckets = Buckets(6, Clock())
    assert buckets.take("loud").allowed
    assert not buckets.take("loud").allowed
    assert buckets.take("quiet").allowed


def test_a_long_silence_saves_up_one_burst_and_no_more() -> None:
    clock = Clock()
    buckets = Buckets(60, clock)
    buckets.take("key")
    clock.at += 3600
    burst = 0
    while buckets.take("key").allowed:
        burst += 1
    assert burst == BURST_SECONDS
