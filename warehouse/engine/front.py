"""The HTTP face of the engine: what a ClickHouse server answers, from chDB in the same process."""

import asyncio
import itertools
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from iochub.warehouse.engine.accounts import Account
from iochub.warehouse.engine.encodings import WORTH_SQUEEZING, chosen, plain, squeezed
from iochub.warehouse.engine.failures import CLIENT_GONE, TOO_BUSY, TOO_LARGE, Refusal
from iochub.warehouse.engine.greeting import asks_who_is_there, who_is_here
from iochub.warehouse.engine.requests import Request, asked, form_fields, is_health_check, read_request, who
from iochub.warehouse.engine.sessions import Asked, Engine
from iochub.warehouse.engine.statements import insert_head

log = logging.getLogger(__name__)

Message = MutableMapping[str, Any]
Receive = Callable[[], Coroutine[Any, Any, Message]]
Send = Callable[[Message], Awaitable[None]]
Header = tuple[bytes, bytes]

BODY_BYTES = 512 * 1024 * 1024
HEAD_BYTES = 1024 * 1024
"""A statement must fit in this; only an insert's data may be longer."""
FORM_BYTES = 64 * 1024 * 1024
STALLED_SECONDS = 120.0
"""A client that neither sends nor reads for this long is gone."""
WAITING = 256


