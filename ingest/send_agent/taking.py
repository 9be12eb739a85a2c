"""From watched folders into the outbox: a file is moved away only when it is safe in the agent's own file."""

import hashlib
import json
import logging
from contextlib import suppress
from pathlib import Path

from iochub.clock import now
from iochub.errors import SourceUnavailable
from iochub.ingest.connectors.connector import Wait
from iochub.ingest.connectors.drop import (
    REFUSED,
    REJECTS,
    Changed,
    Entry,
    content_type_of,
    fitting,
    mark_of,
    whole_files,
)
from iochub.ingest.connectors.folder import Folder
from iochub.ingest.send_agent.declared import Watch
from iochub.ingest.send_agent.outbox import Outbox

TAKEN = "taken"
MARKER = ".done"

log = logging.getLogger(__name__)


class Taker:
    """Watches the folders of one agent."""

    def __init__(self, watched: tuple[Watch, ...], beside: Path, outbox: Outbox) -> None:
        self._watched = [(watch, Folder(beside / watch.folder)) for watch in watched]
        self._outbox = outbox

    def look(self, wait: Wait) -> int:
        """Take every whole file of every folder; a folder that is away is looked at the next time."""
        taken = 0
        for watch, folder in self._watched:
            try:
                for entry in whole_files(folder, watch.dropped(), wait):
                    taken += self._take(watch, folder, entry)
            except SourceUnavailable as error:
                log.warning("%s: %s", watch.folder, error.message)
        return taken

    def _take(self, watch: Watch, folder: Folder, entry: Entry) -> int:
        if entry.size > watch.dropped().max_bytes:
            target = f"{REFUSED}/{mark_of(entry)[:8]}-{fitting(entry.name)}"
            folder.write(f"{target}{REJECTS}", json.dumps({"problem": "too_large"}).encode())
            log.error("a file of %d bytes is too large and is set aside", entry.size)
            with suppress(Changed):
                folder.move(entry, target)
            return 0
        try:
            body = folder.read(entry)
        except Changed:
            return 0
        is_new = self._outbox.put(
            watch.feed, content_type_of(entry.name, watch.content_type), entry.name, body, now()
        )
        # Killed before the move, the file is found again, and is the same delivery. Its marker goes first:
        # one that outlived its file would call the next of that name whole while it is still written.
        if watch.done_markers:
            folder.remove(f"{entry.name}{MARKER}")
        with suppress(Changed):  # another is there already; the next look finds it
            folder.move(entry, f"{TAKEN}/{hashlib.sha256(body).hexdigest()[:8]}-{fitting(entry.name)}")
        return int(is_new)
