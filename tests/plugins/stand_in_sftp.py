"""A stand-in for a publisher's SFTP server: a real one, of asyncssh, on a folder of the test."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncssh

USER, PASSWORD = "ioc", "not a secret"


class _Door(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


class StandInSftp:
    """The server's port and key; `cut` ends every connection at once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.key = asyncssh.generate_private_key("ssh-ed25519")
        self.host_key = self.key.export_public_key().decode().strip()
        self.port = 0
        self._doors: list[Any] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    def cut(self) -> None:
        assert self._loop is not None
        done = threading.Event()

        def end() -> None:
            for connection in self._doors:
                connection.abort()
            self._doors.clear()
            done.set()

        self._loop.call_soon_threadsafe(end)
        assert done.wait(10)

    @contextmanager
    def running(self) -> Iterator["StandInSftp"]:
        ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        stop = asyncio.Event()
        outer = self

        class Door(_Door):
            def connection_made(self, conn: Any) -> None:
                outer._doors.append(conn)

        async def serve() -> None:
            server = await asyncssh.listen(
                "127.0.0.1", self.port, server_factory=Door, server_host_keys=[self.key],
                sftp_factory=lambda chan: asyncssh.SFTPServer(chan, chroot=str(self.root).encode()),
            )  # fmt: skip
            self.port = server.get_port()
            ready.set()
            await stop.wait()
            server.close()
            for connection in self._doors:
                connection.abort()
            await server.wait_closed()
            await asyncio.sleep(0.05)

        thread = threading.Thread(target=self._loop.run_until_complete, args=(serve(),))
        thread.start()
        assert ready.wait(20)
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(stop.set)
            thread.join()
            self._loop.close()
