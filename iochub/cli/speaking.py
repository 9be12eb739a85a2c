"""How commands speak: facts on standard output, faults in one line on standard error."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import httpx
import typer

from iochub.addresses import trust
from iochub.data_folder import DataFolder
from iochub.errors import HubError
from iochub.ingest.push import Gateway

DataOption = Annotated[
    Path, typer.Option("--data", envvar="IOCHUB_DATA", help="Folder that holds the hub's state.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


def fail(message: str, code: int = 2) -> NoReturn:
    """One line that says what to do, and a code other than zero."""
    print(message, file=sys.stderr)
    raise typer.Exit(code)


@contextmanager
def plain_faults() -> Iterator[None]:
    """Turn what the hub foresaw into one line; anything else is a bug and keeps its trace."""
    try:
        yield
    except HubError as error:
        fail(error.message)


def print_json(content: object) -> None:
    """One document, readable by people too."""
    print(json.dumps(content, ensure_ascii=False, indent=1, default=str))


def running_state(data: Path) -> Mapping[str, Any]:
    """What the hub on this folder says of itself; ends the command where none runs."""
    with plain_faults():
        state = DataFolder(data).state()
    if state is None:
        fail(f"No hub runs on {data}. Start it with `iochub up --data {data}`.")
    return state


def pushing(state: Mapping[str, Any], secret: str) -> Gateway:
    """The running hub's gateway, for whoever sends with an agency's key."""
    with plain_faults():
        return Gateway(str(state["addresses"]["gateway"]), secret, trust(str(state.get("tls_cert") or "")))


def client(state: Mapping[str, Any], name: str, secret: str, seconds: float) -> httpx.Client:
    """A client of one of the running hub's doors, with somebody's key or token."""
    return httpx.Client(
        base_url=str(state["addresses"][name]),
        headers={"Authorization": f"Bearer {secret}", "Accept-Language": "vi"},
        timeout=seconds,
        verify=trust(str(state.get("tls_cert") or "")),
        trust_env=False,
    )
