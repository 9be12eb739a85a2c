"""A demo agency sends what is due once, in order, whatever the line does."""

import json
import random
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from stand_in_gateway import KEY, StandInGateway

from iochub.ingest.demo.sender import Agency, Sender
from iochub.ingest.push import Gateway

NOW = datetime(2026, 11, 26, 5, 0, tzinfo=UTC)
UNITS = ("Phường Một", "Xã Hai")


@pytest.fixture
def sent(tmp_path: Path):
    """Sends what became due within ten minutes; whoever asks again gets the same."""

    def catch_up(
        gateway: StandInGateway, name: str, key: str = KEY, stop: threading.Event | None = None
    ) -> Path:
        stop = stop or threading.Event()
        memory = tmp_path / f"{name}.json"
        if not memory.exists():
            memory.write_text(json.dumps({"sent_until": (NOW - timedelta(minutes=10)).isoformat()}))
        line = Gateway(gateway.url, key, seconds=20)
        Sender(Agency("einvoices", memory), line, UNITS, lambda: NOW).catch_up(stop.wait)
        line.close()
        return memory

    return catch_up


def test_lost_answers_change_nothing_of_what_is_kept(sent) -> None:
    whole, lossy = StandInGateway(), StandInGateway(faults=0.3, dice=random.Random(4))
    for name, gateway in (("whole", whole), ("lossy", lossy)):
        with gateway.server.running():
            memory = sent(gateway, name)
        assert NOW.isoformat() in memory.read_text()
    assert whole.bodies("einvoices") == lossy.bodies("einvoices") != []


def test_a_key_that_is_not_known_is_tried_again_and_nothing_is_skipped(sent) -> None:
    gateway, stop = StandInGateway(), threading.Event()
    answer = gateway._pushed

    def stopping(asked):
        if gateway.pushes == 1:
            stop.set()
        return answer(asked)

    gateway._pushed = stopping
    with gateway.server.running():
        memory = sent(gateway, "a", "revoked", stop)
        assert gateway.pushes == 2
        assert NOW.isoformat() not in memory.read_text()
        gateway._pushed = answer
        sent(gateway, "a")
    assert gateway.bodies("einvoices") != []
