"""What a person sees of a running hub: one table on a terminal, one line per change elsewhere."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from rich.console import Console
from rich.live import Live
from rich.table import Table

from iochub.supervisor.child import Child
from iochub.supervisor.process import State

COLOURS: dict[State, str] = {
    "waiting": "dim",
    "starting": "cyan",
    "ready": "green",
    "away": "yellow",
    "restarting": "red",
    "done": "green",
    "stopped": "dim",
}


class Screen(Protocol):
    """Where the supervisor shows what goes on."""

    def show(self, children: Sequence[Child], now: float) -> None:
        """The states as they are now; called often."""

    def say(self, text: str) -> None:
        """Words for the operator, as they are, without wrapping."""

    def close(self) -> None:
        """Nothing more comes."""


class Lines:
    """One line per change, for logs and other programs."""

    def __init__(self) -> None:
        self._shown: dict[str, State] = {}

    def show(self, children: Sequence[Child], now: float) -> None:
        """Print what changed."""
        for child in children:
            if self._shown.get(child.process.name, "waiting") != child.state:
                why = f": {child.why}" if child.why and child.state == "restarting" else ""
                self.say(f"{child.process.name} {child.state}{why}")
                self._shown[child.process.name] = child.state

    def say(self, text: str) -> None:
        """Print at once, also into a pipe; that nobody can read it any more stops no hub."""
        with suppress(OSError):
            print(text, flush=True)

    def close(self) -> None:
        """Nothing is kept open."""


class Terminal:
    """A table that stays at the bottom of the terminal."""

    def __init__(self) -> None:
        self._console = Console()
        self._live = Live(console=self._console, auto_refresh=False)
        self._live.start()
        self._shown: object = None

    def show(self, children: Sequence[Child], now: float) -> None:
        """Draw the table again when something changed, seconds included."""
        rows = [_row(child, now) for child in children]
        if rows != self._shown:
            self._shown = rows
            table = Table(
                "process", "state", "for", "pid", "restarts", "address", "", box=None, padding=(0, 2)
            )
            for row in rows:
                table.add_row(*row)
            self._live.update(table, refresh=True)

    def say(self, text: str) -> None:
        """Print above the table; a long line stays one line for whoever copies it."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def close(self) -> None:
        """Leave the last table standing."""
        self._live.stop()


def make_screen() -> Screen:
    """A table for people, lines for programs."""
    return Terminal() if sys.stdout.isatty() else Lines()


def _row(child: Child, now: float) -> tuple[str, ...]:
    colour = COLOURS[child.state]
    return (
        child.process.name,
        f"[{colour}]{child.state}[/{colour}]",
        _lasting(now - child.since),
        str(child.pid or ""),
        str(child.restarts or ""),
        child.process.address,
        child.why,
    )


def _lasting(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = int(seconds // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
