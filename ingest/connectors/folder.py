"""A folder of this machine, read and written without following any link out of it."""

import logging
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from iochub.errors import SourceUnavailable
from iochub.ingest.connectors.drop import Changed, Entry

PLAIN = os.O_NOFOLLOW | os.O_CLOEXEC
"""Whoever drops files may also make links: our own folders and files are opened only if they are none."""

log = logging.getLogger(__name__)


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
            handle = os.open(self._path / entry.name, os.O_RDONLY | os.O_NONBLOCK | PLAIN)
            with os.fdopen(handle, "rb") as file:
                _same(os.fstat(file.fileno()), entry)
                body = file.read(entry.size + 1)
                _same(os.fstat(file.fileno()), entry)
        except PermissionError as error:
            log.warning("%s holds a file that this process may not read", self._path)
            raise Changed from error
        except OSError as error:
            raise Changed from error
        if len(body) != entry.size:
            raise Changed
        return body

    def write(self, name: str, body: bytes) -> None:
        """Write a small file beside the others."""
        with self._beside(name) as (folder, last):
            draft = f".{last}.tmp"
            _forget(draft, folder)  # ours from before a kill, or somebody's link
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | PLAIN, 0o666, dir_fd=folder)
            with os.fdopen(handle, "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, last, src_dir_fd=folder, dst_dir_fd=folder)

    def move(self, entry: Entry, target: str) -> None:
        """Move a file that is still what was listed; one that is gone was moved before."""
        with self._beside(entry.name) as (here, name), self._beside(target) as (there, last):
            try:
                _same(os.stat(name, dir_fd=here, follow_symlinks=False), entry)
                os.replace(name, last, src_dir_fd=here, dst_dir_fd=there)
            except FileNotFoundError:
                return

    def remove(self, name: str) -> None:
        """Remove a file."""
        with self._beside(name) as (folder, last):
            _forget(last, folder)

    @contextmanager
    def _beside(self, name: str) -> Iterator[tuple[int, str]]:
        """The folder, or one of our own in it, opened; and the last part of a name."""
        own, _, last = name.rpartition("/")
        try:
            folder = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                if own:
                    outer, folder = folder, _own_folder(own, folder)
                    os.close(outer)
                yield folder, last
            finally:
                os.close(folder)
        except OSError as error:
            raise _away(error) from error


def _own_folder(name: str, beside: int) -> int:
    with suppress(FileExistsError):
        os.mkdir(name, dir_fd=beside)
    return os.open(name, os.O_RDONLY | os.O_DIRECTORY | PLAIN, dir_fd=beside)


def _forget(name: str, folder: int) -> None:
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)


def _same(told: os.stat_result, entry: Entry) -> None:
    if not stat.S_ISREG(told.st_mode) or (told.st_size, told.st_mtime) != (entry.size, entry.modified):
        raise Changed


def _away(error: OSError) -> SourceUnavailable:
    return SourceUnavailable(f"The folder cannot be used: {error.strerror or type(error).__name__}.")
