"""Starts the hub's processes in order, keeps them well, and stops them in reverse order."""

import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from types import FrameType

from iochub.clock import now
from iochub.data_folder import DataFolder
from iochub.errors import HubError
from iochub.supervisor.child import Child, GaveUp
from iochub.supervisor.logs import rotate
from iochub.supervisor.predecessors import born
from iochub.supervisor.process import Patience, Process
from iochub.supervisor.screen import Screen

TICK_SECONDS = 0.05
ROTATE_SECONDS = 30.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """One hub's processes on this machine; run it on the main thread of a process that holds the folder."""

    def __init__(
        self,
        processes: Sequence[Process],
        folder: DataFolder,
        screen: Screen,
        facts: Mapping[str, object],
        *,
        patience: Patience | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._executor = ThreadPoolExecutor(max_workers=2 * len(processes) + 2, thread_name_prefix="probe")
        patience = patience or Patience()
        self._children = {
            process.name: Child(process, folder.logs / f"{process.name}.log", self._executor, patience, clock)
            for process in processes
        }
        self._folder = folder
        self._screen = screen
        self._facts = facts
        self._clock = clock
        self._signals = 0
        self._was_ready = False
        self._started_at: datetime = now()
        self._told: object = None
        self._rotated_at = clock()

    def run(self, when_ready: Callable[[], str]) -> int:
        """Run until told to stop; `when_ready` gives the words after the line `ready`.

        Returns the exit code: 0 after an orderly stop, otherwise that of the process that did not start.
        """
        for number in STOP_SIGNALS:
            signal.signal(number, self._count_signal)
        try:
            while not self._signals:
                self._tick(when_ready)
                time.sleep(TICK_SECONDS)
            code = 0
        except GaveUp as gave_up:
            self._screen.say(f"{gave_up.name} does not start: {gave_up.text}")
            code = gave_up.code
        except HubError as error:
            self._screen.say(error.message)
            code = 1
        self._stop()
        return code

    def _count_signal(self, number: int, frame: FrameType | None) -> None:
        self._signals += 1

    def _tick(self, when_ready: Callable[[], str]) -> None:
        for child in self._children.values():
            child.tick(all(self._children[name].is_ready for name in child.process.after))
        if not self._was_ready and all(child.is_ready for child in self._children.values()):
            self._was_ready = True
            self._tell("ready")
            self._screen.show(tuple(self._children.values()), self._clock())
            self._screen.say("ready")
            self._screen.say(when_ready())
        self._tell("ready" if self._was_ready else "starting")
        self._screen.show(tuple(self._children.values()), self._clock())
        if self._clock() - self._rotated_at > ROTATE_SECONDS:
            self._rotated_at = self._clock()
            for child in self._children.values():
                rotate(child.log)

    def _stop(self) -> None:
        """Stop whoever nobody needs any more, level by level; a second signal ends the waiting."""
        self._screen.say("stopping")
        left = dict(self._children)
        asked: dict[str, float] = {}
        known = self._signals
        while left:
            needed = {name for child in left.values() for name in child.process.after}
            for name, child in left.items():
                if name not in needed and name not in asked:
                    asked[name] = self._clock()
                    child.ask_to_stop()
            for name, at in asked.items():
                late = self._clock() - at > self._children[name].process.stop_seconds
                if name in left and (late or self._signals > known):
                    left[name].kill()
            # A step that is done runs no more, yet it stands between those who need it and what it needs.
            left = {
                name: child for name, child in left.items() if name not in asked or not child.has_stopped()
            }
            self._tell("stopping")
            self._screen.show(tuple(self._children.values()), self._clock())
            time.sleep(TICK_SECONDS)
        self._executor.shutdown(wait=False, cancel_futures=True)
        self._tell("stopped")
        self._screen.close()

    def _tell(self, state: str) -> None:
        """Write `hub.json` when something changed."""
        marks = [
            (child.process.name, child.state, child.pid, child.restarts) for child in self._children.values()
        ]
        if (state, marks) == self._told:
            return
        # On a full disk nothing can be told. The hub goes on, and tells it as soon as there is room.
        with suppress(OSError):
            self._folder.write_state(
                {
                    "state": state,
                    "ready": all(child.is_ready for child in self._children.values()),
                    "pid": os.getpid(),
                    "started_at": self._started_at.isoformat(),
                    **self._facts,
                    "processes": [_facts(child) for child in self._children.values()],
                }
            )
            self._told = (state, marks)


def _facts(child: Child) -> dict[str, object]:
    return {
        "name": child.process.name,
        "state": child.state,
        "pid": child.pid,
        "born": born(child.pid) if child.pid else "",
        "address": child.process.address,
        "restarts": child.restarts,
        "why": child.why,
        "log": str(child.log),
    }
