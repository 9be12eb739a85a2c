"""The commands by which sources are looked at, fetched from and fetched again, each as a person types it."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from stand_in_gateway import KEY, StandInGateway
from stand_in_pages import TOKEN, StandInPages
from typer.testing import CliRunner, Result

from iochub.cli.main import app


def run(*words: str, data: Path) -> Result:
    return CliRunner().invoke(app, ["connectors", *words, "--data", str(data)])


@pytest.fixture
def gateway():
    made = StandInGateway()
    with made.server.running():
        yield made


def declared(data: Path, gateway: StandInGateway, name: str, text: str) -> Path:
    folder = data / "connectors"
    folder.mkdir(parents=True, exist_ok=True)
    for secret, value in (("a.key", KEY), ("token", TOKEN)):
        (folder / secret).write_text(value)
        (folder / secret).chmod(0o600)
    path = folder / f"{name}.toml"
    path.write_text(f'key = {{file = "a.key"}}\ngateway = "{gateway.url}"\n{text}')
    return path


def drop(data: Path, gateway: StandInGateway) -> Path:
    where = data / "drop"
    where.mkdir(parents=True)
    text = f'kind = "folder"\nfeed = "dossiers"\nfolder = "{where}"\n'
    text += "settle_seconds = 0.05\nevery_seconds = 0.1\n"
    declared(data, gateway, "drop", text)
    return where


def test_a_folder_is_checked_fetched_once_and_listed(tmp_path: Path, gateway: StandInGateway) -> None:
    where = drop(tmp_path, gateway)
    (where / "a.json").write_bytes(b"[1]")
    (where / "b.json").write_bytes(b'"half"')
    assert json.loads(run("list", "--json", data=tmp_path).stdout)[0]["counts"] == {}
    said = run("check", "drop", data=tmp_path)
    assert (said.exit_code, gateway.kept) == (0, [])
    assert "2 files lie there; the gateway takes dossiers with this key" in said.stdout
    assert run("run", "drop", "--once", data=tmp_path).exit_code == 0
    (told,) = json.loads(run("list", "--json", data=tmp_path).stdout)
    assert (told["name"], told["kind"], told["feed"], told["stands"]) == ("drop", "folder", "dossiers", "ok")
    assert told["counts"] == {"accepted": 2, "bytes": 9, "delivered": 2, "rejected": 1, "untaken": 0}
    assert "2 delivered, 2 records accepted, 1 rejected" in run("list", data=tmp_path).stdout


def test_the_doctor_says_which_connector_is_not_well(tmp_path: Path, gateway: StandInGateway) -> None:
    drop(tmp_path, gateway)
    declared(tmp_path, gateway, "broken", "kind = ")
    run("run", "drop", "--once", data=tmp_path)
    found = json.loads(CliRunner().invoke(app, ["doctor", "--json", "--data", str(tmp_path)]).stdout)
    said = {each["what"]: each["well"] for each in found if each["what"].startswith("connector ")}
    assert said.pop("connector drop: ok") is True
    ((broken, well),) = said.items()
    assert "broken.toml is no TOML" in broken
    assert well is False


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "nothing"), "No connector nothing"),
        (("check", "broken"), "every_second"),
        (("check", "keyless"), "cannot be read"),
        (("backfill", "drop", "--from", "2026-01-02", "--to", "2026-01-01"), "--to is before --from"),
        (("backfill", "drop", "--from", "2026-01-02", "--to", "9999-01-01"), "in the future"),
        (("backfill", "drop", "--from", "2026-01-01", "--to", "2026-01-02"), "cannot ask for the past"),
    ],
)
def test_what_stands_in_the_way_is_one_line_and_an_exit_code(tmp_path, gateway, words, said) -> None:
    where = drop(tmp_path, gateway)
    declared(
        tmp_path,
        gateway,
        "broken",
        f'kind = "folder"\nfeed = "dossiers"\nfolder = "{where}"\nevery_second = 1\n',
    )
    keyless = declared(
        tmp_path, gateway, "keyless", f'kind = "folder"\nfeed = "dossiers"\nfolder = "{where}"\n'
    )
    keyless.write_text(keyless.read_text().replace("a.key", "no.key"))
    result = run(*words, data=tmp_path)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert KEY not in result.stderr


def test_the_past_is_fetched_day_by_day(tmp_path: Path, gateway: StandInGateway) -> None:
    portal = StandInPages()
    first = date(2026, 2, 27)
    for number in range(3):
        day = first + timedelta(days=number)
        portal.put("query/invoices/sold", day.isoformat(), {"shdon": number})
    with portal.server.running():
        text = f'kind = "portal"\nfeed = "einvoices"\nurl = "{portal.url}"\ntoken = {{file = "token"}}\n'
        declared(tmp_path, gateway, "tax", text)
        days = ("--from", "2026-02-27", "--to", "2026-03-01")
        done = run("backfill", "tax", *days, data=tmp_path)
        assert done.exit_code == 0, done.stderr
        assert [line.split(":")[0] for line in done.stdout.splitlines()] == [
            "2026-02-27", "2026-02-28", "2026-03-01", "done"
        ]  # fmt: skip
        portal.questions.clear()
        run("backfill", "tax", *days, data=tmp_path)
    assert portal.questions == []
    assert len(gateway.kept) == 3


def test_their_process_fetches_until_it_is_told_to_stop_and_mends_itself(tmp_path, gateway) -> None:
    where = drop(tmp_path, gateway)
    declared(tmp_path, gateway, "broken", "kind = ")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("IOCHUB_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "iochub.cli.running", "connectors", str(os.getpid())],
        env=environment | {"IOCHUB_DATA": str(tmp_path)},
        stderr=subprocess.PIPE,
    )
    try:
        for number in range(3):
            draft = where / f".{number}"
            draft.write_bytes(b"[%d]" % number)
            draft.rename(where / f"{number}.json")
            deadline = time.monotonic() + 60
            while len(gateway.kept) <= number:
                assert time.monotonic() < deadline
                assert process.poll() is None
                time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 0
    assert b"broken.toml is no TOML" in said
    assert gateway.bodies("dossiers") == [b"[0]", b"[1]", b"[2]"]
