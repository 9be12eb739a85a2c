"""What the supervisor must know of a process: how it starts, what it needs, how one sees that it is well."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

State = Literal["waiting", "starting", "ready", "away", "restarting", "done", "stopped"]
"""`waiting` for what it needs; `away` when it lives but cannot do its work for now; `done` for a process that
ends by itself."""

REFUSED = 2
"""The exit code of a process that refuses to start until somebody mends what its last line names."""


@dataclass(frozen=True, slots=True)
class Process:
    """One process of the hub.

    `after` names the processes that must be ready before it starts. Questions are asked in a thread and must
    answer within seconds; without `alive`, only its exit tells that it has failed.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    ready: Callable[[], bool] | None = None
    alive: Callable[[], bool] | None = None
    after: tuple[str, ...] = ()
    once: bool = False
    address: str = ""
    """Where people find it, if anywhere."""
    stop_seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the supervisor waits before it acts.

    Units: seconds.
    """

    first_pause: float = 0.2
    longest_pause: float = 10.0
    stable: float = 10.0
    """So long ready, and the next failure counts as the first."""
    silent: float = 30.0
    """So long without an answer, and a living process is ended."""
    starting: float = 300.0
    """So long alive without having been ready, and it is ended: a large store takes a minute to open."""
    starts: int = 5
    """So many failures before it was ever ready, and the hub gives up."""
