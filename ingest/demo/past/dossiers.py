"""The dossiers of the past: received, corrected, finished, some sent by mistake and taken back."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache, lru_cache
from random import Random

from iochub.clock import local_day
from iochub.ingest.demo import dossiers
from iochub.ingest.demo.dossiers import DossierLife
from iochub.ingest.demo.invented import BUSINESS_REGISTRATION, PROCEDURES
from iochub.ingest.demo.past import procedures
from iochub.ingest.demo.past.apportion import is_chosen
from iochub.ingest.demo.past.communes import communes
from iochub.ingest.demo.past.facts import PastPeriod
from iochub.ingest.demo.past.posts import Post, batches, in_json, places
from iochub.ingest.demo.schedule import instants_of

LONGEST_DAYS = 35
"""From reception to the end of work, Tết included."""
MISTAKEN_IN = 500
"""One dossier in so many is sent a second time under a wrong number, and taken back the next day."""
BROKEN_IN = 250
CORRECTED_IN = 50
BUSINESS_IN = 12

Planned = tuple[DossierLife, str]
"""A dossier's life and the level of its service."""


def posts(period: PastPeriod, day: date) -> Iterator[Post]:
    """The catalogue, receptions, corrections, ends of work, mistakes and what takes them back."""
    yield from procedures.posts(period, day)
    fresh = planned(period, day)
    yield from _records([_levelled(dossiers.received(life), level) for life, level in fresh], updating=False)
    yield from _records(
        [_levelled(dossiers.corrected(life), level) for life, level in fresh if life.corrected_due_at],
        updating=True,
    )
    yield from _records(
        [_levelled(_mistaken(life), level) for life, level in _mistakes(fresh)], updating=False
    )
    backwards = (day - timedelta(days=back) for back in range(LONGEST_DAYS + 1))
    ended = [one for received in backwards for one in _ending(period, received).get(day, ())]
    yield from _records([_levelled(dossiers.finished(life), level) for life, level in ended], updating=True)
    taken_back = [f"{life.code}X" for life, _ in _mistakes(planned(period, day - timedelta(days=1)))]
    if taken_back:
        message = {"entities": taken_back, "reason": "Gửi nhầm mã hồ sơ"}
        yield in_json("dossiers", message, "withdrawals")


@lru_cache(maxsize=LONGEST_DAYS + 5)
def planned(period: PastPeriod, day: date) -> tuple[Planned, ...]:
    """The lives of the dossiers received on a day of the period; none on any other day."""
    numbers = places(period, period.dossiers).get(day, range(0))
    received = instants_of(day, len(numbers))
    found: list[Planned] = []
    for serial, (place, received_at) in enumerate(zip(numbers, received, strict=True), 1):
        level, online = service(period, place)
        random = Random(f"past:{place}")
        procedure = random.randrange(BUSINESS_REGISTRATION)
        if level == "4" and online and place % BUSINESS_IN == 0:
            procedure = BUSINESS_REGISTRATION
        due_at = dossiers.office_hours(received_at, PROCEDURES[procedure][4])
        late = place < judged(period) and is_chosen(place, period.dossiers - period.on_time, judged(period))
        if late:
            finished_at = due_at + timedelta(hours=random.uniform(1, 60))
        else:
            finished_at = received_at + (due_at - received_at) * random.uniform(0.2, 0.98)
        life = DossierLife(
            code=f"H56.99-{day:%y%m%d}-{serial:05d}",
            procedure=procedure,
            unit_name=communes()[place % len(communes())],
            channel="2" if online else "1",
            received_at=received_at,
            due_at=due_at,
            finished_at=finished_at.replace(microsecond=0),
            corrected_due_at=due_at if is_chosen(place % CORRECTED_IN, 1, CORRECTED_IN) else None,
            withdrawn=False,
            broken=is_chosen(place % BROKEN_IN, 1, BROKEN_IN),
        )
        found.append((life, level))
    return tuple(found)


@lru_cache(maxsize=LONGEST_DAYS + 5)
def _ending(period: PastPeriod, received: date) -> dict[date, list[Planned]]:
    """The dossiers received on a day by the day on which work on them ends."""
    found: dict[date, list[Planned]] = defaultdict(list)
    for one in planned(period, received):
        found[local_day(one[0].finished_at)].append(one)
    return found


@cache
def judged(period: PastPeriod) -> int:
    """How many come early enough to be late by the period's end: all but those of its last forty days."""
    upto = period.after - timedelta(days=40)
    return sum(len(numbers) for day, numbers in places(period, period.dossiers).items() if day < upto)


def service(period: PastPeriod, place: int) -> tuple[str, bool]:
    """The level of a dossier's service, and whether it came online."""
    three, four, whole = period.level3, period.level4, period.dossiers
    if is_chosen(place, three.whole, whole):
        return "3", is_chosen(place * three.whole // whole, three.some, three.whole)
    rest = place - place * three.whole // whole
    if is_chosen(rest, four.whole, whole - three.whole):
        return "4", is_chosen(rest * four.whole // (whole - three.whole), four.some, four.whole)
    return "2", False


def _mistakes(fresh: tuple[Planned, ...]) -> list[Planned]:
    return [one for one in fresh if int(one[0].code[-5:]) % MISTAKEN_IN == 0]


def _mistaken(life: DossierLife) -> dict[str, object]:
    return dossiers.received(life) | {"MaHoSo": f"{life.code}X"}


def _levelled(record: dict[str, object], level: str) -> dict[str, object]:
    return record | {"MucDo": level}


def _records(records: list[dict[str, object]], *, updating: bool) -> Iterator[Post]:
    for batch in batches(records):
        yield in_json("dossiers", dossiers.dossiers_message(batch, updating=updating))
