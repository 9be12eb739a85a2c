"""`iochub dead-letters`: what was refused of an agency, where it is wrong, and how it is sent again."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from iochub.cli.speaking import DataOption, JsonOption, client, fail, print_json, running_state
from iochub.data_folder import DataFolder

dead_letters = typer.Typer(no_args_is_help=True, help="See, correct and replay what was refused.")

ASK_SECONDS = 120.0
SHOWN_CHARACTERS = 60
"""Of the record, on each side of its fault."""

KeyOption = Annotated[
    str, typer.Option("--key", envvar="AGENCY_KEY", help="Agency key; without one, this hub's demo keys.")
]
NameArgument = Annotated[str, typer.Argument(help="The id of a dead letter, as `list` shows it.")]
Found = Mapping[str, Any]


@dead_letters.command("list")
def show_all(
    feed: Annotated[str, typer.Option(help="Of this feed only.")] = "",
    reason: Annotated[str, typer.Option(help="For this reason only: bad_date, or bad_date:NgayTra.")] = "",
    since: Annotated[str, typer.Option(help="From this instant on, e.g. 2026-11-24T00:00:00+07:00.")] = "",
    state: Annotated[
        str, typer.Option(help="open, refused_again, corrected or replayed; `any` for all.")
    ] = "open",
    limit: Annotated[int, typer.Option(help="So many at most, the latest first.", min=1)] = 100,
    key: KeyOption = "",
    data: DataOption = Path("data"),
    as_json: JsonOption = False,
) -> None:
    """List what was refused, the latest first."""
    asked = {"feed": feed, "reason": reason, "since": since, "state": "" if state == "any" else state}
    found: list[Found] = []
    for secret in _keys(data, key, feed):
        found += _pages(data, secret, {name: value for name, value in asked.items() if value}, limit)
    found = sorted(found, key=lambda one: str(one["at"]), reverse=True)[:limit]
    if as_json:
        print_json(found)
        return
    for one in found:
        print(f"{one['dead_letter']}  {one['at']}  {one['feed']} {one['index']}  {one['state']}")
        print(f"  {one['reason']} – {one['message']}")
    print(f"In all {len(found)}.")


@dead_letters.command("show")
def show(
    dead_letter: NameArgument,
    key: KeyOption = "",
    data: DataOption = Path("data"),
    as_json: JsonOption = False,
) -> None:
    """Show one with the place that is wrong, a correction where one is certain, and what was tried."""
    secret, letter = _own(data, key, dead_letter)
    tried = _asked(data, secret, "GET", f"/v1/dead-letters/{dead_letter}/history").json()["replays"]
    if as_json:
        print_json({**letter, "replays": tried})
        return
    print(f"{letter['reason']} – {letter['message']}")
    print(f"{letter['feed']}, record {letter['index']}, refused at {letter['at']}: {letter['state']}")
    if cell := letter["cell"]:
        where = f"cell {cell['address']}" if cell["address"] else f"row {cell['row']}"
        print(plain(f"sheet “{cell['sheet']}”, {where}"))
    shown = letter["decoded"] or letter
    record = str(shown["record"])
    for mark in shown["marks"]:
        start, end = int(mark["start"]), int(mark["end"])
        before = record[max(0, start - SHOWN_CHARACTERS) : start]
        after = record[end : end + SHOWN_CHARACTERS]
        print(plain(f"line {mark['line']}, column {mark['column']} {mark['path']}"))
        print(plain(f"  {before}»{record[start:end]}«{after}").replace("\n", "\n  "))
    if letter["suggestion"] is None:
        print("No correction is certain.")
    else:
        for change in letter["suggestion"]["changes"]:
            said = f"{change['field']} {change['before']} → {change['after']} ({change['message']})"
            print(plain(f"Suggested: {said}"))
    for one in tried:
        fields = ", ".join(one["fields"]) or "nothing"
        print(f"{one['at']} {one['agency']} (key {one['key']}) changed {fields}: receipt {one['receipt']}")


@dead_letters.command("replay")
def replay(
    dead_letter: NameArgument,
    corrected: Annotated[
        Path | None, typer.Argument(help="A file with the corrected record; without one, as it was.")
    ] = None,
    suggestion: Annotated[
        bool, typer.Option("--suggestion", help="Send the correction that `show` suggests.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say whether it would be taken.")] = False,
    key: KeyOption = "",
    data: DataOption = Path("data"),
    as_json: JsonOption = False,
) -> None:
    """Send one again. Exit 1 if it is refused again."""
    secret, letter = _own(data, key, dead_letter)
    asked = {"suggestion": "1"} if suggestion and corrected is None else {}
    if dry_run:
        asked["dry_run"] = "1"
    content = b"" if corrected is None else _bytes(corrected)
    answer = _asked(
        data, secret, "POST", f"/v1/dead-letters/{dead_letter}/replay", asked, content, letter["content_type"]
    )
    told = answer.json()
    if as_json:
        print_json(told)
    elif told["rejected"]:
        for reject in told["rejects"]:
            print(f"Refused: {reject['reason']} – {reject['message']}")
    else:
        print("It would be taken." if dry_run else f"Taken, receipt {told['receipt']}.")
    if told["rejected"]:
        raise typer.Exit(1)


def plain(text: str) -> str:
    """A record's text for a terminal: what would move its cursor or give it orders is shown as a sign."""
    return "".join(sign if sign.isprintable() or sign == "\n" else "\ufffd" for sign in text)


