"""The warehouse in memory, with ClickHouse's weak points: calls that end half done, late, or unanswered."""

import copy
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from walk.feed import touch_partition
from walk.kafka import TouchesTopic

from iochub.errors import StoreUnavailable
from iochub.exact.cells import CellRow
from iochub.exact.land import Arrival, Progress, Unreadable
from iochub.exact.place import mark_of
from iochub.exact.receipt import LandedUpTo
from iochub.exact.version import Cell, Version

Effect = Callable[[], None]
FAULTS = ("refused", "unanswered", "half", "late", "half late")
FRAGILE = ("first_arrivals", "insert_versions", "insert_cells", "publish_touches", "recount")
"""Calls that hypothesis may pick out to go wrong."""
LONGEST_STATEMENT = 8
"""A statement that has run for so long is ended by the warehouse."""


class FigureRow(NamedTuple):
    """One version of one figure; the highest version counts, of equal ones the last."""

    version: int
    recorded_at: int
    sequence: int
    value: object


@dataclass
class Tables:
    """What the warehouse keeps."""

    arrivals: dict[tuple[str, int], Arrival] = field(default_factory=dict)
    versions: dict[str, dict[tuple[str, int], Version]] = field(default_factory=dict)
    relations: dict[str, set[str]] = field(default_factory=dict)
    cells: dict[tuple[object, ...], CellRow] = field(default_factory=dict)
    figures: dict[tuple[Cell, str], list[FigureRow]] = field(default_factory=dict)
    landed: dict[tuple[int, int], dict[int, Mapping[int, int]]] = field(default_factory=dict)
    rolled: dict[tuple[int, int], int] = field(default_factory=dict)
    unreadable: set[tuple[int, Unreadable]] = field(default_factory=set)


class Running(NamedTuple):
    """A statement whose caller has lost sight of it."""

    name: str
    effects: Sequence[Effect]
    since: int


