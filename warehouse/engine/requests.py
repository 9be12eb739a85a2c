"""From an HTTP request to what it asks of the engine: account, statement, parameters, settings."""

import base64
import binascii
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from iochub.warehouse.engine.accounts import Account, admitted
from iochub.warehouse.engine.failures import SYNTAX_ERROR, UNKNOWN_SETTING_VALUE, Refusal
from iochub.warehouse.engine.sessions import Asked

# What the HTTP front itself understands; everything else in the URL is a setting of the engine.
TRANSPORT = frozenset(
    {
        "add_http_cors_header", "buffer_size", "cancel_http_readonly_queries_on_client_close",
        "client_protocol_version", "compress", "database", "decompress", "default_format",
        "enable_http_compression", "http_headers_progress_interval_ms",
        "http_write_exception_in_output_format", "http_zlib_compression_level", "password", "query",
        "query_id", "quota_key", "role", "send_progress_in_http_headers", "session_check",
        "session_id", "session_timeout", "stacktrace", "user", "wait_end_of_query",
    }
)  # fmt: skip
FORMAT = re.compile(r"\w+", re.ASCII)
# These two come back as headers, where a line break would let a client write headers of its own.
QUERY_ID = re.compile(r"[\w.:-]{0,1024}", re.ASCII)
TIME_ZONE = re.compile(r"[\w/+-]{0,64}", re.ASCII)
DISPOSITION = re.compile(rb'\bname="([^"]*)"', re.IGNORECASE)


@dataclass(frozen=True)
class Request:
    """Method, headers and parameters of one HTTP request; the body comes by itself."""

    method: str
    headers: Mapping[str, str]
    parameters: Mapping[str, str]

    def flag(self, name: str) -> bool:
        """Whether a parameter says yes."""
        return self.parameters.get(name, "") in ("1", "true")

    @property
    def form_boundary(self) -> bytes:
        """The mark between the parts of a form; empty when the body is no form."""
        kind, _, rest = self.headers.get("content-type", "").partition(";")
        if kind.strip().lower() != "multipart/form-data" or "boundary=" not in rest:
            return b""
        return rest.split("boundary=", 1)[1].split(";")[0].strip().strip('"').encode()


def read_request(method: str, raw_headers: list[tuple[bytes, bytes]], query_string: bytes) -> Request:
    """Read what ASGI gives into words."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in raw_headers}
    pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True, max_num_fields=2000)
    return Request(method, headers, dict(pairs))


def who(request: Request, accounts: Mapping[str, Account]) -> Account:
    """Know who asks, by headers, basic authentication or parameters, in this order.

    Raises: Refusal 194 or 516; the caller acts.
    """
    headers = request.headers
    if "x-clickhouse-user" in headers or "x-clickhouse-key" in headers:
        return admitted(accounts, headers.get("x-clickhouse-user", ""), headers.get("x-clickhouse-key", ""))
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            user, _, password = base64.b64decode(token, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            user, password = "", ""
        return admitted(accounts, user, password)
    return admitted(accounts, request.parameters.get("user", ""), request.parameters.get("password", ""))


def asked(request: Request, account: Account) -> Asked:
    """Sort the parameters into the front's own, bound parameters and settings.

    Raises: Refusal for a format that cannot be a name; the caller acts.
    """
    given, headers = request.parameters, request.headers
    format_name = headers.get("x-clickhouse-format") or given.get("default_format") or "TabSeparated"
    if not FORMAT.fullmatch(format_name):
        raise Refusal(UNKNOWN_SETTING_VALUE, "default_format is not the name of a format.")
    zone, query_id = given.get("session_timezone", ""), given.get("query_id", "")
    if not QUERY_ID.fullmatch(query_id) or not TIME_ZONE.fullmatch(zone):
        raise Refusal(UNKNOWN_SETTING_VALUE, "query_id or session_timezone has characters it may not have.")
    bound = {name[len("param_") :]: value for name, value in given.items() if name.startswith("param_")}
    settings = {
        name: value
        for name, value in given.items()
        if name not in TRANSPORT and not name.startswith("param_") and not is_external(name, given)
    }
    return Asked(
        account=account,
        query_id=query_id or str(uuid.uuid4()),
        database=given.get("database") or headers.get("x-clickhouse-database") or "iochub",
        format_name=format_name,
        parameters=bound,
        settings=settings,
        safe_method=request.method in ("GET", "HEAD"),
        whole=request.flag("wait_end_of_query"),
    )


def is_health_check(path: str, request: Request) -> bool:
    """A bare GET of the root is a health check, not a statement."""
    return path == "/" and request.method in ("GET", "HEAD") and "query" not in request.parameters


def is_external(name: str, given: Mapping[str, str]) -> bool:
    """Whether a parameter describes a table sent along (`x_structure`, `x_types`, `x_format`)."""
    stem, _, tail = name.rpartition("_")
    return tail in ("structure", "types", "format") and (
        f"{stem}_structure" in given or f"{stem}_types" in given
    )


def form_fields(body: bytes, boundary: bytes) -> dict[str, bytes]:
    """Read the fields of a form.

    Raises: Refusal for a form without an end; the caller acts.
    """
    mark = b"--" + boundary
    parts = (b"\r\n" + body).split(b"\r\n" + mark)
    if len(parts) < 2 or not parts[-1].startswith(b"--"):
        raise Refusal(SYNTAX_ERROR, "The form of the request has no end. (SYNTAX_ERROR)")
    fields: dict[str, bytes] = {}
    for part in parts[1:-1]:
        head, _, value = part.partition(b"\r\n\r\n")
        name = DISPOSITION.search(head)
        if name is not None:
            fields[name.group(1).decode("utf-8", "replace")] = value
    return fields
