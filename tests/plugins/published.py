"""Published samples, which may not be shipped, and a door to read them at."""

import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from iochub.exact.version import Version
from iochub.ingest.door import Door
from iochub.ingest.feed import Outcome, Reading, Refusal
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.pseudonyms import Pseudonyms
from iochub.ingest.units import Units

REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLES = Path(os.environ.get("IOCHUB_SAMPLES", REPOSITORY.parent / "shared" / "samples"))
OURS = REPOSITORY / "tests" / "samples"
FOLDERS = {"dossiers": "public-service", "einvoices": "einvoice", "hospitals": "hospital"}

RECEIVED_AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def published(folder: str, name: str) -> bytes:
    """A published sample; skips the test where there is none, fails it where there must be."""
    path = SAMPLES / folder / name
    if path.exists():
        return path.read_bytes()
    if os.environ.get("CI") == "true":
        pytest.fail(f"the published sample {folder}/{name} is missing: set IOCHUB_SAMPLES")
    pytest.skip(f"no published sample {folder}/{name} here: set IOCHUB_SAMPLES to the folder that holds it")


def all_published(feed: str) -> list[Path]:
    """Every published sample of a feed's folder; none where they are not at hand."""
    return sorted((SAMPLES / FOLDERS.get(feed, feed)).glob("*.*"))


def ours(feed: str, name: str) -> bytes:
    """A sample that we wrote."""
    return (OURS / feed / name).read_bytes()


def door(sender: str = "2600", received_at: datetime = RECEIVED_AT) -> Door:
    """A door with fixed keys and a fixed clock."""
    return Door(sender, received_at, Pseudonyms("i" * 32, "p" * 32), Units.load())


def outcomes(feed: str, delivery: bytes, sender: str = "2600", envelope: bytes = b"") -> list[Outcome]:
    """What the feed makes of a delivery, or of a record replayed in the envelope that was kept of it."""
    return list(FEEDS[feed].read(delivery, "", door(sender), envelope))


def only_reading(feed: str, delivery: bytes, sender: str = "2600") -> Reading:
    """The one reading of a delivery."""
    found = outcomes(feed, delivery, sender)
    assert len(found) == 1
    assert isinstance(found[0], Reading), found[0].reason
    return found[0]


def reasons(feed: str, delivery: bytes) -> list[tuple[str, str]]:
    """Reason and field of each refusal; the test fails if anything was read."""
    found = outcomes(feed, delivery)
    assert all(isinstance(outcome, Refusal) for outcome in found)
    return [(outcome.reason, outcome.field) for outcome in found if isinstance(outcome, Refusal)]


def versions(feed: str, *deliveries: bytes, sender: str = "2600") -> list[Version]:
    """Every reading as a stored version, once through JSON; later deliveries have later places."""
    placed = []
    for offset, delivery in enumerate(deliveries):
        for outcome in outcomes(feed, delivery, sender):
            if isinstance(outcome, Reading):
                place = outcome.revision_ms << 80 | offset << 24 | outcome.number
                row = msgspec.json.decode(msgspec.json.encode(outcome.row))
                relations = tuple(outcome.relations)
                placed.append(
                    Version(outcome.entity, outcome.kind, place, outcome.version_id, sender, relations, row)
                )
    return sorted(placed, key=lambda version: version.place)


def folded(feed: str, placed: list[Version]) -> dict[str, object]:
    """The current row of every entity, with what relates to it either way."""
    entities = {version.entity for version in placed}
    linked = {(version.entity, target) for version in placed for _, target in version.relations}
    rows = {}
    for entity in entities:
        near = {target for source, target in linked if source == entity}
        near |= {source for source, target in linked if target == entity}
        own = [version for version in placed if version.entity == entity]
        related = [version for version in placed if version.entity in near - {entity}]
        rows[entity] = FEEDS[feed].fold(own, related)
    return rows
