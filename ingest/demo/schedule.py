"""When things happen in the demo province: each day's lives, spread over the hours of that day."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from random import Random
from typing import Literal

from iochub.clock import day_start, local_day
from iochub.ingest.demo.dossiers import DossierLife, dossier_life
from iochub.ingest.demo.einvoices import InvoiceLife, invoice_life

DOSSIERS_PER_DAY = 700
"""The province received 237 892 in 2021, 652 a day."""
INVOICES_PER_DAY = 6_000
HOUR_WEIGHTS = (8,) * 6 + (10, 18, 28, 30, 28, 18, 10, 24, 28, 28, 24, 16, 12, 12, 10, 10, 9, 8)
"""A working day with a long tail: portals and tills do not sleep."""

Form = Literal["received", "step", "corrected", "finished", "withdrawn", "issued", "mended"]


@dataclass(frozen=True, slots=True)
class Happening:
    """One message that becomes due at an instant."""

    at: datetime
    form: Form
    life: DossierLife | InvoiceLife


def happenings(
    feed: str, units: tuple[str, ...], since: datetime, until: datetime
) -> Iterator[list[Happening]]:
    """What becomes due in [since, until), one list per local day, oldest first."""
    plan, look_back = PLANS[feed]
    day = local_day(since)
    while day_start(day) < until:
        start, end = max(since, day_start(day)), min(until, day_start(day + timedelta(days=1)))
        due = [
            happening
            for back in range(look_back, -1, -1)
            for happening in plan(day - timedelta(days=back), units)
            if start <= happening.at < end
        ]
        yield sorted(due, key=lambda happening: happening.at)
        day += timedelta(days=1)


def instants_of(day: date, number: int) -> list[datetime]:
    """So many instants in one local day, by the rhythm of the hours, in order."""
    random = Random(f"instants:{day}:{number}")
    hours = random.choices(range(24), cum_weights=list(accumulate(HOUR_WEIGHTS)), k=number)
    start = day_start(day)
    return sorted(start + timedelta(hours=hour, seconds=random.randrange(3600)) for hour in hours)


@lru_cache(maxsize=40)
def dossier_day(day: date, units: tuple[str, ...]) -> tuple[Happening, ...]:
    """Everything that will happen to the dossiers received on one day."""
    random = Random(f"dossiers:{day}")
    found: list[Happening] = []
    for number, received_at in enumerate(instants_of(day, _volume(day, DOSSIERS_PER_DAY)), 1):
        life = dossier_life(day, number, received_at, random.choice(units))
        found.append(Happening(received_at, "received", life))
        found.append(Happening(received_at + timedelta(minutes=20), "step", life))
        if life.corrected_due_at:
            found.append(Happening(received_at + timedelta(minutes=40), "corrected", life))
        if life.withdrawn:
            found.append(Happening(received_at + timedelta(hours=1), "withdrawn", life))
        else:
            found.append(Happening(max(life.finished_at, received_at + timedelta(hours=1)), "finished", life))
    return tuple(found)


@lru_cache(maxsize=8)
def invoice_day(day: date, units: tuple[str, ...]) -> tuple[Happening, ...]:
    """Everything that will happen to the invoices issued on one day."""
    found: list[Happening] = []
    for number, issued_at in enumerate(instants_of(day, _volume(day, INVOICES_PER_DAY)), 1):
        life = invoice_life(day, number, issued_at, units)
        found.append(Happening(life.sent_at, "issued", life))
        if life.mended_at:
            found.append(Happening(max(life.mended_at, life.sent_at + timedelta(minutes=5)), "mended", life))
    return tuple(found)


def _volume(day: date, usual: int) -> int:
    """Saturdays half, Sundays a quarter, other days within a tenth of the usual."""
    share = {5: 0.5, 6: 0.25}.get(day.weekday(), 1.0)
    return round(usual * share * Random(f"volume:{day}:{usual}").uniform(0.9, 1.1))


Plan = Callable[[date, tuple[str, ...]], tuple[Happening, ...]]
PLANS: dict[str, tuple[Plan, int]] = {"dossiers": (dossier_day, 25), "einvoices": (invoice_day, 5)}
"""Per feed its plan of a day, and for how many days a life can go on."""
