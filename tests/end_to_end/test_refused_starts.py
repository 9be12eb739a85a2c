"""`iochub up` where it cannot run: it says why in one line, ends with 2, and leaves nothing running."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from callers import command
from running_hub import RunningHub, free_base

from iochub.data_folder import DataFolder


def refused(*arguments: str, **environment: str) -> str:
    """The one line with which a start is refused."""
    done = command("up", *arguments, **environment)
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """A disk in memory at this folder; the test is skipped where the machine does not allow one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"no tmpfs can be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_misspelt_setting_is_named_with_what_was_meant(tmp_path: Path) -> None:
    data = tmp_path / "data"
    line = refused("--data", str(data), "--port-base", str(free_base()), IOCHUB_GATEWAY__PROT="1")
    assert "There is no setting IOCHUB_GATEWAY__PROT" in line
    assert "IOCHUB_GATEWAY__PORT" in line
    assert not data.exists(), "nothing was made for a hub that cannot be"


def test_a_wrong_value_is_named_and_not_shown(tmp_path: Path) -> None:
    line = refused("--data", str(tmp_path / "data"), IOCHUB_GATEWAY__PORT="secret")
    assert "IOCHUB_GATEWAY__PORT" in line
    assert "secret" not in line


def test_a_busy_port_is_named_with_the_way_round(tmp_path: Path) -> None:
    base = free_base()
    with socket.socket() as other:
        other.bind(("127.0.0.1", base + 100))
        other.listen()
        line = refused("--data", str(tmp_path / "data"), "--port-base", str(base))
    assert f"Port {base + 100} for the api is taken" in line
    assert "--port-base" in line


def test_a_folder_that_another_hub_holds_is_left_alone(hub: RunningHub) -> None:
    before = hub.pids()
    line = refused("--data", str(hub.data), "--port-base", str(free_base()))
    assert "A hub already runs on" in line
    assert f"pid {DataFolder(hub.data).last_state()['pid']}" in line
    assert hub.pids() == before


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "read only"
    with mounted(folder, "ro,size=1m"):
        assert f"Cannot write to {folder / 'data'}" in refused("--data", str(folder / "data"))
    file = tmp_path / "file"
    file.write_bytes(b"")
    assert "Cannot write to" in refused("--data", str(file / "data"))


def test_a_disk_without_room_is_said_before_anything_starts(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    with mounted(folder, "size=64m"):
        line = refused("--data", str(folder / "data"), "--port-base", str(free_base()))
        assert "MiB are free under" in line
        assert "the hub needs 512" in line
