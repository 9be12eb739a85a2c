"""What a feed is: one publisher's promise, from its bytes to readings and refusals."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar, Literal, NamedTuple

import msgspec

from iochub.errors import RecordRejected
from iochub.exact.version import Current, Implied, Version
from iochub.ingest.door import Door
from iochub.ingest.json_records import Unreadable
from iochub.ingest.reasons import UNREADABLE, message_for
from iochub.text import Text

SILENT_BEATS = 3
"""A feed that misses three of its own beats (`Feed.every`) is silent, not slow: its figures are stale."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a record says about its entity.

    `counts` is false for acknowledgements and technical answers: the feed folds them into no row.
    """

    name: str
    title: Text
    counts: bool = True


@dataclass(frozen=True, slots=True)
class DateRole:
    """A day that a figure may be asked by: received, finished, issued."""

    name: str
    title: Text


@dataclass(frozen=True, slots=True)
class Column:
    """One value of an entity's current row, as `<feed>_cells` keeps it."""

    name: str
    type: str
    """A ClickHouse type, e.g. `LowCardinality(String)`, `Decimal(38, 6)`, `DateTime64(3, 'UTC')`."""
    title: Text


class Cell(NamedTuple):
    """Where in a workbook a value stands; `column` is empty where its line has none for it."""

    sheet: str
    row: int
    column: str


class Record(msgspec.Struct, frozen=True, gc=False):
    """One raw item of a delivery, in the publisher's words; `raw` is kept whole in a dead letter.

    `number` counts from 0 in the bytes that were split. `content` is what `split` already found out about the
    record, in whatever form its feed's `interpret` wants it.
    """

    number: int
    raw: bytes
    content: object


class Reading(msgspec.Struct, frozen=True, gc=False):
    """One validated record, in our words, free of personal data; `row` is ready for JSON.

    `version_id` names the record by its content (`Pseudonyms.record`). `revision_ms` is the publisher's own
    time of revision, 0 where the kind has none; `relations` are (relation, other entity) pairs.
    """

    number: int
    kind: str
    entity: str
    version_id: str
    revision_ms: int
    relations: tuple[tuple[str, str], ...]
    row: dict[str, object]


@dataclass(frozen=True, slots=True)
class Refusal:
    """One record that breaks its feed's promise; kept whole, it becomes a dead letter.

    `reason` is a code of `reasons.py`, or a code and a field, as in `missing:MaHoSo`; `envelope` is what
    `Feed.envelope_of` keeps beside the record.
    """

    number: int
    reason: str
    field: str
    message: Text
    raw: bytes
    envelope: bytes = b""


Outcome = Reading | Refusal


class Feed(ABC):
    """One publisher's promise; the subclass *is* the feed, in one file of `ingest/feeds/`."""

    name: ClassVar[str]
    title: ClassVar[Text]
    publisher: ClassVar[Text]
    source: ClassVar[str]
    """The law, standard or manual behind the format."""
    every: ClassVar[timedelta]
    """The publisher's cadence, its beat."""
    calendar: ClassVar[Literal["office", "always"]] = "always"
    """When its publisher works: in office hours, or day and night. Only that time counts as silence."""
    kinds: ClassVar[tuple[Kind, ...]]
    roles: ClassVar[tuple[DateRole, ...]]
    """The first is the day on which a thing begins: a sender compares its books by it."""
    columns: ClassVar[tuple[Column, ...]]
    """One is `agency`: who sent what stands. `next_change_at`, if any: when a row moves without an event."""
    content_types: ClassVar[tuple[str, ...]]
    has_relations: ClassVar[bool] = False
    """Whether its records ever name other entities, as an invoice names the one it replaces."""
    control_total: ClassVar[str] = ""
    """The column whose sum a sender compares with its own books, if there is one."""

    @abstractmethod
    def split(self, delivery: bytes, content_type: str) -> Iterator[Record | Refusal]:
        """Only split: no cleaning here, or one bad record loses the whole delivery.

        Bytes that are no delivery of this feed are one Refusal that holds them all: `unreadable_delivery`, or
        `not_a_delivery` where they can be read and are something else.
        """

    @abstractmethod
    def interpret(self, record: Record, door: Door) -> Reading:
        """Use, explicitly ignore, or refuse every field; nothing of a person leaves but as a pseudonym.

        Raises: RecordRejected; the publisher acts.
        """

    @abstractmethod
    def implied(self, version: Version) -> Implied:
        """The unit and days that one version names by itself.

        Its `reading` is the `row` that `interpret` made, as it comes back from JSON: days are text again.
        """

    @abstractmethod
    def fold(self, own: Sequence[Version], related: Sequence[Version]) -> Current | None:
        """The current row of an entity; pure, so that any process at any time finds the same.

        `own` and `related` come in place order and without what was withdrawn; `related` are the versions of
        all entities that ever named this one or were named by it. Its unit and days are ones that versions of
        `own` imply, its values stand in the order of `columns`. None: the entity counts nowhere.
        """

    def entity_named(self, words: str, door: Door) -> str:
        """The entity key of a thing as its publisher names it, for a withdrawal.

        Raises: RecordRejected for a text that names none; the publisher acts.
        """
        return words

    def envelope_of(self, record: Record) -> bytes:
        """What a record's reading owes to the envelope it came in, kept sealed beside it in a dead letter.

        Short, whatever the publisher wrote, for every bad record of a delivery keeps it. Nothing where a
        record says everything itself.
        """
        return b""

    def enveloped(self, record: Record, envelope: bytes) -> Record:
        """The record in the envelope that was kept of it, if it is replayed without one of its own."""
        return record

    def legible(self, raw: bytes) -> bytes:
        """A refused record as a person reads and corrects it: what is packed inside it stands there in words.

        It is read as the record itself is, but for the name of its version.
        """
        return raw

    def cell_of(self, envelope: bytes, field: str) -> Cell | None:
        """Where in a workbook a field of a record stood, by what was kept of its envelope."""
        return None

    def read(
        self, delivery: bytes, content_type: str, door: Door, envelope: bytes = b""
    ) -> Iterator[Outcome]:
        """Every record leaves as exactly one reading or one refusal; never an exception for bad input.

        `envelope` is what a dead letter kept; a replay that is refused again keeps it again.
        """
        for found in self.split(delivery, content_type):
            if isinstance(found, Refusal):
                yield replace(found, envelope=envelope) if envelope else found
                continue
            record = self.enveloped(found, envelope) if envelope else found
            try:
                yield self.interpret(record, door)
            except RecordRejected as rejected:
                yield refusal(record.number, rejected, record.raw, self.envelope_of(record))


def or_refused_whole(delivery: bytes, records: Iterator[Record | Refusal]) -> Iterator[Record | Refusal]:
    """Hand on what was split; bytes that are no delivery of the feed are one refusal that holds them all."""
    try:
        yield from records
    except Unreadable as unreadable:
        yield refusal(0, RecordRejected(UNREADABLE, str(unreadable)), delivery)
    except RecordRejected as rejected:
        yield refusal(0, rejected, delivery)


def refusal(number: int, rejected: RecordRejected, raw: bytes, envelope: bytes = b"") -> Refusal:
    """Set a record aside for the reason it was rejected for."""
    words = message_for(rejected.reason, rejected.field)
    return Refusal(number, rejected.reason, rejected.field, words, raw, envelope)
