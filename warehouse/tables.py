"""What a table is, and how its declaration is written in ClickHouse's words."""

from dataclasses import dataclass
from typing import Literal

WORD = "LowCardinality(String)"
"""The type of a column with few different values."""


@dataclass(frozen=True, slots=True)
class Aid:
    """What spares a table's readers work."""

    kind: Literal["INDEX", "PROJECTION"]
    name: str
    definition: str

    @property
    def title(self) -> str:
        """Its kind and name."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the hub wants it; what it rests on (engine and keys) cannot be changed later."""

    name: str
    columns: tuple[tuple[str, str], ...]
    engine: str
    order: str = ""
    primary: str = ""
    partition: str = ""
    settings: str = ""
    aids: tuple[Aid, ...] = ()

    def create(self) -> str:
        """The statement that makes it where it is missing."""
        lines = [f"{quoted(name)} {kind}" for name, kind in self.columns]
        lines += [f"{aid.title} {aid.definition}" for aid in self.aids]
        columns = ",\n".join(f"    {line}" for line in lines)
        clauses = [f"ENGINE = {self.engine}"]
        for words, value in (
            ("PARTITION BY", self.partition),
            ("PRIMARY KEY", self.primary),
            ("ORDER BY", self.order),
            ("SETTINGS", self.settings),
        ):
            if value:
                clauses.append(f"{words} {value}")
        return f"CREATE TABLE IF NOT EXISTS {quoted(self.name)}\n(\n{columns}\n)\n" + "\n".join(clauses)

    def add(self, column: str) -> str:
        """The statement that adds one of its columns."""
        kinds = dict(self.columns)
        return f"ALTER TABLE {quoted(self.name)} ADD COLUMN IF NOT EXISTS {quoted(column)} {kinds[column]}"

    def aided(self, aid: Aid) -> tuple[str, str]:
        """The statements that add one of its aids, for rows to come and for those that are there."""
        return (
            f"ALTER TABLE {quoted(self.name)} ADD {aid.kind} IF NOT EXISTS {aid.name} {aid.definition}",
            f"ALTER TABLE {quoted(self.name)} MATERIALIZE {aid.title}",
        )


@dataclass(frozen=True, slots=True)
class View:
    """A way by which rows inserted into one table arrive in another, rewritten."""

    name: str
    into: str
    select: str

    def create(self) -> str:
        """The statement that makes it."""
        return f"CREATE MATERIALIZED VIEW {quoted(self.name)} TO {quoted(self.into)} AS\n{self.select}"

    def modify(self) -> str:
        """The statement that lets it rewrite otherwise from now on."""
        return f"ALTER TABLE {quoted(self.name)} MODIFY QUERY {self.select}"


def quoted(name: str) -> str:
    """Quote a name for ClickHouse; names come from declarations in code, never from people."""
    return f"`{name}`"
