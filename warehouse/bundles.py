"""From the statements of several indicators to few: those that bind the same values are one."""

from collections.abc import Iterator, Mapping

from iochub.warehouse.query import Statement
from iochub.warehouse.recount import literal

AT_ONCE = 24
"""Statements in one: all that a score is made of, and few enough for the warehouse to plan at once."""


def bundles(statements: Mapping[str, Statement]) -> Iterator[Statement]:
    """Write the few statements that answer all; they are the same as asked one by one, each in brackets.

    Shape: a row of a statement, with the name of the indicator before it.
    """
    waiting = dict(statements)
    while waiting:
        bound: dict[str, object] = {}
        taken: list[str] = []
        for name, one in waiting.items():
            if len(taken) < AT_ONCE and _agree(bound, one.parameters):
                bound |= one.parameters
                taken.append(name)
        texts = [f"SELECT {literal(name)} AS name, * FROM (\n{waiting.pop(name).text}\n)" for name in taken]
        yield Statement("\nUNION ALL\n".join(texts), bound)


def _agree(bound: Mapping[str, object], more: Mapping[str, object]) -> bool:
    return all(bound.get(name, value) == value for name, value in more.items())
