import os
import subprocess
import sys
import threading

import pytest

from iochub.errors import DeclarationError
from iochub.supervisor.predecessors import born, wait_for_predecessors


def sleeper() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])


def test_it_waits_until_a_dying_process_is_gone() -> None:
    child = sleeper()
    known = [(child.pid, born(child.pid))]
    threading.Timer(0.2, child.kill).start()
    wait_for_predecessors(known, seconds=10)
    assert child.wait(1) == -9


def test_one_that_stays_is_named_with_the_way_to_end_it() -> None:
    child = sleeper()
    try:
        with pytest.raises(DeclarationError, match=f"kill -9 {child.pid}"):
            wait_for_predecessors([(child.pid, born(child.pid))], seconds=0.1)
    finally:
        child.kill()
        child.wait()


def test_another_process_with_the_same_id_is_not_waited_for() -> None:
    wait_for_predecessors([(os.getpid(), "another birth")], seconds=0)
    wait_for_predecessors([(None, "")], seconds=0)