def _keys(data: Path, key: str, feed: str = "") -> list[str]:
    """The key that was given, else the demo keys of this hub."""
    running_state(data)
    if key:
        return [key]
    secrets = DataFolder(data).secrets()
    found = [secrets[name] for name in sorted(secrets) if name.startswith(f"demo_key_{feed}")]
    return found or fail("No key: give --key or set AGENCY_KEY; `iochub keys create` makes one.")


def _own(data: Path, key: str, dead_letter: str) -> tuple[str, Found]:
    """The dead letter, and the key by which it opens."""
    path = f"/v1/dead-letters/{dead_letter}"
    for secret in _keys(data, key):
        answer = _answer(data, secret, "GET", path)
        if answer.status_code == httpx.codes.OK:
            found: Found = answer.json()
            return secret, found
        if answer.status_code not in (401, 403, 404):
            _fail(answer)
    return fail(f"No dead letter {dead_letter} of this sender, or it is not stored yet.")


def _pages(data: Path, secret: str, asked: dict[str, str], limit: int) -> list[Found]:
    found: list[Found] = []
    before = ""
    while len(found) < limit:
        wanted = {**asked, "limit": str(min(limit - len(found), 1_000))}
        page = _asked(
            data, secret, "GET", "/v1/dead-letters", wanted | ({"before": before} if before else {})
        )
        found += page.json()["dead_letters"]
        before = page.json().get("next", "")
        if not before:
            break
    return found


def _asked(
    data: Path,
    secret: str,
    method: str,
    path: str,
    asked: Mapping[str, str] | None = None,
    content: bytes = b"",
    content_type: str = "",
) -> httpx.Response:
    """An answer to go on with; a problem ends the command with its words."""
    answer = _answer(data, secret, method, path, asked, content, content_type)
    return answer if answer.is_success or "rejects" in answer.json() else _fail(answer)


def _answer(
    data: Path,
    secret: str,
    method: str,
    path: str,
    asked: Mapping[str, str] | None = None,
    content: bytes = b"",
    content_type: str = "",
) -> httpx.Response:
    headers = {"Content-Type": content_type} if content else {}
    with client(running_state(data), "gateway", secret, ASK_SECONDS) as gateway:
        try:
            return gateway.request(method, path, params=asked, content=content, headers=headers)
        except httpx.TransportError:
            fail("The gateway does not answer; `iochub status` shows what runs.")


def _fail(answer: httpx.Response) -> httpx.Response:
    told = answer.json()
    return fail(f"{told.get('title')}: {told.get('detail')}")


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        fail(f"Cannot read {file}: {error.strerror}.")
