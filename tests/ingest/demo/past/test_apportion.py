from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from iochub.ingest.demo.past.apportion import is_chosen, spread

WEIGHTS = st.lists(st.integers(0, 100), min_size=1, max_size=400).filter(any)


@given(st.integers(0, 10**7), WEIGHTS)
def test_what_is_spread_adds_up_exactly_and_lies_near_its_weight(total: int, weights: list[int]) -> None:
    parts = spread(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * weight / sum(weights)) <= 1


@given(st.integers(1, 3_000), st.data())
def test_just_so_many_are_chosen_and_they_lie_evenly(total: int, data: st.DataObject) -> None:
    chosen = data.draw(st.integers(0, total))
    places = [place for place in range(total) if is_chosen(place, chosen, total)]
    assert len(places) == chosen
    for before, after in pairwise(places):
        assert abs((after - before) - total / chosen) < 1
