"""A receipt is followed by positions alone."""

from hypothesis import given
from hypothesis import strategies as st

from iochub.exact.receipt import LandedUpTo, ParcelAt, counted, state_of, stored, tally

PARCEL = ParcelAt(partition=0, offset=7, events=98)
BEYOND = LandedUpTo(8, {0: 20, 1: 30})


def test_a_parcel_is_stored_once_a_position_beyond_it_is_recorded() -> None:
    assert not stored(PARCEL, None)
    assert not stored(PARCEL, LandedUpTo(7, {}))
    assert stored(PARCEL, LandedUpTo(8, {}))


def test_a_parcel_is_counted_once_every_touch_of_its_batch_is_rolled_up() -> None:
    assert not counted(PARCEL, None, {0: 99, 1: 99})
    assert not counted(PARCEL, BEYOND, {})
    assert not counted(PARCEL, BEYOND, {0: 20, 1: 29})
    assert counted(PARCEL, BEYOND, {0: 20, 1: 30})


def test_a_parcel_that_changed_nothing_is_counted_when_stored() -> None:
    assert counted(PARCEL, LandedUpTo(8, {}), {})


def test_a_receipt_is_as_far_as_its_slowest_parcel() -> None:
    other = ParcelAt(1, 3, 2)
    assert state_of([PARCEL, other], {PARCEL: BEYOND}, {0: 99, 1: 99}) == "accepted"
    landed = {PARCEL: BEYOND, other: LandedUpTo(4, {})}
    assert state_of([PARCEL, other], landed, {0: 20}) == "stored"
    assert state_of([PARCEL, other], landed, {0: 20, 1: 30}) == "counted"


def test_a_receipt_without_parcels_has_nothing_left_to_count() -> None:
    assert state_of([], {}, {}) == "counted"


@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 9), st.integers(0, 50)), unique=True),
    st.integers(0, 10),
    st.dictionaries(st.integers(0, 1), st.integers(0, 9)),
    st.integers(0, 60),
)
def test_the_numbers_of_a_receipt_always_add_up(
    parcels: list[tuple[int, int, int]], position: int, rolled: dict[int, int], refused: int
) -> None:
    held = [ParcelAt(*parcel) for parcel in parcels]
    landed = {parcel: LandedUpTo(position, {0: 5}) for parcel in held}
    numbers = tally(held, landed, rolled, dict.fromkeys(held, refused))
    state = state_of(held, landed, rolled)
    assert 0 <= numbers.counted <= numbers.stored <= numbers.accepted
    if state != "accepted":
        assert numbers.accepted == numbers.stored + numbers.set_aside
    if state == "counted":
        assert numbers.counted == numbers.stored
