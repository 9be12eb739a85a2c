"""One set of promises for a folder here and a folder on a real SFTP server."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from drop_corner import SETTLE, Corner, corner_of, place_of
from hypothesis import given
from hypothesis import strategies as st
from stand_in_gateway import KEY
from stand_in_sftp import PASSWORD, USER, StandInSftp

from iochub.errors import DeclarationError, SourceUnavailable
from iochub.ingest.connectors.checkpoint import Checkpoint
from iochub.ingest.connectors.drop import Changed, Drop, Dropped, Entry, content_type_of, whole_files
from iochub.ingest.connectors.folder import Folder
from iochub.ingest.connectors.running import Running
from iochub.ingest.connectors.sftp import Server, SftpFolder
from iochub.ingest.push import Gateway


@pytest.fixture(params=["folder", "sftp"])
def corner(request, tmp_path: Path) -> Iterator[Corner]:
    with corner_of(request.param, tmp_path) as made:
        yield made


def test_whole_files_are_sent_oldest_first_and_moved_away(corner: Corner) -> None:
    for number, name in enumerate(("b.json", "a.json", "c.json")):
        os.utime(corner.drop(name, b"[%d]" % number), (1_700_000_000 + number,) * 2)
    assert corner.round()
    assert corner.gateway.bodies("dossiers") == [b"[0]", b"[1]", b"[2]"]
    assert [name.split("/")[0] for name in corner.names()] == ["sent"] * 3
    assert all(name.endswith(".json") for name in corner.names())


@pytest.mark.parametrize(
    "name",
    ["a.json.part", "a.JSON.TMP", "a.filepart", ".a.json", "a.json~", "a.json.rejects.json", "~$a.json"],
)
def test_a_name_that_says_unfinished_is_left_alone(corner: Corner, name: str) -> None:
    corner.drop(name, b"[]")
    corner.round()
    assert (corner.gateway.kept, corner.names()) == ([], [name])


def test_a_file_that_is_still_written_waits(corner: Corner) -> None:
    path = corner.drop("a.json", b"[")
    pauses: list[float] = []

    def wait(seconds: float) -> bool:
        if seconds:
            pauses.append(seconds)
            path.write_bytes(path.read_bytes() + b"1,")
        return False

    assert whole_files(corner.place, Dropped(settle_seconds=7.0), wait) == []
    assert pauses == [7.0]
    path.write_bytes(b"[1]")
    corner.round()
    assert corner.gateway.bodies("dossiers") == [b"[1]"]


def test_a_file_that_changes_between_look_and_read_waits(corner: Corner) -> None:
    path = corner.drop("a.json", b"[1]")
    (entry,) = whole_files(corner.place, Dropped(settle_seconds=SETTLE), lambda _: False)
    path.write_bytes(b"[1,2]")
    with pytest.raises(Changed):
        corner.place.read(entry)


def test_with_markers_only_what_is_done_is_sent_and_the_marker_goes(corner: Corner) -> None:
    corner.drop("a.json", b"[1]")
    corner.drop("b.json", b"[2]")
    corner.drop("a.json.done", b"")
    corner.round(done_markers=True)
    assert corner.gateway.bodies("dossiers") == [b"[1]"]
    assert [name for name in corner.names() if "/" not in name] == ["b.json"]


def test_a_content_under_another_name_is_not_sent_again(corner: Corner) -> None:
    corner.drop("a.json", b"[1]")
    corner.round()
    corner.drop("renamed.json", b"[1]")
    corner.round()
    assert corner.gateway.pushes == 1
    assert [name.split(".")[0] for name in corner.names()] == ["sent/a", "sent/renamed"]


def test_a_name_that_comes_again_with_other_content_takes_nothing_away(corner: Corner) -> None:
    for body in (b"[1]", b"[2]"):
        corner.drop("a.json", body)
        corner.round()
    assert corner.gateway.bodies("dossiers") == [b"[1]", b"[2]"]
    assert len(corner.names()) == 2


def test_kept_files_stay_and_are_sent_once_also_after_a_restart(corner: Corner) -> None:
    corner.drop("a.json", b"[1]")
    for _ in range(3):
        corner.round(after="keep")
    corner.drop("b.json", b"[2]")
    corner.drop("c.json", b"[1]")
    corner.round(after="keep")
    assert corner.gateway.pushes == 2
    assert corner.names() == ["a.json", "b.json", "c.json"]
    read: list[str] = []
    corner.place.read = lambda entry: read.append(entry.name)  # type: ignore[method-assign,assignment,return-value]
    corner.round(after="keep")
    assert read == []


@pytest.mark.parametrize("after", ["move", "keep"])
def test_what_was_rejected_is_written_beside_its_file(corner: Corner, after: str) -> None:
    corner.drop("a.json", b'"half"')
    corner.round(after=after)
    (beside,) = [name for name in corner.names() if name.endswith(".rejects.json")]
    assert beside.removesuffix(".rejects.json") in corner.names()
    told = json.loads((corner.folder / beside).read_text(encoding="utf-8"))
    assert (told["accepted"], told["rejected"], told["rejects"][0]["reason"]) == (1, 1, "missing:MaHoSo")


def test_killed_after_the_gateway_answered_the_file_is_not_sent_again_and_is_told(corner: Corner) -> None:
    corner.drop("a.json", b'"half"')

    class Dying(Drop):
        def tell(self, *_: object) -> None:
            raise KeyboardInterrupt

    checkpoint, line = Checkpoint(corner.memory / "drop.checkpoint"), Gateway(corner.gateway.url, KEY)
    dying = Dying("folder", "drop", "dossiers", corner.place, Dropped(settle_seconds=SETTLE))
    with pytest.raises(KeyboardInterrupt):
        Running(dying, line, checkpoint, corner.stop).round()
    checkpoint.close()
    line.close()
    corner.round()
    assert corner.gateway.pushes == 1
    assert len(corner.names()) == 2


def test_a_file_that_is_too_large_is_not_read_and_holds_up_no_other(corner: Corner) -> None:
    corner.drop("huge.json", b"[" + b" " * 2000 + b"]")
    corner.drop("a.json", b"[1]")
    corner.round(max_bytes=1000)
    assert corner.gateway.bodies("dossiers") == [b"[1]"]
    refused = [name for name in corner.names() if name.startswith("refused/huge.")]
    assert len(refused) == 2
    assert refused[1] == f"{refused[0]}.rejects.json"


def test_files_that_another_program_holds_keep_no_other_from_being_sent(corner: Corner) -> None:
    names = [f"{number}.json" for number in range(9)]
    for number, name in enumerate(names):
        os.utime(corner.drop(name, b"[%d]" % number), (1_700_000_000 + number,) * 2)
    move, held = corner.place.move, set(names[:5])

    def move_unless_held(entry: Entry, target: str) -> None:
        if entry.name in held:
            raise SourceUnavailable("The folder cannot be used: Device or resource busy.")
        move(entry, target)

    corner.place.move = move_unless_held  # type: ignore[method-assign]
    with corner.working() as running:
        assert [running.round() for _ in range(3)] == [False] * 3
        assert sorted(corner.gateway.bodies("dossiers")) == [b"[%d]" % number for number in range(9)]
        assert [name for name in corner.names() if "/" not in name] == names[:5]
        held.clear()
        assert running.round()
    assert all(name.startswith("sent/") for name in corner.names())
    assert corner.gateway.pushes == 9


def test_a_file_that_goes_away_between_look_and_read_holds_up_no_other(corner: Corner) -> None:
    corner.drop("a.json", b"[1]")
    (entry,) = corner.place.entries()
    (corner.folder / "a.json").rename(corner.folder / "b.json")
    with pytest.raises(Changed):
        corner.place.read(entry)
    corner.round()
    assert corner.gateway.bodies("dossiers") == [b"[1]"]


def test_killed_before_the_move_no_marker_is_left_that_calls_the_next_file_whole(corner: Corner) -> None:
    corner.drop("a.json", b"[1]")
    corner.drop("a.json.done", b"")
    move = corner.place.move

    def dying(*_: object) -> None:
        raise KeyboardInterrupt

    corner.place.move = dying  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        corner.round(done_markers=True)
    corner.place.move = move  # type: ignore[method-assign]
    corner.drop("a.json", b"[2")
    corner.round(done_markers=True)
    assert corner.gateway.bodies("dossiers") == [b"[1]"]
    corner.drop("a.json", b"[2]")
    corner.drop("a.json.done", b"")
    corner.round(done_markers=True)
    assert corner.gateway.bodies("dossiers") == [b"[1]", b"[2]"]


def test_a_disk_that_takes_no_more_is_waited_for(corner: Corner) -> None:
    corner.drop("a.json", b"[1]")
    with corner.working() as running:
        running._checkpoint._database.execute("PRAGMA query_only = 1")
        assert not running.round()
        assert [name for name in corner.names() if "/" in name] == []
        running._checkpoint._database.execute("PRAGMA query_only = 0")
        assert running.round()
    assert corner.gateway.bodies("dossiers") == [b"[1]"]
    assert corner.names()[0].startswith("sent/")


def test_links_folders_and_pipes_are_left_alone(corner: Corner) -> None:
    outside = corner.folder.parent / "outside.json"
    outside.write_bytes(b'"secret"')
    (corner.folder / "link.json").symlink_to(outside)
    (corner.folder / "folder.json").mkdir()
    os.mkfifo(corner.folder / "pipe.json")
    corner.round()
    assert corner.gateway.kept == []
    entry = Entry("link.json", 8, outside.stat().st_mtime)
    with pytest.raises(Changed):
        corner.place.read(entry)


def test_a_place_that_is_away_is_waited_for(corner: Corner) -> None:
    moved = corner.folder.with_name("elsewhere")
    corner.folder.rename(moved)
    assert not corner.round()
    moved.rename(corner.folder)
    corner.drop("a.json", b"[1]")
    assert corner.round()
    assert corner.gateway.bodies("dossiers") == [b"[1]"]


def test_a_cut_connection_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    (folder / "a.json").write_bytes(b"[1]")
    with place_of("sftp", folder) as (place, sftp):
        assert sftp is not None
        assert [entry.name for entry in place.entries()] == ["a.json"]
        sftp.cut()
        with pytest.raises(SourceUnavailable):
            list(place.entries())
        assert [entry.name for entry in place.entries()] == ["a.json"]


def test_a_server_with_another_key_gets_no_password(tmp_path: Path) -> None:
    with StandInSftp(tmp_path).running() as sftp:
        other = StandInSftp(tmp_path).host_key
        place = SftpFolder(Server("127.0.0.1", USER, "/", other, sftp.port, PASSWORD))
        with pytest.raises(DeclarationError, match="another key"):
            list(place.entries())
        place.close()
    with pytest.raises(DeclarationError, match="no public key"):
        SftpFolder(Server("127.0.0.1", USER, "/", "nonsense"))


@given(name=st.text(min_size=1, max_size=30))
def test_any_name_has_a_type_and_none_leads_out_of_the_folder(name: str) -> None:
    assert "/" in content_type_of(name)

    class One(Folder):
        def entries(self):
            yield Entry(name, 1, 0.0)

    found = whole_files(One(Path(".")), Dropped(done_markers=False, settle_seconds=0), lambda _: False)
    assert all("/" not in entry.name and not entry.name.startswith(".") for entry in found)
