"""What agencies report of themselves, which the hub cannot compute: it shows who said it, and when.

Which they are, and what they count, is declared where they are read: `ingest/reports/catalogue.py`.
"""

from iochub.ingest.feeds.reports import Reports
from iochub.ingest.reports.catalogue import BY_NAME
from iochub.ingest.reports.reported import Reported
from iochub.ingest.reports.row import ROLE
from iochub.text import Text
from iochub.warehouse.aggregates import Is, Sum
from iochub.warehouse.indicator import Desk, Indicator
from iochub.warehouse.indicators.reported_aims import AIMS, Aims, targets_of
from iochub.warehouse.kinds import Kind, Latest, Monthly, Told

DESK = Desk("reports", Text("Số liệu cơ quan báo cáo", "Figures that agencies report"))

ON_DAYS = Text("theo báo cáo từng ngày của cơ quan", "as agencies report day by day")
IN_MONTHS = Text("cộng các tháng đã báo cáo", "added up over the months that were reported")
ADDED = Text(
    "theo báo cáo gần nhất của mỗi đơn vị tính tới cuối kỳ, cộng các đơn vị",
    "as each unit last reported by the period's end, all units together",
)
OWN = Text(
    "theo báo cáo gần nhất của chính đơn vị tính tới cuối kỳ, không cộng các đơn vị",
    "as the unit itself last reported by the period's end; units do not add up",
)


def indicator_of(one: Reported, aims: Aims) -> Indicator:
    """The indicator of what is reported."""
    is_rank = one.form == "rank"
    kind, told = _kind(one)
    return Indicator(
        name=one.name,
        title=one.title,
        feed=Reports,
        desk=DESK,
        kind=kind,
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
        targets=targets_of(aims, at_least=not is_rank),
        is_headline=aims.is_headline,
        hides_small=False,
    )


def _kind(one: Reported) -> tuple[Kind, Text]:
    """How reports make a figure of a period, and its words."""
    if one.is_daily:
        return Told(ROLE), ON_DAYS
    if one.is_monthly:
        return Monthly(ROLE), IN_MONTHS
    return Latest(ROLE, own=not one.adds_up), ADDED if one.adds_up else OWN


INDICATORS = tuple(indicator_of(BY_NAME[name], aims) for name, aims in AIMS.items())
