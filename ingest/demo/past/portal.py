"""What the office reports each month for the service score: counts that the national portal shows it.

How many dossiers there were follows from the year; of all else no source gives a number, so they are ours.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from iochub.ingest.demo.past.facts import PROCEDURES_END_2021, PastPeriod
from iochub.ingest.demo.past.posts import Post, in_json, places
from iochub.ingest.unit_map import PROVINCE, map_on
from iochub.ingest.units import Units

TOLD_ON_DAY = 5
"""Of the month after."""

SYNCHRONISED, SATISFIED, COMPLETE, CERTIFYING = 97, 95, 98, 60
"""Of a hundred: dossiers, dossiers, procedures, communes."""
FEWEST_PETITIONS, MOST_PETITIONS = 40, 90
IN_TIME, PLEASED = 92, 84
"""Of a hundred petitions."""


def posts(period: PastPeriod, day: date) -> Iterator[Post]:
    """The counts of the month before, on the day on which they are told."""
    month = _before(day)
    if day.day == TOLD_ON_DAY and period.first <= month < period.after:
        yield in_json("reports", {"reports": _told(period, month)})


def opening(period: PastPeriod, day: date) -> Iterator[Post]:
    """All that was told of the period before a day."""
    number = (day - period.first).days
    for told in (period.first + timedelta(days=passed) for passed in range(number)):
        yield from posts(period, told)


def _before(day: date) -> date:
    """The first day of the month before."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def _told(period: PastPeriod, month: date) -> list[dict[str, str]]:
    dossiers = sum(
        len(numbers)
        for day, numbers in places(period, period.dossiers).items()
        if (day.year, day.month) == (month.year, month.month)
    )
    spread = MOST_PETITIONS - FEWEST_PETITIONS + 1
    petitions = FEWEST_PETITIONS + month.toordinal() * 37 % spread
    communes = _communes(month)
    counts = {
        "procedures_with_complete_text": _part(PROCEDURES_END_2021, COMPLETE),
        "procedures_on_national_database": PROCEDURES_END_2021,
        "dossiers_synchronised": _part(dossiers, SYNCHRONISED),
        "dossiers_to_synchronise": dossiers,
        "petitions_received": petitions,
        "petitions_handled_in_time": _part(petitions, IN_TIME),
        "petitions_satisfied": _part(petitions, PLEASED),
        "dossiers_satisfied": _part(dossiers, SATISFIED),
        "dossiers_for_satisfaction": dossiers,
        "communes_certifying_copies": _part(communes, CERTIFYING),
        "communes_to_certify_copies": communes,
    }
    return [
        {"indicator": name, "unit": PROVINCE, "period": f"{month:%Y-%m}", "value": str(count)}
        for name, count in counts.items()
    ]


def _part(whole: int, of_a_hundred: int) -> int:
    return whole * of_a_hundred // 100


def _communes(day: date) -> int:
    """How many communes there were."""
    return sum(unit.level == "commune" and unit.map_name == map_on(day) for unit in Units.load().all())
