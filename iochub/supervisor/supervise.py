"""Starts processes in order, watches them, starts them again, and stops them in reverse order."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from iochub.errors import DeclarationError
from iochub.supervisor.child import Child
from iochub.supervisor.process import Process

LOOK_SECONDS = 0.1
STOP_SECONDS = 20.0
ONE_SHOT_TRIES = 5


class Supervisor:
    """The watch over all processes of one hub; everything runs in the thread that calls it.

    That thread must live as long as the hub: the kernel ends the children with it (`lifeline.py`).
    """

    def __init__(self, processes: Sequence[Process], logs: Path) -> None:
        names = [process.name for process in processes]
        for process in processes:
            if unknown := set(process.after) - set(names[: names.index(process.name)]):
                raise DeclarationError(
                    f"{process.name} waits for {sorted(unknown)}, which come later or never."
                )
        self.children = [Child(process, logs / f"{process.name}.log") for process in processes]
        self._by_name = {child.process.name: child for child in self.children}

    def run(self, on_look: Callable[["Supervisor"], None], go_on: Callable[[], bool]) -> None:
        """Watch until told to stop, then stop everything; `on_look` is called after each look.

        Raises: DeclarationError when a one-time step fails again and again; the operator acts.
        """
        try:
            while go_on():
                self.look(time.monotonic())
                on_look(self)
                time.sleep(LOOK_SECONDS)
        finally:
            self.stop()

    def look(self, now: float) -> None:
        """One look at every process."""
        for child in self.children:
            if child.state == "waiting" and self._may_start(child):
                child.start(now)
            child.look(now)
            if child.process.once and child.restarts >= ONE_SHOT_TRIES and child.state == "restarting":
                raise DeclarationError(
                    f"{child.process.name} failed {child.restarts} times: {last_words(child.log)}"
                )

    def all_ready(self) -> bool:
        """Every process answers its check, every one-time step is done."""
        return all(child.state in ("ready", "done") for child in self.children)

    def stop(self) -> None:
        """Ask in reverse order, each after those that need it have gone; kill what does not go in time."""
        deadline = time.monotonic() + STOP_SECONDS
        for child in reversed(self.children):
            child.ask_to_stop()
            patience = min(deadline, time.monotonic() + STOP_SECONDS / 2)
            while not child.has_stopped() and time.monotonic() < patience:
                time.sleep(0.02)
            if not child.has_stopped():
                child.kill()
                while not child.has_stopped():
                    time.sleep(0.02)

    def _may_start(self, child: Child) -> bool:
        return all(self._by_name[name].state in ("ready", "done") for name in child.process.after)


def last_words(log: Path) -> str:
    """The last line a process wrote, for the one screen of status."""
    if not log.exists():
        return "it wrote nothing"
    lines = log.read_text(encoding="utf-8", errors="replace")[-4000:].strip().splitlines()
    return f"{lines[-1]} (all of it: {log})" if lines else "it wrote nothing"
