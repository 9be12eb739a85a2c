"""A list in Kafka's place, which also answers as the warehouse would about what was kept."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from iochub.errors import StoreUnavailable
from iochub.ingest.dead_letters import (
    DeadLetter,
    Listed,
    Replay,
    State,
    Tried,
    Wanted,
    unpack_dead_letter,
    unpack_replay,
)
from iochub.ingest.publish import Outgoing, Position
from iochub.ingest.topic_list import DEAD_LETTERS, REPLAYS


@dataclass
class Shelf:
    """A list is a Kafka: keeps what is published, or is away."""

    kept: list[Outgoing] = field(default_factory=list)
    ready: bool = True

    async def publish(self, records: Sequence[Outgoing]) -> list[Position]:
        if not self.ready:
            raise StoreUnavailable("Kafka is away.")
        await asyncio.sleep(0)
        self.kept += records
        return [Position(record.partition, len(self.kept)) for record in records]

    def on(self, topic: str) -> list[Outgoing]:
        return [record for record in self.kept if record.topic == topic]

    # The warehouse's view of what was kept, for the dead letters' addresses.
    async def listing(self, sender: str, wanted: Wanted) -> list[Listed]:
        own = [self._standing(letter) for letter in self._letters() if letter.sender == sender]
        found = [
            one
            for one in own
            if one.letter.feed in wanted.feeds
            and wanted.reason in ("", one.letter.reason, one.letter.reason.partition(":")[0])
            and wanted.state in (None, one.state)
            and (wanted.since is None or one.letter.at >= wanted.since)
        ]
        found.sort(key=lambda one: _latest(one.letter), reverse=True)
        names = [one.letter.id for one in found]
        since = names.index(wanted.before) + 1 if wanted.before in names else 0
        return found[since : since + wanted.limit]

    async def find(self, dead_letter_id: str, sender: str) -> Listed | None:
        found = [x for x in self._letters() if x.id == dead_letter_id and x.sender == sender]
        return self._standing(found[0]) if found else None

    async def history(self, dead_letter_id: str, sender: str) -> list[Tried]:
        newer = [letter for letter in self._letters() if letter.corrected_from == dead_letter_id]
        return [
            Tried(replay, tuple(letter.id for letter in newer if letter.delivery == replay.delivery))
            for replay in self.replays()
            if replay.dead_letter == dead_letter_id
        ]

    def replays(self) -> list[Replay]:
        return [unpack_replay(record.value) for record in self.on(REPLAYS)]

    def _standing(self, letter: DeadLetter) -> Listed:
        tried = [replay for replay in self.replays() if replay.dead_letter == letter.id]
        if not tried:
            return Listed(letter)
        best = max(tried, key=lambda replay: (not replay.rejected, replay.id))
        state: State = "corrected" if best.before != best.after else "replayed"
        return Listed(letter, "refused_again" if best.rejected else state, best.receipt)

    def _letters(self) -> list[DeadLetter]:
        letters: dict[str, DeadLetter] = {}
        for record in self.on(DEAD_LETTERS):
            letter = unpack_dead_letter(record.value)
            letters.setdefault(letter.id, letter)
        return list(letters.values())


def _latest(letter: DeadLetter) -> tuple[datetime, str, int, str]:
    return letter.at, letter.delivery, -letter.index, letter.id
