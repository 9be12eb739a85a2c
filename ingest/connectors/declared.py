"""From a small TOML file to a connector: what is declared of each kind, and nothing else is allowed."""

import re
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from iochub.addresses import check_plain_http, trust
from iochub.clock import now
from iochub.errors import DeclarationError
from iochub.ingest.connectors.axis import Axis
from iochub.ingest.connectors.axis_door import AxisDoor, Signing
from iochub.ingest.connectors.connector import Connector
from iochub.ingest.connectors.drop import Drop, Dropped, Place
from iochub.ingest.connectors.folder import Folder
from iochub.ingest.connectors.paging import Paging, Style
from iochub.ingest.connectors.poller import Asked, Dates, Poller
from iochub.ingest.connectors.portal import Portal, Side
from iochub.ingest.connectors.secrets import Secret
from iochub.ingest.connectors.sftp import Server, SftpFolder
from iochub.ingest.connectors.web import Web

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)
MIB = 1024 * 1024

Positive = Annotated[int, Meta(ge=1)]
Seconds = Annotated[float, Meta(ge=0.05, le=86_400)]
Address = Annotated[str, Meta(pattern=r"^https?://[^\s]+$")]


class Declared(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """What every connector's file says. `gateway` is only needed for a hub that runs elsewhere."""

    feed: str
    key: Secret
    every_seconds: Seconds = 300.0
    max_mib: Positive = 64
    gateway: Annotated[str, Meta(pattern=r"^(https?://[^\s]+)?$")] = ""
    certificate: str = ""
    """The file of the gateway's own certificate, and no other is taken; or in its place"""
    gateway_authority: str = ""
    """the file of the authority's that signs it."""
    authority: str = ""
    """For a source behind a certificate of its own authority: the file that holds the authority's."""
    allow_plain_http: tuple[str, ...] = ()
    """Hosts to which keys and records may travel unencrypted, for the line to them is safe by itself."""

    def __post_init__(self) -> None:
        """Refuse plain http beyond this machine. Raises: DeclarationError."""
        for field in ("gateway", "url"):
            if address := getattr(self, field, ""):
                check_plain_http(address, self.allow_plain_http, field)

    def trusts(self, beside: Path) -> ssl.SSLContext | bool:
        """Whom we take for the gateway. Raises: DeclarationError."""
        return trust(beside_of(beside, self.certificate), beside_of(beside, self.gateway_authority))

    def web(self, beside: Path, url: str) -> Web:
        """A source over HTTP. Raises: DeclarationError."""
        return Web(url, trusted=trust("", beside_of(beside, self.authority)))

    def made(self, name: str, beside: Path) -> Connector:
        """The connector. Raises: DeclarationError."""
        raise NotImplementedError


class DeclaredAxis(Declared, tag="axis", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The document axis."""

    url: Address
    system: str
    secret: Secret
    agencies: bool = True
    header_prefix: str = "XroadVnpt-"
    agent: str = "JAVASDKAgent/1.0.0 XRoad/VPCP"
    version: str = "3.0.201608"
    parameters_in_body: bool = False

    def made(self, name: str, beside: Path) -> Connector:
        """An axis that is asked with this system's secret."""
        signing = Signing(
            self.system,
            self.secret.read(beside),
            self.header_prefix,
            self.agent,
            self.version,
            self.parameters_in_body,
        )
        door = AxisDoor(self.web(beside, self.url), signing, now)
        return Axis(name, self.feed, door, max_bytes=self.max_mib * MIB, with_agencies=self.agencies)


class DeclaredDrop(Declared, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a folder and an SFTP folder have in common."""

    pattern: str = "*"
    content_type: str = ""
    settle_seconds: Seconds = 5.0
    done_markers: bool = False
    after: Literal["move", "keep"] = "move"

    def dropped(self) -> Dropped:
        """The rules of the drop."""
        return Dropped(
            self.pattern,
            self.content_type,
            self.settle_seconds,
            self.done_markers,
            self.after,
            self.max_mib * MIB,
        )

    def made(self, name: str, beside: Path) -> Connector:
        """A drop in its place."""
        return Drop(
            str(type(self).__struct_config__.tag), name, self.feed, self.place(beside), self.dropped()
        )

    def place(self, beside: Path) -> Place:
        """Where the files are."""
        raise NotImplementedError


class DeclaredFolder(DeclaredDrop, tag="folder", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A folder of this machine; a relative one lies beside the declaration."""

    folder: str

    def place(self, beside: Path) -> Place:
        """The folder."""
        return Folder(beside / self.folder)


class DeclaredSftp(DeclaredDrop, tag="sftp", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A folder of an SFTP server."""

    host: str
    user: str
    folder: str
    host_key: str
    port: Annotated[int, Meta(ge=1, le=65_535)] = 22
    password: Secret | None = None
    key_file: str = ""

    def place(self, beside: Path) -> Place:
        """The server's folder."""
        if (self.password is None) == (not self.key_file):
            raise DeclarationError("An SFTP server takes either password or key_file.", connector="sftp")
        return SftpFolder(
            Server(
                self.host,
                self.user,
                self.folder,
                self.host_key,
                self.port,
                self.password.read(beside) if self.password else "",
                str(beside / self.key_file) if self.key_file else "",
            )
        )


class DeclaredPortal(Declared, tag="portal", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The tax portal, as one taxpayer sees it."""

    token: Secret
    url: Address = "https://hoadondientu.gdt.gov.vn:30000"
    sides: tuple[Side, ...] = ("sold",)
    size: Positive = 50
    details: bool = False
    look_back_days: Positive = 10

    def made(self, name: str, beside: Path) -> Connector:
        """The portal with a token that is read anew for each question."""
        return Portal(
            name,
            self.feed,
            self.web(beside, self.url),
            lambda: {"Authorization": f"Bearer {self.token.read(beside)}"},
            sides=self.sides,
            size=self.size,
            details=self.details,
            look_back_days=self.look_back_days,
            max_bytes=self.max_mib * MIB,
        )


class DeclaredPages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How pages follow each other."""

    style: Style = "none"
    parameter: str = "page"
    first: int = 1
    at: str = ""
    items: str = ""


class DeclaredDates(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"since": "from", "until": "to"}
):
    """By which parameters a day is asked for."""

    since: str
    until: str
    format: str = "%Y-%m-%d"
    to_is_exclusive: bool = False
    look_back_days: Positive = 1


class DeclaredHttp(Declared, tag="http", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Any HTTP address."""

    url: Address
    content_type: str = "application/json"
    headers: dict[str, str] = {}
    secret_headers: dict[str, Secret] = {}
    query: dict[str, str] = {}
    pages: DeclaredPages = DeclaredPages()
    dates: DeclaredDates | None = None

    def made(self, name: str, beside: Path) -> Connector:
        """A poller of this address."""
        pages, dates = self.pages, self.dates
        if pages.style in ("cursor", "next_link") and not pages.at:
            raise DeclarationError(f"pages.style {pages.style} needs pages.at.", connector="http")
        asked = Asked(
            self.url,
            self.query,
            Paging(pages.style, pages.parameter, pages.first, pages.at, pages.items),
            self.content_type,
            Dates(dates.since, dates.until, dates.format, dates.to_is_exclusive) if dates else None,
            self.max_mib * MIB,
        )

        def headers() -> Mapping[str, str]:
            return self.headers | {key: each.read(beside) for key, each in self.secret_headers.items()}

        days = dates.look_back_days if dates else 1
        web = self.web(beside, "")
        return Poller(name, self.feed, web, asked, headers, look_back_days=days)


Any = DeclaredAxis | DeclaredFolder | DeclaredSftp | DeclaredPortal | DeclaredHttp


def beside_of(beside: Path, file: str) -> str:
    """A file that is named relative to a declaration; nothing where none is named."""
    return str(beside / file) if file else ""


def read_declaration(path: Path) -> Any:
    """Read one connector's file, which also names it.

    Raises: DeclarationError naming the file and the field; whoever wrote it acts.
    """
    if not NAME.fullmatch(path.stem):
        raise DeclarationError(
            f"{path.name}: a connector's name is small letters, digits, - and _.", connector="?"
        )
    try:
        found: Any = msgspec.toml.decode(path.read_bytes(), type=Any)
    except DeclarationError as error:
        raise DeclarationError(f"{path}: {error.message}", **error.facts) from error
    except OSError as error:
        raise DeclarationError(f"{path} cannot be read: {error.strerror}.", connector=path.stem) from error
    except msgspec.ValidationError as error:
        raise DeclarationError(f"{path}: {error}.", connector=path.stem) from error
    except (msgspec.DecodeError, ValueError) as error:
        raise DeclarationError(f"{path} is no TOML.", connector=path.stem) from error
    return found


def declarations_in(folder: Path) -> list[Path]:
    """The files of all connectors that are declared in a folder, by name."""
    return sorted(folder.glob("*.toml"))
