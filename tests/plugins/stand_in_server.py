"""What stand-ins of publishers and gateways have in common: a real HTTP server in a thread, and faults."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: Any
    body: bytes


@dataclass
class Told:
    """One answer, and what goes wrong on its way."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    cut: bool = False
    """Whether the line is cut in the middle of the body."""
    silent: bool = False
    """Whether the line is cut before anything is said."""
    slow_seconds: float = 0.0


class Server:
    """Answers by a function; it may be stopped and started again at the same address.

    `pair` is the certificate and key of one that speaks TLS.
    """

    def __init__(self, answer: Callable[[Asked], Told], pair: tuple[Path, Path] | None = None) -> None:
        self._answer = answer
        self._pair = pair
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"{'https' if self._pair else 'http'}://127.0.0.1:{self.port}"

    def start(self) -> "Server":
        answer = self._answer

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _handle(self) -> None:
                self.close_connection = True
                try:
                    announced = int(self.headers.get("Content-Length", 0))
                    body = self.rfile.read(announced)
                    if len(body) < announced:
                        return  # broken off: nothing was asked
                    told = answer(Asked(self.command, self.path, self.headers, body))
                    time.sleep(told.slow_seconds)
                    if told.silent:
                        return
                    self._send(told)
                except OSError:
                    return  # the caller was killed, or hung up

            def _send(self, told: Told) -> None:
                self.send_response_only(told.status)
                names = {name for name, _ in told.headers}
                if "Date" not in names:
                    self.send_header("Date", self.date_time_string())
                for name, value in told.headers:
                    self.send_header(name, value)
                self.send_header("Content-Type", told.content_type)
                self.send_header("Content-Length", str(len(told.body)))
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(told.body[: len(told.body) // 2] if told.cut else told.body)

            do_GET = do_POST = do_PUT = _handle  # noqa: N815 - named by http.server

            def log_message(self, *_: object) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *_: object) -> None:
                pass  # a caller that does not trust us hangs up in the middle of the handshake

        self._server = Quiet(("127.0.0.1", self.port), Handler)
        self.port = int(self._server.server_address[1])
        if self._pair:
            ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            ours.load_cert_chain(*self._pair)
            self._server.socket = ours.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._server = self._thread = None

    @contextmanager
    def running(self) -> Iterator["Server"]:
        self.start()
        try:
            yield self
        finally:
            self.stop()
