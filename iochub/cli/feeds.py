"""`iochub feeds`: read files as the gateway would, and send them through it."""

import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress

from iochub.cli.speaking import DataOption, JsonOption, fail, print_json, pushing, running_state
from iochub.data_folder import DataFolder
from iochub.errors import HubError
from iochub.ingest.push import Gateway

feeds = typer.Typer(no_args_is_help=True, help="Check and send files of a feed.")

CONTENT_TYPES = {
    ".xml": "application/xml",
    ".json": "application/json",
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".edxml": "application/xml",
}

FeedArgument = Annotated[str, typer.Argument(help="A feed, e.g. einvoices.")]
FilesArgument = Annotated[list[Path], typer.Argument(help="Files in the publisher's own format.")]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one file."""

    file: Path
    accepted: int
    rejects: list[dict[str, Any]]
    """The first of them: an answer need not list them all."""
    rejected: int = 0
    receipt: str = ""
    problem: str = ""

    def facts(self) -> dict[str, Any]:
        """As the JSON document shows it."""
        return {
            "file": str(self.file), "accepted": self.accepted, "rejected": self.rejected,
            "rejects": self.rejects, "receipt": self.receipt, "problem": self.problem,
        }  # fmt: skip


@feeds.command("check")
def check(feed: FeedArgument, files: FilesArgument, as_json: JsonOption = False) -> None:
    """Read files without sending them; say what would be rejected and why. Exit 1 if anything would."""
    verdicts = [_read(feed, file) for file in files]
    _say(verdicts, as_json)
    if any(verdict.rejects or verdict.problem for verdict in verdicts):
        raise typer.Exit(1)


@feeds.command("send")
def send(
    feed: FeedArgument,
    files: FilesArgument,
    key: Annotated[
        str, typer.Option(envvar="AGENCY_KEY", help="Agency key; without one, this hub's demo key.")
    ] = "",
    data: DataOption = Path("data"),
    as_json: JsonOption = False,
) -> None:
    """Send files through the gateway and print the receipts. Exit 1 if anything was rejected."""
    state = running_state(data)
    secret = key or DataFolder(data).secrets().get(f"demo_key_{feed}", "")
    if not secret:
        fail(f"No key for {feed}: make one with `iochub keys create --agency CODE --feed {feed}`.")
    verdicts: list[Verdict] = []
    with (
        closing(pushing(state, secret)) as gateway,
        Progress(transient=True, disable=as_json or not sys.stderr.isatty()) as progress,
    ):
        try:
            for file in progress.track(files, description=f"Sending {feed}"):
                verdicts.append(_send(gateway, feed, file))
        except HubError as error:
            # What was sent before has its receipts, and they are told.
            verdicts.append(Verdict(file, 0, [], problem=error.message))
    _say(verdicts, as_json)
    if any(verdict.rejects or verdict.problem for verdict in verdicts):
        raise typer.Exit(1)


def _read(name: str, file: Path) -> Verdict:
    from iochub.clock import now
    from iochub.ingest.door import Door
    from iochub.ingest.feed import Refusal
    from iochub.ingest.feeds.registry import FEEDS
    from iochub.ingest.pseudonyms import Pseudonyms
    from iochub.ingest.units import Units

    if name not in FEEDS:
        fail(f"No feed {name}; the hub takes {', '.join(FEEDS)}.")
    door = Door("check", now(), Pseudonyms("check" * 8, "check" * 8), Units.load())
    outcomes = list(FEEDS[name].read(_bytes(file), _content_type(file), door))
    rejects = [
        {"index": each.number, "reason": each.reason, "field": each.field, "message": each.message.vi}
        for each in outcomes
        if isinstance(each, Refusal)
    ]
    return Verdict(file, len(outcomes) - len(rejects), rejects, len(rejects))


def _send(gateway: Gateway, feed: str, file: Path) -> Verdict:
    answer = gateway.push(feed, _content_type(file), _bytes(file))
    if not answer.is_kept:
        return Verdict(file, 0, [], problem=f"{answer.status} {answer.problem}")
    return Verdict(file, answer.accepted, list(answer.rejects), answer.rejected, answer.receipt)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        fail(f"Cannot read {file}: {error.strerror}.")


def _content_type(file: Path) -> str:
    return CONTENT_TYPES.get(file.suffix.lower(), "application/octet-stream")


def _say(verdicts: list[Verdict], as_json: bool) -> None:
    if as_json:
        print_json([verdict.facts() for verdict in verdicts])
        return
    for verdict in verdicts:
        outcome = verdict.problem or f"{verdict.accepted} accepted, {verdict.rejected} rejected"
        print(f"{verdict.file}: {outcome}{f', receipt {verdict.receipt}' if verdict.receipt else ''}")
        for reject in verdict.rejects:
            print(f"  record {reject['index']}: {reject['reason']} – {reject['message']}")
        if verdict.rejected > len(verdict.rejects):
            left = verdict.rejected - len(verdict.rejects)
            print(f"  and {left} more: `iochub dead-letters list` shows all")
    accepted = sum(verdict.accepted for verdict in verdicts)
    rejected = sum(verdict.rejected for verdict in verdicts)
    files = "1 file" if len(verdicts) == 1 else f"{len(verdicts)} files"
    print(f"In all {accepted} accepted, {rejected} rejected, in {files}.")
