"""The folder that holds the tables: one process at a time, and the settings the engine starts with."""

import errno
import fcntl
import os
import time
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape

from iochub.errors import DeclarationError, StoreUnavailable

LOCK_SECONDS = 10.0
"""A predecessor that was killed may need this long to let go."""
FREE_BYTES = 64 * 1024 * 1024
"""Less room than this and the engine cannot even write its own start files."""
KEPT_FREE_BYTES = 128 * 1024 * 1024
"""With less room the engine begins no insert and no merge.

Measured on a full disk: a merge under way was taken for done with empty files, and its rows were gone.
"""

CONFIG = """<clickhouse>
  <logger><level>fatal</level></logger>
  <timezone>UTC</timezone>
  <users_config>{users}</users_config>
  <!-- The whole hub must fit in 2.5 GB beside this process. -->
  <max_server_memory_usage>{memory}</max_server_memory_usage>
  <mark_cache_size>67108864</mark_cache_size>
  <primary_index_cache_size>33554432</primary_index_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <index_mark_cache_size>16777216</index_mark_cache_size>
  <index_uncompressed_cache_size>0</index_uncompressed_cache_size>
  <query_cache><max_size_in_bytes>33554432</max_size_in_bytes></query_cache>
  <query_condition_cache_size>16777216</query_condition_cache_size>
  <mmap_cache_size>64</mmap_cache_size>
  <compiled_expression_cache_size>16777216</compiled_expression_cache_size>
  <background_pool_size>2</background_pool_size>
  <background_merges_mutations_concurrency_ratio>2</background_merges_mutations_concurrency_ratio>
  <background_move_pool_size>1</background_move_pool_size>
  <background_fetches_pool_size>1</background_fetches_pool_size>
  <background_common_pool_size>2</background_common_pool_size>
  <background_buffer_flush_schedule_pool_size>1</background_buffer_flush_schedule_pool_size>
  <background_schedule_pool_size>4</background_schedule_pool_size>
  <background_message_broker_schedule_pool_size>1</background_message_broker_schedule_pool_size>
  <background_distributed_schedule_pool_size>1</background_distributed_schedule_pool_size>
  <tables_loader_foreground_pool_size>2</tables_loader_foreground_pool_size>
  <tables_loader_background_pool_size>2</tables_loader_background_pool_size>
  <max_thread_pool_free_size>16</max_thread_pool_free_size>
  <storage_configuration><disks>
    <default><keep_free_space_bytes>{keep_free}</keep_free_space_bytes></default>
  </disks></storage_configuration>
  <merge_tree>
    <max_suspicious_broken_parts>100</max_suspicious_broken_parts>
  </merge_tree>
</clickhouse>
"""

# The engine knows one user; what a request may do is a role. A reader's connection keeps one role only.
USERS = """<clickhouse>
  <profiles><default><max_threads>{threads}</max_threads></default></profiles>
  <roles>
    <hub_reader><grants>
      <query>GRANT SELECT ON iochub.*</query>
      <query>GRANT SHOW ON iochub.*</query>
    </grants></hub_reader>
    <hub_writer><grants><query>GRANT ALL ON *.* WITH GRANT OPTION</query></grants></hub_writer>
  </roles>
  <users><default>
    <password></password>
    <networks><ip>::1</ip><ip>127.0.0.1</ip></networks>
    <profile>default</profile>
    <grants><query>GRANT hub_reader</query><query>GRANT hub_writer</query></grants>
  </default></users>
</clickhouse>
"""


def prepare(folder: Path, *, memory: int, threads: int) -> Path:
    """Make the folder usable and write the engine's settings into it; gives the settings file.

    Raises: DeclarationError when the folder cannot be written, StoreUnavailable when the disk is full;
    whoever runs the machine acts.
    """
    try:
        settings = folder / "settings"
        settings.mkdir(parents=True, exist_ok=True, mode=0o700)
        users, config = settings / "users.xml", settings / "config.xml"
        free = os.statvfs(folder)
        if free.f_bavail * free.f_frsize < FREE_BYTES:
            raise OSError(errno.ENOSPC, "no room")
        users.write_text(USERS.format(threads=threads))
        config.write_text(
            CONFIG.format(users=escape(str(users.resolve())), memory=memory, keep_free=KEPT_FREE_BYTES)
        )
    except OSError as error:
        raise unusable(folder, error) from error
    return config


def unusable(folder: Path, error: OSError) -> DeclarationError | StoreUnavailable:
    """Say what is wrong with the folder and what to do about it."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreUnavailable(
            f"The disk that holds {folder} is full. Free some space (64 MB at least), then start again.",
            reason="disk_full",
        )
    return DeclarationError(
        f"The warehouse cannot write its folder {folder} ({error.strerror}). "
        "Give this account the right to write there, or choose another folder with --data.",
        reason="not_writable",
    )


def hold(folder: Path, *, seconds: float = LOCK_SECONDS) -> IO[str]:
    """Take the folder for this process, waiting for a dying predecessor; closing the file lets go.

    Raises: StoreUnavailable while another process holds it; whoever started two acts.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        mark = (folder / "engine.lock").open("a+")
    except OSError as error:
        raise unusable(folder, error) from error
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                mark.seek(0)
                holder = mark.read(20).strip() or "unknown"
                mark.close()
                raise StoreUnavailable(
                    f"Another process (pid {holder}) holds the warehouse folder {folder}. "
                    "Stop that hub first, or give this one another folder with --data.",
                    reason="folder_held",
                ) from error
            time.sleep(0.1)
            continue
        mark.truncate(0)
        mark.write(str(os.getpid()))
        mark.flush()
        return mark
