"""Every indicator that agencies report, with its measure and its bounds.

Whatever else is said about them follows from this table: the template that agencies fill, what is refused,
and the indicators of `warehouse/indicators/reports.py`.
"""

from iochub.ingest.reports.aimed_at import AIMED_AT
from iochub.ingest.reports.attained import ATTAINED
from iochub.ingest.reports.portal import PORTAL
from iochub.ingest.reports.reported import Reported

REPORTED: tuple[Reported, ...] = (*ATTAINED, *AIMED_AT, *PORTAL)

BY_NAME: dict[str, Reported] = {one.name: one for one in REPORTED}
