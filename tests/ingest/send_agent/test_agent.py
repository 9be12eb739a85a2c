import random
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stand_in_gateway import KEY, StandInGateway
from stand_in_server import Told

from iochub.clock import now
from iochub.errors import StoreUnavailable
from iochub.ingest.pauses import Pauses
from iochub.ingest.push import Gateway
from iochub.ingest.send_agent.agent import Agent
from iochub.ingest.send_agent.bandwidth import Budget
from iochub.ingest.send_agent.outbox import Outbox


class Office:
    """An outbox and its agent; the gateway is somewhere behind the line."""

    def __init__(self, folder: Path, gateway: StandInGateway, **how: object) -> None:
        self.stop = threading.Event()
        self.outbox = Outbox(folder / "agent.sqlite")
        self.line = Gateway(gateway.url, KEY, packs=True, seconds=5.0)
        how = {"follow_seconds": 0.0, "pauses": Pauses(0.001, 0.005), **how}
        self.agent = Agent(self.outbox, self.line, wait=self.stop.wait, **how)  # type: ignore[arg-type]

    def put(self, *bodies: bytes, feed: str = "dossiers") -> None:
        for body in bodies:
            self.outbox.put(feed, "application/json", "tep.json", body, now())

    def facts(self) -> dict[str, object]:
        return self.outbox.facts(now())

    def until_counted(self, steps: int = 2000) -> None:
        for _ in range(steps):
            self.agent.step()
            facts = self.facts()
            if not facts["waiting"] and not facts["sent"]:
                return
        raise AssertionError(self.facts())

    def close(self) -> None:
        self.outbox.close()
        self.line.close()


@pytest.fixture
def gateway():
    made = StandInGateway()
    with made.server.running():
        yield made


@pytest.fixture
def office(tmp_path: Path, gateway: StandInGateway):
    made = Office(tmp_path, gateway)
    yield made
    made.close()


def test_a_line_that_was_cut_for_a_day_loses_nothing_and_keeps_the_order(office, gateway) -> None:
    bodies = [b'{"number": %d}' % number for number in range(30)]
    office.put(*bodies[:10])
    office.until_counted()
    gateway.server.stop()
    office.put(*bodies[10:])
    for _ in range(20):
        office.agent.step()
    facts = office.facts()
    assert (facts["waiting"], facts["counted"]) == (20, 10)
    assert "does not answer" in facts["line"]
    gateway.server.start()
    office.until_counted()
    assert gateway.bodies("dossiers") == bodies
    assert office.facts()["counted"] == 30
    assert office.facts()["line"] == "ok"


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32), faults=st.floats(0.0, 0.6))
def test_whatever_answers_the_line_loses_each_delivery_is_kept_in_order(
    tmp_path_factory, seed, faults
) -> None:
    print(f"seed {seed}, faults {faults}")
    gateway = StandInGateway(faults=faults, dice=random.Random(seed), counts_after=2)
    bodies = [b'{"number": %d}' % number for number in range(15)]
    with gateway.server.running():
        office = Office(tmp_path_factory.mktemp("office"), gateway)
        office.put(*bodies, *bodies[:3])
        office.until_counted()
        assert gateway.bodies("dossiers") == bodies
        assert office.facts()["counted"] == len(bodies)
        office.close()


def test_a_receipt_is_followed_until_it_is_counted_and_no_longer(office, gateway) -> None:
    gateway.counts_after = 4
    office.put(b"{}")
    office.agent.step()
    office.agent.step()
    assert office.facts()["sent"] == 1
    office.until_counted()
    asked = sum(gateway.receipts.values())
    for _ in range(5):
        office.agent.step()
    assert sum(gateway.receipts.values()) == asked == 4


def test_a_receipt_that_the_hub_lost_is_sent_again_after_a_day(tmp_path, gateway) -> None:
    at = [now()]
    office = Office(tmp_path, gateway, clock=lambda: at[0])
    gateway.counts_after = 10**6
    office.put(b'{"number": 1}')
    office.agent.step()
    gateway.receipts.clear()
    at[0] += timedelta(hours=20)
    office.agent.step()
    assert gateway.pushes == 1
    at[0] += timedelta(hours=5)
    gateway.counts_after = 1
    office.agent.step()
    office.until_counted()
    assert gateway.pushes == 2
    assert gateway.bodies("dossiers") == [b'{"number": 1}']
    office.close()


def test_a_feed_that_the_key_may_not_push_holds_up_no_other(office, gateway) -> None:
    office.put(b"{}", feed="hospitals")
    office.put(b'{"a": 1}')
    for _ in range(6):
        office.agent.step()
    facts = office.facts()
    assert facts["feeds"] == {"dossiers": {"counted": 1}, "hospitals": {"waiting": 1}}
    assert gateway.pushes == 2


def test_a_feed_that_is_stopped_for_its_rejects_holds_up_no_other(office, gateway) -> None:
    gateway.stopped = ("dossiers",)
    office.put(b'{"a": 1}', b'{"a": 2}')
    office.put(b'{"b": 1}', feed="einvoices")
    for _ in range(6):
        office.agent.step()
    feeds = office.facts()["feeds"]
    assert feeds == {"dossiers": {"waiting": 2}, "einvoices": {"counted": 1}}
    assert gateway.pushes == 2


