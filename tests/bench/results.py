"""What a measurement finds: rows of numbers with their spread, kept as JSON so that a stopped run goes on."""

import statistics
from collections.abc import Sequence
from pathlib import Path

import msgspec


class Spread(msgspec.Struct, frozen=True):
    """One number measured several times."""

    runs: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.runs)

    @property
    def low(self) -> float:
        return min(self.runs)

    @property
    def high(self) -> float:
        return max(self.runs)


class Row(msgspec.Struct, frozen=True):
    """One line of a table: what was measured, in which measure, what was aimed for, what the peer does.

    `target` is met from above when `at_least`, else from below; without one the row only informs.
    """

    what: str
    measure: str
    hub: Spread
    peer: Spread | None = None
    target: float | None = None
    at_least: bool = True

    @property
    def met(self) -> bool | None:
        if self.target is None:
            return None
        return self.hub.median >= self.target if self.at_least else self.hub.median <= self.target


class Table(msgspec.Struct, frozen=True):
    """Numbers that do not fit beside a target: a curve, or who used which core."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Finding(msgspec.Struct, frozen=True):
    """All that one measurement found, and where it was found: another commit's numbers are never mixed in."""

    name: str
    quick: bool
    commit: str
    at: str
    took_seconds: float
    busy_before: float
    """Cores that others kept busy just before."""
    sizes: tuple[str, ...]
    rows: tuple[Row, ...]
    tables: tuple[Table, ...] = ()


class Found(msgspec.Struct, frozen=True):
    """What a measurement hands back: its sizes in words, its rows, its tables."""

    sizes: tuple[str, ...]
    rows: tuple[Row, ...]
    tables: tuple[Table, ...] = ()


def spread(runs: Sequence[float]) -> Spread:
    return Spread(tuple(runs))


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all values do not exceed."""
    ordered = sorted(values)
    place = max(0, -(-len(ordered) * share // 1))  # rounded up
    return ordered[min(len(ordered) - 1, max(0, int(place) - 1))]


def keep(folder: Path, finding: Finding) -> None:
    """Whole or not at all."""
    file = folder / f"{finding.name}.json"
    draft = file.with_suffix(".new")
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(finding)))
    draft.replace(file)


def kept(folder: Path, name: str, *, quick: bool, commit: str) -> Finding | None:
    """What was found before by the same commit in the same size, if anything."""
    try:
        finding = msgspec.json.decode((folder / f"{name}.json").read_bytes(), type=Finding)
    except (OSError, msgspec.DecodeError):
        return None
    return finding if (finding.quick, finding.commit) == (quick, commit) else None
