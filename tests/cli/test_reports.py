"""`iochub reports template` writes what `iochub feeds check` reads."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from iochub.cli.main import app

run = CliRunner()


def test_a_filled_line_is_accepted_and_a_blank_one_is_no_report(tmp_path: Path) -> None:
    file = tmp_path / "reports.csv"
    made = run.invoke(app, ["reports", "template", "--period", "202112", "--unit", "380", "--out", str(file)])
    assert made.exit_code == 0, made.output
    table = file.read_text(encoding="utf-8-sig")
    blank = run.invoke(app, ["feeds", "check", "reports", str(file)])
    assert (blank.exit_code, "not_a_delivery:unfilled" in blank.output) == (1, True)
    file.write_text(table.replace(";2021-12;;phòng;", ";2021-12;3;phòng;"), encoding="utf-8-sig")
    filled = run.invoke(app, ["feeds", "check", "reports", str(file)])
    assert filled.exit_code == 0, filled.output
    assert "1 accepted, 0 rejected" in filled.output


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--period", "2021-Q5", "--out", "x.csv"], "period"),
        (["--period", "2021", "--unit", "Xã Không Có", "--out", "x.csv"], "unit"),
        (["--period", "2021", "--out", "x.pdf"], ".xlsx or .csv"),
        (["--period", "2021", "--out", "no/such/folder/x.csv"], "No such file"),
    ],
)
def test_what_cannot_be_written_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    failed = run.invoke(app, ["reports", "template", *options])
    assert failed.exit_code == 2
    assert words in failed.output
    assert len(failed.output.strip().splitlines()) == 1
    assert not list(tmp_path.iterdir())
