"""The order of the versions of one thing: by revision time, then by first arrival."""

REVISION_BITS, ERA_BITS, OFFSET_BITS, INDEX_BITS = 48, 16, 40, 24
ARRIVAL_BITS = ERA_BITS + OFFSET_BITS + INDEX_BITS
"""48 bits of milliseconds last until the year 10889; 40 bits of offset are 10^12 records a partition."""


def place_of(revision_ms: int, era: int, offset: int, index: int) -> int:
    """Pack (revision, era, offset, index) into one UInt128 that sorts like the tuple.

    Raises: ValueError when a part does not fit, so that nothing wraps into another's bits.
    """
    parts = ((revision_ms, REVISION_BITS), (era, ERA_BITS), (offset, OFFSET_BITS), (index, INDEX_BITS))
    place = 0
    for part, bits in parts:
        if part >> bits:
            raise ValueError(f"{part} does not fit into {bits} bits of a place")
        place = place << bits | part
    return place


def arrival_of(place: int) -> int:
    """The part of a place that tells only when the version first reached its partition."""
    return place & ((1 << ARRIVAL_BITS) - 1)
