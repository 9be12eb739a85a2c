"""The hub's processes one by one, started by the command lines of `iochub up`, without its supervisor."""

import shutil
import sys
from pathlib import Path

from processes import Children
from running_hub import free_base

from iochub.api.keys import Keys
from iochub.cli.planning import Plan, Reach, plan
from iochub.data_folder import DataFolder
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.topic_list import topics
from iochub.ingest.topics import ensure_topics
from iochub.warehouse.store import Store

READY_SECONDS = 60.0


class Parts:
    """One hub on a folder of its own, of which a measurement starts what it needs."""

    def __init__(self, folder: Path, children: Children) -> None:
        self.data = DataFolder(folder)
        self.data.create()
        self.plan: Plan = plan(
            self.data,
            demo=False,
            port_base=free_base(),
            reach=Reach(),
            demo_keys={},
            token="",
        )
        self.settings = self.plan.settings
        self._processes = {process.name: process for process in self.plan.processes}
        self._children = children

    def start(self, *names: str) -> None:
        """Start processes in this order, each once the one before is ready."""
        for name in names:
            self.begin(name)
            self.wait(name)

    def begin(self, name: str) -> None:
        """Start a process without waiting for it."""
        process = self._processes[name]
        self._children.start(name, process.command, process.environment)

    def wait(self, name: str) -> None:
        """Wait until a process is ready, or done if it ends by itself."""
        process = self._processes[name]
        if process.once:
            self._children.wait_until(name, lambda: self._children.ended_well(name), READY_SECONDS)
        elif process.ready is not None:
            self._children.wait_until(name, process.ready, READY_SECONDS)

    def make_topics(self) -> None:
        """Only the topics, for a measurement without a warehouse."""
        kafka = self.settings.kafka
        ensure_topics(kafka.bootstrap, topics(FEEDS, kafka.partitions, kafka.replication))

    def store(self) -> Store:
        return Store(self.settings.clickhouse, may_write=True)

    def agency_keys(self, number: int) -> list[str]:
        """Keys of so many agencies that may send dossiers: one key alone has a limit of requests."""
        keys = Keys(self.data.path / "keys.sqlite")
        return [keys.create_agency_key(f"H56.{one}", ["dossiers"]) for one in range(1, number + 1)]


def script(file: str, *arguments: str) -> list[str]:
    """The command line of one of the bench's own programs."""
    return [sys.executable, str(Path(__file__).parent / file), *arguments]


def emptied(folder: Path) -> Path:
    """A folder without what an earlier run left there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
