"""The agent as an office runs it: killed, started again, asked how it is."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from stand_in_gateway import KEY, StandInGateway


def agent_file(folder: Path, gateway: StandInGateway, **more: object) -> Path:
    key = folder / "key"
    key.write_text(KEY)
    key.chmod(0o600)
    told = {"follow_seconds": 0.05, "look_seconds": 0.1, **more}
    lines = [f'gateway = "{gateway.url}"', 'key = {file = "key"}']
    lines += [f"{name} = {value}" for name, value in told.items()]
    lines += ["[[watch]]", 'feed = "dossiers"', 'folder = "out"', "settle_seconds = 0.1"]
    (folder / "out").mkdir(exist_ok=True)
    path = folder / "agent.toml"
    path.write_text("\n".join(lines))
    return path


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "iochub", "send-agent", *words]


def status(config: Path) -> dict[str, object]:
    done = subprocess.run(
        command("status", "--config", str(config), "--json"), capture_output=True, check=True
    )
    return json.loads(done.stdout)


def test_killed_again_and_again_while_the_line_comes_and_goes_it_loses_nothing(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    gateway = StandInGateway(faults=0.2, dice=random.Random(seed))
    wanted = {b'{"number": %d}' % number for number in range(40)}
    gateway.server.start()
    config = agent_file(tmp_path, gateway)
    left = sorted(wanted)
    try:
        for _ in range(5):
            for body in left[:8]:
                draft = tmp_path / "out" / f"{dice.randrange(10**9)}.json.part"
                draft.write_bytes(body)
                draft.rename(draft.with_suffix(""))
            left = left[8:]
            agent = subprocess.Popen(command("run", "--config", str(config)), stderr=subprocess.DEVNULL)
            time.sleep(dice.uniform(0.8, 2.0))
            if dice.random() < 0.5:
                gateway.server.stop()
                time.sleep(0.2)
            agent.send_signal(signal.SIGKILL)
            agent.wait()
            if gateway.server._server is None:
                gateway.server.start()
        agent = subprocess.Popen(command("run", "--config", str(config)), stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while status(config)["counted"] < len(wanted):
            assert time.monotonic() < deadline, status(config)
        agent.send_signal(signal.SIGTERM)
        assert agent.wait(20) == 0
    finally:
        if agent.poll() is None:
            agent.kill()
            agent.wait()
        gateway.server.stop()
    assert set(gateway.bodies("dossiers")) == wanted
    assert [name for name in os.listdir(tmp_path / "out") if name != "taken"] == []


def test_put_works_without_an_agent_and_the_same_content_waits_once(tmp_path: Path) -> None:
    gateway = StandInGateway()
    gateway.server.start()
    gateway.server.stop()
    config = agent_file(tmp_path, gateway)
    file = tmp_path / "one.json"
    file.write_bytes(b"{}")
    for said in ("waits to be sent", "was put before"):
        done = subprocess.run(
            command("put", "dossiers", str(file), "--config", str(config)), capture_output=True, check=True
        )
        assert said in done.stdout.decode()
    assert status(config)["waiting"] == 1
