"""The embedded warehouse as a process: starts the engine on a folder, answers HTTP, stops cleanly."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import uvicorn

from iochub.errors import DeclarationError, StoreUnavailable
from iochub.warehouse.engine.accounts import Account
from iochub.warehouse.engine.folder import hold, prepare
from iochub.warehouse.engine.front import Front
from iochub.warehouse.engine.sessions import Engine

log = logging.getLogger(__name__)

MEMORY_BYTES = 1_200_000_000
WORKERS = 12
"""Statements at a time and account; the engine itself shares the cores."""
FINISH_SECONDS = 8
"""Running statements may finish for this long when the hub stops."""


class Server(uvicorn.Server):
    """uvicorn, but a stop by signal is a normal end of the process, not a death by that signal."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGTERM and SIGINT."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


def run(
    data_dir: Path, host: str, port: int, writer_password: str, reader_password: str, threads: int = 2
) -> None:
    """Serve the tables of a folder over ClickHouse's HTTP protocol until SIGTERM; `threads` per statement.

    Raises: DeclarationError (no password, folder not writable, port taken), StoreUnavailable (folder held by
    another process, disk full, files damaged); whoever runs the machine acts.
    """
    accounts = new_accounts(writer_password, reader_password)
    folder = data_dir.absolute()
    with hold(folder), contextlib.closing(listen(host, port)) as listener:
        config = prepare(folder, memory=MEMORY_BYTES, threads=threads)
        engine = started(folder, config)
        front = Front(engine, accounts, WORKERS)
        server = Server(
            uvicorn.Config(
                front,
                lifespan="off",
                ws="none",
                access_log=False,
                log_config=None,
                log_level="warning",
                server_header=False,
                timeout_keep_alive=75,
                timeout_graceful_shutdown=FINISH_SECONDS,
                backlog=512,
            )
        )
        asyncio.run(server.serve(sockets=[listener]))
        front.stop()
        finish(engine, front)


def new_accounts(writer_password: str, reader_password: str) -> dict[str, Account]:
    """Make the two accounts.

    Raises: DeclarationError when a password is missing; whoever set it acts.
    """
    if not writer_password or not reader_password:
        raise DeclarationError(
            "The warehouse needs a password for each account. Set IOCHUB_CLICKHOUSE__WRITER_PASSWORD and "
            "IOCHUB_CLICKHOUSE__READER_PASSWORD, or start the hub with `iochub up`, which makes them.",
            setting="clickhouse.writer_password",
        )
    return {
        "writer": Account("writer", writer_password, may_write=True),
        "reader": Account("reader", reader_password, may_write=False),
    }


def listen(host: str, port: int) -> socket.socket:
    """Take the port before the engine starts, so that a clash costs nothing.

    Raises: DeclarationError when the port is taken; whoever runs the machine acts.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Accepted sockets inherit it; without it each answer waits 40 ms for the client's acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise DeclarationError(
            f"The warehouse cannot listen on {host}:{port} ({error.strerror}). "
            "Stop what uses that port, or choose another one with --port-base or IOCHUB_CLICKHOUSE__PORT.",
            reason="port_taken",
        ) from error
    return listener


def started(folder: Path, config: Path) -> Engine:
    """Start the engine on its folder.

    Raises: StoreUnavailable when its files cannot be read; whoever runs the machine acts.
    """
    begun = time.monotonic()
    try:
        engine = Engine(folder, config)
    except RuntimeError as error:
        raise StoreUnavailable(
            f"The warehouse cannot open its files in {folder}. If the disk is healthy, "
            "restore the last backup with `iochub restore`.",
            reason="files_damaged",
        ) from error
    log.info("warehouse open after %.1f s, engine %s", time.monotonic() - begun, engine.version)
    return engine


def finish(engine: Engine, front: Front) -> None:
    """Stop what still runs, then let the engine write down what it holds."""
    if front.running:
        engine.cancel_all()
    deadline = time.monotonic() + 2
    while front.running and time.monotonic() < deadline:
        time.sleep(0.05)
    if front.running:
        # A thread inside the engine cannot be ended; what was acknowledged is on disk already.
        log.warning("warehouse stops with %d statements still running", front.running)
        os._exit(0)
    engine.close()
    log.info("warehouse closed")
