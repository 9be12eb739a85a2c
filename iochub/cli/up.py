"""`iochub up`: the whole hub on one machine, watched until it is told to stop."""

import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from iochub.api.keys import Keys
from iochub.cli.first_steps import first_steps
from iochub.cli.planning import Plan, plan
from iochub.cli.screen import Screen
from iochub.cli.speaking import DataOption, fail, plain_faults
from iochub.clock import now
from iochub.data_folder import DataFolder
from iochub.supervisor.supervise import Supervisor

DEMO_AGENCIES = {"dossiers": "H56", "einvoices": "TCT.38"}
"""The one-stop system of the province and its tax office, as the demo's senders."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def up(
    demo: Annotated[bool, typer.Option(help="Let an invented province feed itself.")] = False,
    data: DataOption = Path("data"),
    port_base: Annotated[int | None, typer.Option(help="Move the web ports to N, N+100, N+200.")] = None,
    host: Annotated[str, typer.Option(help="Address the web doors listen on.")] = "127.0.0.1",
    tls_cert: Annotated[str, typer.Option(help="Certificate file of the web doors.")] = "",
    tls_key: Annotated[str, typer.Option(help="Key file of the web doors.")] = "",
    behind_proxy: Annotated[bool, typer.Option(help="A proxy in front speaks TLS.")] = False,
) -> None:
    """Start everything, print `ready`, and watch until Ctrl-C."""
    if host not in LOOPBACK and not behind_proxy and not (tls_cert and tls_key):
        fail(
            f"Beyond this machine ({host}) keys would travel in the clear: "
            "give --tls-cert and --tls-key, or say --behind-proxy."
        )
    with plain_faults():
        folder = DataFolder(data)
        folder.create()
        with folder.take(now()):
            folder.write_state({})
            watch(folder, demo=demo, port_base=port_base, host=host, tls=(tls_cert, tls_key))


def watch(folder: DataFolder, *, demo: bool, port_base: int | None, host: str, tls: tuple[str, str]) -> None:
    """Compose the processes and stay with them."""
    _install_broker()
    secrets = _own_keys(folder)
    planned = plan(
        folder,
        demo=demo,
        port_base=port_base,
        host=host,
        tls=tls,
        demo_keys={feed: secrets[f"demo_key_{feed}"] for feed in DEMO_AGENCIES},
        token=secrets["wall_token"],
    )
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda *_: stop.set())
    supervisor = Supervisor(planned.processes, folder.logs)
    screen = Screen() if sys.stdout.isatty() else nullcontext()
    try:
        with screen:
            supervisor.run(
                _telling(folder, planned, screen if isinstance(screen, Screen) else None, secrets),
                lambda: not stop.is_set(),
            )
    finally:
        folder.write_state({})


def _install_broker() -> None:
    """Fetch Kafka in the foreground, where its progress is seen and no start waits for it."""
    from iochub.streams.broker.embedded import install

    install()


def _own_keys(folder: DataFolder) -> dict[str, str]:
    """The secrets of this folder, with a key per demo agency and the wall's token."""
    secrets = folder.secrets()
    keys = Keys(folder.path / "keys.sqlite")
    for feed, agency in DEMO_AGENCIES.items():
        name = f"demo_key_{feed}"
        if name not in secrets:
            secrets[name] = keys.create_agency_key(agency, [feed])
            folder.keep_secret(name, secrets[name])
    if "wall_token" not in secrets:
        secrets["wall_token"] = keys.create_viewer_token("operator", "38")
        folder.keep_secret("wall_token", secrets["wall_token"])
    return secrets


def _telling(
    folder: DataFolder, planned: Plan, screen: Screen | None, secrets: dict[str, str]
) -> Callable[[Supervisor], None]:
    """After each look: keep the state file true, say what changed, and once say `ready`."""
    began = time.monotonic()
    said: dict[str, str] = {}
    told_ready = False

    def tell(supervisor: Supervisor) -> None:
        nonlocal told_ready
        seen = {
            child.process.name: f"{child.state} {child.pid} {child.restarts}" for child in supervisor.children
        }
        if seen != said:
            folder.write_state(_state(supervisor, planned))
            if screen is None:
                _print_changes(supervisor, said, seen)
            said.clear()
            said.update(seen)
        if screen is not None:
            screen.show(supervisor)
        if not told_ready and supervisor.all_ready():
            told_ready = True
            steps = first_steps(folder, planned, secrets, time.monotonic() - began)
            if screen is not None:
                screen.say(steps)
            else:
                print(f"ready\n{steps}", flush=True)

    return tell


def _state(supervisor: Supervisor, planned: Plan) -> dict[str, object]:
    return {
        "ready": supervisor.all_ready(),
        "addresses": planned.addresses,
        "ports": dict(planned.ports),
        "processes": [
            {
                "name": child.process.name,
                "state": child.state,
                "pid": child.pid,
                "restarts": child.restarts,
                "log": str(child.log),
            }
            for child in supervisor.children
        ],
    }


def _print_changes(supervisor: Supervisor, said: dict[str, str], seen: dict[str, str]) -> None:
    for child in supervisor.children:
        name = child.process.name
        if said.get(name) != seen[name] and child.state != "waiting":
            again = f", start {child.restarts + 1}" if child.restarts else ""
            print(f"{now():%H:%M:%S} {name} {child.state} (pid {child.pid}{again})", flush=True)
