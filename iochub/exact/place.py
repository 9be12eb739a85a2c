"""The order of the versions of one thing: by revision time, then by first arrival."""

REVISION_BITS, ERA_BITS, OFFSET_BITS, INDEX_BITS = 48, 16, 40, 24
ARRIVAL_BITS = ERA_BITS + OFFSET_BITS + INDEX_BITS
"""48 bits of milliseconds last until the year 10889; 40 bits of offset are 10^12 records a partition."""

LAST_ARRIVAL = (1 << ARRIVAL_BITS) - 1

MARK_BITS = 48
"""A mark of `windows.touched` is its era above 48 bits of offset."""


def place_of(revision_ms: int, era: int, offset: int, index: int) -> int:
    """Pack (revision, era, offset, index) into one UInt128 that sorts like the tuple.

    Raises: ValueError when a part does not fit, so that nothing wraps into another's bits.
    """
    if revision_ms >> REVISION_BITS or era >> ERA_BITS or offset >> OFFSET_BITS or index >> INDEX_BITS:
        raise ValueError(f"({revision_ms}, {era}, {offset}, {index}) does not fit into a place")
    return ((revision_ms << ERA_BITS | era) << OFFSET_BITS | offset) << INDEX_BITS | index


def arrival_of(place: int) -> int:
    """The part of a place that tells only when the version first reached its partition."""
    return place & LAST_ARRIVAL


def mark_of(era: int, offset: int) -> int:
    """An offset of `windows.touched` that also sorts after all offsets of the topic it replaced.

    Raises: ValueError when the offset does not fit.
    """
    if offset >> MARK_BITS:
        raise ValueError(f"{offset} does not fit into {MARK_BITS} bits of a mark")
    return era << MARK_BITS | offset
