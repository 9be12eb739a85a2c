from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from pydantic import SecretStr
from shelf import Shelf

from iochub.api.gateway.acceptance import Gateway
from iochub.api.gateway.app import create_gateway
from iochub.api.gateway.limits import Buckets
from iochub.api.keys import Keys
from iochub.errors import RecordRejected
from iochub.exact.version import Current, Implied, Version
from iochub.ingest.door import Door
from iochub.ingest.feed import Column, DateRole, Feed, Kind, Reading, Record, Refusal
from iochub.ingest.pseudonyms import Pseudonyms
from iochub.ingest.reasons import message_for
from iochub.ingest.sealing import Seal
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