class Wire:
    """One request's bytes in and out, for the thread that works on it."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._loop = asyncio.get_running_loop()
        self._receive, self._send = receive, send
        self._first: Message | None = None
        self._body_ended = False
        self._waiting: list[Message] = []
        self.body_read = asyncio.Event()
        self.begun = False

    async def expect(self) -> None:
        """Take the first piece on the loop: most bodies are one piece, and a hop between threads is dear."""
        try:
            self._first = await asyncio.wait_for(self._receive(), STALLED_SECONDS)
        except TimeoutError as error:
            raise Refusal(CLIENT_GONE, "The client stalled.") from error

    def pieces(self) -> Iterator[bytes]:
        """Give the body as it arrives.

        Raises: Refusal when the client leaves, stalls or sends too much; nothing is kept then.
        """
        total = 0
        while not self._body_ended:
            message, self._first = self._first or self._wait(self._receive()), None
            if message["type"] == "http.disconnect":
                raise Refusal(CLIENT_GONE, "The client left before its request was complete.")
            piece: bytes = message.get("body", b"")
            if not message.get("more_body", False):
                self._body_ended = True
                self._loop.call_soon_threadsafe(self.body_read.set)
            total += len(piece)
            if total > BODY_BYTES:
                raise Refusal(TOO_LARGE, f"A request may carry {BODY_BYTES} bytes at most.")
            yield piece

    def begin(self, headers: list[Header]) -> None:
        """Prepare the status line and headers of an answer."""
        self._waiting.append({"type": "http.response.start", "status": 200, "headers": headers})

    def write(self, piece: bytes, *, more: bool) -> None:
        """Send a piece of the body as fast as the client reads; the last one waits for `flush`."""
        self._waiting.append({"type": "http.response.body", "body": piece, "more_body": more})
        if more:
            self._wait(self.flush())

    async def flush(self) -> None:
        """Send what waits."""
        waiting, self._waiting = self._waiting, []
        for message in waiting:
            self.begun = True
            await self._send(message)

    def _wait(self, step: Coroutine[Any, Any, Any]) -> Any:
        try:
            return asyncio.run_coroutine_threadsafe(
                asyncio.wait_for(step, STALLED_SECONDS), self._loop
            ).result()
        except TimeoutError as error:
            raise Refusal(CLIENT_GONE, "The client stalled.") from error


class Front:
    """An ASGI application; each statement runs in a thread of its account's pool."""

    def __init__(self, engine: Engine, accounts: dict[str, Account], workers: int) -> None:
        self._engine = engine
        self._accounts = accounts
        self._pools = {
            name: ThreadPoolExecutor(workers, thread_name_prefix=name) for name in (*accounts, "cancel")
        }
        self._running = 0

    def stop(self) -> None:
        """Take no more work; what has not begun is dropped."""
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)

    @property
    def running(self) -> int:
        """How many statements are being worked on."""
        return self._running

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        request = read_request(scope["method"], scope["headers"], scope["query_string"])
        if scope["path"] in ("/ping", "/replicas_status") or is_health_check(scope["path"], request):
            await reply(send, 200, b"Ok.\n", [])
            return
        if scope["path"] != "/":
            await reply(send, 404, b"There is nothing here; statements go to /.\n", [])
            return
        query_id = ""
        try:
            wanted = asked(request, who(request, self._accounts))
            query_id = wanted.query_id
            if self._running >= WAITING:
                raise Refusal(TOO_BUSY, "Too many simultaneous queries. (TOO_MANY_SIMULTANEOUS_QUERIES)")
            await self._work(request, wanted, receive, send)
        except Refusal as refused:
            await reply_refused(send, refused, query_id, self._engine.version)

    async def _work(self, request: Request, wanted: Asked, receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        wire = Wire(receive, send)
        self._running += 1
        try:
            await wire.expect()
            work = loop.run_in_executor(self._pools[wanted.account.name], self._answer, request, wanted, wire)
            watch = loop.create_task(self._watch(wanted, wire, receive, work))
            try:
                await work
            finally:
                watch.cancel()
            await wire.flush()
        except Refusal as refused:
            log.info("refused code=%d query_id=%s", refused.code, wanted.query_id)
            if wire.begun:
                # Half an answer is out: leaving it without an end breaks the connection, which is honest.
                return
            await reply_refused(send, refused, wanted.query_id, self._engine.version)
        finally:
            self._running -= 1

    async def _watch(self, wanted: Asked, wire: Wire, receive: Receive, work: asyncio.Future[None]) -> None:
        """Stop the statement when its client leaves; the body must have been read, or we would steal it."""
        await wire.body_read.wait()
        while (await receive())["type"] != "http.disconnect":
            pass
        if not work.done():
            await asyncio.get_running_loop().run_in_executor(
                self._pools["cancel"], self._engine.cancel, wanted.query_id
            )

    def _answer(self, request: Request, wanted: Asked, wire: Wire) -> None:
        pieces = plain(wire.pieces(), request.headers.get("content-encoding", "").lower())
        if request.form_boundary:
            wanted, text = with_form(request, wanted, pieces)
            self._select(request, wanted, text, wire)
            return
        query = request.parameters.get("query", "").encode()
        text = query + b"\n" if query else b""
        text, ended = filled(text, pieces)
        head = insert_head(text if ended or not query else query + b"\n")
        if head is not None:
            data = itertools.chain((text[head.data_at :],), pieces)
            summary = self._engine.insert(wanted, head, data)
            wire.begin(self._headers(wanted, head.format_name, summary, ""))
            wire.write(b"", more=False)
            return
        if not ended:
            raise Refusal(TOO_LARGE, f"A statement may have {HEAD_BYTES} bytes at most. (QUERY_IS_TOO_LARGE)")
        self._select(request, wanted, text, wire)

    def _select(self, request: Request, wanted: Asked, text: bytes, wire: Wire) -> None:
        if asks_who_is_there(request, text):
            wire.begin(self._headers(wanted, "Native", {}, ""))
            wire.write(who_is_here(self._engine.version), more=False)
            return
        with self._engine.select(wanted, text) as answer:
            # The first piece decides whether there is an answer at all, so it comes before the status.
            first = next(answer.chunks, b"")
            encoding = ""
            if request.flag("enable_http_compression") and (
                answer.summary == {} or len(first) > WORTH_SQUEEZING
            ):
                encoding = chosen(request.headers.get("accept-encoding", ""))
            wire.begin(self._headers(wanted, answer.format_name, answer.summary, encoding))
            pieces = squeezed(itertools.chain((first,), answer.chunks), encoding)
            if wanted.whole or answer.summary:
                wire.write(b"".join(pieces), more=False)
                return
            for piece in filter(None, pieces):
                wire.write(piece, more=True)
            wire.write(b"", more=False)

    def _headers(
        self, wanted: Asked, format_name: str, summary: dict[str, str], encoding: str
    ) -> list[Header]:
        headers = [
            *common_headers(wanted.query_id),
            (b"x-clickhouse-format", format_name.encode()),
            (b"x-clickhouse-timezone", wanted.settings.get("session_timezone", "UTC").encode()),
            (b"x-clickhouse-summary", json.dumps({**NOTHING_COUNTED, **summary}).encode()),
            (b"content-type", content_type(format_name)),
        ]
        return [*headers, (b"content-encoding", encoding.encode())] if encoding else headers


NOTHING_COUNTED = {"read_rows": "0", "read_bytes": "0", "written_rows": "0", "written_bytes": "0"}


def with_form(request: Request, wanted: Asked, pieces: Iterator[bytes]) -> tuple[Asked, bytes]:
    """Take bound parameters and the statement out of a form.

    Raises: Refusal when the form is too large; the caller acts.
    """
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > FORM_BYTES:
            raise Refusal(TOO_LARGE, f"A form may have {FORM_BYTES} bytes at most.")
    fields = form_fields(bytes(body), request.form_boundary)
    bound = {
        name.removeprefix("param_"): value.decode("utf-8", "replace")
        for name, value in fields.items()
        if name.startswith("param_")
    }
    text = fields.get("query", b"") or request.parameters.get("query", "").encode()
    return replace(wanted, parameters={**wanted.parameters, **bound}), text


def filled(text: bytes, pieces: Iterator[bytes]) -> tuple[bytes, bool]:
    """Read on until the statement must be complete; says whether the body has ended."""
    gathered = bytearray(text)
    for piece in pieces:
        gathered += piece
        if len(gathered) >= HEAD_BYTES:
            return bytes(gathered), False
    return bytes(gathered), True


def common_headers(query_id: str) -> list[Header]:
    """What every answer carries."""
    return [
        (b"x-clickhouse-server-display-name", b"iochub"),
        (b"x-clickhouse-query-id", query_id.encode("latin-1", "replace")),
    ]


def content_type(format_name: str) -> bytes:
    """The type of a format, for browsers and curl."""
    if format_name.startswith("JSON") and "EachRow" not in format_name:
        return b"application/json; charset=UTF-8"
    if format_name.startswith(("CSV",)):
        return b"text/csv; charset=UTF-8; header=absent"
    if format_name.startswith(("TabSeparated", "TSV")):
        return b"text/tab-separated-values; charset=UTF-8"
    return b"application/octet-stream"


async def reply(send: Send, status: int, body: bytes, headers: list[Header]) -> None:
    """Send a short answer."""
    headers = [
        *headers,
        (b"content-type", b"text/plain; charset=UTF-8"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def reply_refused(send: Send, refused: Refusal, query_id: str, version: str) -> None:
    """Say why not, in ClickHouse's words; the text goes to the client alone, never to the log."""
    body = f"{refused.text} (version {version} (official build))\n".encode()
    headers = [*common_headers(query_id), (b"x-clickhouse-exception-code", str(refused.code).encode())]
    if refused.status == 401:
        headers.append((b"www-authenticate", b'Basic realm="ClickHouse server HTTP API"'))
    await reply(send, refused.status, body, headers)
