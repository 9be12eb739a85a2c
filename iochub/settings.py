"""Everything that may differ between two installations, read once by the process that starts."""

import os
from collections.abc import Mapping
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from iochub.errors import DeclarationError

PREFIX = "IOCHUB_"


class Section(BaseModel):
    """A group of settings; a name it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class KafkaSettings(Section):
    """Where Kafka is: the embedded broker or yours."""

    bootstrap: str = "127.0.0.1:9092"
    """Set it, and `iochub up` starts no broker of its own."""
    partitions: int = 12
    """Per feed. Order per entity depends on it, so it never changes for a topic that exists."""
    replication: int = 1
    keep_days: float = Field(default=30.0, ge=0, le=36_500)
    """So long Kafka keeps what the warehouse has, for a day when an older backup of it is restored; 0: for
    ever. What the warehouse does not have stays, whatever its age."""
    controller_port: int = 9093
    """Where the embedded broker's own controller listens; yours knows better."""

    @property
    def keep(self) -> timedelta:
        """How long records stay; no time at all means for ever."""
        return timedelta(days=self.keep_days)

    @field_validator("bootstrap")
    @classmethod
    def _names_ports(cls, bootstrap: str) -> str:
        for server in bootstrap.split(","):
            host, _, port = server.strip().rpartition(":")
            if not host or "/" in host or not port.isdecimal() or not 0 < int(port) < 65536:
                raise ValueError("write host:port, several with commas between them")
        return bootstrap


class ClickHouseSettings(Section):
    """Where ClickHouse is, and as whom the hub writes and reads there."""

    host: str = "127.0.0.1"
    """Set it, and `iochub up` starts no warehouse of its own."""
    port: int = 8123
    secure: bool = False
    database: str = "iochub"
    writer_user: str = "writer"
    writer_password: SecretStr = SecretStr("")
    reader_user: str = "reader"
    reader_password: SecretStr = SecretStr("")


class GatewaySettings(Section):
    """How agencies reach the hub, and how much one may send."""

    host: str = "127.0.0.1"
    port: int = 8100
    max_delivery_bytes: int = 64 * 1024 * 1024
    """Of one delivery, unpacked; the answer beyond it is 413."""
    requests_per_minute: int = 120_000
    """Per agency key; the answer beyond it is 429 with Retry-After."""
    acknowledge_seconds: float = Field(default=20.0, gt=0)
    """How long a delivery waits for Kafka before the answer is 503."""


class ApiSettings(Section):
    """Where the query API listens."""

    host: str = "127.0.0.1"
    port: int = 8200
    url: str = "http://127.0.0.1:8200"
    """As the wall and the command line reach it."""


class WallSettings(Section):
    """Where the wall listens, and the viewer token it asks the API with."""

    host: str = "127.0.0.1"
    port: int = 8300
    token: SecretStr = SecretStr("")
    """The viewer token that the wall asks the API with."""
    poll_seconds: float = 2.0


class StreamsSettings(Section):
    """How the Faust workers batch, and where they say how they are."""

    port: int = 8400
    batch_events: int = 20_000
    batch_seconds: float = 0.05
    recount_seconds: float = 0.5
    """A cell is recounted at most once in this time."""
    max_poll_seconds: int = 86_400
    """Far above any outage: a worker that exceeds it never consumes again."""
    session_seconds: float = 6.0
    rewind_offsets: int = 100
    """How far before the position stored in the warehouse a worker starts."""


class GrafanaSettings(Section):
    """Where generated dashboards are pushed."""

    url: str = "http://127.0.0.1:3000"
    token: SecretStr = SecretStr("")
    """Of a service account with the role Editor."""
    user: str = ""
    """With `password`, where there is no token."""
    password: SecretStr = SecretStr("")
    wall_url: str = "http://127.0.0.1:8300"
    """Where a browser finds the wall, to which panels lead; empty for no links."""


class Settings(BaseSettings):
    """All settings of one hub; every default works with `iochub up`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
    )

    data: Path = Path("data")
    """The folder that holds the hub's state."""
    log_level: str = "INFO"
    demo: bool = False
    """Whether the synthetic demo province feeds itself; every screen says so."""
    tls_cert: str = ""
    tls_key: str = ""
    """Certificate and key files of the three web doors; required beyond loopback unless a proxy has them."""
    behind_proxy: bool = False
    """A proxy in front speaks TLS. Callers come from anywhere then: a wall on loopback asks who they are."""
    identity_key: SecretStr = SecretStr("")
    """Hashes what is part of an entity key. Never rotated; another key refuses to start."""
    pseudonym_key: SecretStr = SecretStr("")
    """Hashes other personal fields. May be rotated."""
    sealing_key: SecretStr = SecretStr("")
    """Encrypts the record inside a dead letter."""
    kafka: KafkaSettings = KafkaSettings()
    clickhouse: ClickHouseSettings = ClickHouseSettings()
    gateway: GatewaySettings = GatewaySettings()
    api: ApiSettings = ApiSettings()
    wall: WallSettings = WallSettings()
    streams: StreamsSettings = StreamsSettings()
    grafana: GrafanaSettings = GrafanaSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Made in code, settings are what is given and the defaults; only `read_settings` looks outside."""
        return (init_settings,)


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the environment, refusing names it does not know: a misspelt variable must not be ignored.

    Raises: DeclarationError naming the variable; whoever set it acts.
    """
    given = os.environ if environment is None else environment
    known = known_names()
    unknown = sorted(name for name in given if name.upper().startswith(PREFIX) and name.upper() not in known)
    if unknown:
        meant = get_close_matches(unknown[0].upper(), known, 1, 0.8)
        raise DeclarationError(
            f"There is no setting {unknown[0]}. {f'Did you mean {meant[0]}? ' if meant else ''}"
            "`iochub settings show` lists them all.",
            setting=unknown[0],
        )
    source = EnvSettingsSource(Settings, case_sensitive=False)
    source.env_vars = {name.lower(): value for name, value in given.items()}
    try:
        return Settings(**source())
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        name = PREFIX + "__".join(str(part) for part in first["loc"]).upper()
        raise DeclarationError(f"Setting {name}: {first['msg']}.", setting=name) from error


def setting_names() -> tuple[str, ...]:
    """Every setting as the environment names it, in the order of the declaration."""
    names: list[str] = []
    for name, field in Settings.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, Section):
            names.extend(f"{PREFIX}{name}__{inner}".upper() for inner in section.model_fields)
        else:
            names.append(f"{PREFIX}{name}".upper())
    return tuple(names)


def known_names() -> frozenset[str]:
    """Every environment variable that means something to the hub; its tests have one of their own."""
    return frozenset({*setting_names(), PREFIX + "SAMPLES"})
