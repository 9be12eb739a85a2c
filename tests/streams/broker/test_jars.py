import io
from pathlib import Path

import pytest

from iochub.errors import DeclarationError
from iochub.streams.broker.jars import LOCK, VERIFIED, class_path, read_lock, sum_of


@pytest.fixture
def small_lock(tmp_path: Path) -> Path:
    """A lock of one small jar, so that fetching is quick."""
    lock = tmp_path / "small.lock"
    lock.write_text("".join(f"{jar.line}\n" for jar in read_lock() if jar.artifact == "slf4j-simple"))
    return lock


def test_the_lock_names_kafka_first_and_no_address() -> None:
    jars = read_lock()
    assert (jars[0].group, jars[0].artifact) == ("org.apache.kafka", "kafka_2.13")
    assert len({jar.filename for jar in jars}) == len(jars)
    assert all(len(jar.sha256) == 64 for jar in jars)
    assert "//" not in LOCK.read_text()


def test_what_was_verified_is_not_hashed_or_fetched_again(tmp_path: Path, small_lock: Path) -> None:
    (path,) = class_path(tmp_path, lock=small_lock, progress=io.StringIO())
    unread = b"\0" * path.stat().st_size
    path.write_bytes(unread)
    said = io.StringIO()
    assert class_path(tmp_path, lock=small_lock, progress=said) == [path]
    assert said.getvalue() == ""
    assert path.read_bytes() == unread


def test_another_lock_is_verified_anew(tmp_path: Path, small_lock: Path) -> None:
    (path,) = class_path(tmp_path, lock=small_lock, progress=io.StringIO())
    path.write_bytes(b"\0" * path.stat().st_size)
    small_lock.write_text("# pinned again\n" + small_lock.read_text())
    class_path(tmp_path, lock=small_lock, progress=io.StringIO())
    assert sum_of(path) == read_lock(small_lock)[0].sha256


def test_a_missing_jar_is_fetched_verified_and_counted_aloud(tmp_path: Path, small_lock: Path) -> None:
    said = io.StringIO()
    (jar,) = class_path(tmp_path / "new", lock=small_lock, progress=said)
    assert sum_of(jar) == read_lock(small_lock)[0].sha256
    assert "Fetching Kafka 1.7.36: 1/1 jars" in said.getvalue()


def test_what_an_interrupted_fetch_left_behind_heals(tmp_path: Path, small_lock: Path) -> None:
    folder = tmp_path / "new"
    jar = read_lock(small_lock)[0]
    (folder / ".arrivals").mkdir(parents=True)
    (folder / ".arrivals" / "half.jar").write_bytes(b"half")
    (folder / jar.filename).write_bytes(b"cut short")
    (path,) = class_path(folder, lock=small_lock, progress=io.StringIO())
    assert sum_of(path) == jar.sha256
    assert not (folder / ".arrivals").exists()


def test_a_jar_that_vanished_after_verification_is_noticed(tmp_path: Path, small_lock: Path) -> None:
    (path,) = class_path(tmp_path, lock=small_lock, progress=io.StringIO())
    path.unlink()
    class_path(tmp_path, lock=small_lock, progress=io.StringIO())
    assert path.exists()


def test_a_jar_other_than_the_pinned_one_is_refused(tmp_path: Path, small_lock: Path) -> None:
    jar = read_lock(small_lock)[0]
    small_lock.write_text(small_lock.read_text().replace(jar.sha256, "0" * 64))
    with pytest.raises(DeclarationError, match="sha256 differs"):
        class_path(tmp_path / "new", lock=small_lock, progress=io.StringIO())
    assert not (tmp_path / "new" / jar.filename).exists()
    assert not (tmp_path / "new" / VERIFIED).exists()


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path, small_lock: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(DeclarationError, match=r"Cannot write Kafka's files to .*taken"):
        class_path(tmp_path / "taken", lock=small_lock, progress=io.StringIO())
