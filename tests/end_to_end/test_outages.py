"""One small hub that loses its warehouse, Kafka, its disk and its supervisor, one after the other."""

import os
import signal
import time

import httpx
import pytest
from callers import command, is_problem
from messages import dossier, synchronised
from small_hub import Outage, SmallHub, no_room, wait_until

from iochub.cli.planning import is_free


def push(small: SmallHub) -> httpx.Response:
    """One delivery that the storm does not know of, sent once."""
    other = dossier("OUT-ONCE", NgayNopHoSo="20260701080000", NgayTiepNhan="20260701083000")
    return httpx.post(
        f"{small.hub.gateway}/v1/feeds/dossiers/deliveries",
        content=synchronised(other),
        headers={"Authorization": f"Bearer {small.hub.keys['H56.1']}", "Content-Type": "application/json"},
        timeout=30,
    )


def not_confirmed(answer: httpx.Response) -> None:
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "gửi lại" in is_problem(answer, "not_confirmed")["detail"]


def test_what_was_accepted_while_the_warehouse_was_away_is_counted_and_was_never_called_whole_before(
    small: SmallHub, outage: Outage
) -> None:
    """The worker waited for longer than it may: it goes on, or hangs and another takes its place."""
    whole = (outage.accepted, "ok")
    wait_until(lambda: outage.said and outage.said[-1] == whole, 150)
    said = set(outage.said[: outage.said.index(whole)])
    assert said
    assert {state for _, state in said} == {"partial"}
    small.settle()
    processes = small.hub.status()["processes"]
    assert isinstance(processes, list)
    print({each["name"]: each["restarts"] for each in processes})


def test_while_kafka_does_not_answer_nothing_is_promised_and_then_everything_is_counted(
    small: SmallHub,
) -> None:
    broker = small.hub.pids()["broker"]
    os.kill(broker, signal.SIGSTOP)
    try:
        with small.storming():
            not_confirmed(push(small))
            wait_until(lambda: small.storm.unconfirmed)
            os.kill(broker, signal.SIGCONT)
            wait_until(lambda: push(small).status_code == 202)
    finally:
        os.kill(broker, signal.SIGCONT)
    small.settle()


def test_a_full_disk_stops_the_intake_and_not_the_hub(small: SmallHub) -> None:
    if not small.has_own_disk:
        pytest.skip("this machine lets no tmpfs be mounted, and the whole disk is not ours to fill")
    supervisor = small.hub.process
    assert supervisor is not None
    for _ in range(5):
        small.storm.step()
    with small.storming():
        with no_room(small.hub.data):
            wait_until(lambda: push(small).status_code == 503)
            not_confirmed(push(small))
            wait_until(lambda: (small.shown() or ("", ""))[1] == "partial")
            assert supervisor.poll() is None
        wait_until(lambda: push(small).status_code == 202)
    small.settle()
    assert supervisor.poll() is None


def test_nothing_outlives_a_killed_supervisor_and_no_other_identity_opens_its_data(small: SmallHub) -> None:
    small.hub.kill()
    wait_until(lambda: not small.hub.pids_left(), 10)
    wait_until(lambda: all(is_free(port) for port in small.hub.ports().values()), 10)
    began = time.monotonic()
    refused = command(
        "up", "--data", str(small.hub.data), "--port-base", str(small.hub.port_base),
        IOCHUB_IDENTITY_KEY="another key that is quite long enough",
    )  # fmt: skip
    assert refused.returncode == 2, refused.stdout
    told = [line for line in refused.stdout.splitlines() if "IOCHUB_IDENTITY_KEY is not the key" in line]
    assert len(told) == 1, refused.stdout
    assert time.monotonic() - began < 60
    wait_until(lambda: not small.hub.pids_left(), 10)
