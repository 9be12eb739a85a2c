import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

PARENT = """
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", os.environ["CHILD"]], stdout=subprocess.PIPE, text=True)
print(child.pid, child.stdout.readline().strip(), flush=True)
sys.stdin.read()
"""
TIED = "from iochub.supervisor.lifeline import tie_to_parent; tie_to_parent()"
WAIT = "import time; print('waiting', flush=True); time.sleep(60)"
TIED_CHILD = f"{TIED}\n{WAIT}"
REPLACED_CHILD = f"""
import os, sys
{TIED}
os.execv(sys.executable, [sys.executable, "-c", "{WAIT}"])
"""


@contextmanager
def parent_with(child: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "CHILD": child},
    )
    assert parent.stdout is not None
    pid, state = parent.stdout.readline().split()
    assert state == "waiting"
    try:
        yield parent, int(pid)
    finally:
        parent.kill()
        parent.communicate()
        if is_alive(int(pid)):
            os.kill(int(pid), signal.SIGKILL)


def is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def dies_within(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while is_alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, and asks the Linux kernel for the signal")
@pytest.mark.parametrize("child", [TIED_CHILD, REPLACED_CHILD], ids=["as it is", "after execv"])
def test_a_tied_child_dies_with_its_killed_parent(child: str) -> None:
    with parent_with(child) as (parent, pid):
        assert is_alive(pid)
        parent.kill()
        assert dies_within(pid, 5)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_tied_child_outlives_nothing_but_a_dead_parent() -> None:
    with parent_with(TIED_CHILD) as (parent, pid):
        assert not dies_within(pid, 0.5)
        assert parent.poll() is None


def test_a_child_whose_parent_is_already_gone_ends_at_once() -> None:
    never_a_parent = os.getpid()
    code = f"{TIED.replace('tie_to_parent()', f'tie_to_parent({never_a_parent} + 1)')}\nprint('still here')"
    orphan = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert orphan.returncode == 1
    assert orphan.stdout == ""
