"""What senders declared beside what the hub holds of it, and so how complete a figure is."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from iochub.ingest.declarations import Declaration, standing
from iochub.ingest.feed import Feed
from iochub.ingest.unit_map import PROVINCE
from iochub.warehouse.answers import Answers
from iochub.warehouse.binding import texts
from iochub.warehouse.holdings import SENDER
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.period import Step
from iochub.warehouse.question import SMALL, Answer, Question
from iochub.warehouse.store import Store
from iochub.warehouse.tables import quoted

DECLARED = """
SELECT id, feed, sender, since, until, records, sum, at FROM declarations FINAL WHERE feed = {feed:String}
"""


@dataclass(frozen=True, slots=True)
class Compared:
    """A declaration that stands, and what the hub holds of the same sender and days."""

    declared: Declaration
    held: int
    held_sum: Decimal | None


class Comparisons:
    """Compares declared totals with what stands, by the day its feed's first date role names."""

    def __init__(self, store: Store, feeds: Mapping[str, type[Feed] | Feed]) -> None:
        self._store = store
        self._statements = {name: _holdings(feed) for name, feed in feeds.items()}
        self._sums = {name for name, feed in feeds.items() if feed.control_total}

    def of(self, feed: str) -> list[Compared]:
        """Every declaration of a feed that stands, oldest first.

        Raises: StoreUnavailable; the caller asks again later.
        """
        stand = standing(Declaration(*row) for row in self._store.rows(DECLARED, {"feed": feed}))
        if not stand:
            return []
        asked = {
            "senders": texts({one.sender for one in stand}),
            "since": min(one.since for one in stand),
            "until": max(one.until for one in stand),
        }
        books = _Books(self._store.rows(self._statements[feed], asked))
        return [self._compared(one, books) for one in stand]

    def _compared(self, one: Declaration, books: "_Books") -> Compared:
        held, total = books.between(one.sender, one.since, one.until)
        return Compared(one, held, total if one.feed in self._sums else None)


class _Books:
    """What is held by sender and day, added up so that a range costs two look-ups."""

    def __init__(self, rows: Collection[tuple[str, date, int, Decimal]]) -> None:
        self._days: dict[str, list[date]] = defaultdict(list)
        self._added: dict[str, list[tuple[int, Decimal]]] = defaultdict(lambda: [(0, Decimal(0))])
        for sender, day, records, total in rows:
            before = self._added[sender][-1]
            self._days[sender].append(day)
            self._added[sender].append((before[0] + records, before[1] + total))

    def between(self, sender: str, since: date, until: date) -> tuple[int, Decimal]:
        days, added = self._days[sender], self._added[sender]
        first, last = added[bisect_left(days, since)], added[bisect_left(days, until)]
        return last[0] - first[0], last[1] - first[1]


class CompletedAnswers:
    """Answers questions about figures, and says of each how much of what was declared for it is here.

    Senders declare by day, not by unit, and what was held at an earlier instant is not kept: so only the
    province's figures and those by agency say it, as they stand now. A declaration of which some days lie
    outside the period cannot be cut and is left out.
    """

    def __init__(
        self,
        answers: Answers,
        indicators: Mapping[str, Indicator],
        compared: Callable[[str], Sequence[Compared]],
    ) -> None:
        self._answers = answers
        self._indicators = indicators
        self._compared = compared

    def figure(self, question: Question) -> Answer:
        """One figure; raises as `Answers.figure`."""
        return self._completed(question, None, [self._answers.figure(question)])[0]

    def series(self, question: Question, every: Step | None, by: str | None) -> list[Answer]:
        """A series; raises as `Answers.series`."""
        return self._completed(question, by, self._answers.series(question, every, by))

    def _completed(self, question: Question, by: str | None, found: list[Answer]) -> list[Answer]:
        if question.unit != PROVINCE or question.as_of is not None or by not in (None, SENDER):
            return found
        indicator = self._indicators[question.indicator]
        compared = self._compared(indicator.feed.name)
        return [_completed(answer, indicator, question, compared) for answer in found] if compared else found


def _completed(
    answer: Answer, indicator: Indicator, question: Question, compared: Sequence[Compared]
) -> Answer:
    """A stock has added up since the beginning; all else happened within its period."""
    start = date.min if indicator.kind_name == "stock" else answer.period.start
    within = [
        one
        for one in compared
        if start <= one.declared.since
        and one.declared.until <= answer.period.end
        and answer.member in ("", one.declared.sender)
    ]
    received = sum(one.held for one in within)
    is_small = indicator.hides_small and 0 < received < SMALL
    if not within or answer.state == "suppressed" or (is_small and not question.sees_small):
        return answer
    return replace(answer, declared=sum(one.declared.records for one in within), received=received)


def _holdings(feed: type[Feed] | Feed) -> str:
    total = f"sum({quoted(feed.control_total)})" if feed.control_total else "toDecimal128(0, 6)"
    return f"""SELECT {quoted(SENDER)} AS sender, day, count() AS records, {total} AS total
FROM {quoted(feed.name + "_cells")} FINAL
WHERE role = '{feed.roles[0].name}' AND day >= {{since:Date32}} AND day < {{until:Date32}}
    AND {quoted(SENDER)} IN {{senders:Array(String)}}
GROUP BY sender, day
ORDER BY sender, day"""
