"""A place sorts like (revision, era, offset, index), and never wraps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iochub.exact.place import (
    ARRIVAL_BITS,
    ERA_BITS,
    INDEX_BITS,
    MARK_BITS,
    OFFSET_BITS,
    REVISION_BITS,
    arrival_of,
    mark_of,
    place_of,
)

BITS = (REVISION_BITS, ERA_BITS, OFFSET_BITS, INDEX_BITS)
PARTS = st.tuples(*(st.integers(0, (1 << bits) - 1) for bits in BITS))


@given(PARTS, PARTS)
def test_places_sort_like_the_parts_they_are_made_of(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    assert (place_of(*one) < place_of(*other)) == (one < other)
    assert (place_of(*one) == place_of(*other)) == (one == other)


@given(PARTS)
def test_every_place_fits_into_128_bits(parts: tuple[int, ...]) -> None:
    assert 0 <= place_of(*parts) < 1 << 128


@given(PARTS, PARTS)
def test_an_arrival_sorts_without_the_revision(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    assert (arrival_of(place_of(*one)) < arrival_of(place_of(*other))) == (one[1:] < other[1:])
    assert arrival_of(place_of(*one)) >> ARRIVAL_BITS == 0


@given(PARTS, st.integers(0, 3), st.integers(0, 1 << 20))
def test_a_part_too_large_is_refused_and_not_wrapped(parts: tuple[int, ...], which: int, over: int) -> None:
    wrong = list(parts)
    wrong[which] = (1 << BITS[which]) + over
    with pytest.raises(ValueError, match="does not fit"):
        place_of(*wrong)


@given(PARTS, st.integers(0, 3), st.integers(-(1 << 60), -1))
def test_a_negative_part_is_refused(parts: tuple[int, ...], which: int, negative: int) -> None:
    wrong = list(parts)
    wrong[which] = negative
    with pytest.raises(ValueError, match="does not fit"):
        place_of(*wrong)


@given(
    st.tuples(st.integers(0, 9), st.integers(0, 1 << 47)),
    st.tuples(st.integers(0, 9), st.integers(0, 1 << 47)),
)
def test_every_mark_of_a_new_topic_is_greater_than_all_of_the_old(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    assert (mark_of(*one) < mark_of(*other)) == (one < other)


def test_an_offset_too_large_for_a_mark_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        mark_of(1, 1 << MARK_BITS)
