"""`iochub run`: one process of the hub; the supervisor starts these, and so can systemd or Kubernetes."""

import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from iochub.errors import HubError, StoreUnavailable
from iochub.settings import Settings, read_settings
from iochub.supervisor.lifeline import tie_to_parent
from iochub.supervisor.process import REFUSED

if TYPE_CHECKING:
    from iochub.ingest.push import Gateway

PREPARE_SECONDS = 60.0

log = logging.getLogger(__name__)


def run(
    process: Annotated[
        str, typer.Argument(help="broker, warehouse, prepare, gateway, streams, connectors, api, wall, demo.")
    ],
    parent: Annotated[int, typer.Option(help="End when this process ends.")] = 0,
    slot: Annotated[int, typer.Option(help="Which of several streams workers this is.")] = 0,
) -> None:
    """Run one process until it is told to stop."""
    raise typer.Exit(run_process(process, parent, slot))


def command(process: str, parent: int) -> tuple[str, ...]:
    """The command line by which the supervisor starts a process: lean, for every start waits for it."""
    return (sys.executable, "-m", "iochub.cli.running", process, str(parent))


def run_process(name: str, parent: int = 0, slot: int = 0) -> int:
    """Run one process until it ends; its exit code tells whether starting it again can help."""
    if parent:
        tie_to_parent(parent)
    start = PROCESSES.get(name)
    if start is None:
        print(f"No process {name}; there are {', '.join(PROCESSES)}.", file=sys.stderr)
        return REFUSED
    try:
        settings = read_settings()
        logging.basicConfig(
            level=settings.log_level,
            format="%(asctime)s %(levelname)s %(name)s %(message)s",
            stream=sys.stderr,
        )
        for chatty in ("httpx", "kafka", "asyncssh"):
            logging.getLogger(chatty).setLevel(logging.WARNING)
        start(settings, slot)
    except HubError as error:
        log.critical("%s", error.message)
        return REFUSED if error.remedy == "stop" else 1
    return 0


def _broker(settings: Settings, _: int) -> None:
    from iochub.streams.broker.embedded import run as run_broker

    host, _sep, kafka_port = settings.kafka.bootstrap.partition(":")
    run_broker(settings.data / "kafka", int(kafka_port), settings.kafka.controller_port, host)


def _warehouse(settings: Settings, _: int) -> None:
    from iochub.warehouse.engine.server import run as run_warehouse

    clickhouse = settings.clickhouse
    run_warehouse(
        settings.data / "clickhouse",
        clickhouse.host,
        clickhouse.port,
        clickhouse.writer_password.get_secret_value(),
        clickhouse.reader_password.get_secret_value(),
    )


def _prepare(settings: Settings, _: int) -> None:
    from iochub.cli.preparing import prepare

    deadline = time.monotonic() + PREPARE_SECONDS
    while True:
        try:
            return prepare(settings)
        except StoreUnavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _gateway(settings: Settings, _: int) -> None:
    from iochub.api.gateway.serve import Lookups, run_gateway
    from iochub.ingest.feeds.registry import FEEDS
    from iochub.warehouse.dead_letters import DeadLetters
    from iochub.warehouse.holdings import Holdings
    from iochub.warehouse.receipts import Receipts
    from iochub.warehouse.store import Store

    store = Store(settings.clickhouse, may_write=False)
    run_gateway(settings, FEEDS, Lookups(Receipts(store), DeadLetters(store), Holdings(store, FEEDS)))


def _streams(settings: Settings, slot: int) -> None:
    from iochub.streams.worker import run_worker

    run_worker(settings, slot)


def _connectors(settings: Settings, _: int) -> None:
    import threading

    from iochub.addresses import door
    from iochub.ingest.connectors.crew import Hub, run_all
    from iochub.ingest.connectors.declared import declarations_in

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    folder = settings.data / "connectors"
    gateway = door(settings.gateway.host, settings.gateway.port, settings.tls_cert)
    run_all(Hub(gateway, settings.tls_cert, folder), declarations_in(folder), stop)


def _api(settings: Settings, _: int) -> None:
    from iochub.api.query.serve import run_api

    run_api(settings)


def _wall(settings: Settings, _: int) -> None:
    from iochub.dashboards.wall.app import run_wall

    run_wall(settings)


def _demo(settings: Settings, _: int) -> None:
    import threading

    from iochub.clock import now
    from iochub.ingest.demo.sender import HISTORY, Agency, Sender
    from iochub.ingest.units import Units

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    units = tuple(
        unit.name for unit in Units.load().all() if unit.map_name == "current" and unit.level == "commune"
    )
    senders = [
        threading.Thread(
            target=Sender(
                Agency(feed, settings.data / "demo" / f"{feed}.json"),
                _as_agency(settings, os.environ[f"DEMO_KEY_{feed.upper()}"]),
                units,
                now,
            ).run,
            args=(stop.wait,),
            daemon=True,
        )
        for feed in HISTORY
    ]
    for sender in senders:
        sender.start()
    while not stop.wait(0.5):
        if not all(sender.is_alive() for sender in senders):
            raise StoreUnavailable("A demo agency stopped sending.", store="gateway")


def _as_agency(settings: Settings, key: str) -> "Gateway":
    from iochub.addresses import door, trust
    from iochub.ingest.push import Gateway

    listens = settings.gateway
    address = door(listens.host, listens.port, settings.tls_cert)
    return Gateway(address, key, trust(settings.tls_cert))


PROCESSES: dict[str, Callable[[Settings, int], None]] = {
    "broker": _broker,
    "warehouse": _warehouse,
    "prepare": _prepare,
    "gateway": _gateway,
    "streams": _streams,
    "connectors": _connectors,
    "api": _api,
    "wall": _wall,
    "demo": _demo,
}

if __name__ == "__main__":
    sys.exit(run_process(sys.argv[1], int(sys.argv[2])))
