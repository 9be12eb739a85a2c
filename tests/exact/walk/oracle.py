"""What the figures must be: a dictionary of first arrivals, folded without any of the hub's own steps."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from walk.feed import DAYS, PAPER, REPLACES, STEP
from walk.kafka import Parcelled

from iochub.exact.version import WITHDRAWAL, Cell

Figures = dict[tuple[Cell, str], object]


class Arrived(NamedTuple):
    """Where a delivery first lay in a partition; compares as (era, offset) do."""

    era: int
    offset: int
    partition: int
    appended_ms: int


class Fact(NamedTuple):
    """One record in the order in which it counts."""

    place: tuple[int, int, int, int]
    entity: str
    kind: str
    sender: str
    relations: tuple[tuple[str, str], ...]
    reading: dict[str, object]
    arrived: Arrived


@dataclass
class Oracle:
    """Everything that Kafka has ever acknowledged, once."""

    first: dict[tuple[str, int], Arrived] = field(default_factory=dict)
    facts: dict[tuple[str, int], Fact] = field(default_factory=dict)

    def appended(self, era: int, partition: int, offset: int, record: Parcelled) -> None:
        """A delivery's first arrival in a partition places its records; their first reading stays."""
        if not record.readable:
            return
        delivery = record.delivery
        arrived = Arrived(era, offset, partition, record.appended_ms)
        first = self.first.setdefault((delivery.name, partition), arrived)
        for number in record.numbers:
            draft = delivery.drafts[number]
            revision = min(draft.revision_ms, first.appended_ms)
            fact = Fact(
                (revision, first.era, first.offset, number),
                draft.entity,
                draft.kind,
                delivery.sender,
                draft.relations,
                record.reading(number),
                arrived,
            )
            self.facts.setdefault((delivery.name, number), fact)

    def latest(self, kind: str) -> dict[str, Fact]:
        """The fact of a kind that counts, by entity."""
        until: dict[tuple[str, str], tuple[int, int, int]] = {}
        for fact in self.facts.values():
            if fact.kind == WITHDRAWAL:
                key = fact.entity, fact.sender
                until[key] = max(until.get(key, (-1, -1, -1)), fact.place[1:])
        best: dict[str, Fact] = {}
        for fact in self.facts.values():
            masked = fact.place[1:] <= until.get((fact.entity, fact.sender), (-1, -1, -1))
            if fact.kind == kind and not masked:
                known = best.get(fact.entity)
                if known is None or known.place < fact.place:
                    best[fact.entity] = fact
        return best

    def figures(self) -> Figures:
        """Every figure that is not zero, by cell and member."""
        papers, steps = self.latest(PAPER), self.latest(STEP)
        gone = {
            target
            for entity, paper in papers.items()
            for relation, target in paper.relations
            if relation == REPLACES and target != entity
        }
        figures: Figures = {}
        for entity in papers.keys() - gone:
            self._count(figures, entity, papers, steps)
        return figures

    def _count(self, figures: Figures, entity: str, papers: dict[str, Fact], steps: dict[str, Fact]) -> None:
        paper = papers[entity]
        days: list[tuple[str, date]] = [("opened", DAYS[_int(paper.reading["opened"])])]
        state: object = "open"
        if entity in steps:
            state = steps[entity].reading["state"]
            if "closed" in steps[entity].reading:
                days.append(("closed", DAYS[_int(steps[entity].reading["closed"])]))
        amount = _int(paper.reading["amount"])
        for _, target in paper.relations:
            if target in papers and target != entity:
                amount += _int(papers[target].reading["amount"])
        for role, day in days:
            cell = Cell("toy", role, day, str(paper.reading["unit"]))
            for member, value in (("rows", 1), ("amount", amount), (f"rows with {state}", 1)):
                figures[cell, member] = _int(figures.get((cell, member), 0)) + value
            figures[cell, entity] = (amount, state)

    def around(self, entity: str) -> list[Fact]:
        """All facts about an entity, about those it ever named and about those that ever named it."""
        names = {entity}
        for fact in self.facts.values():
            targets = {target for _, target in fact.relations}
            if fact.entity == entity:
                names |= targets
            elif entity in targets:
                names.add(fact.entity)
        return [fact for fact in self.facts.values() if fact.entity in names]


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value
