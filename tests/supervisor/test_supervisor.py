"""Real processes under a real supervisor, in a process of its own: signals need a main thread."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from iochub.data_folder import DataFolder

RUNNER = """
import os, sys
from pathlib import Path
from iochub.clock import now
from iochub.data_folder import DataFolder
from iochub.supervisor.process import Patience, Process
from iochub.supervisor.screen import Lines
from iochub.supervisor.supervisor import Supervisor

folder = DataFolder(Path(sys.argv[1]))
folder.create(free_bytes=0)
lock = folder.take(now())

def there(name):
    return lambda: (folder.path / name).exists()

def child(code):
    tie = f"from iochub.supervisor.lifeline import tie_to_parent; tie_to_parent({os.getpid()})"
    return (sys.executable, "-c", tie + "\\n" + code)

def worker(name, before="pass", **more):
    code = f"import time\\n{before}\\nopen('{folder.path}/{name}', 'w').close()\\ntime.sleep(600)"
    return Process(name, child(code), os.environ, ready=there(name), **more)

def step(code, **more):
    return Process("step", child(code), os.environ, once=True, **more)

PATIENCE = Patience(first_pause=0.05, longest_pause=0.2, stable=0.5, silent=0.6, starts=3, starting=4)
scope = dict(globals())
processes = eval(f"[{sys.argv[2]}]", scope)
sys.exit(Supervisor(processes, folder, Lines(), {"mark": 7}, patience=PATIENCE).run(lambda: "after"))
"""


class Hub:
    """A supervisor at work on a folder."""

    def __init__(self, path: Path, processes: str, output: Path | None = None) -> None:
        self.folder = DataFolder(path)
        self.output = output or path.with_suffix(".out")
        with self.output.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-c", RUNNER, str(path), processes],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )

    def said(self) -> str:
        return self.output.read_text()

    def of(self, name: str) -> dict[str, Any]:
        found = self.folder.last_state().get("processes", [])
        return next((each for each in found if each["name"] == name), {})

    def until(self, holds: Callable[[], object], seconds: float = 15) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, self.output.is_file() and self.said()
            time.sleep(0.02)

    def until_ready(self) -> "Hub":
        self.until(lambda: self.folder.path.exists() and self.folder.last_state().get("state") == "ready")
        return self

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], Hub]]:
    running: list[Hub] = []

    def begin(processes: str) -> Hub:
        running.append(Hub(tmp_path / "data", processes))
        return running[-1]

    yield begin
    for hub in running:
        if hub.process.poll() is None:
            hub.process.kill()
            hub.process.wait()


def gone(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    return True


def test_a_process_starts_only_when_what_it_needs_is_ready(start: Callable[[str], Hub]) -> None:
    hub = start("worker('first', 'time.sleep(0.4)'), worker('second', after=('first',))").until_ready()
    hub.until(lambda: "after" in hub.said())
    lines = hub.said().splitlines()
    assert lines.index("first ready") < lines.index("second starting")
    assert lines[lines.index("ready") + 1] == "after"
    assert hub.folder.last_state()["mark"] == 7


def test_a_killed_process_comes_back_and_its_restarts_are_counted(start: Callable[[str], Hub]) -> None:
    hub = start("worker('one')").until_ready()
    before = hub.of("one")["pid"]
    os.kill(before, signal.SIGKILL)
    hub.until(lambda: hub.of("one")["state"] == "ready" and hub.of("one")["pid"] != before)
    assert hub.of("one")["restarts"] == 1
    hub.until(lambda: "ended by SIGKILL" in hub.said())


def test_a_process_that_does_not_answer_is_ended_and_started_again(start: Callable[[str], Hub]) -> None:
    hub = start("worker('deaf', alive=lambda: False)").until_ready()
    hub.until(lambda: hub.of("deaf")["restarts"] >= 1)
    hub.until(lambda: "no answer" in hub.said())


def test_a_process_that_never_becomes_ready_is_ended_and_started_again(start: Callable[[str], Hub]) -> None:
    hub = start("Process('mute', child('import time; time.sleep(60)'), os.environ, ready=lambda: False)")
    hub.until(lambda: hub.folder.path.exists() and hub.of("mute").get("restarts", 0) >= 1)
    hub.until(lambda: "not ready after 4 s" in hub.said())


def test_a_question_that_fails_is_no_answer(start: Callable[[str], Hub]) -> None:
    hub = start("worker('deaf', alive=lambda: 1 / 0)").until_ready()
    hub.until(lambda: hub.of("deaf")["restarts"] >= 1)
    assert hub.process.poll() is None


def test_stopping_goes_in_reverse_order_and_ends_well(start: Callable[[str], Hub]) -> None:
    hub = start("worker('low'), worker('high', after=('low',))").until_ready()
    pids = [hub.of(name)["pid"] for name in ("low", "high")]
    assert hub.stop(signal.SIGINT) == 0
    lines = hub.said().splitlines()
    assert lines.index("high stopped") < lines.index("low stopped")
    assert all(gone(pid) for pid in pids)
    assert not hub.folder.is_taken()


def test_a_step_that_is_done_does_not_let_what_it_needed_stop_before_those_who_need_it(
    start: Callable[[str], Hub],
) -> None:
    hub = start(
        "worker('low'), step('pass', after=('low',)), "
        "worker('high', 'import signal, sys; signal.signal(15, lambda *_: (time.sleep(0.5), sys.exit(0)))',"
        " after=('step',))"
    ).until_ready()
    assert hub.stop(signal.SIGINT) == 0
    lines = hub.said().splitlines()
    assert lines.index("high stopped") < lines.index("low stopped")


def test_a_process_that_will_not_stop_is_killed_after_its_deadline(start: Callable[[str], Hub]) -> None:
    hub = start("worker('deaf', 'import signal; signal.signal(15, signal.SIG_IGN)', stop_seconds=0.3)")
    pid = hub.until_ready().of("deaf")["pid"]
    assert hub.stop() == 0
    assert gone(pid)


def test_children_die_with_a_killed_supervisor_and_the_next_one_takes_over(
    start: Callable[[str], Hub],
) -> None:
    hub = start("worker('one')").until_ready()
    pid = hub.of("one")["pid"]
    hub.process.kill()
    hub.process.wait()
    hub.until(lambda: gone(pid), 5)
    again = start("worker('one')")
    again.until(lambda: again.folder.last_state()["pid"] == again.process.pid)
    again.until_ready()


def test_a_step_that_ends_well_is_done_and_lets_others_start(start: Callable[[str], Hub]) -> None:
    hub = start("step('pass'), worker('next', after=('step',))").until_ready()
    assert hub.of("step")["state"] == "done"


def test_a_refused_start_ends_the_hub_with_the_words_of_who_refused(start: Callable[[str], Hub]) -> None:
    hub = start("""step("import sys; print('Put the key back.'); sys.exit(2)")""")
    assert hub.process.wait(20) == 2
    assert "step does not start: Put the key back." in hub.said()


def test_a_process_that_never_gets_ready_does_not_go_round_for_ever(start: Callable[[str], Hub]) -> None:
    hub = start("worker('fine'), Process('bad', child('1/0'), os.environ, ready=there('never'))")
    assert hub.process.wait(30) == 1
    assert "bad does not start" in hub.said()
    assert "ZeroDivisionError" in hub.said()
    assert hub.of("fine")["state"] == "stopped"


def test_a_hub_whose_state_and_words_nobody_can_keep_goes_on_and_tells_later(tmp_path: Path) -> None:
    """Where the state file is drafted lies a folder, as unwritable as a full disk; so is its output."""
    hub = Hub(tmp_path / "full", "worker('one')", output=Path("/dev/full"))
    try:
        before = hub.until_ready().of("one")["pid"]
        blocked = hub.folder.path / ".hub.json.new"
        blocked.mkdir()
        os.kill(before, signal.SIGKILL)
        hub.until(lambda: gone(before))
        time.sleep(0.5)
        assert hub.process.poll() is None
        assert hub.of("one")["pid"] == before, "nothing could be told"
        blocked.rmdir()
        hub.until(lambda: hub.of("one")["state"] == "ready" and hub.of("one")["pid"] != before)
    finally:
        hub.process.kill()
        hub.process.wait()


def test_the_state_file_names_what_runs_to_its_owner_alone(start: Callable[[str], Hub]) -> None:
    hub = start("worker('one', address='http://127.0.0.1:9')").until_ready()
    file = hub.folder.path / "hub.json"
    told = json.loads(file.read_text())
    (one,) = told["processes"]
    assert one["address"] == "http://127.0.0.1:9"
    assert Path(one["log"]).exists()
    assert told["ready"] is True
    assert file.stat().st_mode & 0o077 == 0
