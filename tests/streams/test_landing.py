"""How what was taken is parted and cut before it lands."""

from hypothesis import given
from hypothesis import strategies as st

from iochub.streams.landing import ALONE, EVENT_BYTES, LANES, lanes, portions
from iochub.streams.taking import Taken

MOST = 50

SIZES = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 8 * EVENT_BYTES)), max_size=200)


def taken(sizes: list[tuple[int, int]]) -> list[Taken]:
    return [Taken(partition, offset, 0, bytes(size), None) for offset, (partition, size) in enumerate(sizes)]


@given(SIZES, st.booleans())
def test_a_partition_keeps_its_order_and_its_lane(sizes: list[tuple[int, int]], many: bool) -> None:
    records = taken([*sizes, (7, ALONE * EVENT_BYTES)] if many else sizes)
    found = lanes(records)
    assert len(found) <= LANES
    assert sorted(record.offset for lane in found for record in lane) == list(range(len(records)))
    for lane in found:
        assert [record.offset for record in lane] == sorted(record.offset for record in lane)
    of = {record.partition: number for number, lane in enumerate(found) for record in lane}
    assert all(of[record.partition] == number for number, lane in enumerate(found) for record in lane)


def test_few_records_land_together() -> None:
    records = taken([(partition, EVENT_BYTES) for partition in range(12)])
    assert lanes(records) == [records]


@given(SIZES)
def test_batches_are_whole_even_and_not_too_large(sizes: list[tuple[int, int]]) -> None:
    records = taken(sizes)
    cut = list(portions(records, MOST))
    assert [record for portion in cut for record in portion] == records
    weights = [sum(len(record.value) for record in portion) for portion in cut]
    largest = max((len(record.value) for record in records), default=0)
    assert all(weight <= 1.5 * MOST * EVENT_BYTES + largest for weight in weights)