def test_a_delivery_over_which_the_gateway_stumbles_holds_up_no_other_feed(office, gateway) -> None:
    pushed = gateway._pushed
    gateway._pushed = lambda asked: Told(500, b"{}") if b"poison" in asked.body else pushed(asked)
    office.put(b'"poison"')
    office.put(b'{"b": 1}', feed="einvoices")
    for _ in range(6):
        office.agent.step()
    assert office.facts()["feeds"] == {"dossiers": {"waiting": 1}, "einvoices": {"counted": 1}}


def test_what_the_gateway_does_not_take_waits_for_a_person(office, gateway) -> None:
    gateway.status = 413
    office.put(b'{"large": 1}')
    office.agent.step()
    ((told),) = office.facts()["refused_deliveries"]
    assert (told["feed"], told["status"]) == ("dossiers", 413)
    gateway.status = 0
    assert office.outbox.again(told["number"])
    office.until_counted()
    assert gateway.bodies("dossiers") == [b'{"large": 1}']


def test_what_was_rejected_is_counted_and_told(office) -> None:
    office.put(b'"bad"', b'"half"', b'"good"')
    office.until_counted()
    facts = office.facts()
    assert (facts["accepted"], facts["rejected"]) == (2, 2)


@pytest.mark.parametrize("ahead", [-7200.0, 0.0, 90.0])
def test_a_clock_that_is_wrong_is_noted(tmp_path, ahead) -> None:
    gateway = StandInGateway(ahead_seconds=ahead)
    with gateway.server.running():
        office = Office(tmp_path, gateway)
        office.put(b"{}")
        office.until_counted()
        assert abs(float(office.facts()["clock_skew_seconds"]) - ahead) < 2.0
        office.close()


def test_counted_deliveries_are_kept_for_some_days_and_then_their_room_is_given_back(
    tmp_path, gateway
) -> None:
    office = Office(tmp_path, gateway)
    office.put(*(random.Random(number).randbytes(100_000) for number in range(20)))
    office.until_counted()
    assert office.outbox.trim(now() - timedelta(days=30)) == 0
    before = (tmp_path / "agent.sqlite").stat().st_size
    assert office.outbox.trim(now() + timedelta(seconds=1)) == 20
    office.close()
    assert (tmp_path / "agent.sqlite").stat().st_size < before / 4


def test_a_disk_that_takes_nothing_is_waited_for_and_costs_the_line_nothing(office, gateway) -> None:
    bodies = [b'{"number": %d}' % number for number in range(3)]
    office.put(*bodies)
    office.outbox._database.execute("PRAGMA query_only = 1")
    for _ in range(5):
        assert office.agent.step()
    with pytest.raises(StoreUnavailable, match="may not be written"):
        office.put(b"{}")
    assert gateway.pushes == 0
    office.outbox._database.execute("PRAGMA query_only = 0")
    office.until_counted()
    assert gateway.bodies("dossiers") == bodies
    assert gateway.pushes == 3


def test_a_key_that_was_revoked_is_tried_again_and_the_new_one_needs_no_restart(tmp_path, gateway) -> None:
    office, key = Office(tmp_path, gateway, held_seconds=0.0), [KEY]
    office.line.close()
    office.line = office.agent._gateway = Gateway(gateway.url, lambda: key[0])
    gateway.counts_after = 3
    office.put(b'{"number": 1}')
    office.agent.step()
    key[0] = "revoked"
    office.put(b'{"number": 2}')
    for _ in range(3):
        office.agent.step()
    facts = office.facts()
    assert (facts["sent"], facts["waiting"]) == (1, 1)
    assert "does not know this key" in facts["line"]
    key[0] = KEY
    office.until_counted()
    assert gateway.bodies("dossiers") == [b'{"number": 1}', b'{"number": 2}']
    office.close()


def test_a_gateway_that_does_not_know_the_key_is_not_asked_for_receipts_again_and_again(
    office, gateway
) -> None:
    gateway.counts_after = 10**6
    office.put(b"{}")
    office.agent.step()
    asked: list[str] = []
    receipt = gateway._receipt
    gateway._receipt = lambda one: asked.append(one.path) or Told(401, b"{}")
    for _ in range(5):
        office.agent.step()
    assert len(asked) == 1
    gateway._receipt = receipt


@pytest.mark.parametrize("years", [-1, 1])
def test_a_clock_that_is_put_right_by_a_year_forgets_no_receipt(tmp_path, gateway, years: int) -> None:
    at = [now()]
    office = Office(tmp_path, gateway, clock=lambda: at[0], follow_seconds=10.0)
    gateway.counts_after = 2
    office.put(b"{}")
    office.agent.step()
    at[0] += timedelta(days=365 * years)
    office.agent.step()
    assert office.facts()["counted"] == 1
    office.close()


def test_told_to_stop_a_delivery_is_broken_off_and_stays(tmp_path, gateway) -> None:
    office = Office(tmp_path, gateway)
    office.line.close()
    office.line = Gateway(gateway.url, KEY, pace=Budget(1000, lambda _: True).take)
    office.agent = Agent(office.outbox, office.line, wait=office.stop.wait, pauses=Pauses(0.001, 0.005))
    office.put(random.Random(0).randbytes(50_000))
    office.agent.step()
    assert (office.facts()["waiting"], gateway.kept) == (1, [])
    office.close()
