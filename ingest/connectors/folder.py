"""A folder of this machine, read without following anything out of it."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from iochub.errors import SourceUnavailable
from iochub.ingest.connectors.drop import Changed, Entry

STEP_BYTES = 1024 * 1024


class Folder:
    """One folder. Every name is opened relative to it and never through a link.

    The folder itself is opened anew for each look: it may be a mounted share that comes and goes.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def close(self) -> None:
        """Nothing is held."""

    def entries(self) -> Iterator[Entry]:
        """Its plain files."""
        try:
            with os.scandir(self._path) as found:
                for each in found:
                    if each.is_file(follow_symlinks=False):
                        told = each.stat(follow_symlinks=False)
                        yield Entry(each.name, told.st_size, told.st_mtime)
        except FileNotFoundError as error:
            if self._path.is_dir():
                return  # a file went away while we looked; the next look sees the rest
            raise _away(error) from error
        except OSError as error:
            raise _away(error) from error

    def read(self, entry: Entry) -> bytes:
        """The content, if the file is the one that was listed before and after it was read."""
        try:
            handle = os.open(self._path / entry.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(handle, "rb") as file:
                self._same(file.fileno(), entry)
                body = file.read(entry.size + 1)
                self._same(file.fileno(), entry)
        except OSError as error:
            raise Changed from error
        if len(body) != entry.size:
            raise Changed
        return body

    def _same(self, handle: int, entry: Entry) -> None:
        told = os.fstat(handle)
        if not stat.S_ISREG(told.st_mode) or (told.st_size, told.st_mtime) != (entry.size, entry.modified):
            raise Changed

    def write(self, name: str, body: bytes) -> None:
        """Write a small file beside the others."""
        target = self._path / name
        draft = target.with_name(f".{target.name}.tmp")
        try:
            target.parent.mkdir(exist_ok=True)
            with draft.open("wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(target)
        except OSError as error:
            raise _away(error) from error

    def move(self, name: str, target: str) -> None:
        """Move a file; one that is gone was moved before."""
        aim = self._path / target
        try:
            aim.parent.mkdir(exist_ok=True)
            (self._path / name).replace(aim)
        except FileNotFoundError:
            return
        except OSError as error:
            raise _away(error) from error

    def remove(self, name: str) -> None:
        """Remove a file."""
        try:
            (self._path / name).unlink(missing_ok=True)
        except OSError as error:
            raise _away(error) from error


def _away(error: OSError) -> SourceUnavailable:
    return SourceUnavailable(f"The folder cannot be used: {error.strerror or type(error).__name__}.")
