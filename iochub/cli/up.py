"""`iochub up`: the whole hub on one machine, watched until it is told to stop."""

import time
from pathlib import Path
from typing import Annotated

import typer

from iochub.addresses import check_pair, is_loopback
from iochub.api.keys import Keys
from iochub.cli.first_steps import first_steps
from iochub.cli.planning import Reach, plan
from iochub.cli.speaking import DataOption, fail, plain_faults
from iochub.clock import now
from iochub.data_folder import DataFolder
from iochub.settings import read_settings
from iochub.supervisor.predecessors import wait_for_predecessors
from iochub.supervisor.screen import make_screen
from iochub.supervisor.supervisor import Supervisor

DEMO_AGENCIES = {
    "documents": "H56",
    "dossiers": "H56",
    "einvoices": "TCT.38",
    "hospitals": "SYT.38",
    "reports": "H56",
}
"""The province's own systems, its tax office and its health department, as the demo's senders."""


def up(
    demo: Annotated[bool, typer.Option(help="Let an invented province feed itself.")] = False,
    data: DataOption = Path("data"),
    port_base: Annotated[int | None, typer.Option(help="Move the web ports to N, N+100, N+200.")] = None,
    host: Annotated[str, typer.Option(help="Address the web doors listen on.")] = "127.0.0.1",
    tls_cert: Annotated[
        str, typer.Option(envvar="IOCHUB_TLS_CERT", help="Certificate file of the web doors.")
    ] = "",
    tls_key: Annotated[str, typer.Option(envvar="IOCHUB_TLS_KEY", help="Key file of the web doors.")] = "",
    behind_proxy: Annotated[
        bool, typer.Option(envvar="IOCHUB_BEHIND_PROXY", help="A proxy in front speaks TLS.")
    ] = False,
) -> None:
    """Start everything, print `ready`, and watch until Ctrl-C."""
    if not is_loopback(host) and not behind_proxy and not (tls_cert and tls_key):
        fail(
            f"Beyond this machine ({host}) keys would travel in the clear: "
            "give --tls-cert and --tls-key, or say --behind-proxy."
        )
    with plain_faults():
        read_settings()  # refused before anything is made for them
        if tls_cert or tls_key:
            check_pair(tls_cert, tls_key)
        folder = DataFolder(data)
        folder.create()
        with folder.take(now()):
            wait_for_predecessors(
                (each["pid"], each.get("born", "")) for each in folder.last_state().get("processes", [])
            )
            raise typer.Exit(
                watch(folder, Reach(host, tls_cert, tls_key, behind_proxy), demo=demo, port_base=port_base)
            )


def watch(folder: DataFolder, reach: Reach, *, demo: bool, port_base: int | None) -> int:
    """Compose the processes and stay with them; answers the exit code."""
    began = time.monotonic()
    secrets = _own_keys(folder)
    demo_keys, token = {feed: secrets[f"demo_key_{feed}"] for feed in DEMO_AGENCIES}, secrets["wall_token"]
    planned = plan(
        folder,
        demo=demo,
        port_base=port_base,
        reach=reach,
        demo_keys=demo_keys,
        token=token,
    )
    if any(process.name == "broker" for process in planned.processes):
        _install_broker()
    supervisor = Supervisor(
        planned.processes,
        folder,
        make_screen(),
        {
            "addresses": planned.addresses,
            "ports": dict(planned.ports),
            "host": reach.host,
            "tls_cert": reach.certificate,
            "behind_proxy": reach.behind_proxy,
        },
    )
    return supervisor.run(lambda: first_steps(folder, planned, demo_keys, token, time.monotonic() - began))


def _install_broker() -> None:
    """Fetch Kafka in the foreground, where its progress is seen and no start waits for it."""
    from iochub.streams.broker.embedded import install

    install()


def demo_folder(folder: DataFolder) -> Path:
    """Where the demo remembers how far it came; a hub that has one shows invented figures."""
    return folder.path / "demo"


def _own_keys(folder: DataFolder) -> dict[str, str]:
    """The secrets of this folder, with a valid key per demo agency and a valid token for the wall."""
    secrets = folder.secrets()
    keys = Keys(folder.path / "keys.sqlite")
    for feed, agency in DEMO_AGENCIES.items():
        name = f"demo_key_{feed}"
        if keys.verify_agency(secrets.get(name, "")) is None:
            secrets[name] = keys.create_agency_key(agency, [feed])
            folder.keep_secret(name, secrets[name])
    if keys.verify_viewer(secrets.get("wall_token", "")) is None:
        secrets["wall_token"] = keys.create_viewer_token("operator", "38")
        folder.keep_secret("wall_token", secrets["wall_token"])
    return secrets