class MemoryStore:
    """Implements both stores of the exact part."""

    def __init__(self, touches: TouchesTopic) -> None:
        self.tables = Tables()
        self.touches = touches
        self.running: list[Running] = []
        self.fault: str | None = None
        self.fault_in: str | None = None
        self.fault_after = 0
        self.away = False
        self.clock = 100
        self.time = 0
        self.shown = self.clock
        self.recorded = 0
        self.sequence = 0
        self.untold: set[Cell] = set()

    # faults

    def _call(self, name: str, effects: Sequence[Effect]) -> None:
        """Do what a call asks for, unless hypothesis wants it to go wrong."""
        fault = self._fault(name)
        if fault is None or fault == "unanswered":
            done, later = effects, effects[:0]
        elif fault == "half":
            done, later = effects[: len(effects) // 2], effects[:0]
        elif fault == "late":
            done, later = effects[:0], effects
        elif fault == "half late":
            done, later = effects[: len(effects) // 2], effects[len(effects) // 2 :]
        else:
            done = later = effects[:0]
        for effect in done:
            effect()
        if later:
            self.running.append(Running(name, later, self.time))
        if fault is not None:
            raise StoreUnavailable("the warehouse did not answer")

    def _fault(self, name: str) -> str | None:
        if self.away:
            return "refused"
        if self.fault is None or self.fault_in not in (None, name):
            return None
        if self.fault_after:
            self.fault_after -= 1
            return None
        fault, self.fault = self.fault, None
        return fault

    def _read(self) -> None:
        if self._fault("read") is not None:
            raise StoreUnavailable("the warehouse did not answer")

    def end(self, number: int) -> None:
        """Let a statement end that nobody waits for any more."""
        for effect in self.running.pop(number).effects:
            effect()

    def tick(self, seconds: int) -> None:
        """Time passes; a statement that runs too long is ended without effect; the instant is remembered."""
        self.clock += seconds
        self.time += seconds
        self.running = [one for one in self.running if one.since + LONGEST_STATEMENT > self.time]
        self.shown = max(self.shown, self.clock)

    def backup(self) -> Tables:
        """All tables as they are now."""
        return copy.deepcopy(self.tables)

    # landing

    def set_aside(self, feed: str, era: int, records: Sequence[Unreadable]) -> None:
        self._call("set_aside", [lambda: self.tables.unreadable.update((era, one) for one in records)])

    def first_arrivals(self, feed: str, arrivals: Collection[Arrival]) -> Mapping[tuple[str, int], Arrival]:
        self._call("first_arrivals", [lambda one=one: self._keep_arrival(one) for one in arrivals])  # type: ignore[misc]
        return {(one.delivery, one.partition): self._first(one) for one in arrivals}

    def _first(self, arrival: Arrival) -> Arrival:
        return self.tables.arrivals[arrival.delivery, arrival.partition]

    def _keep_arrival(self, arrival: Arrival) -> None:
        known = self.tables.arrivals.setdefault((arrival.delivery, arrival.partition), arrival)
        if (arrival.era, arrival.offset) < (known.era, known.offset):
            self.tables.arrivals[arrival.delivery, arrival.partition] = arrival

    def insert_versions(self, feed: str, versions: Sequence[Version]) -> None:
        effects: list[Effect] = [lambda one=one: self._keep_version(one) for one in versions]  # type: ignore[misc]
        for version in versions:
            for _, target in version.relations:
                effects.append(lambda t=target, s=version.entity: self._keep_relation(t, s))  # type: ignore[misc]
        self._call("insert_versions", effects)

    def _keep_version(self, version: Version) -> None:
        self.tables.versions.setdefault(version.entity, {})[version.kind, version.place] = version

    def _keep_relation(self, target: str, source: str) -> None:
        self.tables.relations.setdefault(target, set()).add(source)

    def versions_of(self, feed: str, entities: Collection[str]) -> Mapping[str, Sequence[Version]]:
        self._read()
        kept = self.tables.versions
        return {entity: list(kept[entity].values()) for entity in entities if entity in kept}

    def relating_to(self, feed: str, entities: Collection[str]) -> Mapping[str, Collection[str]]:
        self._read()
        return {entity: set(self.tables.relations.get(entity, ())) for entity in entities}

    def insert_cells(self, feed: str, rows: Sequence[CellRow]) -> None:
        self._call("insert_cells", [lambda one=one: self._keep_cell(one) for one in rows])  # type: ignore[misc]

    def _keep_cell(self, row: CellRow) -> None:
        known = self.tables.cells.get(row[:4])
        if known is None or known.version <= row.version:
            self.tables.cells[row[:4]] = row

    def publish_touches(self, cells: Collection[Cell]) -> Mapping[int, int]:
        topic, ends = self.touches, {}
        for cell in sorted(cells):
            ends[touch_partition(cell)] = 0

        def publish(cell: Cell) -> None:
            topic.logs[touch_partition(cell)].append(cell)

        self._call("publish_touches", [lambda one=one: publish(one) for one in sorted(cells)])  # type: ignore[misc]
        return {partition: mark_of(topic.era, len(topic.logs[partition])) for partition in ends}

    def record_progress(self, progress: Sequence[Progress]) -> None:
        self._call("record_progress", [lambda one=one: self._keep_progress(one) for one in progress])  # type: ignore[misc]

    def _keep_progress(self, progress: Progress) -> None:
        kept = self.tables.landed.setdefault((progress.era, progress.partition), {})
        if progress.position > max(kept, default=0):
            kept[progress.position] = progress.touch_ends

    # rolling up

    def wait_for_recounts(self) -> None:
        """Begin no recount before all that anyone began have ended."""
        if any(one.name == "recount" for one in self.running):
            raise StoreUnavailable("another recount is still running")

    def recount(self, cells: Mapping[Cell, int]) -> None:
        self.wait_for_recounts()
        counts = self._count(cells)
        self.recorded = recorded_at = self.record_time()
        changed: list[tuple[tuple[Cell, str], FigureRow]] = []
        for cell, version in cells.items():
            before = {key for key in self.tables.figures if key[0] == cell}
            for key in before | counts[cell].keys():
                value = counts[cell].get(key, 0)
                if value != self.current(key):
                    changed.append((key, FigureRow(version, recorded_at, 0, value)))
        self._call("recount", [lambda: self._keep_figures(changed)])

    def record_time(self) -> int:
        """The warehouse's clock, never below what it has recorded or shown before."""
        return max(self.clock, self.recorded + 1, self.shown + 1)

    def _count(self, cells: Collection[Cell]) -> dict[Cell, dict[tuple[Cell, str], Any]]:
        counts: dict[Cell, dict[tuple[Cell, str], Any]] = {cell: {} for cell in cells}
        for row in self.tables.cells.values():
            cell = Cell("toy", row.role, row.day, row.unit)
            if row.current is None or cell not in counts:
                continue
            amount, state = row.current.values
            members = counts[cell]
            for member, value in (("rows", 1), ("amount", amount), (f"rows with {state}", 1)):
                members[cell, member] = members.get((cell, member), 0) + value
            members[cell, row.entity] = row.current.values
        return counts

    def _keep_figures(self, rows: Sequence[tuple[tuple[Cell, str], FigureRow]]) -> None:
        for key, row in rows:
            self.untold.add(key[0])
            self.sequence += 1
            self.tables.figures.setdefault(key, []).append(row._replace(sequence=self.sequence))

    def current(self, key: tuple[Cell, str]) -> object:
        """A figure as it stands."""
        rows = self.tables.figures.get(key)
        return max(rows, key=lambda row: (row.version, row.sequence)).value if rows else 0

    def as_of(self, instant: int) -> dict[tuple[Cell, str], object]:
        """All figures as they stood."""
        answer: dict[tuple[Cell, str], object] = {}
        for key, rows in self.tables.figures.items():
            then = [row for row in rows if row.recorded_at <= instant]
            if then:
                answer[key] = max(then, key=lambda row: (row.version, row.recorded_at)).value
        return answer

    def publish_changed(self, cells: Collection[Cell]) -> None:
        self._call("publish_changed", [lambda: self.untold.difference_update(cells)])

    def record_positions(self, era: int, positions: Mapping[int, int]) -> None:
        self._call("record_positions", [lambda: self._keep_positions(era, positions)])

    def _keep_positions(self, era: int, positions: Mapping[int, int]) -> None:
        for partition, position in positions.items():
            known = self.tables.rolled.get((era, partition), 0)
            self.tables.rolled[era, partition] = max(known, position)

    # what receipts and restarts ask for

    def land_position(self, era: int, partition: int) -> int:
        """The next offset to land."""
        return max(self.tables.landed.get((era, partition), {}), default=0)

    def landed_beyond(self, era: int, partition: int, offset: int) -> LandedUpTo | None:
        """The smallest recorded position beyond an offset."""
        kept = self.tables.landed.get((era, partition), {})
        beyond = min((position for position in kept if position > offset), default=None)
        return None if beyond is None else LandedUpTo(beyond, kept[beyond])

    def roll_position(self, era: int, partition: int) -> int:
        """The next touch to roll up."""
        return self.tables.rolled.get((era, partition), 0)

    def rolled_marks(self) -> dict[int, int]:
        """How far roll up has come, comparable to the ends of touches."""
        marks: dict[int, int] = {}
        for (era, partition), position in self.tables.rolled.items():
            marks[partition] = max(marks.get(partition, 0), mark_of(era, position))
        marks.update({p: max(marks.get(p, 0), mark_of(self.touches.era, 0)) for p in range(2)})
        return marks
