"""Brings the pinned Java files of Apache Kafka to this machine, and refuses any other file."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import TextIO

import requests
from jgo.config import GlobalSettings
from jgo.maven import MavenContext

from iochub.errors import DeclarationError, SourceUnavailable
from iochub.streams.broker.jars import Jar

DOWNLOADS_AT_ONCE = 8
TIMEOUT_SECONDS = 30
LINES_EVERY = 15
"""Where the progress line cannot be overwritten (a log file), one line per so many jars is enough."""


def fetch_jars(folder: Path, jars: tuple[Jar, ...], missing: list[Jar], progress: TextIO) -> None:
    """Fetch what is missing into the folder; each jar appears there whole and verified, or not at all.

    Raises: SourceUnavailable, DeclarationError, as `class_path` says; whoever installs the hub acts.
    """
    # Beside the cache, so that the last step is a rename within one file system. The caller is alone in the
    # folder, so what an interrupted run left here belongs to nobody.
    arrivals = folder / ".arrivals"
    shutil.rmtree(arrivals, ignore_errors=True)
    done = len(jars) - len(missing)
    _show(progress, jars, done)
    with ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool:
        fetches = [pool.submit(_fetch, jar, arrivals, folder) for jar in missing]
        try:
            for fetched in as_completed(fetches):
                fetched.result()
                done += 1
                _show(progress, jars, done)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    shutil.rmtree(arrivals, ignore_errors=True)


def _fetch(jar: Jar, arrivals: Path, folder: Path) -> None:
    context = MavenContext(repo_cache=arrivals, timeout=TIMEOUT_SECONDS)
    # A site without a way out names its own mirror in jgo's configuration file.
    context.remote_repos = {**GlobalSettings.load().repositories, **context.remote_repos}
    artifact = context.project(jar.group, jar.artifact).at_version(jar.version).artifact()
    try:
        fetched = artifact.resolve()
    except (requests.RequestException, RuntimeError) as error:
        raise SourceUnavailable(
            f"Cannot fetch {jar.filename}, which the embedded Kafka needs. Check the network and start "
            "again: what is already fetched is kept. Without a network, copy "
            f"{folder} from a machine that has it.",
            jar=jar.artifact,
        ) from error
    if not jar.is_at(fetched):
        raise DeclarationError(
            f"{jar.filename} as fetched is not the file that the hub pins (its sha256 differs). Start again; "
            "if it happens twice, a proxy or a mirror alters files and must not be used.",
            jar=jar.artifact,
        )
    os.replace(fetched, folder / jar.filename)


def _show(progress: TextIO, jars: tuple[Jar, ...], done: int) -> None:
    line = f"Fetching Kafka {jars[0].version}: {done}/{len(jars)} jars …"
    last = done == len(jars)
    if progress.isatty():
        print(f"\r{line}", end="\n" if last else "", file=progress, flush=True)
    elif last or done % LINES_EVERY == 0:
        print(line, file=progress, flush=True)
