"""From questions about several indicators to few statements: what is counted alike is counted together."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import replace

from iochub.warehouse.query import Asked, Statement

AT_ONCE = 24
"""Statements in one: more than a score needs, and few enough for the warehouse to plan at once."""

Write = Callable[[Asked], Statement]


def bundles(asked: Iterable[Asked], write: Write) -> Iterator[Statement]:
    """Write the few statements that answer all.

    Shape: as the statement of one, with the name of the indicator before each row.
    """
    waiting = list(_alike(asked, write))
    while waiting:
        bound: dict[str, object] = {}
        taken: list[Statement] = []
        for one in waiting:
            if len(taken) < AT_ONCE and all(bound.get(name, it) == it for name, it in one.parameters.items()):
                bound |= one.parameters
                taken.append(one)
        waiting = [one for one in waiting if one not in taken]
        texts = (
            f"SELECT shown.1 AS name, * REPLACE (shown.2 AS shown) FROM (\n{one.text}\n)" for one in taken
        )
        yield Statement("\nUNION ALL\n".join(texts), bound)


def _alike(asked: Iterable[Asked], write: Write) -> Iterator[Statement]:
    """One statement for all indicators whose own differ in nothing but the name."""
    groups: dict[Hashable, list[Asked]] = defaultdict(list)
    for one in asked:
        nameless = write(replace(one, names=("",)))
        groups[nameless.text, frozenset(nameless.parameters.items())].append(one)
    for group in groups.values():
        yield write(replace(group[0], names=[one.indicator.name for one in group]))
