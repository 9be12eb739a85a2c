import os
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from iochub.errors import DeclarationError, StoreUnavailable
from iochub.ingest.sqlite_file import opened

SCHEMA = "CREATE TABLE IF NOT EXISTS kept (what BLOB)"

WRITER = """
import resource, signal, sys
from pathlib import Path
from iochub.errors import StoreUnavailable
from iochub.ingest.sqlite_file import opened
database = opened(Path(sys.argv[1]), "CREATE TABLE IF NOT EXISTS kept (what BLOB)")
database.execute("INSERT INTO kept VALUES ('first')")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, hard))
try:
    database.execute("INSERT INTO kept VALUES (?)", (b"x" * 1_000_000,))
except StoreUnavailable as error:
    print(error.message)
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
database.execute("INSERT INTO kept VALUES ('last')")
"""


def test_only_its_owner_reads_it_and_what_was_kept_is_there_again(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.sqlite"
    first = opened(path, SCHEMA)
    first.execute("INSERT INTO kept VALUES (1)")
    first.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = opened(path, SCHEMA)
    assert again.execute("SELECT what FROM kept").fetchall() == [(1,)]
    assert again.execute("PRAGMA synchronous").fetchone() == (2,)
    again.close()


def test_a_disk_that_refuses_to_write_is_a_wait_and_what_was_kept_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    done = subprocess.run(
        [sys.executable, "-c", WRITER, str(path)], capture_output=True, text=True, check=True, timeout=120
    )
    assert "cannot be used: the disk" in done.stdout
    database = opened(path, SCHEMA)
    assert database.execute("SELECT what FROM kept").fetchall() == [("first",), ("last",)]
    database.close()


@pytest.mark.parametrize("damage", ["nonsense", "cut", "middle"])
def test_a_damaged_file_is_said_and_not_waited_for(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "a.sqlite"
    database = opened(path, SCHEMA)
    for _ in range(50):
        database.execute("INSERT INTO kept VALUES (randomblob(1000))")
    database.close()
    body = path.read_bytes()
    path.write_bytes(
        {
            "nonsense": os.urandom(4096),
            "cut": body[:5000],
            "middle": body[:4096] + os.urandom(len(body) - 4096),
        }[damage]
    )
    with pytest.raises(DeclarationError, match="is damaged"), closing(opened(path, SCHEMA)) as database:
        database.execute("SELECT count(*), sum(length(what)) FROM kept")


def test_a_place_where_nothing_can_be_opened_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path, tmp_path / "file" / "a.sqlite"):
        with pytest.raises(StoreUnavailable, match="cannot be used"):
            opened(path, SCHEMA)


def test_a_mistake_in_a_statement_stays_a_bug(tmp_path: Path) -> None:
    database = opened(tmp_path / "a.sqlite", SCHEMA)
    with pytest.raises(Exception, match="no such table") as mistake:
        database.execute("SELECT 1 FROM nowhere")
    assert not isinstance(mistake.value, StoreUnavailable | DeclarationError)
    database.close()
