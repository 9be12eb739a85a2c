"""From settings, secrets and free ports to the processes of one hub."""

import os
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypedDict

from pydantic import BaseModel, SecretStr

from iochub.addresses import door
from iochub.cli.running import command
from iochub.data_folder import DataFolder
from iochub.errors import DeclarationError
from iochub.settings import PREFIX, Settings, read_settings
from iochub.supervisor.probes import answers
from iochub.supervisor.process import Process

WEB_BASE = 8100
DYING_SECONDS = 6.0
ENGINE_PORTS = {"clickhouse": 8123, "kafka": 9092, "controller": 9093, "streams": 8400}


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom the web doors listen to, and what protects the way there."""

    host: str = "127.0.0.1"
    certificate: str = ""
    key: str = ""
    behind_proxy: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What `up` will run: the settings of every process, and the processes."""

    settings: Settings
    processes: tuple[Process, ...]
    ports: Mapping[str, int]

    @property
    def addresses(self) -> dict[str, str]:
        """Where people and programs find the doors."""
        return {
            **_web_doors(self.settings),
            "warehouse": f"http://{self.settings.clickhouse.host}:{self.settings.clickhouse.port}",
            "kafka": self.settings.kafka.bootstrap,
        }


def plan(
    folder: DataFolder,
    *,
    demo: bool,
    port_base: int | None,
    reach: Reach,
    demo_keys: Mapping[str, str],
    token: str,
) -> Plan:
    """Decide ports, compose the settings, and list the processes in their order.

    Raises: DeclarationError for a busy port or a wrong setting; the operator acts.
    """
    given = read_settings()
    said = {name.upper() for name in os.environ}
    own_kafka = "IOCHUB_KAFKA__BOOTSTRAP" not in said
    own_warehouse = "IOCHUB_CLICKHOUSE__HOST" not in said
    ports = _ports(folder, port_base)
    settings = _composed(given, folder, ports, reach, own_kafka, own_warehouse, demo, token)
    engines = ((_broker(settings),) if own_kafka else ()) + ((_warehouse(settings),) if own_warehouse else ())
    prepare = Process(
        "prepare", **_start("prepare", settings), after=tuple(engine.name for engine in engines), once=True
    )
    senders = (_demo(settings, demo_keys),) if demo else ()
    fetchers = (_connectors(settings),) if any((folder.path / "connectors").glob("*.toml")) else ()
    return Plan(settings, (*engines, prepare, *_doors(settings), *fetchers, *senders), ports)


class _Start(TypedDict):
    command: tuple[str, ...]
    environment: Mapping[str, str]


def _start(name: str, settings: Settings, **more: str) -> _Start:
    # What was set from outside is in the settings already, whatever its spelling.
    own = {key: value for key, value in os.environ.items() if not key.upper().startswith(PREFIX)}
    return {
        "command": command(name, os.getpid()),
        "environment": own | environment_of(settings) | more,
    }


def _broker(settings: Settings) -> Process:
    answers_kafka = _KafkaAnswers(settings.kafka.bootstrap)
    return Process(
        "broker",
        **_start("broker", settings),
        ready=answers_kafka,
        alive=answers_kafka,
        address=settings.kafka.bootstrap,
        stop_seconds=15,
    )


def _warehouse(settings: Settings) -> Process:
    url = f"http://{settings.clickhouse.host}:{settings.clickhouse.port}"
    ping = answers(f"{url}/ping")
    return Process(
        "warehouse", **_start("warehouse", settings), ready=ping, alive=ping, address=url, stop_seconds=15
    )


def _doors(settings: Settings) -> Iterator[Process]:
    """The processes that answer over HTTP, each watched by its own `/healthz`."""
    web, certificate = _web_doors(settings), settings.tls_cert
    for name, url, is_ready, shown in (
        ("gateway", web["gateway"], "readyz", certificate),
        ("streams", f"http://127.0.0.1:{settings.streams.port}", "healthz", ""),
        ("api", web["api"], "readyz", certificate),
        ("wall", web["wall"], "healthz", certificate),
    ):
        yield Process(
            name,
            **_start(name, settings),
            ready=answers(f"{url}/{is_ready}", shown),
            alive=answers(f"{url}/healthz", shown),
            after=("prepare",),
            address=url,
            stop_seconds=20,
        )


def _web_doors(settings: Settings) -> dict[str, str]:
    return {
        "gateway": door(settings.gateway.host, settings.gateway.port, settings.tls_cert),
        "api": settings.api.url,
        "wall": door(settings.wall.host, settings.wall.port, settings.tls_cert),
    }


