"""What publishers say they sent, and what the hub holds of it, so that both can be compared."""

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

import msgspec

EARLIEST, LATEST = date(1900, 1, 1), date(2299, 1, 1)
"""Days that a Date32 of ClickHouse holds."""
MOST_RECORDS = 10**12
MOST_SUM = Decimal(10) ** 32
"""A Decimal(38, 6) has as many digits before its point."""


class Declaration(msgspec.Struct, frozen=True):
    """The record on topic `declarations`: one sender's control totals for local days, `until` exclusive."""

    id: str
    feed: str
    sender: str
    since: date
    until: date
    records: int
    sum: Decimal | None
    at: datetime

    @property
    def are_days_sensible(self) -> bool:
        """Whether its days are in order, and of centuries that the warehouse knows."""
        return EARLIEST <= self.since < self.until <= LATEST

    @property
    def can_be_kept(self) -> bool:
        """Whether the warehouse has room for its days and numbers; what has none is a typing mistake."""
        return (
            self.are_days_sensible
            and 0 <= self.records <= MOST_RECORDS
            and (self.sum is None or (self.sum.is_finite() and abs(self.sum) < MOST_SUM))
        )


def standing(declared: Iterable[Declaration]) -> list[Declaration]:
    """The declarations that stand, oldest first: no later one of the same sender and feed overlaps them.

    A total cannot be cut up by days, so a later one replaces whole what it overlaps, and what was replaced
    does not come back. No day is declared twice then.
    """
    newest_first = sorted(declared, key=lambda one: (one.at, one.id), reverse=True)
    later: dict[tuple[str, str], list[tuple[date, date]]] = defaultdict(list)
    found = []
    for one in newest_first:
        spans = later[one.feed, one.sender]
        at = bisect(spans, (one.since, one.since))
        # Spans are merged and apart, so only the neighbours can overlap.
        is_free = (at == 0 or spans[at - 1][1] <= one.since) and (
            at == len(spans) or spans[at][0] >= one.until
        )
        if is_free:
            found.append(one)
        _cover(spans, one.since, one.until)
    return found[::-1]


def _cover(spans: list[tuple[date, date]], since: date, until: date) -> None:
    """Add a span of days to sorted spans that are apart, joining what it touches."""
    first = last = bisect(spans, (since, since))
    if first and spans[first - 1][1] >= since:
        first -= 1
        since = spans[first][0]
        until = max(until, spans[first][1])
    while last < len(spans) and spans[last][0] <= until:
        until = max(until, spans[last][1])
        last += 1
    spans[first:last] = [(since, until)]


pack_declaration = msgspec.json.Encoder().encode
"""Write a declaration as the bytes of a Kafka record."""

unpack_declaration = msgspec.json.Decoder(Declaration).decode
"""Read a declaration; raises `msgspec.DecodeError` for bytes that are none."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What the hub holds of one sender in one feed for one local day."""

    day: date
    records: int
    sum: Decimal | None


class HoldingsLookup(Protocol):
    """Where a sender's holdings can be counted."""

    async def holdings(self, sender: str, feed: str, since: date, until: date) -> Sequence[Holding]:
        """One holding per day that has any, oldest first; `until` is exclusive.

        Raises: StoreUnavailable; the caller asks again later.
        """
