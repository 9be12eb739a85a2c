"""Tables of rows without day cells and figures: what the peers of questions and recounts read."""

from iochub.ingest.feeds.registry import FEEDS
from iochub.warehouse.schema import cells
from iochub.warehouse.store import Store

SETTINGS = {"max_insert_threads": "2", "max_execution_time": "0"}


def make_plain(store: Store, feed: str, role: str, name: str) -> None:
    """One row per entity with everything that its cells of one role hold, ordered by entity.

    The name ends with `_cells`, so that the hub's own counting statement can be asked of it.
    """
    table = cells(type(FEEDS[feed]))
    columns = ", ".join(f"`{column}` {kind}" for column, kind in table.columns)
    store.run(f"DROP TABLE IF EXISTS {name}_cells")
    store.run(
        f"CREATE TABLE {name}_cells ({columns}) "
        "ENGINE = ReplacingMergeTree(version, is_deleted) ORDER BY entity"
    )
    for (year,) in store.rows(f"SELECT DISTINCT toYear(day) FROM {feed}_cells"):
        store.run(
            f"INSERT INTO {name}_cells SELECT * FROM {feed}_cells FINAL "
            "WHERE role = {role:String} AND toYear(day) = {year:UInt16}",
            {"role": role, "year": year},
            SETTINGS,
        )
