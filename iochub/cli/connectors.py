"""`iochub connectors`: what is declared to be fetched, and fetching it."""

import logging
import signal
import sys
import threading
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from iochub.cli.speaking import DataOption, JsonOption, fail, plain_faults, print_json
from iochub.data_folder import DataFolder

if TYPE_CHECKING:
    from iochub.ingest.connectors.connector import Connector
    from iochub.ingest.connectors.crew import Hub
    from iochub.ingest.connectors.running import Running

connectors = typer.Typer(no_args_is_help=True, help="Fetch from sources that do not push.")

FOLDER = "connectors"
"""In the hub's folder: one `NAME.toml` per connector, and beside it what it remembers."""

NameArgument = Annotated[str, typer.Argument(help="A declared connector, or the path of its TOML file.")]


@connectors.command("list")
def show(data: DataOption = Path("data"), as_json: JsonOption = False) -> None:
    """Show what is declared, and how far each has come."""
    found = declared_facts(data)
    if as_json:
        print_json(found)
        return
    if not found:
        print(f"Nothing is declared in {DataFolder(data).path / FOLDER}; docs/operating.md says how.")
    for each in found:
        counts = each["counts"]
        print(
            f"{each['name']:<20} {each['kind']:<7} {each['feed']:<10} "
            f"{counts.get('delivered', 0)} delivered, {counts.get('accepted', 0)} records accepted, "
            f"{counts.get('rejected', 0)} rejected, {counts.get('untaken', 0)} not taken; "
            f"{each['stands'] or 'never ran'}"
        )


@connectors.command("check")
def check(name: NameArgument, data: DataOption = Path("data"), as_json: JsonOption = False) -> None:
    """Read a declaration, look at its source without fetching, and try its key at the gateway."""
    from iochub.ingest.connectors.crew import with_connector

    path = _path(data, name)
    said: dict[str, str] = {"name": path.stem}

    def look(_: "Running", declared: Any, connector: "Connector") -> None:
        said["source"] = connector.check()
        gateway = hub.door(declared, path.parent)
        try:
            # Nothing is kept of a dry run; that it was read at all says that the key is right.
            gateway.push(declared.feed, "application/json", b"[]", dry_run=True)
        finally:
            gateway.close()
        said["gateway"] = f"takes {declared.feed} with this key"

    with plain_faults():
        hub = _hub(data)
        with_connector(hub, path, threading.Event(), look)
    if as_json:
        print_json(said)
    else:
        print(f"{path.stem}: {said['source']}; the gateway {said['gateway']}.")


@connectors.command("run")
def run(
    name: NameArgument,
    once: Annotated[bool, typer.Option("--once", help="Fetch what there is now, and end.")] = False,
    data: DataOption = Path("data"),
) -> None:
    """Fetch and push until Ctrl-C; `iochub up` does it for all that are declared in its folder."""
    from iochub.ingest.connectors.crew import with_connector

    stop = _stopped_by_signals()

    def work(running: "Running", declared: Any, _: "Connector") -> None:
        if not once:
            running.forever(declared.every_seconds)
            return
        while not running.round() and not stop.is_set():
            continue

    with plain_faults():
        with_connector(_hub(data), _path(data, name), stop, work)


@connectors.command("backfill")
def backfill(
    name: NameArgument,
    since: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")],
    until: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, included.")],
    data: DataOption = Path("data"),
) -> None:
    """Fetch the past again, a day at a time; the same command again goes on where it stopped."""
    from rich.progress import Progress

    from iochub.clock import local_day, now
    from iochub.ingest.connectors.crew import with_connector

    stop, path = _stopped_by_signals(), _path(data, name)
    first, last = since.date(), until.date()
    if last < first:
        fail("--to is before --from.")
    if last > local_day(now()):
        fail("--to is in the future: what is not there yet would be taken for fetched.")

    def work(running: "Running", _declared: Any, _: "Connector") -> None:
        with Progress(transient=True, disable=not sys.stderr.isatty()) as progress:
            task = progress.add_task(f"Fetching {path.stem}", total=(last - first).days + 1)
            for day, taken in running.backfill(first, last):
                progress.update(task, completed=(day - first).days + 1)
                print(f"{day}: {taken} deliveries", flush=True)

    with plain_faults():
        with_connector(_hub(data), path, stop, work)
    print("stopped; the same command goes on" if stop.is_set() else f"done: {_days(first, last)}")


def _days(first: date, last: date) -> str:
    number = (last - first).days + 1
    return "1 day" if number == 1 else f"{number} days"


def _stopped_by_signals() -> threading.Event:
    """An end in order at Ctrl-C and SIGTERM: after the delivery in hand."""
    logging.basicConfig(level="INFO", format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    for chatty in ("httpx", "asyncssh"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _path(data: Path, name: str) -> Path:
    given = Path(name)
    path = given if given.suffix == ".toml" else DataFolder(data).path / FOLDER / f"{name}.toml"
    if not path.is_file():
        fail(f"No connector {name}: {path} is missing; `iochub connectors list` shows what is declared.")
    return path.absolute()


def _hub(data: Path) -> "Hub":
    """The hub on this folder; where none runs, only a connector that names its gateway can push."""
    from iochub.ingest.connectors.crew import Hub

    folder = DataFolder(data)
    state = folder.state() or folder.last_state()
    addresses = state.get("addresses", {})
    return Hub(
        str(addresses.get("gateway", "http://127.0.0.1:8100")),
        str(state.get("tls_cert") or ""),
        folder.path / FOLDER,
    )


def declared_facts(data: Path) -> list[dict[str, Any]]:
    """Every declared connector, and how it stands."""
    from iochub.ingest.connectors.declared import declarations_in

    return [_facts(data, path) for path in declarations_in(DataFolder(data).path / FOLDER)]


def _facts(data: Path, path: Path) -> dict[str, Any]:
    """One connector as `list` shows it, also while it runs."""
    from iochub.errors import DeclarationError
    from iochub.ingest.connectors.checkpoint import Checkpoint
    from iochub.ingest.connectors.declared import read_declaration

    facts: dict[str, Any] = {"name": path.stem, "kind": "?", "feed": "?", "counts": {}, "stands": ""}
    try:
        declared = read_declaration(path)
        facts |= {"kind": str(type(declared).__struct_config__.tag), "feed": declared.feed}
    except DeclarationError as error:
        facts["stands"] = error.message
        return facts
    memory = DataFolder(data).path / FOLDER / f"{path.stem}.checkpoint"
    if memory.exists():
        checkpoint = Checkpoint(memory)
        try:
            facts |= {"counts": checkpoint.counts(), "stands": checkpoint.mark("stands")}
            facts["last_at"] = checkpoint.last_at()
        finally:
            checkpoint.close()
    return facts
