"""What a dossier comes to: its state, when it ended, and since when it is late.

Source: the on-time algorithm of the national portal's scoring, standards §4.2, steps 1 to 5.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from iochub.exact.version import Current, Version
from iochub.ingest.dossiers.row import ENDED
from iochub.ingest.reading import LOCAL

ASKED_FOR_MORE = "5"
WITH_A_RESULT = ("9", "10")
WITHOUT_A_RESULT = ("8", "3", "7")

Asked = tuple[datetime, datetime | None]
Row = Mapping[str, Any]
"""A reading as `row.py` wrote it, after a way through JSON."""

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
    due = _instant(row["due_at"])
    late = _late_at(row, due, ended, status, steps)
    return Current(row["unit"], _days(row, ended), _values(row, status, due, ended, late, dossier.sender))


def _values(
    row: Row, status: str, due: datetime | None, ended: datetime | None, late: datetime | None, agency: str
) -> tuple[object, ...]:
    """In the order of the feed's columns."""
    return (
        row["procedure"],
        row["field"],
        row["channel"],
        status,
        row["applicant"],
        datetime.fromisoformat(row["received_at"]),
        due,
        ended,
        late,
        late if ended is None else None,
        agency,
        *[row[claim] for claim in CLAIMS],
    )


def _days(row: Row, ended: datetime | None) -> tuple[tuple[str, date], ...]:
    days = [(role, date.fromisoformat(day)) for role, day in row["days"] if role != "finished"]
    if ended is not None:
        days.append(("finished", ended.astimezone(LOCAL).date()))
    return tuple(days)


def _status(row: Row, steps: Sequence[Row]) -> str:
    """A step counts only when it is later than anything the dossier's own record knows of."""
    if steps and steps[-1]["at"] > row["state_at"]:
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


def _late_at(
    row: Row, due: datetime | None, ended: datetime | None, status: str, steps: Sequence[Row]
) -> datetime | None:
    """Steps 2 to 5: the instant after which the dossier is late, or nothing when it never is."""
    if due is None or (status in WITHOUT_A_RESULT and not row["accepted"]):
        return None
    asked = _asked(row, steps)
    limit = due
    for ask, supplied in asked:
        limit += supplied - ask if supplied else timedelta()
    if status not in WITH_A_RESULT and any(supplied is None for _, supplied in asked):
        if len(asked) > 1:
            return min(limit, asked[1][0])
        return None if asked[0][0] <= due else due
    return None if ended is not None and ended <= limit else limit


def _asked(row: Row, steps: Sequence[Row]) -> list[Asked]:
    """When more papers were asked for and when they came; from the steps where the record lists none."""
    if row["asked"]:
        return [(datetime.fromisoformat(ask), _instant(supplied)) for ask, supplied in row["asked"]]
    asked: list[Asked] = []
    for step in steps:
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
