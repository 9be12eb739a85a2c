"""What was said is remembered, on a real ClickHouse."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hub_in_process import NOW, HubInProcess, paper

from iochub.errors import InvalidPeriod


def test_what_was_said_stays_said(hub: HubInProcess, wait: Callable[[], datetime]) -> None:
    hub.send(paper("a"), paper("b"))
    then = wait()
    hub.send(paper("b", "2021-08-01"), paper("c", seller="s9"))
    later = wait()
    hub.at = datetime.now(UTC) + timedelta(seconds=11)
    for name, before, after in (("received", 2, 2), ("sellers", 1, 2), ("open", 2, 3)):
        values = [hub.value(name, "2021", as_of=instant) for instant in (then, later)]
        assert values == [before + (name == "received") * 0, after + (name == "received")]
    july = [hub.value("received", "2021-07", as_of=instant) for instant in (then, later)]
    hub.send({"entity": "a", "kind": "withdrawal"})
    assert [hub.value("received", "2021-07", as_of=instant) for instant in (then, later)] == july == [2, 2]
    assert hub.value("received", "2021-07") == 1


@pytest.fixture
def wait() -> Callable[[], datetime]:
    """Give an instant that surely lies between what was and what comes."""

    def between() -> datetime:
        time.sleep(0.02)
        instant = datetime.now(UTC)
        time.sleep(0.02)
        return instant

    return between


def test_a_young_instant_is_refused_with_the_reason(hub: HubInProcess) -> None:
    with pytest.raises(InvalidPeriod, match="10 seconds"):
        hub.ask("received", as_of=NOW - timedelta(seconds=9))


def test_an_instant_is_the_same_in_whatever_zone_it_is_written(
    hub: HubInProcess, wait: Callable[[], datetime]
) -> None:
    hub.send(paper("a"))
    then = wait()
    hub.send(paper("b"))
    hub.at = datetime.now(UTC) + timedelta(seconds=11)
    zones = [timezone(timedelta(hours=hours)) for hours in (-7, 0, 7)]
    assert [hub.value("received", as_of=then.astimezone(zone)) for zone in zones] == [1, 1, 1]


@pytest.mark.parametrize("hours", [0, 9])
def test_an_instant_before_there_were_any_records_is_refused(hub: HubInProcess, hours: int) -> None:
    with pytest.raises(InvalidPeriod, match="before"):
        hub.ask("received", as_of=datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=hours))))
