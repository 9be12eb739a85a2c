"""Asks a source over HTTP, and takes no more from it than is allowed."""

import ssl
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import httpx

from iochub.errors import SourceUnavailable
from iochub.ingest.push import silence

ASK_SECONDS = 60.0
WHOLE_SECONDS = 300.0
"""For one answer from its first to its last byte: a source that drips must not hold a connector for ever."""


ENCODINGS = ("", "identity", "gzip")
"""One step of gzip unpacks to a thousand times as much, which can be borne; of zstd, or of gzip in gzip, to
as much as the memory holds."""


class Fetched(NamedTuple):
    """One answer of a source."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Web:
    """One source reached over HTTP. Redirects are not followed: they would carry the secrets elsewhere.

    A source is somebody else's machine: the name in its address must stand on its certificate, whoever of
    the `trusted` signed it.
    """

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        trusted: ssl.SSLContext | bool = True,
        seconds: float = ASK_SECONDS,
        whole_seconds: float = WHOLE_SECONDS,
    ) -> None:
        self._url = url.rstrip("/")
        self._whole_seconds = whole_seconds
        self._client = httpx.Client(
            headers={"Accept-Encoding": "gzip"} | dict(headers or {}),
            timeout=seconds,
            verify=trusted,
            trust_env=False,
            follow_redirects=False,
        )

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def ask(self, method: str, path: str, most: int, **asked: Any) -> Fetched:
        """One question and its whole answer of at most so many bytes; other statuses than 200 are no answer.

        Raises: SourceUnavailable, with the status as a fact where there was one.
        """
        until = time.monotonic() + self._whole_seconds
        try:
            with self._client.stream(method, f"{self._url}{path}", **asked) as answer:
                body = self._read(answer, most, until)
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise SourceUnavailable(f"The source {silence(error)}.") from error
        except (httpx.InvalidURL, UnicodeError) as error:
            # Some of what is asked for came from the source itself: a cursor, a link, an id.
            raise SourceUnavailable(
                "The source cannot be asked: an address or header is not one.", status="unusable"
            ) from error
        if answer.status_code != httpx.codes.OK:
            raise SourceUnavailable(
                f"The source answered {answer.status_code}.",
                status=str(answer.status_code),
                retry_after=answer.headers.get("Retry-After", ""),
            )
        return Fetched(answer.status_code, answer.headers, body)

    def _read(self, answer: httpx.Response, most: int, until: float) -> bytes:
        if answer.headers.get("Content-Encoding", "").strip().lower() not in ENCODINGS:
            raise SourceUnavailable(
                "The source's answer is packed in a way nobody asked for.", status="packed"
            )
        pieces, held = [], 0
        for piece in answer.iter_bytes():
            held += len(piece)
            if held > most:
                raise SourceUnavailable(f"The source's answer is larger than {most} bytes.", status="large")
            if time.monotonic() > until:
                raise SourceUnavailable("The source's answer took too long.", status="slow")
            pieces.append(piece)
        return b"".join(pieces)
