"""A feed for tests of the warehouse: permits with three date roles, steps, relations and amounts."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from iochub.clock import local_day
from iochub.exact.version import Current, Implied, Version
from iochub.ingest.door import Door
from iochub.ingest.feed import Column, DateRole, Feed, Kind, Reading, Record, Refusal
from iochub.text import Text

WORDS = Text("Thử", "Test")
INSTANT = "Nullable(DateTime64(3, 'UTC'))"
DUE_AFTER = timedelta(days=10)


class Permits(Feed):
    """`paper` says all but the end, `step` says the end; a paper that `replaces` another ends it."""

    name = "permits"
    title = WORDS
    publisher = WORDS
    source = "ours"
    every = timedelta(hours=1)
    kinds = (Kind("paper", WORDS), Kind("step", WORDS))
    roles = (DateRole("received", WORDS), DateRole("finished", WORDS), DateRole("due", WORDS))
    columns = (
        Column("channel", "LowCardinality(String)", WORDS),
        Column("agency", "LowCardinality(String)", WORDS),
        Column("status", "LowCardinality(String)", WORDS),
        Column("seller", "String", WORDS),
        Column("household", "UInt8", WORDS),
        Column("amount", "Decimal(38, 6)", WORDS),
        Column("ended_at", INSTANT, WORDS),
        Column("late_at", INSTANT, WORDS),
        Column("next_change_at", INSTANT, WORDS),
    )
    content_types = ("application/json",)
    has_relations = True
    control_total = "amount"

    def split(self, delivery: bytes, content_type: str) -> Iterator[Record | Refusal]:
        raise NotImplementedError

    def interpret(self, record: Record, door: Door) -> Reading:
        raise NotImplementedError

    def implied(self, version: Version) -> Implied:
        reading = version.reading
        if version.kind == "step":
            return Implied(None, (("finished", local_day(moment(reading["ended_at"]))),))
        day = date.fromisoformat(str(reading["day"]))
        return Implied(str(reading["unit"]), (("received", day), ("due", day + DUE_AFTER)))

    def fold(self, own: Sequence[Version], related: Sequence[Version]) -> Current | None:
        papers = [version for version in own if version.kind == "paper"]
        steps = [version for version in own if version.kind == "step"]
        if not papers or any(("replaces", own[0].entity) in other.relations for other in related):
            return None
        reading = papers[-1].reading
        unit, days = self.implied(papers[-1])
        due = datetime.combine(days[1][1], time(17), UTC)
        ended = moment(steps[-1].reading["ended_at"]) if steps else None
        if ended is not None:
            days = (*days, ("finished", local_day(ended)))
        late = due if ended is None or ended > due else None
        values = (
            reading.get("channel", "online"),
            papers[-1].sender,
            "9" if steps else "4",
            reading.get("seller", "s1"),
            reading.get("household", 0),
            Decimal(str(reading.get("amount", "0"))),
            ended,
            late,
            late if ended is None else None,
        )
        return Current(str(unit), days, values)


def moment(value: object) -> datetime:
    """Read an instant as a reading carries it."""
    return datetime.fromisoformat(str(value))
