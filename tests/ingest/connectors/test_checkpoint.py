import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iochub.clock import now
from iochub.errors import DeclarationError
from iochub.ingest.connectors.checkpoint import Checkpoint
from iochub.ingest.connectors.running import alone

WRITER = """
import sys
from pathlib import Path
from iochub.ingest.connectors.checkpoint import Checkpoint
checkpoint = Checkpoint(Path(sys.argv[1]))
number = int(checkpoint.mark("at_number") or 0)
while True:
    with checkpoint.step():
        number += 1
        checkpoint.settle(f"key {number}", "x")
        checkpoint.count(delivered=1)
        checkpoint.keep("at_number", str(number))
    print(number, flush=True)
"""


def test_what_was_kept_is_there_again(tmp_path: Path) -> None:
    first = Checkpoint(tmp_path / "a")
    first.keep("until", "2026-11-26")
    first.settle("D1", "done")
    first.count(delivered=2, accepted=5)
    first.close()
    again = Checkpoint(tmp_path / "a")
    assert (again.mark("until"), again.settled("D1"), again.settled("D2")) == ("2026-11-26", "done", None)
    assert again.counts() == {"accepted": 5, "delivered": 2}
    assert now() - (again.last_at() or now() - timedelta(days=1)) < timedelta(minutes=1)
    again.close()


def test_a_step_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path / "a")

    def broken_off() -> None:
        with checkpoint.step():
            checkpoint.settle("D1", "done")
            checkpoint.count(delivered=1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken_off()
    assert (checkpoint.settled("D1"), checkpoint.counts()) == (None, {})
    checkpoint.close()


def test_killed_while_it_writes_it_holds_everything_that_was_said_to_be_kept(tmp_path: Path) -> None:
    said = 0
    for round_ in range(3):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path / "a")], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        for _ in range(5 + 20 * round_):
            said = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        left = writer.stdout.read().split()
        said = int(left[-1]) if left else said
        writer.wait()
        writer.stdout.close()
        checkpoint = Checkpoint(tmp_path / "a")
        kept = int(checkpoint.mark("at_number"))
        assert kept in (said, said + 1)
        assert checkpoint.counts()["delivered"] == kept
        assert checkpoint.settled(f"key {kept}") == "x"
        checkpoint.close()


@settings(max_examples=20, deadline=None)  # it waits for the disk
@given(written=st.integers(0, 60), kept=st.integers(1, 40))
def test_it_forgets_the_oldest_and_keeps_so_many(tmp_path_factory, written: int, kept: int) -> None:
    path = tmp_path_factory.mktemp("c") / "a"
    checkpoint = Checkpoint(path)
    for number in range(written):
        checkpoint.settle(str(number), "x")
    checkpoint.close()
    again = Checkpoint(path, kept=kept)
    assert [number for number in range(written) if again.settled(str(number))] == list(
        range(max(0, written - kept), written)
    )
    again.close()


def test_only_one_process_runs_a_connector(tmp_path: Path) -> None:
    with alone(tmp_path / "axis.lock"):
        done: list[str] = []

        def other() -> None:
            try:
                with alone(tmp_path / "axis.lock"):
                    done.append("ran")
            except DeclarationError as error:
                done.append(error.message)

        thread = threading.Thread(target=other)
        thread.start()
        thread.join(10)
        assert "runs already" in done[0]
    with alone(tmp_path / "axis.lock"):
        pass
