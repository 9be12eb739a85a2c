"""`iochub doctor`: every precondition and promise, checked, with a line that says how to mend it."""

import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import httpx
import typer
from prometheus_client.parser import text_string_to_metric_families

from iochub.addresses import is_loopback
from iochub.cli.planning import ENGINE_PORTS, WEB_BASE, is_free
from iochub.cli.speaking import DataOption, JsonOption, print_json
from iochub.clock import now
from iochub.data_folder import DataFolder
from iochub.errors import HubError
from iochub.settings import read_settings
from iochub.supervisor.probes import PROBE_SECONDS, answers

LEAST_FREE_BYTES = 5 * 1024**3
LATEST_TRIM_MINUTES = 180
"""The streams look once an hour at least."""


class Finding(NamedTuple):
    """One thing that was checked."""

    what: str
    well: bool
    mend: str


def doctor(data: DataOption = Path("data"), as_json: JsonOption = False) -> None:
    """Check everything; exit 1 if one thing is not well."""
    found = list(findings(data))
    if as_json:
        print_json([finding._asdict() for finding in found])
    else:
        for finding in found:
            print(f"{'ok  ' if finding.well else 'BAD '} {finding.what}")
            if not finding.well:
                print(f"       {finding.mend}")
    if not all(finding.well for finding in found):
        raise typer.Exit(1)


def findings(data: Path) -> Iterator[Finding]:
    """From the machine up to the promises of a running hub."""
    yield Finding(
        f"Python {sys.version_info.major}.{sys.version_info.minor}",
        sys.version_info >= (3, 11),
        "Install Python 3.11 or newer and run `make setup`.",
    )
    yield _declared("settings", read_settings)
    yield _declared("feeds and indicators", _declarations)
    yield _declared(f"folder {data} can be written", DataFolder(data).create)
    if data.exists():
        free = shutil.disk_usage(data).free
        yield Finding(
            f"{free / 1024**3:.0f} GiB free for data",
            free > LEAST_FREE_BYTES,
            "Free some space, or move the hub with --data.",
        )
        secrets = data / "secrets.json"
        yield Finding(
            "secrets are readable to their owner alone",
            not secrets.exists() or secrets.stat().st_mode & 0o077 == 0,
            f"chmod 600 {secrets}",
        )
    yield from _connectors(data)
    state = DataFolder(data).state()
    yield from _running(state) if state else _startable()


def _connectors(data: Path) -> Iterator[Finding]:
    """What is declared to be fetched, and whether anything stands in its way."""
    from iochub.cli.connectors import declared_facts

    for facts in declared_facts(data):
        yield Finding(
            f"connector {facts['name']}: {facts['stands'] or 'never ran'}",
            facts["stands"] in ("", "ok"),
            f"`iochub connectors check {facts['name']}` tries its source and its key.",
        )


def _running(state: dict[str, object]) -> Iterator[Finding]:
    processes, addresses = state["processes"], state["addresses"]
    if isinstance(processes, list):
        for each in processes:
            yield Finding(
                f"process {each['name']} is {each['state']}",
                each["state"] in ("ready", "done"),
                f"Read {each['log']}; the supervisor starts it again by itself.",
            )
            if each["name"] == "streams":
                yield from trimming(each["address"], now())
    if isinstance(addresses, dict):
        for door in ("gateway", "api"):
            yield Finding(
                f"{door} answers at {addresses[door]}",
                answers(f"{addresses[door]}/readyz", str(state.get("tls_cert") or ""))(),
                f"Read the log of {door}.",
            )
    host = str(state.get("host", ""))
    yield Finding(
        f"keys travel encrypted or not beyond this machine (listening on {host})",
        is_loopback(host) or bool(state.get("tls_cert") or state.get("behind_proxy")),
        "Give --tls-cert and --tls-key, or put a proxy with TLS in front and say --behind-proxy.",
    )


def trimming(streams: str, at: datetime) -> Iterator[Finding]:
    """Whether Kafka forgets what is landed and old; nothing of streams that do not answer, said elsewhere."""
    from iochub.streams.pulse import TRIMMED_AT

    try:
        told = httpx.get(f"{streams}/metrics", trust_env=False, timeout=PROBE_SECONDS).text
    except httpx.HTTPError:
        return
    values = {
        sample.name: sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
        if sample.name == TRIMMED_AT
    }
    if not values.get(TRIMMED_AT):
        yield Finding("Kafka keeps everything (IOCHUB_KAFKA__KEEP_DAYS is 0)", True, "")
        return
    minutes = (at.timestamp() - values[TRIMMED_AT]) / 60
    yield Finding(
        f"Kafka was trimmed of what is landed and old {minutes:.0f} minutes ago",
        minutes < LATEST_TRIM_MINUTES,
        "Its disk fills meanwhile. Read logs/streams.log; a Kafka of yours must allow to delete records.",
    )


def _startable() -> Iterator[Finding]:
    for port in (WEB_BASE, WEB_BASE + 100, WEB_BASE + 200, *ENGINE_PORTS.values()):
        yield Finding(
            f"port {port} is free", is_free(port), "End the program that has it, or start with --port-base N."
        )


def _declared(what: str, check: Callable[[], object]) -> Finding:
    try:
        check()
    except HubError as error:
        return Finding(what, False, error.message)
    return Finding(what, True, "")


def _declarations() -> None:
    """Importing the registries checks every declaration against its feed."""
    from iochub.ingest.feeds import registry as feeds
    from iochub.warehouse.indicators import registry as indicators

    _ = feeds, indicators
