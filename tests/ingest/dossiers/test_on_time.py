"""The on-time algorithm, against a second one written sentence by sentence from the portal's text.

The text, standards §4.2:
1. Begin is NgayTiepNhan. End is the time of status 9; else 10; else 8, 3 or 7 (only dossiers that had been
   accepted); if none, the last day of the reporting period.
2. No 9 or 10 yet and supplement asked once, not supplied: end is the time of that status 5; asked more than
   once: overdue.
3. Supplied later: subtract the time between from the end.
4. Due is NgayHenTra; without it: end − begin − supplement time ≤ the procedure's longest time.
5. On time when end ≤ due; still open: compare the period's end with due.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iochub.exact.version import Current, Version
from iochub.ingest.dossiers.course import current_of
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.office_calendar import is_working_day
from iochub.ingest.reading import LOCAL

NAMES = [column.name for column in FEEDS["dossiers"].columns]
BEGAN = datetime(2021, 2, 3, 8, 0, tzinfo=LOCAL)
"""A Wednesday, a week before Tết."""
JUDGED = datetime(2021, 12, 31, 17, 0, tzinfo=LOCAL)
"""After all that happens, so that both know the same."""

Told = dict[str, Any]


def hours(number: int) -> datetime:
    return BEGAN + timedelta(hours=number)


def written(instant: datetime | None) -> str | None:
    return None if instant is None else instant.astimezone(UTC).isoformat()


def versions_of(told: Told) -> list[Version]:
    """The record and the steps that tell it, as they come back from the store."""
    asked = [
        [written(hours(ask)), None if came is None else written(hours(came))] for ask, came in told["asked"]
    ]
    instants = [hours(0), *(hours(one) for pair in told["asked"] for one in pair if one is not None)]
    ends = [told[name] for name in ("finished", "returned", "refused") if told[name] is not None]
    row = {
        "unit": "38",
        "procedure": "2.000815",
        "field": "TP",
        "channel": "direct",
        "status": told["status"],
        "applicant": "citizen",
        "received_at": written(BEGAN),
        "accepted": told["accepted"],
        "due_at": None if told["due"] is None else written(hours(told["due"])),
        "allowed_days": told["allowed"],
        "finished_at": None if told["finished"] is None else written(hours(told["finished"])),
        "returned_at": None if told["returned"] is None else written(hours(told["returned"])),
        "refused_at": None if told["refused"] is None else written(hours(told["refused"])),
        "heard_at": None,
        "state_at": written(max([*instants, *map(hours, ends)])),
        "asked": asked,
        "days": [["received", "2021-02-03"]],
    } | dict.fromkeys(
        (
            "paid_online",
            "has_fee",
            "digitised",
            "reused",
            "from_store",
            "verified",
            "electronic_result",
            "by_post",
        ),
        0,
    )
    return [Version("D", "dossier", 1, "v", "H56", (), row)]


def row_of(own: list[Version]) -> Told:
    current = current_of(own)
    assert isinstance(current, Current)
    return dict(zip(NAMES, current.values, strict=True))


def worked(start: datetime, end: datetime) -> int:
    """Working days after the day of `start`, up to and with the day of `end`, counted one by one."""
    day, last, count = start.astimezone(LOCAL).date(), end.astimezone(LOCAL).date(), 0
    while day < last:
        day += timedelta(days=1)
        count += is_working_day(day)
    return count


def on_time_by_the_text(told: Told) -> bool | None:
    """Whether it is on time, judged at the end; nothing where no due day and no longest time is told."""
    with_result, ends = told["status"] in ("9", "10"), []
    if with_result:
        ends = [told["finished"], told["returned"]]
    elif told["status"] in ("8", "3", "7") and told["accepted"]:
        ends = [told["refused"]]
    end = next((hours(one) for one in ends if one is not None), JUDGED)
    if told["status"] in ("8", "3", "7") and not told["accepted"]:
        return True  # never taken up: no clock of the office ran
    waiting = [ask for ask, came in told["asked"] if came is None]
    if not with_result and waiting:
        if len(told["asked"]) > 1:
            return False
        end = hours(waiting[0])
    supplied = [(hours(ask), hours(came)) for ask, came in told["asked"] if came is not None]
    if told["due"] is not None:
        end -= sum((came - ask for ask, came in supplied), timedelta())
        return end <= hours(told["due"])
    if told["allowed"] is None:
        return None
    return worked(BEGAN, end) - sum(worked(ask, came) for ask, came in supplied) <= told["allowed"]


@st.composite
def lives(draw: st.DrawFn) -> Told:
    """A dossier of three weeks at most; papers are asked for one after another, perhaps without end."""
    marks = sorted(draw(st.lists(st.integers(1, 500), max_size=6, unique=True)))
    asked: list[tuple[int, int | None]] = []
    count = draw(st.integers(0, 3))
    for _ in range(min(count, len(marks) // 2)):
        asked.append((marks.pop(0), marks.pop(0)))
    if asked and draw(st.booleans()):
        asked[-1] = (asked[-1][0], None)
    status = draw(st.sampled_from(["2", "4", "5", "9", "10", "8", "3", "7"]))
    after = max([1, *(one for pair in asked for one in pair if one is not None)])
    end = draw(st.integers(after, 600))
    with_result, refused = status in ("9", "10"), status in ("8", "3", "7")
    due = draw(st.none() | st.integers(1, 500))
    return {
        "status": status,
        "accepted": draw(st.booleans()) if refused else True,
        "asked": asked,
        "finished": end if with_result and (status == "9" or draw(st.booleans())) else None,
        "returned": end + draw(st.integers(0, 48)) if status == "10" else None,
        "refused": end if refused else None,
        "due": due,
        "allowed": draw(st.none() | st.integers(1, 15)),
    }


@given(told=lives())
def test_the_verdict_is_the_text_s(told: Told) -> None:
    row = row_of(versions_of(told))
    expected = on_time_by_the_text(told)
    assert row["unjudged"] == int(expected is None)
    late = row["late_at"] is not None and row["late_at"] < JUDGED
    assert late == (expected is False)


@given(told=lives(), moment=st.integers(0, 800))
def test_it_becomes_late_once_and_stays_so(told: Told, moment: int) -> None:
    row = row_of(versions_of(told))
    ended, late = row["ended_at"], row["late_at"]
    assert row["next_change_at"] in (None, late)
    if ended is not None and late is not None and told["due"] is not None and not told["asked"]:
        assert late == hours(told["due"]) < ended
    before = row_of(versions_of(told | {"status": "4", "finished": None, "returned": None, "refused": None}))
    if told["status"] in ("9", "10") and before["late_at"] is not None and not told["asked"]:
        assert late in (None, before["late_at"]), "the end may only save it"


@pytest.mark.parametrize(
    ("last_day", "late"),
    [
        (date(2021, 2, 9), False),  # four working days after Wednesday 3/2
        (date(2021, 2, 16), False),  # Tết adds none
        (date(2021, 2, 17), False),  # the fifth
        (date(2021, 2, 18), True),
    ],
)
def test_without_a_due_day_the_procedure_s_working_days_decide(last_day: date, late: bool) -> None:
    end = int(
        (datetime(last_day.year, last_day.month, last_day.day, 16, tzinfo=LOCAL) - BEGAN).total_seconds()
    )
    told: Told = {"status": "9", "accepted": True, "asked": [], "finished": end // 3600, "returned": None}
    row = row_of(versions_of(told | {"refused": None, "due": None, "allowed": 5}))
    assert (row["late_at"] is not None) == late
    assert row["unjudged"] == 0


def test_without_a_due_day_or_a_longest_time_nobody_judges_it() -> None:
    told: Told = {"status": "4", "accepted": True, "asked": [], "finished": None, "returned": None}
    row = row_of(versions_of(told | {"refused": None, "due": None, "allowed": None}))
    assert (row["late_at"], row["unjudged"]) == (None, 1)


def step(status: str, hour: int) -> Version:
    row = {"status": status, "at": written(hours(hour)), "days": []}
    return Version("D", "progress", hour << 80, f"s{hour}", "H56", (), row)


@given(told=lives(), hour=st.integers(601, 700))
def test_steps_tell_the_same_as_the_list_in_the_record(told: Told, hour: int) -> None:
    """Asked and supplied in a record, or by steps 5 and 4 of a record that lists nothing: one verdict."""
    told = told | {"status": "4", "finished": None, "returned": None, "refused": None, "accepted": True}
    listed = row_of(versions_of(told))
    steps = [
        step(status, at)
        for ask, came in told["asked"]
        for status, at in (("5", ask), ("4", came))
        if at is not None
    ]
    stepped = row_of([*versions_of(told | {"asked": []}), *steps])
    assert (stepped["late_at"], stepped["unjudged"]) == (listed["late_at"], listed["unjudged"])


def test_papers_asked_for_after_the_record_was_written_are_asked_for_again() -> None:
    told: Told = {"status": "4", "accepted": True, "asked": [(10, 20)], "finished": None, "returned": None}
    told |= {"refused": None, "due": 400, "allowed": None}
    again = row_of([*versions_of(told), step("5", 100)])
    assert again["late_at"] == hours(100), "asked a second time and not supplied: overdue"
    known_before = row_of([*versions_of(told), step("5", 15)])
    assert known_before["late_at"] == hours(410), "what the record already knows of is not asked again"


def test_papers_supplied_by_a_step_end_the_waiting_that_the_record_tells_of() -> None:
    told: Told = {"status": "5", "accepted": True, "asked": [(10, None)], "finished": None, "returned": None}
    told |= {"refused": None, "due": 400, "allowed": None}
    assert row_of(versions_of(told))["late_at"] is None
    assert row_of([*versions_of(told), step("4", 60)])["late_at"] == hours(450)


def test_a_step_of_acceptance_makes_a_stopped_dossier_one_to_be_judged() -> None:
    told: Told = {"status": "8", "accepted": False, "asked": [], "finished": None, "returned": None}
    told |= {"refused": 500, "due": 400, "allowed": None}
    assert row_of(versions_of(told))["late_at"] is None
    assert row_of([*versions_of(told), step("2", 5)])["late_at"] == hours(400)
