"""A folder here or on a real SFTP server, a gateway far away, and the connector between them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stand_in_gateway import KEY, StandInGateway
from stand_in_sftp import PASSWORD, USER, StandInSftp

from iochub.ingest.connectors.checkpoint import Checkpoint
from iochub.ingest.connectors.drop import Drop, Dropped, Place
from iochub.ingest.connectors.folder import Folder
from iochub.ingest.connectors.running import Running
from iochub.ingest.connectors.sftp import Server, SftpFolder
from iochub.ingest.pauses import Pauses
from iochub.ingest.push import Gateway

SETTLE = 0.05


class Corner:
    """A folder, a gateway, and the connector between them."""

    def __init__(self, folder: Path, place: Place, gateway: StandInGateway, memory: Path) -> None:
        self.folder, self.place, self.gateway = folder, place, gateway
        self.memory = memory
        self.stop = threading.Event()
        self.sftp: StandInSftp | None = None

    def drop(self, name: str, body: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(body)
        return path

    def round(self, **how: object) -> bool:
        with self.working(**how) as running:
            return running.round()

    @contextmanager
    def working(self, **how: object) -> Iterator[Running]:
        """The connector from one start to the next."""
        dropped = Dropped(**{"settle_seconds": SETTLE, **how})  # type: ignore[arg-type]
        checkpoint = Checkpoint(self.memory / "drop.checkpoint")
        line = Gateway(self.gateway.url, KEY)
        connector = Drop("folder", "drop", "dossiers", self.place, dropped)
        pauses = Pauses(0.001, 0.005)
        try:
            yield Running(connector, line, checkpoint, self.stop, pauses=pauses)
        finally:
            checkpoint.close()
            line.close()

    def names(self) -> list[str]:
        return sorted(
            str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if not path.is_dir()
        )


@contextmanager
def place_of(kind: str, folder: Path) -> Iterator[tuple[Place, StandInSftp | None]]:
    if kind == "folder":
        yield Folder(folder), None
        return
    with StandInSftp(folder.parent).running() as sftp:
        place = SftpFolder(Server("127.0.0.1", USER, f"/{folder.name}", sftp.host_key, sftp.port, PASSWORD))
        try:
            yield place, sftp
        finally:
            place.close()


@contextmanager
def corner_of(kind: str, memory: Path) -> Iterator[Corner]:
    """A corner whose folder is `drop`."""
    folder = memory / "drop"
    folder.mkdir()
    gateway = StandInGateway()
    with gateway.server.running(), place_of(kind, folder) as (place, sftp):
        made = Corner(folder, place, gateway, memory)
        made.sftp = sftp
        yield made
