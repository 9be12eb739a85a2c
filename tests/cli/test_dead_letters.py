"""`iochub dead-letters` corrects and sends again, and says in one line what to do where it cannot."""

import base64
import io
import json
from pathlib import Path

import httpx
import pytest
from agency_gateway import AGENCY, AgencyGateway
from messages import dossier
from openpyxl import Workbook
from typer.testing import CliRunner

from iochub.cli.main import app
from iochub.data_folder import DataFolder

run = CliRunner()


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    """A folder whose hub never was started."""
    return tmp_path / "data"


@pytest.mark.parametrize("command", [["list"], ["show", "01"], ["replay", "01"]])
def test_without_a_hub_it_says_how_one_is_started(hub: Path, command: list[str]) -> None:
    failed = run.invoke(app, ["dead-letters", *command, "--key", "k", "--data", str(hub)])
    assert failed.exit_code == 2
    assert "iochub up" in failed.output


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A gateway that runs, where the command looks for it."""
    gateway = AgencyGateway(tmp_path)
    gateway.start()
    state = {"addresses": {"gateway": gateway.url}}
    monkeypatch.setattr(DataFolder, "state", lambda _: state)
    yield gateway
    gateway.stop()


def test_a_corrected_file_is_sent_in_the_type_of_its_letter(running: AgencyGateway, tmp_path: Path) -> None:
    refused = running.push("dossiers", [dossier("a", TrangThaiHoSo="99")]).json()
    name = refused["rejects"][0]["dead_letter"]
    file = tmp_path / "corrected.json"
    file.write_text(json.dumps(dossier("a", TrangThaiHoSo="2")), encoding="utf-8")
    options = ["--key", running.key]
    wrong = run.invoke(app, ["dead-letters", "replay", name, *options])
    none = run.invoke(app, ["dead-letters", "replay", name, "--suggestion", *options])
    absent = run.invoke(app, ["dead-letters", "replay", name, str(tmp_path / "none.json"), *options])
    sent = run.invoke(app, ["dead-letters", "replay", name, str(file), *options])
    assert (wrong.exit_code, "unknown_code:TrangThaiHoSo" in wrong.output) == (1, True)
    assert (none.exit_code, "Không có cách sửa nào chắc chắn" in none.output) == (2, True)
    assert (absent.exit_code, "Cannot read" in absent.output) == (2, True)
    assert (sent.exit_code, "Taken, receipt" in sent.output) == (0, True)
    shown = run.invoke(app, ["dead-letters", "show", name, *options])
    assert "changed TrangThaiHoSo" in shown.output
    listed = run.invoke(app, ["dead-letters", "list", "--state", "corrected", "--json", *options])
    assert [one["dead_letter"] for one in json.loads(listed.output)] == [name]


def test_a_list_goes_on_over_pages_to_the_number_that_was_asked_for(running: AgencyGateway) -> None:
    running.push("dossiers", [dossier(f"n{number}", TrangThaiHoSo="99") for number in range(7)])
    options = ["--key", running.key, "--json"]
    some = json.loads(run.invoke(app, ["dead-letters", "list", "--limit", "5", *options]).output)
    every = json.loads(run.invoke(app, ["dead-letters", "list", *options]).output)
    assert (len(some), len(every)) == (5, 7)
    assert some == every[:5]


def test_a_letter_of_nobody_is_said_to_be_none(running: AgencyGateway) -> None:
    failed = run.invoke(app, ["dead-letters", "show", "01J00000000000000000000000", "--key", running.key])
    assert failed.exit_code == 2
    assert "No dead letter" in failed.output


def test_without_a_key_it_says_how_one_is_made(
    running: AgencyGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DataFolder, "secrets", lambda _: {"wall_token": "iov"})
    failed = run.invoke(app, ["dead-letters", "list"])
    assert failed.exit_code == 2
    assert "iochub keys create" in failed.output


def test_what_is_in_base64_is_shown_decoded_and_a_line_of_a_workbook_with_its_cell(
    running: AgencyGateway,
) -> None:
    table = base64.b64encode(
        b"<TONG_HOP><MA_LK>L</MA_LK><NGAY_VAO>209902310830</NGAY_VAO></TONG_HOP>"
    ).decode()
    file = f"<FILEHOSO><LOAIHOSO>XML1</LOAIHOSO><NOIDUNGFILE>{table}</NOIDUNGFILE></FILEHOSO>"
    book = Workbook()
    book.worksheets[0].append(["indicator", "unit", "period", "value"])
    book.worksheets[0].append(["paperless_rooms", 38, 2021, "abc"])
    written = io.BytesIO()
    book.save(written)
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    outputs = []
    for feed, kind, body in (
        ("hospitals", "application/xml", f"<HOSO>{file}</HOSO>".encode()),
        ("reports", sheet, written.getvalue()),
    ):
        headers = {"Authorization": f"Bearer {running.key}", "Content-Type": kind}
        path = f"{running.url}/v1/feeds/{feed}/deliveries"
        answer = httpx.post(path, content=body, headers=headers, timeout=30, trust_env=False)
        name = answer.json()["rejects"][0]["dead_letter"]
        outputs.append(run.invoke(app, ["dead-letters", "show", name, "--key", running.key]).output)
    assert "<NOIDUNGFILE><TONG_HOP>" in outputs[0]
    assert "sheet “Sheet”, cell D2" in outputs[1]
    assert '»"abc"«' in outputs[1]


def test_a_record_gives_the_terminal_no_orders(running: AgencyGateway) -> None:
    refused = running.push(
        "dossiers", [dossier("a", NgayTra="\x1b]52;c;ZXZpbA==\x07\x9b2J\u202e01/02/2026")]
    ).json()
    name = refused["rejects"][0]["dead_letter"]
    shown = run.invoke(app, ["dead-letters", "show", name, "--key", running.key])
    assert shown.exit_code == 0
    assert "01/02/2026" in shown.output
    assert all(sign.isprintable() or sign == "\n" for sign in shown.output)


def test_a_letter_is_opened_by_that_key_of_the_hub_which_is_for_its_feed(
    running: AgencyGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    for_feeds = {
        f"demo_key_{feed}": running.keys.create_agency_key(AGENCY, [feed])
        for feed in ("documents", "dossiers", "reports")
    }
    monkeypatch.setattr(DataFolder, "secrets", lambda _: for_feeds)
    running.push("reports", [{}])
    name = running.push("dossiers", [dossier("a", TrangThaiHoSo="99")]).json()["rejects"][0]["dead_letter"]
    shown = run.invoke(app, ["dead-letters", "show", name])
    assert (shown.exit_code, "unknown_code:TrangThaiHoSo" in shown.output) == (0, True)
    listed = json.loads(run.invoke(app, ["dead-letters", "list", "--json"]).output)
    assert [one["feed"] for one in listed] == ["dossiers", "reports"]
    other = run.invoke(
        app, ["dead-letters", "list", "--key", for_feeds["demo_key_reports"], "--feed", "dossiers"]
    )
    assert (other.exit_code, "dossiers" in other.output) == (2, True)
