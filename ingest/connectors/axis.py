"""Fetches what the document axis holds for the province: list, get, push, and only then update its status."""

import hashlib
import logging
from collections.abc import Iterator
from typing import Any

import msgspec

from iochub.clock import local_day, now
from iochub.errors import DeclarationError, SourceUnavailable
from iochub.ingest.connectors.axis_door import DOCUMENT_ID, AxisDoor, Fate, Listed, Messages
from iochub.ingest.connectors.checkpoint import Checkpoint
from iochub.ingest.connectors.connector import FAILURES_IN_A_ROW, Arrived, Connector, Wait
from iochub.ingest.push import Answer

UNREAD_TYPE = 415
AGENCIES = "agencies"
AGENCIES_PER_DELIVERY = 5_000

log = logging.getLogger(__name__)


class Axis(Connector):
    """The receiver's side of the axis.

    A message is updated to `done` when the hub has kept it, in whole or in part: what was rejected of it is a
    dead letter, which is corrected in the hub. It is updated to `fail` when nothing of it could be read, or
    when the gateway did not take it at all: then its sender must act, and sees it on the axis. Either way it
    is listed no more. A message that could not be fetched is left as it is: the axis goes on listing it.
    """

    kind = "axis"

    def __init__(
        self, name: str, feed: str, door: AxisDoor, *, max_bytes: int, with_agencies: bool = True
    ) -> None:
        super().__init__(name, feed)
        self._door = door
        self._max_bytes = max_bytes
        self._with_agencies = with_agencies
        self._failed: dict[Messages, set[str]] = {"edoc": set(), "status": set()}
        """Messages that failed when last asked for. Others come first, or three held up the whole axis."""
        self._untold: list[SourceUnavailable] = []
        """Why the axis could not be told of the last messages, one after the other."""

    def close(self) -> None:
        """Let go of the connection."""
        self._door.close()

    def check(self) -> str:
        """Ask for both lists, and say how much waits."""
        documents, statuses = self._door.received("edoc"), self._door.received("status")
        return f"{len(documents)} documents and {len(statuses)} status messages wait on the axis"

    def arrivals(self, checkpoint: Checkpoint, wait: Wait) -> Iterator[Arrived]:
        """The agencies once a day, then documents, then what became of documents.

        Where one of them fails the others are fetched all the same, and then it is said.

        Raises: SourceUnavailable, also where the axis could not be told of the last messages.
        """
        self._untold = []
        lists = [self._messages("edoc", checkpoint, wait), self._messages("status", checkpoint, wait)]
        if self._with_agencies:
            lists.insert(0, self._agencies(checkpoint))
        failed: SourceUnavailable | None = None
        for each in lists:
            try:
                yield from each
            except SourceUnavailable as error:
                failed = error
        if failed is not None:
            raise failed
        if self._untold:
            raise self._untold[-1]

    def remember(self, arrived: Arrived, answer: Answer, checkpoint: Checkpoint) -> None:
        """The fate of a message, before the axis is told: killed in between, it is told when listed again.

        Raises: DeclarationError where the feed reads no such messages at all: that is no message's fault, and
        the axis is told of none.
        """
        if answer.status == UNREAD_TYPE:
            raise DeclarationError(
                f"Feed {self.feed} does not read what the axis gives: declare another feed.", feed=self.feed
            )
        if arrived.key.startswith(AGENCIES):
            checkpoint.keep(AGENCIES, arrived.key)
            return
        checkpoint.settle(arrived.key, _fate(answer))

    def tell(self, arrived: Arrived, answer: Answer, checkpoint: Checkpoint) -> None:
        """Tell the axis; what it does not hear is told when it is listed again, after all others."""
        if arrived.key.startswith(AGENCIES):
            return
        try:
            self._door.update(arrived.name, _fate(answer))
        except SourceUnavailable as error:
            log.warning("%s: the axis was not told of a message: %s", self.name, error.message)
            self._failed["status" if arrived.key.startswith("status:") else "edoc"].add(arrived.name)
            self._untold.append(error)
            if len(self._untold) >= FAILURES_IN_A_ROW:
                raise
        else:
            self._untold = []

    def _messages(self, messages: Messages, checkpoint: Checkpoint, wait: Wait) -> Iterator[Arrived]:
        """What is listed until a list brings nothing new: an axis may list only so many at a time."""
        tried: set[str] = set()
        troubled = self._failed[messages]
        failures = 0
        while fresh := [row for row in self._door.received(messages) if row.document not in tried]:
            for listed in sorted(fresh, key=lambda row: row.document in troubled):
                if wait(0.0):
                    return
                tried.add(listed.document)
                try:
                    found = self._fetched(listed, checkpoint)
                except SourceUnavailable as error:
                    troubled.add(listed.document)
                    log.warning("%s: a message stays on the axis: %s", self.name, error.message)
                    failures += 1
                    if failures >= FAILURES_IN_A_ROW:
                        raise
                    continue
                failures = 0
                troubled.discard(listed.document)
                if found is not None:
                    yield found
        troubled &= tried

    def _fetched(self, listed: Listed, checkpoint: Checkpoint) -> Arrived | None:
        """The message, or nothing when it is settled already and only its status was lost."""
        if not DOCUMENT_ID.fullmatch(listed.document):
            raise SourceUnavailable("The axis lists a message whose docId cannot be asked for.")
        key = f"{listed.messages}:{listed.document}"
        settled = checkpoint.settled(key)
        if settled is not None:
            fate: Fate = "fail" if settled == "fail" else "done"
            self._door.update(listed.document, fate)
            return None
        body = self._door.document(listed.document, self._max_bytes)
        return Arrived(listed.document, "application/xml", body, key)

    def _agencies(self, checkpoint: Checkpoint) -> Iterator[Arrived]:
        """The list as records of the feed, once a day and when it has changed."""
        today = local_day(now()).isoformat()
        kept_day, _, kept_hash = checkpoint.mark(AGENCIES).removeprefix(f"{AGENCIES}:").partition(":")
        if kept_day == today:
            return
        records = [record for row in self._door.agencies() if (record := agency_record(row))]
        records.sort(key=lambda record: str(record["code"]))
        digest = hashlib.sha256(msgspec.json.encode(records)).hexdigest()
        key = f"{AGENCIES}:{today}:{digest}"
        if not records or digest == kept_hash:
            checkpoint.keep(AGENCIES, key)
            return
        for start in range(0, len(records), AGENCIES_PER_DELIVERY):
            body = msgspec.json.encode(records[start : start + AGENCIES_PER_DELIVERY])
            is_last = start + AGENCIES_PER_DELIVERY >= len(records)
            # Only the last is remembered: killed before it, all are pushed again and change nothing.
            yield Arrived(AGENCIES, "application/json", body, key if is_last else f"{AGENCIES}:")


def agency_record(row: dict[str, Any]) -> dict[str, object] | None:
    """One agency of the axis in the words of the documents feed; nothing for a row without a code.

    Its mail address is left behind: it may be a person's. A list without levels is completed from the codes,
    which say the level by their dots (QĐ 20/2020/QĐ-TTg).
    """
    code = str(row.get("code") or "").strip()
    if not code:
        return None
    level = row.get("level")
    return {
        "code": code,
        "code102": str(row.get("code102") or "").strip(),
        "name": str(row.get("name") or "").strip(),
        "level": str(level) if level not in (None, "") else str(code.count(".") + 1),
    }


def _fate(answer: Answer) -> Fate:
    return "fail" if answer.is_rejected_whole or not answer.is_kept else "done"
