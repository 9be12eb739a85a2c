"""Touches are coalesced by cell, and a figure's version never goes back with a clock or a new topic."""

from hypothesis import given
from hypothesis import strategies as st
from walk.promises import all_cells

from iochub.exact.rollup import Touch, newest_touches, next_offsets

TOUCHES = st.lists(st.builds(Touch, st.integers(0, 1), st.integers(0, 99), st.sampled_from(all_cells())))


@given(TOUCHES, st.randoms())
def test_the_order_within_a_batch_does_not_matter(batch: list[Touch], chance: object) -> None:
    shuffled = list(batch)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert newest_touches(1, shuffled) == newest_touches(1, batch)
    assert next_offsets(shuffled) == next_offsets(batch)


@given(TOUCHES)
def test_every_touched_cell_is_recounted_once_under_its_last_touch(batch: list[Touch]) -> None:
    newest = newest_touches(0, batch)
    assert newest == {
        cell: max(touch.offset for touch in batch if touch.cell == cell)
        for cell in {touch.cell for touch in batch}
    }


@given(TOUCHES, TOUCHES)
def test_a_new_topic_of_touches_has_only_greater_versions(old: list[Touch], new: list[Touch]) -> None:
    before, after = newest_touches(1, old), newest_touches(2, new)
    assert all(one < other for one in before.values() for other in after.values())


@given(TOUCHES)
def test_the_next_offset_is_beyond_every_touch_of_the_batch(batch: list[Touch]) -> None:
    positions = next_offsets(batch)
    assert all(touch.offset < positions[touch.partition] for touch in batch)
    assert positions.keys() == {touch.partition for touch in batch}
