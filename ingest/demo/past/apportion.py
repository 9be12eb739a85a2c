"""Exact numbers, spread evenly: how many fall on each day, and which of many are the few that matter."""

from collections.abc import Sequence
from itertools import accumulate, pairwise


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """Whole numbers, one per weight, each near its weight's part, that add up to the total exactly."""
    whole = sum(weights)
    reached = [0, *(total * so_far // whole for so_far in accumulate(weights))]
    return [after - before for before, after in pairwise(reached)]


def is_chosen(place: int, chosen: int, total: int) -> bool:
    """Whether the thing at this place, of so many in all, is one of the chosen ones, which lie evenly."""
    return (place + 1) * chosen // total > place * chosen // total
