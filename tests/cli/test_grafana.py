import json
from pathlib import Path

import pytest
from fake_grafana import TOKEN, FakeGrafana
from typer.testing import CliRunner, Result

from iochub.cli.main import app
from iochub.warehouse.indicators.registry import INDICATORS

DESKS = list(dict.fromkeys(f"iochub-{indicator.desk.name}" for indicator in INDICATORS.values()))


def run(*words: str, **environment: str) -> Result:
    return CliRunner().invoke(app, ["grafana", "publish", *words], env=environment)


def test_boards_are_pushed_to_the_grafana_of_the_settings_and_listed_with_their_addresses() -> None:
    with FakeGrafana().running() as grafana:
        told = {"IOCHUB_GRAFANA__URL": grafana.url, "IOCHUB_GRAFANA__TOKEN": TOKEN}
        first, second = run(**told), run("--json", **told)
        assert list(grafana.dashboards) == DESKS
    assert first.exit_code == 0
    assert all(f"/d/{uid}" in first.stdout for uid in DESKS)
    said = json.loads(second.stdout)
    assert [one["uid"] for one in said] == ["iochub", *DESKS]
    assert {one["change"] for one in said} == {"unchanged"}


def test_what_people_changed_is_named_with_the_way_to_replace_it() -> None:
    with FakeGrafana().running() as grafana:
        told = {"IOCHUB_GRAFANA__URL": grafana.url, "IOCHUB_GRAFANA__TOKEN": TOKEN}
        assert run(**told).stderr == ""
        grafana.save(DESKS[0], title="mine")
        left = run(**told)
        assert (left.exit_code, left.stderr.count("\n")) == (0, 1)
        assert DESKS[0] in left.stderr
        assert "--overwrite" in left.stderr
        assert grafana.dashboards[DESKS[0]]["dashboard"]["title"] == "mine"
        assert run("--overwrite", **told).stderr == ""
        assert grafana.dashboards[DESKS[0]]["dashboard"]["title"] != "mine"


def test_a_grafana_without_the_data_source_is_told_where_it_is_described() -> None:
    with FakeGrafana().running() as grafana:
        grafana.sources.clear()
        result = run(IOCHUB_GRAFANA__URL=grafana.url, IOCHUB_GRAFANA__TOKEN=TOKEN)
    assert result.exit_code == 0
    assert "iochub-clickhouse" in result.stderr
    assert "clickhouse.yml" in result.stderr


def test_panels_lead_to_the_wall_of_the_settings(tmp_path: Path) -> None:
    told = {"IOCHUB_GRAFANA__WALL_URL": "https://ioc.example.vn"}
    assert run("--folder", str(tmp_path), **told).exit_code == 0
    assert "https://ioc.example.vn/indicator/" in (tmp_path / f"{DESKS[0]}.json").read_text(encoding="utf-8")


def test_boards_become_files_without_any_grafana(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "boards"
    assert run("--folder", str(folder)).exit_code == 0
    assert sorted(file.stem for file in folder.iterdir()) == sorted(DESKS)
    for file in folder.iterdir():
        assert json.loads(file.read_text(encoding="utf-8"))["uid"] == file.stem


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"IOCHUB_GRAFANA__TOKEN": TOKEN, "IOCHUB_GRAFANA__URL": "http://127.0.0.1:9"}, "does not answer"),
        ({}, "IOCHUB_GRAFANA__TOKEN"),
        ({"IOCHUB_GRAFANA__TOKN": "x"}, "Did you mean IOCHUB_GRAFANA__TOKEN"),
    ],
)
def test_what_stands_in_the_way_is_one_line_and_an_exit_code(environment: dict[str, str], said: str) -> None:
    result = run(**environment)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    taken = tmp_path / "file"
    taken.write_text("", encoding="utf-8")
    result = run("--folder", str(taken))
    assert (result.exit_code, "Cannot write" in result.stderr) == (2, True)
