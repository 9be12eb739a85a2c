"""From the tables that stand to the statements that make them what the declarations want."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from iochub.errors import DeclarationError
from iochub.ingest.feed import Feed
from iochub.warehouse.hub_tables import FIGURE_VIEWS, HUB_TABLES
from iochub.warehouse.schema import spread, tables_of
from iochub.warehouse.tables import Table, View

Standing = Mapping[str, Mapping[str, str]]
"""Column types by table, as they stand; what aids its readers is named `INDEX …` or `PROJECTION …`."""


@dataclass(frozen=True, slots=True)
class Change:
    """One statement and why it is run."""

    why: str
    statement: str


def plan(standing: Standing, feeds: Iterable[type[Feed]]) -> list[Change]:
    """Everything to do, in order: missing tables, missing columns, and the views on top.

    Raises: DeclarationError when a column would change its type; the feed's author acts.
    """
    groups: list[tuple[Sequence[Table], Sequence[View]]] = [(HUB_TABLES, FIGURE_VIEWS)]
    groups += [(tables_of(feed), (spread(feed),)) for feed in feeds]
    changes: list[Change] = []
    for tables, views in groups:
        changes += [change for table in tables for change in changes_of(table, standing)]
        wanted = {table.name: {name for name, _ in table.columns} for table in tables}
        for view in views:
            changes += changes_of_view(view, wanted[view.into], standing.get(view.name))
    return changes


def changes_of(table: Table, standing: Standing) -> list[Change]:
    """What one table needs.

    Raises: DeclarationError when it cannot be had without losing rows.
    """
    known = standing.get(table.name)
    if known is None:
        return [Change(f"{table.name} is missing", table.create())]
    changes: list[Change] = []
    for name, declared in table.columns:
        wanted = type_of(declared)
        if name not in known:
            changes.append(Change(f"{table.name} lacks {name}", table.add(name)))
        elif written(known[name]) != written(wanted):
            raise DeclarationError(
                f"{table.name}.{name} is {known[name]} and would have to become {wanted}. A column keeps its "
                "type: declare a new column under another name and let the old one fall out of use, or, for "
                f"a hub without data worth keeping, drop the table {table.name} and land its topic again.",
                table=table.name,
                column=name,
            )
    for aid in table.aids:
        if aid.title not in known:
            changes += [Change(f"{table.name} lacks {aid.title}", one) for one in table.aided(aid)]
    return changes


def changes_of_view(view: View, wanted: Collection[str], known: Collection[str] | None) -> list[Change]:
    """What one view needs; it is never away, for what is landed meanwhile would be lost with it."""
    if known is None:
        return [Change(f"{view.name} is missing", view.create())]
    return [] if set(known) == set(wanted) else [Change(f"{view.name} is behind", view.modify())]


def type_of(declared: str) -> str:
    """The type alone, without codec or default."""
    return re.split(r" (?:CODEC|DEFAULT)\b", declared)[0]


def written(kind: str) -> str:
    """ClickHouse writes the same type with other spaces."""
    return kind.replace(" ", "")
