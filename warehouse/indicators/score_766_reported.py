"""What the score of QĐ 766 takes from reports: counts that no event tells, each with who reported it."""

from dataclasses import replace

from iochub.ingest.reports.portal import PORTAL
from iochub.warehouse.indicators.reported_aims import Aims
from iochub.warehouse.indicators.reports import indicator_of
from iochub.warehouse.indicators.score_766_parts import DESK, OWNER, SOURCE

REPORTED = tuple(
    replace(indicator_of(one, Aims(OWNER, SOURCE)), desk=DESK, better="neither") for one in PORTAL
)
