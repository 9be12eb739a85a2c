"""What every measurement is given."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Bench:
    """A scratch folder, whether reduced sizes are wanted, and a way to show progress."""

    folder: Path
    quick: bool
    say: Callable[[str], None]
