"""A tiny feed with all that makes folding hard: two kinds, two roles, relations, steps without a unit."""

from collections.abc import Mapping, Sequence
from datetime import date

from iochub.exact.version import Cell, Current, Implied, Version

DAYS = (date(2021, 1, 1), date(2021, 1, 2), date(2021, 2, 1))
UNITS = ("14797", "unknown")
STATES = ("open", "done")
ROLES = ("opened", "closed")
PAPER, STEP = "paper", "step"
REPLACES = "replaces"

Reading = Mapping[str, object]
Contribution = tuple[tuple[str, date, str], ...]


class ToyFeed:
    """Papers carry unit, opening day, amount and a revision time; steps only a state and a closing day."""

    name = "toy"
    has_relations = True

    def implied(self, version: Version) -> Implied:
        if version.kind == PAPER:
            return Implied(str(version.reading["unit"]), (("opened", _day(version.reading["opened"])),))
        closed = version.reading.get("closed")
        return Implied(None, (("closed", _day(closed)),) if closed is not None else ())

    def fold(self, own: Sequence[Version], related: Sequence[Version]) -> Current | None:
        entity = own[0].entity
        papers = {version.entity: version for version in (*own, *related) if version.kind == PAPER}
        paper = papers.pop(entity, None)
        if paper is None or any((REPLACES, entity) in other.relations for other in papers.values()):
            return None
        steps = [version for version in own if version.kind == STEP]
        days = [("opened", _day(paper.reading["opened"]))]
        state = "open"
        if steps:
            state = str(steps[-1].reading["state"])
            if "closed" in steps[-1].reading:
                days.append(("closed", _day(steps[-1].reading["closed"])))
        amount = _number(paper.reading["amount"]) + sum(
            _number(papers[target].reading["amount"]) for _, target in paper.relations if target in papers
        )
        return Current(str(paper.reading["unit"]), tuple(days), (amount, state))


def touch_partition(cell: Cell) -> int:
    """The key of a touch is its cell: one cell is always on one of the two partitions."""
    return (DAYS.index(cell.day) + UNITS.index(cell.unit)) % 2


def _day(number: object) -> date:
    return DAYS[_number(number)]


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value
