"""When a dossier ended and since when it is late: the portal's on-time algorithm, step by step."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iochub.exact.version import Current, Version
from iochub.ingest.dossiers.course import current_of
from iochub.ingest.feeds.registry import FEEDS

NAMES = [column.name for column in FEEDS["dossiers"].columns]
BEGAN = datetime(2024, 3, 1, 1, tzinfo=UTC)
DUE = BEGAN + timedelta(days=7)


def at(days: float) -> str:
    return (BEGAN + timedelta(days=days)).isoformat()


def local(text: str) -> str:
    return (datetime.fromisoformat(text) + timedelta(hours=7)).date().isoformat()


def dossier(status: str = "4", place: int = 1, **given: object) -> Version:
    row: dict[str, object] = {
        "unit": "399",
        "procedure": "2.000815",
        "field": "TP",
        "channel": "direct",
        "status": status,
        "applicant": "citizen",
        "received_at": at(0),
        "accepted": True,
        "due_at": DUE.isoformat(),
        "finished_at": None,
        "returned_at": None,
        "refused_at": None,
        "heard_at": None,
        "state_at": at(0),
        "asked": [],
        "paid_online": 0,
        "has_fee": 0,
        "digitised": 0,
        "reused": 0,
        "from_store": 0,
        "verified": 0,
        "electronic_result": 0,
        "by_post": 0,
    } | given
    ends = [row[name] for name in ("finished_at", "returned_at", "refused_at", "heard_at") if row[name]]
    row["state_at"] = max([str(row["state_at"]), *map(str, ends)])
    row["days"] = [
        ["received", local(at(0))],
        *([["due", local(str(row["due_at"]))]] if row["due_at"] else []),
    ]
    return Version("D", "dossier", place, f"v{place}", "H56", (), row)


def step(status: str, day: float) -> Version:
    return Version(
        "D", "progress", int(day * 100) << 80, "s", "H56", (), {"status": status, "at": at(day), "days": []}
    )


def judged(*own: Version) -> dict[str, Any]:
    current = current_of(sorted(own, key=lambda version: version.place))
    assert isinstance(current, Current)
    return dict(zip(NAMES, current.values, strict=True)) | {"days": dict(current.days)}


def test_steps_without_a_dossier_are_no_row() -> None:
    assert current_of([step("9", 3)]) is None


def test_an_open_dossier_is_late_from_its_due_instant_and_changes_then() -> None:
    row = judged(dossier())
    assert (row["status"], row["ended_at"], row["late_at"], row["next_change_at"]) == ("4", None, DUE, DUE)


@pytest.mark.parametrize(("day", "late"), [(6.9, None), (7, None), (7.01, DUE)])
def test_a_dossier_is_on_time_when_it_ended_no_later_than_due(day: float, late: datetime | None) -> None:
    row = judged(dossier("9", finished_at=at(day)))
    assert (row["late_at"], row["next_change_at"]) == (late, None)


def test_the_end_is_the_time_of_9_before_that_of_10() -> None:
    row = judged(dossier("10", finished_at=at(5), returned_at=at(9)))
    assert (row["ended_at"], row["late_at"]) == (datetime.fromisoformat(at(5)), None)
    assert judged(dossier("10", returned_at=at(9)))["late_at"] == DUE


def test_a_dossier_with_a_result_ends_when_it_was_refused_if_that_is_all_that_is_told() -> None:
    row = judged(dossier("9", refused_at=at(3)))
    assert (row["ended_at"], row["late_at"], row["next_change_at"]) == (
        datetime.fromisoformat(at(3)),
        None,
        None,
    )


def test_a_step_later_than_the_record_advances_the_state_and_an_earlier_one_does_not() -> None:
    assert judged(dossier(), step("9", 3))["status"] == "9"
    assert judged(dossier(), step("9", 3))["ended_at"] == datetime.fromisoformat(at(3))
    assert judged(dossier("9", finished_at=at(5)), step("4", 3))["status"] == "9"
    assert judged(dossier(state_at=at(3)), step("5", 3))["status"] == "4"


def test_a_dossier_taken_up_again_is_open() -> None:
    row = judged(dossier("9", finished_at=at(3)), step("4", 4))
    assert (row["status"], row["ended_at"], row["late_at"]) == ("4", None, DUE)


def test_time_waited_for_papers_is_taken_off() -> None:
    waited = [[at(2), at(5)]]
    assert judged(dossier("9", finished_at=at(10), asked=waited))["late_at"] is None
    assert judged(dossier("9", finished_at=at(10.1), asked=waited))["late_at"] == DUE + timedelta(days=3)
    assert judged(dossier(asked=waited))["late_at"] == DUE + timedelta(days=3)


def test_papers_asked_for_once_and_not_supplied_stop_the_clock() -> None:
    assert judged(dossier("5", asked=[[at(2), None]]))["late_at"] is None
    assert judged(dossier("5", asked=[[at(8), None]]))["late_at"] == DUE


def test_papers_asked_for_again_and_not_supplied_make_it_late() -> None:
    row = judged(dossier("5", asked=[[at(2), at(3)], [at(5), None]]))
    assert row["late_at"] == datetime.fromisoformat(at(5))


def test_waiting_is_read_from_the_steps_where_the_record_lists_none() -> None:
    steps = (step("5", 2), step("5", 2.5), step("4", 5), step("9", 9.5))
    assert judged(dossier(), *steps)["late_at"] is None
    assert judged(dossier(), step("9", 9.5))["late_at"] == DUE


def test_a_dossier_never_accepted_ends_but_is_never_late() -> None:
    row = judged(dossier("3", refused_at=at(9), accepted=False))
    assert (row["ended_at"], row["late_at"]) == (datetime.fromisoformat(at(9)), None)
    assert judged(dossier("8", refused_at=at(9)))["late_at"] == DUE


def test_without_a_due_day_nobody_can_call_it_late() -> None:
    assert judged(dossier(due_at=None))["late_at"] is None


def test_an_end_without_a_time_is_when_the_hub_first_heard_of_it() -> None:
    first, again = dossier("9", 1, heard_at=at(4)), dossier("9", 2, heard_at=at(6))
    assert judged(first, again)["ended_at"] == datetime.fromisoformat(at(4))


def test_the_latest_record_wins() -> None:
    assert judged(dossier(place=1), dossier(place=2, channel="online"))["channel"] == "online"


def test_the_finished_day_is_the_province_s() -> None:
    late_evening = BEGAN.replace(hour=17)
    row = judged(dossier("9", finished_at=late_evening.isoformat()))
    assert str(row["days"]["finished"]) == "2024-03-02"


@given(st.lists(st.tuples(st.sampled_from("123456789"), st.floats(0, 20)), max_size=6))
def test_an_ended_dossier_has_a_finished_day_and_an_open_one_has_none(steps: list[tuple[str, float]]) -> None:
    row = judged(dossier(), *[step(status, round(day, 2)) for status, day in steps])
    assert (row["ended_at"] is not None) == (row["status"] in ("3", "7", "8", "9"))
    assert ("finished" in row["days"]) == (row["ended_at"] is not None)
    assert row["next_change_at"] in (None, row["late_at"])
