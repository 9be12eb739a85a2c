"""One screen that shows every process of the hub while it runs."""

from rich.console import Console
from rich.live import Live
from rich.table import Table

from iochub.supervisor.supervise import Supervisor

COLOURS = {"ready": "green", "done": "green", "starting": "yellow", "waiting": "dim"}


class Screen:
    """A live table; what is said once stays above it."""

    def __init__(self) -> None:
        self._console = Console()
        self._live = Live(console=self._console, refresh_per_second=2)

    def __enter__(self) -> "Screen":
        self._live.__enter__()
        return self

    def __exit__(self, *failure: object) -> None:
        self._live.stop()

    def show(self, supervisor: Supervisor) -> None:
        """Show the processes as they are now."""
        table = Table(
            "process", "state", "pid", "restarts", "address", title="IOC Hub — Ctrl-C stops everything"
        )
        for child in supervisor.children:
            colour = COLOURS.get(child.state, "red")
            table.add_row(
                child.process.name,
                f"[{colour}]{child.state}[/]",
                str(child.pid or ""),
                str(child.restarts or ""),
                child.process.address,
            )
        self._live.update(table)

    def say(self, words: str) -> None:
        """Print once, above the table, without wrapping: what is printed may be copied."""
        self._console.print(f"ready\n{words}", highlight=False, markup=False, soft_wrap=True)
