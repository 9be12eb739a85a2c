"""Bring a warehouse to the shape that this hub needs, and write down what was done."""

import hashlib
import logging
from collections.abc import Iterable

from iochub.ingest.feed import Feed
from iochub.warehouse.migrations.plan import Change, plan
from iochub.warehouse.store import Store
from iochub.warehouse.tables import Table

log = logging.getLogger(__name__)

DIARY = Table(
    "schema_changes",
    (
        ("number", "UInt32"),
        ("why", "String"),
        ("checksum", "String"),
        ("recorded_at", "DateTime64(6, 'UTC') DEFAULT now64(6)"),
    ),
    "MergeTree",
    order="number",
)

STANDING = """
SELECT table, name, type FROM system.columns WHERE database = currentDatabase()
UNION ALL
SELECT table, concat('INDEX ', name), '' FROM system.data_skipping_indices WHERE database = currentDatabase()
UNION ALL
SELECT table, concat('PROJECTION ', name), '' FROM system.projections WHERE database = currentDatabase()
"""


def migrate(store: Store, feeds: Iterable[type[Feed]]) -> list[Change]:
    """Create what is missing, in order, and answer what was done; nothing to do is the usual case.

    Every statement may be repeated, so a crash in between is mended by the next start.

    Raises: DeclarationError for a change that would lose rows; the author of the change acts.
    StoreUnavailable when the warehouse is away; the caller tries again.
    """
    store.run(DIARY.create())
    changes = plan(_standing(store), feeds)
    number = int(store.rows("SELECT max(number) FROM schema_changes")[0][0])
    for change in changes:
        number += 1
        log.info("schema change %d: %s", number, change.why)
        store.run(change.statement)
        checksum = hashlib.sha256(change.statement.encode()).hexdigest()[:16]
        store.insert("schema_changes", ("number", "why", "checksum"), [(number, change.why, checksum)])
    return changes


def _standing(store: Store) -> dict[str, dict[str, str]]:
    standing: dict[str, dict[str, str]] = {}
    for table, column, kind in store.rows(STANDING):
        standing.setdefault(table, {})[column] = kind
    return standing
