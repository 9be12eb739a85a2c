"""One process under watch: started, asked, ended when it hangs, started again when it fails."""

import logging
import os
import signal
import subprocess
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from pathlib import Path

from iochub.supervisor.logs import last_line, open_log
from iochub.supervisor.process import REFUSED, Patience, Process, State

log = logging.getLogger(__name__)

STARTING_BEAT = 0.1
STEADY_BEAT = 2.0


class GaveUp(Exception):
    """A process that does not start; the text is its own last line or says where to look."""

    def __init__(self, name: str, text: str, code: int) -> None:
        super().__init__(text)
        self.name = name
        self.text = text
        self.code = code


class Child:
    """The life of one process under the supervisor; `tick` moves it on and never blocks."""

    def __init__(
        self, process: Process, log: Path, executor: Executor, patience: Patience, clock: Callable[[], float]
    ) -> None:
        self.process = process
        self.log = log
        self.state: State = "waiting"
        self.since = clock()
        self.restarts = 0
        self.was_ready = False
        self.why = ""
        self._executor = executor
        self._patience = patience
        self._clock = clock
        self._running: subprocess.Popen[bytes] | None = None
        self._failures = 0
        self._start_at = 0.0
        self._well = _Question(process.ready, executor)
        self._alive = _Question(process.alive, executor)
        self._heard_at = 0.0

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._running.pid if self._running else None

    @property
    def is_ready(self) -> bool:
        """Whether others that need it may start."""
        return self.state in ("ready", "done")

    def tick(self, needs_are_ready: bool) -> None:
        """Look at the process once and do what is due.

        Raises: GaveUp when it does not start; the supervisor stops everything.
        """
        if self.state in ("waiting", "restarting"):
            if needs_are_ready and self._clock() >= self._start_at:
                self._start()
        elif self._running is not None:
            code = self._running.poll()
            if code is not None:
                self._ended(code)
            else:
                self._look()

    def ask_to_stop(self) -> None:
        """SIGTERM, once."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to this child only."""
        self._signal(signal.SIGKILL)

    def has_stopped(self) -> bool:
        """Whether nothing of it runs any more."""
        if self._running is None or self._running.poll() is not None:
            self._running = None
            if self.state != "done":
                self._become("stopped")
            return True
        return False

    def _start(self) -> None:
        # Called on the supervisor's main thread: the kernel ends the child when the starting thread ends.
        with open_log(self.log) as output:
            self._running = subprocess.Popen(
                [*self.process.command],
                env=dict(self.process.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        at = self._clock()
        self._heard_at = at
        for question in (self._well, self._alive):
            question.forget(at)
        self._become("starting")

    def _look(self) -> None:
        at = self._clock()
        beat = STARTING_BEAT if self.state == "starting" else STEADY_BEAT
        if not self.process.once and (well := self._well.ask(at, beat)) is not None:
            self._judge(bool(well))
        if self.state != "starting":
            self._listen(at)
        elif not self.process.once and at - self.since > self._patience.starting:
            self.why = f"not ready after {self._patience.starting:.0f} s"
            self.kill()
        if self._failures and self.state == "ready" and at - self.since > self._patience.stable:
            self._failures = 0

    def _judge(self, well: bool) -> None:
        if well and self.state != "ready":
            self.was_ready = True
            self.why = ""
            self._become("ready")
        elif not well and self.state == "ready":
            self._become("away")

    def _listen(self, at: float) -> None:
        if self._alive.ask(at, STEADY_BEAT):
            self._heard_at = at
        elif at - self._heard_at > self._patience.silent:
            self.why = f"no answer for {self._patience.silent:.0f} s"
            self.kill()

    def _ended(self, code: int) -> None:
        self._running = None
        if self.process.once and code == 0:
            self.was_ready = True
            self._become("done")
            return
        if code == REFUSED and not self.was_ready:
            raise GaveUp(self.process.name, last_line(self.log), REFUSED)
        self._failures += 1
        if not self.was_ready and self._failures >= self._patience.starts:
            raise GaveUp(
                self.process.name,
                f"it ended {self._failures} times before it was ready. Its last words, of {self.log}: "
                f"{last_line(self.log) or 'none'}",
                1,
            )
        pause = self._patience.first_pause * 2 ** (self._failures - 1)
        self._start_at = self._clock() + min(pause, self._patience.longest_pause)
        self.restarts += 1
        self.why = self.why or _in_words(code)
        self._become("restarting")

    def _become(self, state: State) -> None:
        if state != self.state:
            self.state = state
            self.since = self._clock()

    def _signal(self, number: int) -> None:
        if self._running is not None and self._running.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self._running.pid, number)


class _Question:
    """A question that is asked in a thread, one at a time, so that nobody waits for the answer."""

    def __init__(self, ask: Callable[[], object] | None, executor: Executor) -> None:
        self._ask = ask
        self._executor = executor
        self._open: Future[object] | None = None
        self._next_at = 0.0

    def forget(self, at: float) -> None:
        """A new process: what was asked of the former one says nothing."""
        self._open = None
        self._next_at = at

    def ask(self, at: float, beat: float) -> object | None:
        """The answer that has just come, or None; asks again a beat later."""
        if self._ask is None:
            return True
        if self._open is None:
            if at >= self._next_at:
                self._open = self._executor.submit(self._ask)
            return None
        if not self._open.done():
            return None
        answered, self._open = self._open, None
        self._next_at = at + beat
        error = answered.exception()
        if error is not None:
            log.error("A question to a process failed", exc_info=error)
            return False
        return answered.result()


def _in_words(code: int) -> str:
    if code < 0:
        return f"ended by {signal.Signals(-code).name}"
    return f"ended with code {code}"
