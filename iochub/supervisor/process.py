"""What a supervised process is: how it starts, when it is well, and what it waits for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

State = Literal["waiting", "starting", "ready", "unwell", "restarting", "done", "stopped"]


@dataclass(frozen=True, slots=True)
class Process:
    """One process of a hub; `once` marks a step that ends by itself and must end well."""

    name: str
    command: tuple[str, ...]
    ready: Callable[[], bool]
    after: tuple[str, ...] = ()
    once: bool = False
    address: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
