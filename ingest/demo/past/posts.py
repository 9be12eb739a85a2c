"""What one agency sends on one day of the past, in the order in which it does."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TypeVar

from iochub.ingest.demo.past.apportion import is_chosen, spread
from iochub.ingest.demo.past.facts import PastPeriod
from iochub.ingest.office_calendar import is_working_day

T = TypeVar("T")

BATCH = 200
TWICE_IN = 50
"""One request in so many is sent twice: an agency that got no answer sends again."""
LATE_DAYS = 5
"""What is late comes so many days after its day."""
WORKDAY_WEIGHT, FREE_DAY_WEIGHT = 20, 1


@dataclass(frozen=True, slots=True)
class Post:
    """One request to the gateway."""

    path: str
    content_type: str
    body: bytes


Posts = Callable[[PastPeriod, date], Iterator[Post]]
"""What a feed's agencies send on a day; the same for ever, whoever asks."""


def delivery(feed: str, content_type: str, body: bytes) -> Post:
    """A native file for a feed."""
    return Post(f"/v1/feeds/{feed}/deliveries", content_type, body)


def in_json(feed: str, message: object, address: str = "deliveries") -> Post:
    """A native message in JSON for a feed, or what else is sent to one of its addresses."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    return Post(f"/v1/feeds/{feed}/{address}", "application/json", body)


def days_of(period: PastPeriod, tail: int) -> list[date]:
    """Every day of a period, and the days after it on which its last things still arrive."""
    length = (period.after - period.first).days + tail
    return [period.first + timedelta(days=number) for number in range(length)]


@lru_cache(maxsize=32)
def places(period: PastPeriod, total: int, workdays_only: bool = False) -> dict[date, range]:
    """Which of so many things fall on each day of a period: offices work on working days, tills every day."""
    days = days_of(period, 0)
    free = 0 if workdays_only else FREE_DAY_WEIGHT
    weights = [WORKDAY_WEIGHT if is_working_day(day) else free for day in days]
    found: dict[date, range] = {}
    begun = 0
    for day, number in zip(days, spread(total, weights), strict=True):
        found[day] = range(begun, begun + number)
        begun += number
    return found


def batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Portions of a request's size."""
    for place in range(0, len(items), BATCH):
        yield items[place : place + BATCH]


def some_twice(posts: Iterator[Post], day: date) -> Iterator[Post]:
    """Every fiftieth request again, right after itself."""
    for number, post in enumerate(posts):
        yield post
        if is_chosen((day.toordinal() * 7 + number) % TWICE_IN, 1, TWICE_IN):
            yield post
