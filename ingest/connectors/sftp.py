"""A folder on somebody's SFTP server, used only if the server is the one that is known."""

import asyncio
import logging
import posixpath
import stat
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import asyncssh

from iochub.errors import DeclarationError, SourceUnavailable
from iochub.ingest.connectors.drop import Changed, Entry

CONNECT_SECONDS = 20.0
STEP_SECONDS = 60.0
"""For one call: a listing, one piece of a file, a rename."""
PIECE_BYTES = 256 * 1024

Some = TypeVar("Some")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Server:
    """Where the server is, whom it knows us as, and by which key we know it."""

    host: str
    user: str
    folder: str
    host_key: str
    """One line as in `known_hosts` without the name: type and base64. A server with another is refused."""
    port: int = 22
    password: str = ""
    key_file: str = ""


class SftpFolder:
    """One folder of the server. The connection is made when it is needed, and anew after any failure."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._runner = asyncio.Runner()
        self._connection: Any = None
        self._sftp: Any = None
        try:
            self._known = asyncssh.import_public_key(server.host_key)
        except (asyncssh.KeyImportError, ValueError) as error:
            raise DeclarationError(
                "host_key is no public key; `ssh-keyscan HOST` prints it, and its owner confirms it.",
                connector="sftp",
            ) from error

    def close(self) -> None:
        """End the connection."""
        self._let_go()
        self._runner.close()

    def entries(self) -> Iterator[Entry]:
        """Its plain files."""
        yield from self._done(self._listed)

    async def _listed(self, sftp: Any) -> list[Entry]:
        found = []
        async for each in sftp.scandir(self._server.folder):
            attributes, name = each.attrs, str(each.filename)
            if "/" not in name and _is_plain(attributes):
                found.append(Entry(name, int(attributes.size or 0), float(attributes.mtime or 0)))
        return found

    def read(self, entry: Entry) -> bytes:
        """The content, if the file is the one that was listed before and after it was read."""

        async def read(sftp: Any) -> bytes:
            try:
                return await content(sftp)
            except asyncssh.SFTPNoSuchFile as error:
                raise Changed from error
            except asyncssh.SFTPPermissionDenied as error:
                log.warning("The SFTP server holds a file that it does not let us read")
                raise Changed from error

        async def content(sftp: Any) -> bytes:
            path = self._path(entry.name)
            self._same(await sftp.lstat(path), entry)
            pieces, held = [], 0
            async with sftp.open(path, "rb") as file:
                while piece := await asyncio.wait_for(file.read(PIECE_BYTES), STEP_SECONDS):
                    pieces.append(piece)
                    held += len(piece)
                    if held > entry.size:
                        raise Changed
            self._same(await sftp.lstat(path), entry)
            if held != entry.size:
                raise Changed
            return b"".join(pieces)

        # A large file over a thin line takes its time; each piece has its own limit.
        return self._done(read, None)

    def _same(self, attributes: Any, entry: Entry) -> None:
        told = (int(attributes.size or 0), float(attributes.mtime or 0))
        if not _is_plain(attributes) or told != (entry.size, entry.modified):
            raise Changed

    def write(self, name: str, body: bytes) -> None:
        """Write a small file beside the others."""

        async def write(sftp: Any) -> None:
            await self._folder_for(sftp, name)
            draft = self._path(f"{name}.tmp")
            async with sftp.open(draft, "wb") as file:
                await file.write(body)
            await _renamed(sftp, draft, self._path(name))

        self._done(write)

    def move(self, entry: Entry, target: str) -> None:
        """Move a file that is still what was listed; one that is gone was moved before."""

        async def move(sftp: Any) -> None:
            await self._folder_for(sftp, target)
            with suppress(asyncssh.SFTPNoSuchFile):
                self._same(await sftp.lstat(self._path(entry.name)), entry)
                await _renamed(sftp, self._path(entry.name), self._path(target))

        self._done(move)

    def remove(self, name: str) -> None:
        """Remove a file."""

        async def remove(sftp: Any) -> None:
            with suppress(asyncssh.SFTPNoSuchFile):
                await sftp.remove(self._path(name))

        self._done(remove)

    async def _folder_for(self, sftp: Any, name: str) -> None:
        parent = posixpath.dirname(name)
        if parent and not await sftp.isdir(self._path(parent)):
            await sftp.mkdir(self._path(parent))

    def _path(self, name: str) -> str:
        return posixpath.join(self._server.folder, name)

    def _done(self, work: Callable[[Any], Awaitable[Some]], seconds: float | None = STEP_SECONDS) -> Some:
        try:
            return self._runner.run(asyncio.wait_for(self._with(work), seconds))
        except Changed:
            raise
        except asyncssh.SFTPNoSuchFile as error:
            raise SourceUnavailable("The SFTP server has no such folder.") from error
        except asyncssh.HostKeyNotVerifiable as error:
            self._let_go()
            raise DeclarationError(
                "The SFTP server shows another key than host_key: ask its owner before it is changed here.",
                connector="sftp",
            ) from error
        except (asyncssh.Error, OSError, TimeoutError) as error:
            self._let_go()
            raise SourceUnavailable(f"The SFTP server cannot be used ({type(error).__name__}).") from error

    async def _with(self, work: Callable[[Any], Awaitable[Some]]) -> Some:
        if self._sftp is None:
            self._connection = await asyncssh.connect(
                self._server.host,
                self._server.port,
                username=self._server.user,
                password=self._server.password or None,
                client_keys=[self._server.key_file] if self._server.key_file else None,
                known_hosts=([self._known], [], []),
                agent_path=None,
                config=None,
                connect_timeout=CONNECT_SECONDS,
                keepalive_interval=15,
            )
            # One name that is no UTF-8 would otherwise hide the whole folder.
            self._sftp = await self._connection.start_sftp_client(path_errors="surrogateescape")
        return await work(self._sftp)

    def _let_go(self) -> None:
        connection, self._connection, self._sftp = self._connection, None, None
        if connection is None:
            return

        async def end() -> None:
            connection.abort()
            with suppress(asyncssh.Error, OSError, TimeoutError):
                await asyncio.wait_for(connection.wait_closed(), 2.0)

        self._runner.run(end())


def _is_plain(attributes: Any) -> bool:
    if attributes.permissions is not None and stat.S_IFMT(attributes.permissions):
        return stat.S_ISREG(attributes.permissions)
    return bool(attributes.type == asyncssh.FILEXFER_TYPE_REGULAR)


async def _renamed(sftp: Any, old: str, new: str) -> None:
    """Rename over what may be there already; plain SFTP refuses that, OpenSSH has a way of its own."""
    try:
        await sftp.posix_rename(old, new)
    except asyncssh.SFTPOpUnsupported:
        with suppress(asyncssh.SFTPNoSuchFile):
            await sftp.remove(new)
        await sftp.rename(old, new)
