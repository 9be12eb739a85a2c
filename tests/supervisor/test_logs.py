import resource
from pathlib import Path

from iochub.supervisor.logs import KEPT, last_line, open_log, rotate


def test_a_log_that_grew_is_put_aside_and_its_process_writes_on(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "one.log"
    with open_log(path) as log:
        log.write(b"before\n")
        log.flush()
        rotate(path, largest=3)
        log.write(b"after\n")
    assert path.read_text() == "after\n"
    assert path.with_suffix(".log.1").read_text() == "before\n"


def test_a_log_that_cannot_be_copied_gives_its_room_back(tmp_path: Path) -> None:
    path = tmp_path / "one.log"
    path.write_bytes(b"x" * 200_000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        rotate(path, largest=3)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [(each.name, each.stat().st_size) for each in tmp_path.iterdir()] == [("one.log", 0)]


def test_only_the_latest_stretches_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "one.log"
    for number in range(KEPT + 3):
        path.write_text(f"stretch {number}")
        rotate(path, largest=3)
    assert len(list(tmp_path.iterdir())) == KEPT + 1


def test_the_last_words_are_found_in_a_long_log(tmp_path: Path) -> None:
    path = tmp_path / "one.log"
    path.write_text("x" * 20_000 + "\nthe key is wrong\n\n")
    assert last_line(path) == "the key is wrong"
    assert last_line(tmp_path / "none.log") == ""
