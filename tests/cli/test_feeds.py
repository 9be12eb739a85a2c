"""`iochub feeds send` says what became of each file, also of those before the line broke."""

import json
from pathlib import Path

import pytest
from stand_in_gateway import KEY, StandInGateway
from stand_in_server import Asked, Told
from typer.testing import CliRunner, Result

from iochub.cli.main import app
from iochub.data_folder import DataFolder


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch):
    made = StandInGateway()
    with made.server.running():
        monkeypatch.setattr(DataFolder, "state", lambda _: {"addresses": {"gateway": made.url}})
        yield made


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    bodies = {"a.json": b"[1]", "b.json": b'"half"', "c.json": b"[3]"}
    for name, body in bodies.items():
        (tmp_path / name).write_bytes(body)
    return [str(tmp_path / name) for name in bodies]


def send(*words: str, feed: str = "dossiers", key: str = KEY) -> Result:
    return CliRunner().invoke(app, ["feeds", "send", feed, *words, "--key", key])


def test_each_file_has_its_receipt(gateway: StandInGateway, files: list[str]) -> None:
    done = send(*files, "--json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert [(each["accepted"], each["rejected"], each["problem"]) for each in told] == [
        (1, 0, ""), (1, 1, ""), (1, 0, "")
    ]  # fmt: skip
    assert [each["receipt"] for each in told] == [f"R{number:026d}" for number in (1, 2, 3)]
    assert send(files[0]).exit_code == 0


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (Told(silent=True), "does not answer"),
        (Told(502, b"<html>a proxy"), "answered 502"),
        (Told(413, b'{"title": "Qu\xc3\xa1 l\xe1\xbb\x9bn"}'), "413 Quá lớn"),
    ],
)
def test_a_line_that_breaks_hides_no_receipt(gateway: StandInGateway, files: list[str], told, said) -> None:
    answer = gateway._pushed

    def breaking(asked: Asked) -> Told:
        return told if gateway.pushes == 1 else answer(asked)

    gateway._pushed = breaking  # type: ignore[method-assign]
    done = send(*files[:2])
    assert done.exit_code == 1
    assert f"R{1:026d}" in done.stdout
    assert said in done.stdout


def test_a_key_that_is_not_known_is_said_in_one_line(gateway: StandInGateway, files: list[str]) -> None:
    done = send(*files, key="other")
    assert done.exit_code == 1
    assert "iochub keys create" in done.stdout
    assert gateway.pushes == 1
