"""One log file per process, kept small."""

import shutil
from contextlib import suppress
from pathlib import Path
from typing import IO

LARGEST_BYTES = 10 * 1024 * 1024
KEPT = 3


def open_log(path: Path) -> IO[bytes]:
    """Open a log for a process to write to; every write goes to its end, also after `rotate`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("ab")


def rotate(path: Path, largest: int = LARGEST_BYTES) -> None:
    """Put a log aside that has grown too large: copied, then emptied, for its process holds it open.

    Where there is no room for a copy, room is worth more than old words.
    """
    if not path.exists() or path.stat().st_size <= largest:
        return
    for number in range(KEPT - 1, 0, -1):
        older = path.with_suffix(f".log.{number}")
        if older.exists():
            older.replace(path.with_suffix(f".log.{number + 1}"))
    copy = path.with_suffix(".log.1")
    try:
        shutil.copyfile(path, copy)
    except OSError:
        with suppress(OSError):
            copy.unlink()
    with path.open("r+b") as log:
        log.truncate(0)


def last_line(path: Path) -> str:
    """The last words of a process, for the one line that a person reads first."""
    if not path.exists():
        return ""
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - 8_192))
        lines = [line for line in log.read().decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1].strip() if lines else ""
