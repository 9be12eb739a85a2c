"""What was said is remembered, on a real ClickHouse."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hub_in_process import NOW, HubInProcess, paper
from permit_figures import ALL

from iochub.errors import InvalidPeriod
from iochub.ingest.units import Units
from iochub.warehouse.answers import Answers
from iochub.warehouse.indicators.registry import named
from iochub.warehouse.instants import remember
from iochub.warehouse.period import read_period
from iochub.warehouse.question import Question, Standing


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


def test_an_instant_that_is_young_by_the_warehouse_s_clock_is_refused_too(hub: HubInProcess) -> None:
    hub.send(paper("a"))
    ahead = datetime.now(UTC) + timedelta(minutes=2)
    answers = Answers(hub.store, named(ALL), Units.load(), lambda feed: Standing("ok"), lambda: ahead)
    young = Question("permits_received", "38", read_period("2021"), as_of=ahead - timedelta(minutes=1))
    with pytest.raises(InvalidPeriod, match="10 seconds"):
        answers.figure(young)
    old = replace(young, as_of=ahead - timedelta(minutes=3), sees_small=True)
    assert answers.figure(old).state == "no_data"


def test_what_was_said_stays_said_when_the_warehouse_s_clock_steps_back(hub: HubInProcess) -> None:
    hub.send(paper("a"))
    remember(hub.store)
    # A step back by an hour is, for what follows, the same as having been an hour ahead.
    hub.store.run("INSERT INTO instants (at) SELECT now64(6) + INTERVAL 1 HOUR")
    then = datetime.now(UTC) + timedelta(minutes=59)
    hub.at = then + timedelta(seconds=11)
    assert hub.value("received", as_of=then) == 1
    hub.send(paper("b"))
    assert hub.value("received", as_of=then) == 1
    assert hub.value("received") == 2


@pytest.mark.parametrize("hours", [0, 9])
def test_an_instant_before_there_were_any_records_is_refused(hub: HubInProcess, hours: int) -> None:
    with pytest.raises(InvalidPeriod, match="before"):
        hub.ask("received", as_of=datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=hours))))
