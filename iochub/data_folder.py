"""Where one hub on one machine keeps its state: data, logs, secrets, ports, and who runs it now."""

import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from iochub.errors import DeclarationError

SECRET_NAMES = (
    "clickhouse_writer_password",
    "clickhouse_reader_password",
    "identity_key",
    "pseudonym_key",
    "sealing_key",
)

FREE_BYTES = 512 * 1024 * 1024
"""With less room the engines would stop within minutes."""
LET_GO_SECONDS = 2.0
"""A glance at the lock, or the last moments of a killed hub, may hold it for an instant."""


class DataFolder:
    """One folder that outlives every process of its hub."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()

    def create(self, free_bytes: int = FREE_BYTES) -> None:
        """Make the folder, readable to its owner alone, and see that there is room in it.

        Raises: DeclarationError when it cannot be used; the operator acts.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.logs.mkdir(exist_ok=True)
            probe = self.path / f".writable-{os.getpid()}"
            probe.write_bytes(b"x")
            probe.unlink()
        except OSError as error:
            raise DeclarationError(
                f"Cannot write to {self.path}: {error.strerror}. Free some space, mend its rights, "
                "or choose another folder with --data.",
                folder="data",
            ) from error
        free = shutil.disk_usage(self.path).free
        if free < free_bytes:
            raise DeclarationError(
                f"Only {free // 2**20} MiB are free under {self.path}; the hub needs {free_bytes // 2**20}. "
                "Free some space, or choose another folder with --data.",
                folder="data",
            )

    @property
    def logs(self) -> Path:
        """One file per process."""
        return self.path / "logs"

    def take(self, at: datetime) -> IO[str]:
        """Hold the folder for this process until the answered file is closed or the process ends.

        Raises: DeclarationError naming who holds it; the operator acts.
        """
        lock = (self.path / "lock").open("a+", encoding="utf-8")
        deadline = time.monotonic() + LET_GO_SECONDS
        while not _locked(lock, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                lock.seek(0)
                holder = lock.read().strip() or "another process"
                lock.close()
                raise DeclarationError(
                    f"A hub already runs on {self.path} ({holder}). Stop it with Ctrl-C there, "
                    "or choose another folder with --data.",
                    folder="data",
                )
            time.sleep(0.05)
        lock.truncate(0)
        lock.write(f"pid {os.getpid()}, since {at.astimezone():%Y-%m-%d %H:%M:%S %Z}")
        lock.flush()
        return lock

    def secrets(self) -> dict[str, str]:
        """This hub's secrets; made once, readable to the owner alone, handed on only by environment."""
        kept = self._read("secrets.json")
        missing = [name for name in SECRET_NAMES if name not in kept]
        if missing:
            kept |= {name: secrets.token_hex(32) for name in missing}
            self._write("secrets.json", kept)
        return {name: str(value) for name, value in kept.items()}

    def keep_secret(self, name: str, value: str) -> None:
        """Remember one more secret of this hub."""
        self._write("secrets.json", self._read("secrets.json") | {name: value})

    def ports(self) -> dict[str, int]:
        """The ports this folder's engines had the last time."""
        return {name: int(port) for name, port in self._read("ports.json").items()}

    def keep_ports(self, ports: Mapping[str, int]) -> None:
        """Remember ports, so that the next start has the same addresses."""
        self._write("ports.json", dict(ports))

    def state(self) -> dict[str, Any] | None:
        """What the running hub says of itself, or nothing where none runs."""
        return self.last_state() or None if self.is_taken() else None

    def is_taken(self) -> bool:
        """Whether a hub runs on this folder now."""
        try:
            lock = (self.path / "lock").open(encoding="utf-8")
        except OSError:
            return False
        with lock:
            return not _locked(lock, fcntl.LOCK_SH)

    def last_state(self) -> dict[str, Any]:
        """What the last hub on this folder said, whether it still runs or not."""
        return self._read("hub.json")

    def write_state(self, state: Mapping[str, object]) -> None:
        """Say where everything is, for the commands that talk to a running hub."""
        self._write("hub.json", dict(state))

    def _read(self, name: str) -> dict[str, Any]:
        file = self.path / name
        if not file.exists():
            return {}
        try:
            found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DeclarationError(
                f"{file} cannot be read ({type(error).__name__}). Run as the account that owns the hub; "
                "if the file is damaged, put it back from the backup.",
                folder="data",
            ) from error
        return found

    def _write(self, name: str, content: Mapping[str, object]) -> None:
        """Whole or not at all, and never readable to others on the way."""
        draft = self.path / f".{name}.new"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path / name)


def _locked(file: IO[str], how: int) -> bool:
    """Try to lock a file; false while somebody else has it."""
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