def _demo(settings: Settings, keys: Mapping[str, str]) -> Process:
    own = {f"DEMO_KEY_{feed.upper()}": key for feed, key in keys.items()}
    return Process(
        "demo", **_start("demo", settings, **own), ready=lambda: True, after=("gateway", "streams", "api")
    )


def _connectors(settings: Settings) -> Process:
    # Every wait of theirs has an end, and nobody asks them anything: only their exit tells that they failed.
    return Process(
        "connectors",
        **_start("connectors", settings),
        ready=lambda: True,
        after=("gateway",),
        stop_seconds=20,
    )


def environment_of(settings: Settings) -> dict[str, str]:
    """Every setting as the environment variable that sets it; secrets travel no other way."""
    found: dict[str, str] = {}
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, BaseModel):
            for inner in type(value).model_fields:
                found[f"{PREFIX}{name}__{inner}".upper()] = _written(getattr(value, inner))
        else:
            found[f"{PREFIX}{name}".upper()] = _written(value)
    return found


def _written(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def _composed(
    given: Settings,
    folder: DataFolder,
    ports: Mapping[str, int],
    reach: Reach,
    own_kafka: bool,
    own_warehouse: bool,
    demo: bool,
    token: str,
) -> Settings:
    """The given settings, with what this folder decides: keys, ports, addresses."""
    kept = {name: SecretStr(secret) for name, secret in folder.secrets().items()}
    kafka, clickhouse = given.kafka, given.clickhouse
    if own_kafka:
        kafka = kafka.model_copy(
            update={"bootstrap": f"127.0.0.1:{ports['kafka']}", "controller_port": ports["controller"]}
        )
    if own_warehouse:
        clickhouse = clickhouse.model_copy(
            update={
                "port": ports["clickhouse"],
                "writer_password": kept["clickhouse_writer_password"],
                "reader_password": kept["clickhouse_reader_password"],
            }
        )
    own_keys = {
        name: getattr(given, name) if getattr(given, name).get_secret_value() else kept[name]
        for name in ("identity_key", "pseudonym_key", "sealing_key")
    }
    return given.model_copy(
        update={
            "data": folder.path,
            "demo": demo,
            "tls_cert": reach.certificate,
            "tls_key": reach.key,
            "behind_proxy": reach.behind_proxy,
            "kafka": kafka,
            "clickhouse": clickhouse,
            "gateway": given.gateway.model_copy(update={"host": reach.host, "port": ports["gateway"]}),
            "api": given.api.model_copy(
                update={
                    "host": reach.host,
                    "port": ports["api"],
                    "url": door(reach.host, ports["api"], reach.certificate),
                }
            ),
            "wall": given.wall.model_copy(
                update={"host": reach.host, "port": ports["wall"], "token": SecretStr(token)}
            ),
            "streams": given.streams.model_copy(update={"port": ports["streams"]}),
            **own_keys,
        }
    )


def _ports(folder: DataFolder, base: int | None) -> dict[str, int]:
    """Web ports at fixed distances from the base; engine ports as before, the usual, or free ones."""
    start = base or WEB_BASE
    ports = {"gateway": start, "api": start + 100, "wall": start + 200}
    kept = folder.ports()
    for name, usual in ENGINE_PORTS.items():
        chosen = kept.get(name, usual if base is None else 0)
        ports[name] = chosen if chosen and _freed(chosen, name in kept) else _free_port()
    for name in ("gateway", "api", "wall"):
        if not _freed(ports[name], kept.get(name) == ports[name]):
            raise DeclarationError(
                f"Port {ports[name]} for the {name} is taken by another program. "
                "End that program, or move the hub with --port-base N.",
                port=str(ports[name]),
            )
    folder.keep_ports(ports)
    return ports


def _freed(port: int, was_ours: bool) -> bool:
    """A port that this folder's hub had before may still be held by a dying process: give it a moment."""
    deadline = time.monotonic() + (DYING_SECONDS if was_ours else 0)
    while not is_free(port):
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.05)
    return True


def is_free(port: int) -> bool:
    """Whether nobody listens on a local port; one in its closing minutes is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class _KafkaAnswers:
    """A check that the broker answers: a port that accepts, then once a real question."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap

    def __call__(self) -> bool:
        host, _, port = self._bootstrap.partition(":")
        try:
            socket.create_connection((host, int(port)), 1.0).close()
        except OSError:
            return False
        from iochub.ingest.topics import broker_is_ready

        return broker_is_ready(self._bootstrap, 2.0)
