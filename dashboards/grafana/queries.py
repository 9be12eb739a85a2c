"""From an indicator to the SQL of its panels: what the API answers a viewer, by the dashboard's range."""

from iochub.dashboards.grafana.made import Declared, told
from iochub.dashboards.grafana.stored import ZONE
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.recount import literal

SHOWN = "if(unseen, nan, value) AS value"


def total(indicator: Indicator, declared: Declared) -> str:
    """Write the SQL for the figure of the whole range.

    Shape: one row, `value` (`indicator.measure`): NULL is *not known*, NaN is *hidden from viewers*.
    """
    return f"SELECT {SHOWN} FROM (\n{told(indicator, declared, None)}\n)"  # noqa: S608 - from declarations


def by_day(indicator: Indicator, declared: Declared) -> str:
    """Write the SQL for the figure of each local day of the range, oldest first.

    Shape: `time` (DateTime64(3, 'UTC'), the local midnight the day begins at), `value` as in `total`.
    """
    return f"""SELECT toTimeZone(toDateTime64(first, 3, {ZONE}), 'UTC') AS time, {SHOWN}
FROM (
{told(indicator, declared, "day")}
)
ORDER BY time"""  # noqa: S608 - written from declarations; nothing that a person asks is in it


def silence(feed: str) -> str:
    """Write the SQL for how long nothing of a feed was received and stored.

    Shape: one row, `value` (seconds): NULL when nothing ever was.
    """
    return (
        "SELECT dateDiff('second', maxOrNull(last_received_at), now64(3)) AS value\n"
        f"FROM land_progress WHERE feed = {literal(feed)}"
    )
