"""Says which Java files make up Apache Kafka, and whether this machine has exactly those."""

import fcntl
import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from iochub.errors import DeclarationError

LOCK = Path(__file__).with_name("jars.lock")
"""One line per jar: `group:artifact:version sha256 bytes`, in class-path order; no registry is named."""

VERIFIED = "verified"
"""Written last, with the lock's own sum: while it matches, nothing is hashed or fetched again."""


@dataclass(frozen=True)
class Jar:
    """One pinned Java file."""

    group: str
    artifact: str
    version: str
    sha256: str
    size: int

    @property
    def filename(self) -> str:
        """The name it has in the cache folder."""
        return f"{self.artifact}-{self.version}.jar"

    @property
    def line(self) -> str:
        """The jar as the lock writes it."""
        return f"{self.group}:{self.artifact}:{self.version} {self.sha256} {self.size}"

    def is_at(self, path: Path) -> bool:
        """A file is this jar when its size and sum say so, whatever its name."""
        return path.is_file() and path.stat().st_size == self.size and sum_of(path) == self.sha256


def read_lock(lock: Path = LOCK) -> tuple[Jar, ...]:
    """Read which jars, with which sums, make up the broker; Kafka itself comes first."""
    jars = []
    for line in lock.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            coordinate, sha256, size = line.split()
            group, artifact, version = coordinate.split(":")
            jars.append(Jar(group, artifact, version, sha256, int(size)))
    return tuple(jars)


def default_cache(jars: tuple[Jar, ...]) -> Path:
    """The folder in the user's own cache where this Kafka version rests."""
    return Path.home() / ".cache" / "iochub" / f"kafka-{jars[0].version}"


def class_path(cache: Path | None = None, *, lock: Path = LOCK, progress: TextIO | None = None) -> list[Path]:
    """Every jar of the broker, fetched and verified where that has not been done yet.

    Shape: in class-path order, Kafka first.
    Raises: SourceUnavailable when a jar cannot be fetched (bring the network back, or copy the cache folder
    of another machine); DeclarationError when a jar is not the pinned one or the folder cannot be written.
    """
    jars = read_lock(lock)
    folder = cache or default_cache(jars)
    if not _is_verified(folder, jars, lock):
        try:
            with alone_in(folder):
                _complete(folder, jars, progress or sys.stderr)
                write_whole(folder / VERIFIED, sum_of(lock))
        except OSError as error:
            raise DeclarationError(
                f"Cannot write Kafka's files to {folder}: {error.strerror}. "
                "Free space there, or make the folder writable.",
                problem="cache_not_writable",
            ) from error
    return [folder / jar.filename for jar in jars]


def _is_verified(folder: Path, jars: Iterable[Jar], lock: Path) -> bool:
    try:
        if (folder / VERIFIED).read_text(encoding="ascii") != sum_of(lock):
            return False
        return all((folder / jar.filename).stat().st_size == jar.size for jar in jars)
    except (FileNotFoundError, NotADirectoryError):
        return False


def _complete(folder: Path, jars: tuple[Jar, ...], progress: TextIO) -> None:
    missing = [jar for jar in jars if not jar.is_at(folder / jar.filename)]
    if missing:
        # The fetching part loads an HTTP client: a quarter of a second that a normal start need not pay.
        from iochub.streams.broker.fetch import fetch_jars

        fetch_jars(folder, jars, missing, progress)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold the cache folder, made if need be; another process that fills it waits, then finds it full."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".alone").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def sum_of(path: Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_whole(path: Path, text: str) -> None:
    """Write a small file so that no reader, and no crash, ever sees half of it."""
    temporary = path.with_name(f".{path.name}-{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)
