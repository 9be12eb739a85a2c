"""`iochub send-agent`: store and forward for an office behind a weak line; it needs no hub on its machine."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iochub.cli.speaking import JsonOption, fail, plain_faults, print_json

if TYPE_CHECKING:
    from iochub.ingest.send_agent.outbox import Outbox

send_agent = typer.Typer(no_args_is_help=True, help="Send from an office behind a weak line.")

ConfigOption = Annotated[
    Path, typer.Option("--config", envvar="SEND_AGENT_CONFIG", help="The agent's TOML file.")
]
DEFAULT = Path("send-agent.toml")


@send_agent.command("run")
def run(config: ConfigOption = DEFAULT) -> None:
    """Watch folders, send in order, follow each receipt until it is counted; until Ctrl-C."""
    import logging

    from iochub.ingest.connectors.running import alone
    from iochub.ingest.send_agent.agent import run_agent
    from iochub.ingest.send_agent.declared import read_agent_file

    logging.basicConfig(level="INFO", format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with plain_faults():
        declared = read_agent_file(config)
        store = config.absolute().parent / declared.store
        with alone(store.with_name(f"{store.name}.lock")):
            run_agent(declared, config.absolute().parent, stop)


@send_agent.command("put")
def put(
    feed: Annotated[str, typer.Argument(help="A feed, e.g. dossiers.")],
    files: Annotated[list[Path], typer.Argument(help="Files in the publisher's own format.")],
    config: ConfigOption = DEFAULT,
) -> None:
    """Put files into the outbox, whether the agent runs or not; they are safe there when this returns."""
    from iochub.clock import now
    from iochub.ingest.connectors.drop import content_type_of

    with _outbox(config) as outbox:
        for file in files:
            try:
                body = file.read_bytes()
            except OSError as error:
                fail(f"Cannot read {file}: {error.strerror}.")
            is_new = outbox.put(feed, content_type_of(file.name), file.name, body, now())
            print(f"{file}: {'waits to be sent' if is_new else 'was put before'}")


@send_agent.command("status")
def status(config: ConfigOption = DEFAULT, as_json: JsonOption = False) -> None:
    """Show what waits, what is sent, counted or refused, and how the line is."""
    from iochub.clock import now

    with _outbox(config) as outbox:
        facts = outbox.facts(now())
    if as_json:
        print_json(facts)
        return
    print(
        f"{facts['waiting']} wait ({facts['waiting_bytes']} bytes, the oldest for "
        f"{facts['oldest_waits_seconds']} s), {facts['sent']} sent and not counted yet, "
        f"{facts['counted']} counted, {facts['refused']} refused"
    )
    print(f"records: {facts['accepted']} accepted, {facts['rejected']} rejected")
    print(f"line: {facts.get('line', 'never used')}; clock {facts.get('clock_skew_seconds', '?')} s behind")
    for each in facts["refused_deliveries"]:
        print(f"refused: {each['number']} {each['feed']} {each['name']} ({each['status']})")


@send_agent.command("again")
def again(
    number: Annotated[int, typer.Argument(help="Of a delivery, as `status` shows it.")],
    config: ConfigOption = DEFAULT,
) -> None:
    """Send one delivery again, e.g. after the gateway's limits were raised."""
    with _outbox(config) as outbox:
        found = outbox.again(number)
    if not found:
        fail(f"No delivery {number}, or it waits already.")
    print(f"{number} waits to be sent again.")


@contextmanager
def _outbox(config: Path) -> "Iterator[Outbox]":
    """The agent's file, whether the agent runs or not; what stands in the way is one line."""
    from iochub.ingest.send_agent.declared import read_agent_file
    from iochub.ingest.send_agent.outbox import Outbox

    with plain_faults():
        outbox = Outbox(config.absolute().parent / read_agent_file(config).store)
        with closing(outbox):
            yield outbox
