"""What a dossier comes to: its state, when it ended, and since when it is late.

Source: the on-time algorithm of the national portal's scoring, standards §4.2, steps 1 to 5.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from iochub.exact.version import Current, Version
from iochub.ingest.dossiers.row import ENDED
from iochub.ingest.office_calendar import add_working_days, working_days_between
from iochub.ingest.reading import LOCAL, local_day

ACCEPTED = "2"
ASKED_FOR_MORE = "5"
WITH_A_RESULT = ("9", "10")
WITHOUT_A_RESULT = ("8", "3", "7")

BUSINESS_REGISTRATION = frozenset(("2.001610", "2.001583", "2.001199", "2.002042", "2.002043"))
"""Founding a private enterprise, a limited company of one member or of more, a partnership, a stock company.

Source: NĐ 01/2021/NĐ-CP, Đ21 to Đ24; the codes are those of the national database of procedures, of which we
found the first in public and know the others by heart: to be confirmed by the province's registration office.
"""

OF_A_PROCEDURE_ALONE = (0, 0, 0, 0)
"""What the last columns hold where the row is a dossier's."""

Asked = tuple[datetime, datetime | None]
Row = Mapping[str, Any]
"""A reading as `row.py` wrote it, after a way through JSON."""


class Judged(NamedTuple):
    """The verdict on a dossier; without a due day and a longest time nobody can give one."""

    late_at: datetime | None
    could_be: bool = True


CLAIMS = (
    "paid_online",
    "has_fee",
    "digitised",
    "reused",
    "from_store",
    "verified",
    "electronic_result",
    "by_post",
)


def current_of(own: Sequence[Version]) -> Current | None:
    """The current row of a dossier from all that was said of it, in place order; steps alone are none."""
    dossier: Version | None = None
    steps: list[Row] = []
    for version in own:
        if version.kind == "dossier":
            dossier = version
        elif version.kind == "progress":
            steps.append(version.reading)
    if dossier is None:
        return None
    row: Row = dossier.reading
    steps.sort(key=_at)
    status = _status(row, steps)
    ended = _ended_at(row, status, steps, own) if status in ENDED else None
    judged = _judged(row, ended, status, steps)
    return Current(row["unit"], _days(row, ended), _values(row, status, ended, judged, dossier.sender))


def _values(row: Row, status: str, ended: datetime | None, judged: Judged, agency: str) -> tuple[object, ...]:
    """In the order of the feed's columns; a reading kept since before a column came lacks its name."""
    return (
        row["procedure"],
        row["field"],
        row["channel"],
        status,
        row["applicant"],
        datetime.fromisoformat(row["received_at"]),
        _instant(row["due_at"]),
        ended,
        judged.late_at,
        judged.late_at if ended is None else None,
        agency,
        *[row[claim] for claim in CLAIMS],
        row.get("level", ""),
        int(status in WITH_A_RESULT),
        int(bool(row["verified"] or row["from_store"])),
        int(not judged.could_be),
        int(row["procedure"] in BUSINESS_REGISTRATION),
        *OF_A_PROCEDURE_ALONE,
    )


def _days(row: Row, ended: datetime | None) -> tuple[tuple[str, date], ...]:
    days = [(role, date.fromisoformat(day)) for role, day in row["days"] if role != "finished"]
    if ended is not None:
        days.append(("finished", ended.astimezone(LOCAL).date()))
    return tuple(days)


def _status(row: Row, steps: Sequence[Row]) -> str:
    """A step counts only when it is later than anything the dossier's own record knows of.

    A record that has ended without saying when knows of all until the hub heard of it.
    """
    if steps and steps[-1]["at"] > max(row["state_at"], row["heard_at"] or ""):
        return str(steps[-1]["status"])
    return str(row["status"])


def _ended_at(row: Row, status: str, steps: Sequence[Row], own: Sequence[Version]) -> datetime | None:
    """Step 1: the time of status 9, else 10, else of 8, 3 or 7; at worst when the hub first heard of it."""
    given = row if row["status"] in ENDED else {}
    stepped = {step["status"]: step["at"] for step in steps}
    with_a_result = [given.get("finished_at"), stepped.get("9"), given.get("returned_at"), stepped.get("10")]
    refused = [given.get("refused_at"), *(stepped.get(code) for code in WITHOUT_A_RESULT)]
    if status in WITH_A_RESULT:
        known = with_a_result + refused
    else:
        known = [refused[0], given.get("finished_at"), given.get("returned_at"), *refused[1:]]
    for instant in known:
        if instant:
            return _instant(instant)
    return _first_heard(own)


def _first_heard(own: Sequence[Version]) -> datetime | None:
    """The earliest of all records that gave no time, so that sending one again does not move the end."""
    heard = [version.reading.get("heard_at") for version in own if version.kind == "dossier"]
    return _instant(min((instant for instant in heard if isinstance(instant, str)), default=None))


def _judged(row: Row, ended: datetime | None, status: str, steps: Sequence[Row]) -> Judged:
    """Steps 2 to 5: since when the dossier is late, if it ever is, and whether that can be told at all."""
    if status in WITHOUT_A_RESULT and not _was_accepted(row, steps):
        return Judged(None)
    asked = _asked(row, steps)
    limit = _limit(row, asked)
    waiting = any(supplied is None for _, supplied in asked)
    if status not in WITH_A_RESULT and waiting:
        if len(asked) > 1:
            again = asked[1][0]
            return Judged(again if limit is None else min(limit, again))
        ended = asked[0][0]
    if limit is None:
        return Judged(None, could_be=False)
    return Judged(None if ended is not None and ended <= limit else limit)


def _was_accepted(row: Row, steps: Sequence[Row]) -> bool:
    return bool(row["accepted"]) or any(step["status"] == ACCEPTED for step in steps)


def _limit(row: Row, asked: Sequence[Asked]) -> datetime | None:
    """Steps 3 and 4: the last instant in time, with the time added that the applicant took for papers.

    Without a due day it is the end of the last day that the procedure's working days allow, if they are told.
    """
    supplied = [(ask, came) for ask, came in asked if came is not None and came > ask]
    due = _instant(row["due_at"])
    if due is not None:
        return due + sum((came - ask for ask, came in supplied), timedelta())
    allowed = row.get("allowed_days")
    if allowed is None:
        return None
    waited = sum(working_days_between(local_day(ask), local_day(came)) for ask, came in supplied)
    began = local_day(datetime.fromisoformat(row["received_at"]))
    late_from = datetime.combine(add_working_days(began, allowed + waited + 1), time(), LOCAL)
    return late_from.astimezone(UTC) - timedelta(milliseconds=1)


def _asked(row: Row, steps: Sequence[Row]) -> list[Asked]:
    """When more papers were asked for and when they came: as the record lists it, and by later steps.

    Where the record lists nothing, all its steps tell; a step of other work means that the papers came.
    """
    asked = [(datetime.fromisoformat(ask), _instant(supplied)) for ask, supplied in row["asked"]]
    known_until = row["state_at"] if asked else ""
    for step in steps:
        if step["at"] <= known_until:
            continue
        waiting = bool(asked) and asked[-1][1] is None
        if step["status"] == ASKED_FOR_MORE and not waiting:
            asked.append((datetime.fromisoformat(step["at"]), None))
        elif step["status"] != ASKED_FOR_MORE and waiting:
            asked[-1] = (asked[-1][0], datetime.fromisoformat(step["at"]))
    return asked


def _at(step: Row) -> str:
    return str(step["at"])


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
