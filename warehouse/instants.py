"""What time it is for the warehouse, and the latest instant that its clock has ever shown."""

from datetime import datetime

from iochub.warehouse.store import Store

LATEST = "(SELECT max(at) FROM instants)"
"""Every recount is recorded after it: by a clock that stepped back it would lie in a past already told."""


def clock_of(store: Store) -> datetime:
    """What time it is for the warehouse.

    Raises: StoreUnavailable; the caller tries again.
    """
    instant: datetime = store.rows("SELECT now64(6)")[0][0]
    return instant


def remember(store: Store) -> None:
    """Keep what the warehouse's clock shows.

    Raises: StoreUnavailable; the caller tries again.
    """
    store.run("INSERT INTO instants (at) SELECT now64(6)")
