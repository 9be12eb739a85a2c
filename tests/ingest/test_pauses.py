from hypothesis import given
from hypothesis import strategies as st

from iochub.ingest.pauses import Pauses


@given(failures=st.integers(1, 40), dice=st.floats(0, 1))
def test_pauses_grow_to_the_longest_and_never_beyond(failures: int, dice: float) -> None:
    pauses = Pauses(0.5, 60.0, lambda: dice)
    found = [pauses.next() for _ in range(failures)]
    assert found == sorted(found)
    assert all(0.25 <= pause <= 60.0 for pause in found)
    pauses.reset()
    assert pauses.next() <= 0.5


@given(asked=st.floats(0, 1000))
def test_who_refuses_us_may_ask_for_a_longer_pause(asked: float) -> None:
    assert Pauses().next(asked) >= asked
