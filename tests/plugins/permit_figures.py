"""Indicators on the permits of the tests: one of each kind."""

from decimal import Decimal

from permits import WORDS, Permits

from iochub.warehouse.aggregates import (
    Aggregate,
    Count,
    Derived,
    Distinct,
    InTime,
    Is,
    Late,
    Ratio,
    Share,
    Sum,
    Worth,
)
from iochub.warehouse.indicator import Desk, Indicator
from iochub.warehouse.kinds import Ahead, Balance, Flow, Kind, Latest, Listed, PeriodEnd, SoFar


def indicator(
    name: str,
    kind: Kind,
    value: Aggregate | Derived,
    dimensions: tuple[str, ...] = (),
    where: tuple[Is, ...] = (),
) -> Indicator:
    return Indicator(
        name=name,
        title=WORDS,
        feed=Permits,
        desk=Desk("permits", WORDS),
        kind=kind,
        value=value,
        measure="hồ sơ",
        definition=WORDS,
        formula="…",
        owner=WORDS,
        source="ours",
        version=1,
        better="higher",
        dimensions=dimensions,
        where=where,
    )


RECEIVED = indicator("permits_received", Flow("received"), Count(), ("channel", "status"))
ON_TIME = indicator("permits_on_time", PeriodEnd("received"), InTime("late_at"), ("channel",))
OPEN = indicator("permits_open", Balance("received", "finished"), Count(), ("channel",))
DUE_SOON = indicator("permits_due_soon", Ahead("due", "ended_at", 3), Count())
TURNOVER = indicator("permits_turnover", Flow("received"), Sum("amount"), ("channel",))
SELLERS = indicator("permits_sellers", SoFar("received"), Distinct("seller"), (), (Is("household", 0),))
HOUSEHOLDS = indicator("permits_households", SoFar("received"), Distinct("seller"), (), (Is("household", 1),))
LATE = indicator("permits_late", PeriodEnd("received"), Late("late_at"), ("channel",))
ONLINE = indicator("permits_online", Flow("received"), Share((Is("channel", "online"),)), ("channel",))
SAVING = indicator("permits_saving", Flow("received"), Worth("amount", Decimal("35.5")))
LAST_SAID = indicator("permits_last_said", Latest("received"), Sum("amount"), ("channel", "agency"))
OWN_SAID = indicator("permits_own_said", Latest("received", own=True), Sum("amount"))
SELLERS_LISTED = indicator(
    "permits_sellers_listed", Listed("received", "due", "finished"), Distinct("seller"), ("channel",)
)
SELLERS_A_PERMIT = indicator(
    "permits_sellers_share", Flow("received"), Ratio("permits_sellers", "permits_received")
)

STORED = (
    RECEIVED, ON_TIME, OPEN, DUE_SOON, TURNOVER, SELLERS, HOUSEHOLDS, LATE, ONLINE, SAVING, LAST_SAID,
    OWN_SAID, SELLERS_LISTED,
)  # fmt: skip
ALL = (*STORED, SELLERS_A_PERMIT)
