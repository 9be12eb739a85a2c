"""The whole hub as `iochub up` runs it, timed, weighed, and never outliving the measurement."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from processes import die_with_parent, tree
from pydantic import SecretStr
from running_hub import READY_SECONDS, RunningHub, free_base

from iochub.data_folder import DataFolder
from iochub.settings import Settings


@dataclass
class WholeHub(RunningHub):
    """A running hub that knows how long it took to become ready."""

    ready_seconds: float = 0.0

    @staticmethod
    def on(folder: Path) -> "WholeHub":
        """A hub on this folder, not yet started."""
        folder.mkdir(parents=True, exist_ok=True)
        return WholeHub(folder, free_base())

    def start(self, *, demo: bool = False) -> "WholeHub":
        """Start it and stop the clock at the line `ready`."""
        log = self.data.with_name(f"{self.data.name}.up.log")
        command = [
            sys.executable, "-m", "iochub", "up", "--demo" if demo else "--no-demo",
            "--data", str(self.data), "--port-base", str(self.port_base),
        ]  # fmt: skip
        began = time.monotonic()
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=os.environ | self.environment,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        while b"\nready" not in b"\n" + log.read_bytes():
            if self.process.poll() is not None or time.monotonic() > began + READY_SECONDS:
                raise RuntimeError(f"The hub did not become ready:\n{log.read_text()[-3000:]}")
            time.sleep(0.02)
        self.ready_seconds = time.monotonic() - began
        return self

    def end(self) -> None:
        """Stop it, whether it runs or not."""
        if self.process is not None and self.process.poll() is None:
            self.stop()

    def settings(self) -> Settings:
        """The settings of the running hub, for asking its engines directly."""
        ports = DataFolder(self.data).ports()
        secrets = DataFolder(self.data).secrets()
        given = Settings()
        return given.model_copy(
            update={
                "kafka": given.kafka.model_copy(update={"bootstrap": f"127.0.0.1:{ports['kafka']}"}),
                "clickhouse": given.clickhouse.model_copy(
                    update={
                        "port": ports["clickhouse"],
                        "writer_password": SecretStr(secrets["clickhouse_writer_password"]),
                    }
                ),
            }
        )

    def all_pids(self) -> dict[int, str]:
        """The command and all that descends from it, with a short name each."""
        assert self.process is not None
        return {pid: _named(words) for pid, words in tree(self.process.pid).items()}


def _named(words: str) -> str:
    if "kafka.Kafka" in words:
        return "broker"
    if "iochub.cli.running" in words:
        return words.partition("iochub.cli.running ")[2].split()[0]
    return "supervisor" if " up " in words else "other"
