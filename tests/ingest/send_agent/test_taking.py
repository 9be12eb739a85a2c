import os
from pathlib import Path

import pytest

from iochub.clock import now
from iochub.errors import StoreUnavailable
from iochub.ingest.push import Answer
from iochub.ingest.send_agent.declared import Watch
from iochub.ingest.send_agent.outbox import Outbox
from iochub.ingest.send_agent.taking import Taker

WATCH = Watch("dossiers", "out", settle_seconds=0.05, max_mib=1)


@pytest.fixture
def office(tmp_path: Path):
    (tmp_path / "out").mkdir()
    outbox = Outbox(tmp_path / "agent.sqlite")
    yield tmp_path / "out", outbox, Taker((WATCH, Watch("einvoices", "away")), tmp_path, outbox)
    outbox.close()


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_file_is_moved_only_when_it_is_safe_in_the_outbox(office) -> None:
    folder, outbox, taker = office
    (folder / "a.json").write_bytes(b"[1]")
    assert taker.look(lambda _: False) == 1
    waiting = outbox.next(())
    assert (waiting.feed, waiting.content_type, waiting.name, waiting.body) == (
        "dossiers", "application/json", "a.json", b"[1]"
    )  # fmt: skip
    (taken,) = names(folder)
    assert taken.startswith("taken/")


def test_killed_before_the_move_the_file_is_taken_once(office) -> None:
    folder, outbox, taker = office
    (folder / "a.json").write_bytes(b"[1]")
    outbox.put("dossiers", "application/json", "a.json", b"[1]", now())
    assert taker.look(lambda _: False) == 0
    assert outbox.facts(now())["waiting"] == 1
    assert names(folder)[0].startswith("taken/")


def test_what_is_too_large_unfinished_or_a_link_is_not_taken(office) -> None:
    folder, outbox, taker = office
    (folder / "huge.json").write_bytes(b" " * (1024 * 1024 + 1))
    (folder / "a.json.part").write_bytes(b"[")
    os.symlink(folder.parent / "agent.sqlite", folder / "link.json")
    assert taker.look(lambda _: False) == 0
    assert outbox.next(()) is None
    *left, refused, told = names(folder)
    assert left == ["a.json.part", "link.json"]
    assert refused.startswith("refused/")
    assert refused.endswith("-huge.json")
    assert told == f"{refused}.rejects.json"


@pytest.mark.parametrize(
    "name",
    [
        "ế" * 83 + ".json",
        "a" * 250 + ".json",
        "Báo cáo.json".encode("cp1258").decode("utf-8", "surrogateescape"),
    ],
)
def test_a_name_that_is_long_or_no_utf8_holds_up_nothing(office, name: str) -> None:
    folder, outbox, taker = office
    (folder / name).write_bytes(b"[1]")
    (folder / "z.json").write_bytes(b"[2]")
    assert taker.look(lambda _: False) == 2
    assert outbox.facts(now())["waiting"] == 2
    assert all(taken.startswith("taken/") for taken in names(folder))


def test_a_file_that_took_the_name_meanwhile_is_taken_too(office) -> None:
    folder, outbox, taker = office
    (folder / "a.json").write_bytes(b"[1]")
    put = outbox.put

    def overwritten_meanwhile(*what: object) -> bool:
        outbox.put = put
        (folder / "a.json").write_bytes(b"[1, 2]")
        return put(*what)

    outbox.put = overwritten_meanwhile
    assert [taker.look(lambda _: False) for _ in range(2)] == [1, 1]


def test_on_a_full_disk_a_file_stays_where_it_is_until_there_is_room(office) -> None:
    folder, outbox, taker = office
    (folder / "a.json").write_bytes(b"1" * 100_000)
    pages = outbox._database.execute("PRAGMA page_count").fetchone()[0]
    outbox._database.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreUnavailable, match="the disk is full"):
        taker.look(lambda _: False)
    assert names(folder) == ["a.json"]
    outbox._database.execute("PRAGMA max_page_count = 1000000")
    assert taker.look(lambda _: False) == 1
    assert outbox.next(()).body == b"1" * 100_000


def test_killed_before_the_move_no_marker_is_left_that_calls_the_next_file_whole(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    outbox = Outbox(tmp_path / "agent.sqlite")
    taker = Taker((Watch("dossiers", "out", done_markers=True),), tmp_path, outbox)
    (folder / "a.json").write_bytes(b"[1]")
    (folder / "a.json.done").write_bytes(b"")
    ((_, place),) = taker._watched
    move, place.move = place.move, _dying
    with pytest.raises(KeyboardInterrupt):
        taker.look(lambda _: False)
    place.move = move
    (folder / "a.json").write_bytes(b"[2")
    assert taker.look(lambda _: False) == 0
    (folder / "a.json").write_bytes(b"[2]")
    (folder / "a.json.done").write_bytes(b"")
    assert taker.look(lambda _: False) == 1
    assert outbox.facts(now())["waiting"] == 2
    outbox.close()


def _dying(*_: object) -> None:
    raise KeyboardInterrupt


def test_what_was_refused_waits_again_when_it_is_put_again_under_another_type(office) -> None:
    _, outbox, _ = office
    assert outbox.put("dossiers", "application/octet-stream", "a.dat", b"[1]", now())
    outbox.answered(outbox.next(()).number, Answer(415), now())
    assert outbox.next(()) is None
    assert outbox.put("dossiers", "application/json", "a.json", b"[1]", now())
    assert outbox.next(())[2:] == ("application/json", "a.json", b"[1]")
    assert not outbox.put("dossiers", "application/json", "a.json", b"[1]", now())
