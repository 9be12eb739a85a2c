import json
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from iochub.data_folder import DataFolder
from iochub.errors import DeclarationError

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def folder_in(path: Path) -> DataFolder:
    folder = DataFolder(path / "data")
    folder.create(free_bytes=0)
    return folder


def test_a_second_hub_is_told_who_holds_the_folder_and_what_to_do(tmp_path: Path) -> None:
    folder = folder_in(tmp_path)
    with folder.take(AT), pytest.raises(DeclarationError) as refused:
        folder.take(AT)
    assert f"pid {os.getpid()}" in refused.value.message
    assert "2026-11-24" in refused.value.message
    assert "--data" in refused.value.message


def test_a_folder_is_free_again_when_its_holder_is_gone_however_it_went(tmp_path: Path) -> None:
    folder = folder_in(tmp_path)
    code = (
        "import os, sys; from pathlib import Path; from iochub.clock import now;"
        "from iochub.data_folder import DataFolder;"
        "held = DataFolder(Path(sys.argv[1])).take(now()); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(folder.path)], check=False)
    assert not folder.is_taken()
    with folder.take(AT):
        assert folder.is_taken()


def test_the_state_of_a_hub_that_does_not_run_is_not_told_as_running(tmp_path: Path) -> None:
    folder = folder_in(tmp_path)
    with folder.take(AT):
        folder.write_state({"ready": True})
        assert folder.state() == {"ready": True}
    assert folder.state() is None
    assert folder.last_state() == {"ready": True}


def test_secrets_are_made_once_and_stay_the_owners(tmp_path: Path) -> None:
    folder = folder_in(tmp_path)
    first = folder.secrets()
    assert first == folder.secrets()
    assert len(set(first.values())) == len(first)
    assert stat.S_IMODE((folder.path / "secrets.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


def test_a_damaged_secrets_file_is_never_replaced_by_new_secrets(tmp_path: Path) -> None:
    folder = folder_in(tmp_path)
    folder.secrets()
    file = folder.path / "secrets.json"
    file.write_text("{")
    with pytest.raises(DeclarationError, match="backup"):
        folder.secrets()
    assert file.read_text() == "{"


def test_a_full_disk_is_said_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="MiB are free"):
        DataFolder(tmp_path / "data").create(free_bytes=1 << 62)


def test_a_folder_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file stands in the way")
    with pytest.raises(DeclarationError, match="--data") as refused:
        DataFolder(tmp_path / "data").create()
    assert "\n" not in refused.value.message


def test_ports_are_kept_for_the_next_start(tmp_path: Path) -> None:
    folder = folder_in(tmp_path)
    folder.keep_ports({"kafka": 4711})
    assert DataFolder(folder.path).ports() == {"kafka": 4711}
    assert json.loads((folder.path / "ports.json").read_text()) == {"kafka": 4711}
