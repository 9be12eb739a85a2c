"""Lays out a new broker's folder once, in a way that a crash at any moment cannot spoil."""

import base64
import logging
import shutil
import subprocess
import uuid
from pathlib import Path

from iochub.errors import StoreUnavailable
from iochub.streams.broker.jars import write_whole
from iochub.streams.broker.properties import Address, server_properties
from iochub.supervisor.lifeline import tie_to_parent

log = logging.getLogger(__name__)

FORMAT_SECONDS = 120


def format_storage(java: list[str], log_dir: Path, address: Address) -> None:
    """Make `log_dir`, with a cluster id of its own, by Kafka's tool; it appears finished or not at all.

    Raises: StoreUnavailable when Kafka refuses; the operator looks at the disk.
    """
    # Into a folder that takes its name by a rename: a format cut short leaves nothing that looks finished.
    half_done = log_dir.with_name(f"{log_dir.name}.formatting")
    shutil.rmtree(half_done, ignore_errors=True)
    properties = log_dir.with_name("format.properties")
    write_whole(properties, server_properties(half_done, address))
    # A first byte of 1 keeps the id from starting with a dash, which the tool would take for an option.
    cluster = base64.urlsafe_b64encode(b"\x01" + uuid.uuid4().bytes[1:]).decode().rstrip("=")
    tool = ["kafka.tools.StorageTool", "format", "--standalone", "-t", cluster, "-c", str(properties)]
    try:
        outcome = subprocess.run(
            [*java, *tool],
            capture_output=True,
            text=True,
            timeout=FORMAT_SECONDS,
            check=False,
            preexec_fn=tie_to_parent,
        )
    except subprocess.TimeoutExpired as error:
        raise _refusal(log_dir, f"it took over {FORMAT_SECONDS} s") from error
    if outcome.returncode != 0:
        raise _refusal(log_dir, " ".join((outcome.stdout + outcome.stderr).strip().splitlines()[-1:]))
    properties.unlink()
    half_done.rename(log_dir)
    log.info("Formatted a new broker in %s", log_dir)


def _refusal(log_dir: Path, why: str) -> StoreUnavailable:
    return StoreUnavailable(
        f"Kafka could not format {log_dir}: {why}. "
        "Check that the disk is sound and has room, then start again.",
        problem="format",
    )
