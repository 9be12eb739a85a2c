"""An office behind a weak line and a whole hub: what was put into the outbox is counted, once."""

import subprocess
import sys
import time
from pathlib import Path

from callers import key_of
from messages import in_nhi_son, synchronised
from running_hub import RunningHub

from iochub.clock import now
from iochub.ingest.send_agent.outbox import Outbox

COUNTED_SECONDS = 90


def test_the_agent_follows_what_it_sent_until_the_hub_has_counted_it(hub: RunningHub, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(key_of(hub, "H56.1", "dossiers"))
    key.chmod(0o600)
    config = tmp_path / "agent.toml"
    config.write_text(f'gateway = "{hub.gateway}"\nkey = {{file = "key"}}\nfollow_seconds = 0.2\n')
    outbox = Outbox(tmp_path / "send-agent.sqlite")
    good = synchronised(*(in_nhi_son(f"OFFICE-{number}") for number in range(5)))
    for body in (good, b'{"service": "DongBoHoSoMC", "data": [{}]}', b"no JSON", good):
        outbox.put("dossiers", "application/json", "tep.json", body, now())
    agent = subprocess.Popen(
        [sys.executable, "-m", "iochub", "send-agent", "run", "--config", str(config)],
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + COUNTED_SECONDS
        while (facts := outbox.facts(now()))["counted"] < 3:
            assert time.monotonic() < deadline, str(facts)
            assert agent.poll() is None
            time.sleep(0.2)
    finally:
        agent.terminate()
        agent.wait(30)
        outbox.close()
    assert (facts["accepted"], facts["rejected"], facts["refused"]) == (5, 2, 0)
    assert abs(float(facts["clock_skew_seconds"])) < 5
