"""What a publisher drops takes nothing away, leads nowhere else and holds up nothing, whatever it is."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from drop_corner import Corner, corner_of
from stand_in_server import Asked, Told

from iochub.errors import SourceUnavailable
from iochub.ingest.connectors.checkpoint import Checkpoint
from iochub.ingest.connectors.folder import Folder


@pytest.fixture(params=["folder", "sftp"])
def corner(request, tmp_path: Path) -> Iterator[Corner]:
    with corner_of(request.param, tmp_path) as made:
        yield made


def test_two_large_files_of_one_name_are_both_kept(corner: Corner) -> None:
    for size in (2000, 3000):
        corner.drop("huge.json", b" " * size)
        corner.round(max_bytes=1000)
    kept = [corner.folder / name for name in corner.names() if not name.endswith(".rejects.json")]
    assert sorted(path.stat().st_size for path in kept) == [2000, 3000]


def test_a_large_file_that_stays_is_told_once(corner: Corner) -> None:
    corner.drop("huge.json", b" " * 2000)
    for _ in range(3):
        corner.round(max_bytes=1000, after="keep")
    checkpoint = Checkpoint(corner.memory / "drop.checkpoint")
    assert checkpoint.counts()["untaken"] == 1
    checkpoint.close()


def test_a_file_that_took_the_name_while_the_old_content_was_pushed_is_sent_too(corner: Corner) -> None:
    path = corner.drop("export.json", b"[1]")
    taken = corner.gateway._pushed

    def overwritten_meanwhile(asked: Asked) -> Told:
        corner.gateway._pushed = taken  # type: ignore[method-assign]
        path.write_bytes(b"[1, 2]")
        return taken(asked)

    corner.gateway._pushed = overwritten_meanwhile  # type: ignore[method-assign]
    for _ in range(2):
        corner.round()
    assert corner.gateway.bodies("dossiers") == [b"[1]", b"[1, 2]"]


def test_what_the_gateway_did_not_take_is_tried_again_when_it_is_dropped_again(corner: Corner) -> None:
    corner.gateway.status = 415
    corner.drop("a.json", b"[1]")
    corner.round()
    corner.gateway.status = 0
    corner.drop("a.json", b"[1]")
    corner.round()
    assert corner.gateway.bodies("dossiers") == [b"[1]"]


def test_killed_before_it_was_told_a_file_that_stays_gets_its_verdict(corner: Corner) -> None:
    corner.drop("a.json", b'"half"')
    written, corner.place.write = corner.place.write, _dying  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        corner.round(after="keep")
    corner.place.write = written  # type: ignore[method-assign]
    corner.round(after="keep")
    assert corner.gateway.pushes == 1
    assert corner.names() == ["a.json", "a.json.rejects.json"]


def _dying(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("after", ["move", "keep"])
@pytest.mark.parametrize(
    "name",
    [
        "ế" * 83 + ".json",
        "a" * 250 + ".json",
        "Báo cáo.json".encode("cp1258").decode("utf-8", "surrogateescape"),
    ],
)
def test_a_name_that_is_long_or_no_utf8_holds_up_nothing(corner: Corner, name: str, after: str) -> None:
    corner.drop(name, b'"half"')
    corner.drop("z.json", b"[1]")
    for _ in range(2):
        assert corner.round(after=after)
    assert sorted(corner.gateway.bodies("dossiers")) == [b'"half"', b"[1]"]
    assert corner.gateway.pushes == 2


@pytest.mark.parametrize("link", ["refused", ".a.json.rejects.json.tmp", "sent"])
def test_a_link_in_the_place_of_ours_leads_nothing_out_of_the_folder(tmp_path: Path, link: str) -> None:
    folder, outside = tmp_path / "drop", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (outside / "keys").write_bytes(b"secret")
    (folder / link).symlink_to(outside / "keys" if link.endswith(".tmp") else outside)
    (folder / "a.json").write_bytes(b"[1]")
    place = Folder(folder)
    (entry,) = [entry for entry in place.entries() if entry.name == "a.json"]
    for own in ("sent/", "refused/", ""):
        with suppress(SourceUnavailable):
            place.write(f"{own}a.json.rejects.json", b"{}")
    with suppress(SourceUnavailable):
        place.move(entry, f"{link}/a.json")
    assert [path.name for path in outside.iterdir()] == ["keys"]
    assert (outside / "keys").read_bytes() == b"secret"
