"""Runs an application behind a real server, and waits for claims to come true."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import uvicorn
from fastapi import FastAPI


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[int]:
    """The application behind a real server; the port it listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, http="httptools", access_log=False, log_config=None))
        running = asyncio.create_task(server.serve([listening]))

        async def started() -> bool:
            return server.started

        try:
            await until(started)
            yield int(listening.getsockname()[1])
        finally:
            server.should_exit = True
            await running


async def until(claim: Callable[[], Awaitable[bool]], seconds: float = 30.0) -> None:
    """Wait for a claim to hold; a deadline, not a sleep, decides."""
    deadline = datetime.now(UTC) + timedelta(seconds=seconds)
    while not await claim():
        assert datetime.now(UTC) < deadline, "it did not come to hold in time"
        await asyncio.sleep(0.05)
