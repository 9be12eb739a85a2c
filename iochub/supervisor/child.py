"""One running process and what has become of it."""

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from iochub.supervisor.process import Process, State

SHORTEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 15.0
STABLE_SECONDS = 30.0
"""A process that was well for so long starts anew with the shortest pause."""
UNWELL_SECONDS = 30.0
"""A process that has been ready and then fails its check for so long is killed and started again."""
START_SECONDS = 90.0
LARGEST_LOG_BYTES = 20 * 1024 * 1024


class Child:
    """Starts one process again and again; every call answers at once."""

    def __init__(self, process: Process, log: Path) -> None:
        self.process = process
        self.log = log
        self.state: State = "waiting"
        self.restarts = 0
        self.code: int | None = None
        self._running: subprocess.Popen[bytes] | None = None
        self._pause = SHORTEST_PAUSE_SECONDS
        self._next_start = 0.0
        self._started = 0.0
        self._well = 0.0

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._running.pid if self._running else None

    def start(self, now: float) -> None:
        """Start it in a session of its own, so that a Ctrl-C reaches only the supervisor."""
        self._rotate()
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                self.process.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.process.environment},
                start_new_session=True,
            )
        self.state = "starting"
        self._started = self._well = now

    def look(self, now: float) -> None:
        """Notice what happened since the last look, and act on it."""
        if self.state in ("done", "stopped", "waiting"):
            return
        if self._running is None:
            if now >= self._next_start:
                self.restarts += 1
                self.start(now)
            return
        self.code = self._running.poll()
        if self.code is not None:
            self._ended(now)
        elif self.state == "starting" or now - self._well > 1.0:
            self._check(now)
        self._rotate()

    def _check(self, now: float) -> None:
        if self.process.once:
            return
        if self.process.ready():
            self._well = now
            self.state = "ready"
            if now - self._started > STABLE_SECONDS:
                self._pause = SHORTEST_PAUSE_SECONDS
            return
        patience = START_SECONDS if self.state == "starting" else UNWELL_SECONDS
        if self.state == "ready":
            self.state = "unwell"
        if now - self._well > patience:
            self.kill()

    def _ended(self, now: float) -> None:
        self._running = None
        if self.process.once and self.code == 0:
            self.state = "done"
            return
        self.state = "restarting"
        self._next_start = now + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)

    def ask_to_stop(self) -> None:
        """SIGTERM, once."""
        if self._running:
            with suppress(ProcessLookupError):
                self._running.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL, for one that does not answer."""
        if self._running:
            with suppress(ProcessLookupError):
                self._running.kill()

    def has_stopped(self) -> bool:
        """Whether it is gone for good, after it was asked."""
        if self._running is None or self._running.poll() is not None:
            self._running = None
            self.state = "stopped"
            return True
        return False

    def _rotate(self) -> None:
        """Keep the last stretch of a long log in `<name>.log.1`; the process goes on appending to its own."""
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG_BYTES:
            shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
            os.truncate(self.log, 0)
