"""The agent as an office runs it: killed, started again, asked how it is."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from stand_in_gateway import KEY, StandInGateway
from typer.testing import CliRunner

from iochub.cli.main import app
from iochub.ingest.connectors.running import alone


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


def test_a_second_agent_on_one_file_says_that_one_is_at_work(tmp_path: Path) -> None:
    gateway = StandInGateway()
    with gateway.server.running():
        config = agent_file(tmp_path, gateway)
        with alone(tmp_path / "send-agent.sqlite.lock"):
            second = subprocess.run(
                command("run", "--config", str(config)),
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
            )
    assert second.returncode == 2
    assert second.stderr.splitlines() == [
        "send-agent.sqlite runs already in another process; stop that one first."
    ]


@pytest.mark.parametrize("words", [("status",), ("put", "dossiers", "agent.toml"), ("run",), ("again", "1")])
@pytest.mark.parametrize(("body", "said"), [(b"no database" * 200, "is damaged"), (None, "cannot be used")])
def test_a_file_that_cannot_be_used_is_said_in_one_line(
    tmp_path: Path, words, body, said, monkeypatch
) -> None:
    gateway = StandInGateway()
    gateway.server.start()
    gateway.server.stop()
    config = agent_file(tmp_path, gateway)
    store = tmp_path / "send-agent.sqlite"
    if body is None:
        store.mkdir()
    else:
        store.write_bytes(body)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["send-agent", *words, "--config", str(config)])
    assert done.exit_code == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


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
