"""Fetches files from a folder where a publisher drops them: only whole ones, each content once."""

import hashlib
import heapq
import json
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal, NamedTuple, Protocol

from iochub.errors import SourceUnavailable
from iochub.ingest.connectors.checkpoint import Checkpoint
from iochub.ingest.connectors.connector import FAILURES_IN_A_ROW, Arrived, Connector, Wait
from iochub.ingest.push import Answer

FILES_PER_ROUND = 10_000
"""The oldest first; the next round takes the next. Memory stays bounded in a folder of a million."""
OPEN = ("~$",)
"""How an office program calls what it lays beside a file that somebody has open."""
UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".swp", "~")
"""How programs call a file that they are still writing."""
REJECTS, MARKER = ".rejects.json", ".done"
LONGEST_NAME, LONGEST_ENDING = 200, 16
"""Bytes of a publisher's name that are kept in ours: with accents a hundred letters may be three hundred."""
SENT, REFUSED = "sent", "refused"
CONTENT_TYPES = {
    ".xml": "application/xml",
    ".edxml": "application/xml",
    ".json": "application/json",
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

log = logging.getLogger(__name__)


class Entry(NamedTuple):
    """One plain file of the folder, as it is listed."""

    name: str
    size: int
    modified: float


class Changed(Exception):
    """The file is no longer the one that was listed; a later look finds it again."""


class Place(Protocol):
    """A folder, here or elsewhere. All of it may raise SourceUnavailable."""

    def entries(self) -> Iterable[Entry]:
        """Its plain files: no folder, no link, no device."""

    def read(self, entry: Entry) -> bytes:
        """The content of a file that is still what was listed; raises Changed when not."""

    def write(self, name: str, body: bytes) -> None:
        """Write a small file, whole or not at all; `name` may begin with one of our own folders."""

    def move(self, entry: Entry, target: str) -> None:
        """Move a file into one of our own folders under another name; raises Changed where it is another."""

    def remove(self, name: str) -> None:
        """Remove a file of ours or a marker; nothing when it is gone."""

    def close(self) -> None:
        """Let go of it."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """What is declared of a drop.

    A file is whole when its marker `<name>.done` is there (`done_markers`), or when its size and time of
    change have stood still for `settle_seconds`. A program that writes for longer than that without a pause
    between, and uses neither a marker nor a temporary name, is not understood by anybody.
    """

    pattern: str = "*"
    content_type: str = ""
    """Nothing: by the ending of each name."""
    settle_seconds: float = 5.0
    done_markers: bool = False
    after: Literal["move", "keep"] = "move"
    """Whether what was sent moves to `sent/`, or stays where it is and is only remembered."""
    max_bytes: int = 64 * 1024 * 1024


def whole_files(
    place: Place, dropped: Dropped, wait: Wait, is_new: Callable[[Entry], bool] = lambda _: True
) -> list[Entry]:
    """The files that nobody writes any more, the oldest first; it looks twice, and waits in between."""
    first = _offered(place, dropped, is_new)
    if dropped.done_markers or not first:
        return first
    if wait(dropped.settle_seconds):
        return []
    again = set(_offered(place, dropped, is_new))
    return [entry for entry in first if entry in again]


def _offered(place: Place, dropped: Dropped, is_new: Callable[[Entry], bool]) -> list[Entry]:
    entries = place.entries()
    if dropped.done_markers:
        listed = list(entries)
        done = {entry.name.removesuffix(MARKER) for entry in listed if entry.name.endswith(MARKER)}
        entries = [entry for entry in listed if entry.name in done]
    offered = (entry for entry in entries if _is_offered(entry.name, dropped.pattern) and is_new(entry))
    return heapq.nsmallest(FILES_PER_ROUND, offered, key=lambda entry: (entry.modified, entry.name))


def _is_offered(name: str, pattern: str) -> bool:
    """Whether a name is one that a publisher gives to a finished file; a path is no name."""
    if name.startswith((".", *OPEN)) or "/" in name or "\\" in name or "\0" in name:
        return False
    if name.lower().endswith((*UNFINISHED, REJECTS, MARKER)):
        return False
    return fnmatchcase(name, pattern)


def content_type_of(name: str, declared: str = "") -> str:
    """The declared type, or the usual one of a name's ending."""
    ending = f".{name.rpartition('.')[2].lower()}"
    return declared or CONTENT_TYPES.get(ending, "application/octet-stream")


class Drop(Connector):
    """A folder of files, here or over SFTP.

    A content is known by its hash: a file that was renamed, or dropped twice, is the same delivery and is not
    pushed again. What was rejected of a file is written beside it as `<name>.rejects.json`. A file that
    cannot be put away, for another program holds it, is pushed all the same and keeps no other from it.
    """

    def __init__(self, kind: str, name: str, feed: str, place: Place, dropped: Dropped) -> None:
        super().__init__(name, feed)
        self.kind = kind  # type: ignore[misc]  # one class for both places
        self._place = place
        self._dropped = dropped
        self._in_hand: Entry | None = None
        self._stuck: set[str] = set()
        """Names that could not be put away. Others come first, or three held up the whole folder."""
        self._failed: list[SourceUnavailable] = []
        self._in_a_row = 0

    def close(self) -> None:
        """Let go of the folder."""
        self._place.close()

    def check(self) -> str:
        """Look into the folder, and say how many files lie there."""
        return f"{len(_offered(self._place, self._dropped, lambda _: True))} files lie there"

    def arrivals(self, checkpoint: Checkpoint, wait: Wait) -> Iterator[Arrived]:
        """Every whole file whose content is new, read when it is its turn.

        Raises: SourceUnavailable at the end, where a file could not be put away.
        """
        stays = self._dropped.after == "keep"

        def is_new(entry: Entry) -> bool:
            return not stays or checkpoint.settled(_looked_at(entry)) is None

        self._failed, self._in_a_row = [], 0
        whole = whole_files(self._place, self._dropped, wait, is_new)
        self._stuck &= {entry.name for entry in whole}
        for entry in sorted(whole, key=lambda entry: entry.name in self._stuck):
            if wait(0.0):
                return
            found = self._opened(entry, checkpoint)
            if found is not None:
                self._in_hand = entry
                yield found
        if self._failed:
            raise self._failed[0]

    def remember(self, arrived: Arrived, answer: Answer, checkpoint: Checkpoint) -> None:
        """The verdict on a content, to be written beside its file, also after a kill.

        What was not taken at all is not remembered: nothing of it is kept, and dropped again after a limit or
        a type was mended it is tried again.
        """
        if answer.is_kept:
            checkpoint.settle(arrived.key, json.dumps(answer.facts(), ensure_ascii=False))

    def tell(self, arrived: Arrived, answer: Answer, checkpoint: Checkpoint) -> None:
        """Move the file away, with what was rejected beside it."""
        if self._in_hand is not None:
            said = json.dumps(answer.facts(), ensure_ascii=False)
            self._told(self._in_hand, said, arrived.key, checkpoint)

    def _opened(self, entry: Entry, checkpoint: Checkpoint) -> Arrived | None:
        """The file as a delivery, or nothing when it needs none."""
        if entry.size > self._dropped.max_bytes:
            log.error("%s: a file of %d bytes is too large and is set aside", self.name, entry.size)
            untaken = json.dumps({"status": 413, "problem": "too_large"})
            self._told(entry, untaken, mark_of(entry), checkpoint)
            checkpoint.count(untaken=1)
            return None
        try:
            body = self._place.read(entry)
        except Changed:
            return None
        key = f"sha256:{hashlib.sha256(body).hexdigest()}"
        said = checkpoint.settled(key)
        if said is None:
            return Arrived(entry.name, content_type_of(entry.name, self._dropped.content_type), body, key)
        self._told(entry, said, key, checkpoint)
        return None

    def _told(self, entry: Entry, said: str, key: str, checkpoint: Checkpoint) -> None:
        """The file is done with: put away, or left where it is and not looked into again."""
        try:
            self._put_away(entry, said, key)
        except SourceUnavailable as error:
            log.warning("%s: a file stays where it is: %s", self.name, error.message)
            self._stuck.add(entry.name)
            self._failed.append(error)
            self._in_a_row += 1
            if self._in_a_row >= FAILURES_IN_A_ROW:
                raise
            return
        self._in_a_row = 0
        self._stuck.discard(entry.name)
        if self._dropped.after == "keep":
            checkpoint.settle(_looked_at(entry), "")

    def _put_away(self, entry: Entry, said: str, key: str) -> None:
        """First the verdict, then the file: killed in between, both are done again and are the same.

        While its content was pushed, which may take hours, a file of the same name may have taken its place:
        that one stays, and is found at the next look. The marker goes before the file: one that outlived it
        would call the next file of that name whole while it is still written.
        """
        verdict = json.loads(said)
        stays = self._dropped.after == "keep"
        folder = SENT if verdict.get("receipt") else REFUSED
        # Part of the content's name keeps two files apart that had one name.
        target = f"{folder}/{_distinct(entry.name, key)}"
        beside = fitting(entry.name) if stays else target
        if verdict.get("rejects") or not verdict.get("receipt"):
            words = json.dumps(verdict, ensure_ascii=False, indent=1)
            self._place.write(f"{beside}{REJECTS}", words.encode())
        if stays:
            return
        if self._dropped.done_markers:
            self._place.remove(f"{entry.name}{MARKER}")
        with suppress(Changed):
            self._place.move(entry, target)


def _looked_at(entry: Entry) -> str:
    """What a file that stays is known by, so that it is not read again at each look and each start."""
    return f"file:{plain(entry.name)}:{entry.size}:{entry.modified}"


def mark_of(entry: Entry) -> str:
    """What tells a file that was not read from others of its name."""
    return hashlib.sha256(_looked_at(entry).encode()).hexdigest()


def plain(name: str) -> str:
    """A name as text: what is no UTF-8, as from an old Windows, is written as its bytes."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def fitting(name: str) -> str:
    """A name that still fits when ours is added: no file system here takes more than 255 bytes."""
    written = name.encode("utf-8", "surrogateescape")
    if len(written) <= LONGEST_NAME:
        return name
    ending = name.rpartition(".")[2]
    ending = f".{ending}" if len(ending) <= LONGEST_ENDING and ending.isascii() else ""
    kept = written[: LONGEST_NAME - len(ending)].decode("utf-8", "ignore")
    return f"{kept}{ending}"


def _distinct(name: str, key: str) -> str:
    mark = key.removeprefix("sha256:")[:8]
    stem, dot, ending = fitting(name).rpartition(".")
    return f"{stem}.{mark}.{ending}" if dot and stem else f"{fitting(name)}.{mark}"
