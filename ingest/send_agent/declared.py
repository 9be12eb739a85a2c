"""From the agent's small TOML file to what it does: which hub, what is watched, how much of the line."""

import ssl
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from iochub.addresses import check_plain_http, trust
from iochub.errors import DeclarationError
from iochub.ingest.connectors.declared import beside_of
from iochub.ingest.connectors.drop import Dropped
from iochub.ingest.connectors.secrets import Secret

MIB = 1024 * 1024

Positive = Annotated[int, Meta(ge=1)]


class Watch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A folder whose files are sent for one feed."""

    feed: str
    folder: str
    pattern: str = "*"
    content_type: str = ""
    settle_seconds: Annotated[float, Meta(ge=0.05, le=86_400)] = 5.0
    done_markers: bool = False
    max_mib: Positive = 64

    def dropped(self) -> Dropped:
        """The rules of its files."""
        return Dropped(
            self.pattern,
            self.content_type,
            self.settle_seconds,
            self.done_markers,
            "move",
            self.max_mib * MIB,
        )


class AgentFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that is declared of one agent; relative paths lie beside the file."""

    gateway: Annotated[str, Meta(pattern=r"^https?://[^\s]+$")]
    key: Secret
    store: str = "send-agent.sqlite"
    certificate: str = ""
    """The file of the gateway's own certificate, and no other is taken; or in its place"""
    authority: str = ""
    """the file of the authority's that signs it."""
    allow_plain_http: tuple[str, ...] = ()
    """Hosts to which the key and records may travel unencrypted, for the line to them is safe by itself."""
    bytes_per_second: Annotated[int, Meta(ge=0)] = 0
    keep_days: Positive = 30
    follow_seconds: Annotated[float, Meta(ge=0.01)] = 10.0
    look_seconds: Annotated[float, Meta(ge=0.05)] = 10.0
    watch: tuple[Watch, ...] = ()

    def __post_init__(self) -> None:
        """Refuse plain http beyond this machine. Raises: DeclarationError."""
        check_plain_http(self.gateway, self.allow_plain_http, "gateway")

    def trusts(self, beside: Path) -> ssl.SSLContext | bool:
        """Whom we take for the gateway. Raises: DeclarationError."""
        return trust(beside_of(beside, self.certificate), beside_of(beside, self.authority))


def read_agent_file(path: Path) -> AgentFile:
    """Read an agent's file.

    Raises: DeclarationError naming the file and the field; whoever wrote it acts.
    """
    try:
        return msgspec.toml.decode(path.read_bytes(), type=AgentFile)
    except DeclarationError as error:
        raise DeclarationError(f"{path}: {error.message}", **error.facts) from error
    except OSError as error:
        raise DeclarationError(f"{path} cannot be read: {error.strerror}.", agent="send-agent") from error
    except msgspec.ValidationError as error:
        raise DeclarationError(f"{path}: {error}.", agent="send-agent") from error
    except (msgspec.DecodeError, ValueError) as error:
        raise DeclarationError(f"{path} is no TOML.", agent="send-agent") from error
