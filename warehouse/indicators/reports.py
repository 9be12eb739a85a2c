"""What agencies report of themselves, which the hub cannot compute: it shows who said it, and when.

Which they are, and what they count, is declared where they are read: `ingest/reports/catalogue.py`.
"""

from iochub.ingest.feeds.reports import Reports
from iochub.ingest.reports.catalogue import REPORTED
from iochub.ingest.reports.reported import Reported
from iochub.ingest.reports.row import ROLE
from iochub.text import Text
from iochub.warehouse.aggregates import Is, Sum
from iochub.warehouse.indicator import Desk, Indicator
from iochub.warehouse.indicators.reported_aims import AIMS, targets_of
from iochub.warehouse.kinds import Flow, Latest

DESK = Desk("reports", Text("Số liệu cơ quan báo cáo", "Figures that agencies report"))

ON_DAYS = Text("theo báo cáo từng ngày của cơ quan", "as agencies report day by day")
ADDED = Text(
    "theo báo cáo gần nhất của mỗi đơn vị tính tới cuối kỳ, cộng các đơn vị",
    "as each unit last reported by the period's end, all units together",
)
OWN = Text(
    "theo báo cáo gần nhất của chính đơn vị tính tới cuối kỳ, không cộng các đơn vị",
    "as the unit itself last reported by the period's end; units do not add up",
)


def _indicator(one: Reported) -> Indicator:
    aims = AIMS[one.name]
    is_rank = one.form == "rank"
    told = ON_DAYS if one.is_daily else ADDED if one.adds_up else OWN
    return Indicator(
        name=one.name,
        title=one.title,
        feed=Reports,
        desk=DESK,
        kind=Flow(ROLE) if one.is_daily else Latest(ROLE, own=not one.adds_up),
        value=Sum("value"),
        measure=one.measure,
        definition=Text(f"{one.what.vi}, {told.vi}.", f"{one.what.en}, {told.en}."),
        formula="Σ số báo cáo" if one.adds_up else "số báo cáo gần nhất",
        owner=aims.owner,
        source=aims.source,
        version=1,
        better="lower" if is_rank else "higher",
        dimensions=("agency",),
        where=(Is("indicator", one.name),),
        targets=targets_of(one.name, at_least=not is_rank),
        is_headline=aims.is_headline,
        hides_small=False,
    )


INDICATORS = tuple(_indicator(one) for one in REPORTED)
