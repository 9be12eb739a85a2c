"""Runs every declared connector, each in a thread of its own, until told to stop."""

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from iochub.addresses import trust
from iochub.errors import DeclarationError, StoreUnavailable
from iochub.ingest.connectors.checkpoint import Checkpoint
from iochub.ingest.connectors.connector import Connector
from iochub.ingest.connectors.declared import Any, read_declaration
from iochub.ingest.connectors.running import Running, alone
from iochub.ingest.push import Gateway

MEND_SECONDS = 15.0
"""How soon a declaration or a key that was wrong is looked at again."""

log = logging.getLogger(__name__)


class Hub:
    """Where the gateway is, and where connectors keep what they remember."""

    def __init__(self, gateway: str, certificate: str, memory: Path) -> None:
        self.gateway = gateway
        self.certificate = certificate
        self.memory = memory

    def checkpoint(self, name: str) -> Checkpoint:
        """A connector's memory."""
        return Checkpoint(self.memory / f"{name}.checkpoint")

    def lock(self, name: str) -> Path:
        """The file by which only one process runs a connector."""
        return self.memory / f"{name}.lock"

    def door(self, declared: Any, beside: Path) -> Gateway:
        """The gateway with the connector's key. Raises: DeclarationError."""
        if not declared.gateway:
            return Gateway(self.gateway, declared.key.read(beside), trust(self.certificate))
        return Gateway(declared.gateway, declared.key.read(beside), declared.trusts(beside))


def with_connector(
    hub: Hub, path: Path, stop: threading.Event, work: Callable[[Running, Any, Connector], None]
) -> None:
    """Make one connector from its file, hold it alone, do some work with it, and let go of everything.

    Raises: DeclarationError; whoever declared it acts.
    """
    declared = read_declaration(path)
    with alone(hub.lock(path.stem)):
        connector = declared.made(path.stem, path.parent)
        try:
            gateway = hub.door(declared, path.parent)
            try:
                checkpoint = hub.checkpoint(path.stem)
                try:
                    work(Running(connector, gateway, checkpoint, stop), declared, connector)
                finally:
                    checkpoint.close()
            finally:
                gateway.close()
        finally:
            connector.close()


def run_for_ever(hub: Hub, path: Path, stop: threading.Event) -> None:
    """Run one connector until told to stop; what must be mended is said, and looked at again."""
    while not stop.is_set():
        try:
            with_connector(
                hub, path, stop, lambda running, declared, _: running.forever(declared.every_seconds)
            )
        except (DeclarationError, StoreUnavailable) as error:
            log.critical("%s: %s", path.stem, error.message)
            with suppress(DeclarationError, StoreUnavailable):  # its memory may be what is to be mended
                _stands(hub, path.stem, error.message)
            stop.wait(MEND_SECONDS)


def run_all(hub: Hub, paths: Sequence[Path], stop: threading.Event) -> None:
    """Run all until told to stop. A bug in one ends all: whoever started this process starts it again."""
    failed: list[BaseException] = []

    def run(path: Path) -> None:
        try:
            run_for_ever(hub, path, stop)
        except BaseException as error:
            log.critical("%s met what it does not understand", path.stem, exc_info=True)
            failed.append(error)
            stop.set()

    threads = [threading.Thread(target=run, args=(path,), name=path.stem) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def _stands(hub: Hub, name: str, words: str) -> None:
    """Keep what must be mended, for `iochub connectors list`."""
    checkpoint = hub.checkpoint(name)
    try:
        checkpoint.keep("stands", words)
    finally:
        checkpoint.close()
