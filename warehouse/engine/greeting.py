"""What clients written in Go ask first, answered in the form they expect; Grafana's data source is one.

They read the answer as blocks of the protocol's newest revision, which chDB does not write: it knows only
the oldest. Told that revision by this answer, they read everything after it as the engine writes it.
"""

import re

from iochub.warehouse.engine.requests import Request

# Source: clickhouse-go v2, conn_http.go, queryHello.
GREETING = re.compile(
    rb"\s*SELECT\s+displayName\(\),\s*version\(\),\s*revision\(\),\s*timezone\(\)\s*;?\s*", re.IGNORECASE
)
WITH_KIND_OF_COLUMN = 54454
"""From this revision on a byte before each column says how it is written.

Source: ClickHouse, ProtocolDefines.h, DBMS_MIN_REVISION_WITH_CUSTOM_SERIALIZATION.
"""
BLOCK_INFO = bytes((1, 0, 2)) + (-1).to_bytes(4, "little", signed=True) + bytes((0,))
"""No overflows, no bucket, end. Source: ClickHouse, BlockInfo.h."""
OLDEST = 0


def asks_who_is_there(request: Request, text: bytes) -> bool:
    """Whether a client of a newer revision than the engine's asks who is there."""
    revision = request.parameters.get("client_protocol_version", "")
    newer = revision.isdecimal() and int(revision) >= WITH_KIND_OF_COLUMN
    return newer and request.parameters.get("default_format") == "Native" and bool(GREETING.fullmatch(text))


def who_is_here(version: str) -> bytes:
    """One block with one row, as a server of the client's revision writes it."""
    columns = (
        (b"displayName()", b"String", _bytes(b"iochub")),
        (b"version()", b"String", _bytes(version.encode())),
        (b"revision()", b"UInt32", OLDEST.to_bytes(4, "little")),
        (b"timezone()", b"String", _bytes(b"UTC")),
    )
    written = b"".join(_bytes(column) + _bytes(kind) + bytes((0,)) + value for column, kind, value in columns)
    return BLOCK_INFO + bytes((len(columns), 1)) + written


def _bytes(value: bytes) -> bytes:
    # A length below 128 is one byte, and none of these is longer.
    return bytes((len(value),)) + value
