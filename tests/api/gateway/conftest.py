import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from pydantic import SecretStr

from iochub.api.gateway.acceptance import Gateway
from iochub.api.gateway.app import create_gateway
from iochub.api.gateway.limits import Buckets
from iochub.api.keys import Keys
from iochub.errors import RecordRejected, StoreUnavailable
from iochub.exact.version import Current, Implied, Version
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
from iochub.ingest.door import Door
from iochub.ingest.feed import Column, DateRole, Feed, Kind, Reading, Record, Refusal
from iochub.ingest.pseudonyms import Pseudonyms
from iochub.ingest.publish import Outgoing, Position
from iochub.ingest.reasons import message_for
from iochub.ingest.sealing import Seal
from iochub.ingest.topic_list import DEAD_LETTERS, REPLAYS
from iochub.ingest.units import Units
from iochub.text import Text

PARTITIONS = 12


class Notes(Feed):
    """A small feed: a JSON array of {"id", "day"}; every note without a day is refused."""

    name = "notes"
    title = Text("Ghi chú", "Notes")
    publisher = Text("Phòng thử", "Test office")
    source = "ours"
    every = timedelta(hours=1)
    kinds = (Kind("note", Text("Ghi chú", "Note")),)
    roles = (DateRole("written", Text("Ngày viết", "Written")),)
    columns: tuple[Column, ...] = ()
    content_types = ("application/json", "application/xml")

    def split(self, delivery: bytes, content_type: str) -> Iterator[Record | Refusal]:
        try:
            found = msgspec.json.decode(delivery)
        except (msgspec.DecodeError, UnicodeDecodeError):
            reason = "unreadable_delivery"
            yield Refusal(0, reason, "", message_for(reason), delivery)
            return
        for number, content in enumerate(found if isinstance(found, list) else [found]):
            yield Record(number, msgspec.json.encode(content), content)

    def interpret(self, record: Record, door: Door) -> Reading:
        note = record.content
        if not isinstance(note, dict) or "id" not in note:
            raise RecordRejected("not_a_record")
        if "day" not in note:
            raise RecordRejected("missing:day", "day")
        return Reading(
            record.number,
            "note",
            str(note["id"]),
            door.pseudonyms.record(record.raw),
            0,
            (),
            {"day": note["day"], "unit": "38"},
        )

    def implied(self, version: Version) -> Implied:
        return Implied("38", (("written", date.fromisoformat(str(version.reading["day"]))),))

    def fold(self, own: Sequence[Version], related: Sequence[Version]) -> Current | None:
        return None


class Letters(Notes):
    name = "letters"


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
            if wanted.feed in ("", one.letter.feed)
            and wanted.reason in ("", one.letter.reason)
            and wanted.state in (None, one.state)
            and (wanted.since is None or one.letter.at >= wanted.since)
            and (not wanted.before or one.letter.id < wanted.before)
        ]
        return sorted(found, key=lambda one: one.letter.id, reverse=True)[: wanted.limit]

    async def find(self, dead_letter_id: str, sender: str) -> Listed | None:
        found = [x for x in self._letters() if x.id == dead_letter_id and x.sender == sender]
        return self._standing(found[0]) if found else None

    async def history(self, dead_letter_id: str, sender: str) -> list[Tried]:
        newer = [letter for letter in self._letters() if letter.corrected_from == dead_letter_id]
        return [
            Tried(replay, tuple(letter.id for letter in newer if letter.receipt == replay.receipt))
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
        return [unpack_dead_letter(record.value) for record in self.on(DEAD_LETTERS)]


class House:
    """A gateway around a shelf, and a client that holds a key for the feed `notes`."""

    def __init__(self, data: Path) -> None:
        self.shelf = Shelf()
        self.keys = Keys(data / "keys.sqlite")
        self.key = self.keys.create_agency_key("H56.01", ["notes", "letters"])
        pseudonyms, units = Pseudonyms("i" * 32, "p" * 32), Units.load()
        self.gateway = Gateway(
            feeds={"notes": Notes(), "letters": Letters()},
            publisher=self.shelf,
            keys=self.keys,
            seal=Seal(SecretStr("s" * 32)),
            door=lambda sender, at: Door(sender, at, pseudonyms, units),
            partitions=PARTITIONS,
            max_delivery_bytes=1024 * 1024,
            buckets=Buckets(120_000),
            dead_letters=self.shelf,
        )

    def client(self, **changes: object) -> httpx.AsyncClient:
        gateway = replace(self.gateway, **changes)  # type: ignore[arg-type]
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(create_gateway(gateway), raise_app_exceptions=False),
            base_url="http://hub",
            headers={"Authorization": f"Bearer {self.key}", "Accept-Language": "en"},
        )


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)
