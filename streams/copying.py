"""Receipts, dead letters and replays on their way into the warehouse, where their senders find them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

import faust
import msgspec

from iochub.event import events_topic
from iochub.exact.place import mark_of
from iochub.ingest.dead_letters import DeadLetter, Replay, unpack_dead_letter, unpack_replay
from iochub.ingest.declarations import unpack_declaration
from iochub.ingest.receipts import Receipt, unpack_receipt
from iochub.ingest.topic_list import DEAD_LETTERS, DECLARATIONS, RECEIPTS, REPLAYS
from iochub.streams.patience import until_done
from iochub.streams.pulse import Pulse
from iochub.streams.taking import Taken, acknowledge, take
from iochub.warehouse.binding import texts
from iochub.warehouse.store import Store

MOST_BYTES = 8 * 1024 * 1024
GATHER_SECONDS = 0.2

RECEIPT_COLUMNS = (
    "receipt", "feed", "sender", "delivery", "era", "accepted", "rejected", "parcels", "reasons",
    "received_at", "accepted_at",
)  # fmt: skip
LETTER_COLUMNS = (
    "sender", "id", "feed", "receipt", "delivery", "index", "reason", "field", "content_type", "record", "at",
    "corrected_from", "envelope",
)  # fmt: skip
REPLAY_COLUMNS = (
    "sender", "dead_letter", "id", "feed", "key", "receipt", "before", "after", "fields", "suggested",
    "accepted", "rejected", "at", "delivery",
)  # fmt: skip

DECLARATION_COLUMNS = ("feed", "sender", "id", "since", "until", "records", "sum", "at")

FIRST_ERAS = """
SELECT receipt, min(era) FROM receipts WHERE receipt IN {receipts:Array(String)} GROUP BY receipt
"""

KNOWN = """
SELECT DISTINCT id FROM dead_letters
WHERE sender IN {senders:Array(String)} AND id IN {letters:Array(String)}
"""

Row = tuple[object, ...]
Read = TypeVar("Read")


class _Copied(NamedTuple):
    """A topic whose records become rows of a table."""

    topic: str
    table: str
    columns: Sequence[str]
    era: int
    rows_of: Callable[[Sequence[bytes]], list[Row]]


def add_copying(app: faust.App, store: Store, eras: Mapping[str, int], pulse: Pulse) -> None:
    """Add the agents; `eras` are those of all followed topics."""
    for name, table, columns, copy in (
        (RECEIPTS, "receipts", RECEIPT_COLUMNS, partial(copy_receipts, store, eras)),
        (DEAD_LETTERS, "dead_letters", LETTER_COLUMNS, partial(copy_letters, store)),
        (REPLAYS, "dead_letter_replays", REPLAY_COLUMNS, copy_replays),
        (DECLARATIONS, "declarations", DECLARATION_COLUMNS, copy_declarations),
    ):
        _add(app, store, pulse, _Copied(name, table, columns, eras[name], copy))


def copy_receipts(store: Store, eras: Mapping[str, int], values: Sequence[bytes]) -> list[Row]:
    """Receipts as their table keeps them, each with the era of its feed's topic when it was copied first.

    Copied again after its topic was made anew, its parcels still lie in the topic of before.
    """
    receipts = {one.receipt: one for one in _readable(unpack_receipt, values)}
    found = {name: eras.get(events_topic(one.feed), 0) for name, one in receipts.items()}
    if any(found.values()):
        found.update(store.rows(FIRST_ERAS, {"receipts": texts(receipts)}))
    return [_receipt_row(one, found[name]) for name, one in receipts.items()]


def _receipt_row(receipt: Receipt, era: int) -> Row:
    parcels = [(kept.partition, kept.offset, kept.count) for kept in receipt.parcels]
    reasons = Counter(reject.reason for reject in receipt.rejects)
    return (
        receipt.receipt, receipt.feed, receipt.sender, receipt.delivery, era, receipt.accepted,
        receipt.rejected, parcels, dict(reasons), receipt.received_at, receipt.accepted_at,
    )  # fmt: skip


def copy_letters(store: Store, values: Sequence[bytes]) -> list[Row]:
    """Dead letters as their table keeps them, each once; record and envelope stay sealed, as base64.

    A delivery that is sent again makes the same letters: those of its first time stay, with their instant, or
    a list that somebody pages through would be put in another order. They lie in the same partition, so that
    whichever worker copies it, and however often, the first comes first.
    """
    letters: dict[str, DeadLetter] = {}
    for letter in _readable(unpack_dead_letter, values):
        letters.setdefault(letter.id, letter)
    senders = {letter.sender for letter in letters.values()}
    asked = {"senders": texts(senders), "letters": texts(letters)}
    known = {name for (name,) in store.rows(KNOWN, asked)} if letters else set()
    return [_letter_row(letter) for name, letter in letters.items() if name not in known]


def _letter_row(letter: DeadLetter) -> Row:
    return (
        letter.sender, letter.id, letter.feed, letter.receipt, letter.delivery, letter.index, letter.reason,
        letter.field, letter.content_type, letter.record, letter.at, letter.corrected_from,
        letter.envelope,
    )  # fmt: skip


def copy_replays(values: Sequence[bytes]) -> list[Row]:
    """Replays of dead letters as their table keeps them."""
    return [_replay_row(replay) for replay in _readable(unpack_replay, values)]


def _replay_row(replay: Replay) -> Row:
    return (
        replay.sender, replay.dead_letter, replay.id, replay.feed, replay.key, replay.receipt, replay.before,
        replay.after, list(replay.fields), int(replay.suggested), replay.accepted, replay.rejected, replay.at,
        replay.delivery,
    )  # fmt: skip


def copy_declarations(values: Sequence[bytes]) -> list[Row]:
    """Declared totals as their table keeps them; one that no column can hold is passed over."""
    return [
        (one.feed, one.sender, one.id, one.since, one.until, one.records, one.sum, one.at)
        for one in _readable(unpack_declaration, values)
        if one.can_be_kept
    ]


def _readable(unpack: Callable[[bytes], Read], values: Iterable[bytes]) -> Iterator[Read]:
    """A record that is none of ours is passed over."""
    for value in values:
        try:
            yield unpack(value)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue


def _add(app: faust.App, store: Store, pulse: Pulse, copied: _Copied) -> None:
    name = copied.topic
    topic = app.topic(name, key_serializer="raw", value_serializer="raw")

    def copy(records: Sequence[Taken]) -> None:
        """Insert, then remember the positions."""
        pulse.stepped(name)
        store.insert(copied.table, copied.columns, copied.rows_of([record.value for record in records]))
        pulse.stepped(name)
        positions: dict[int, int] = {}
        for record in records:
            positions[record.partition] = max(positions.get(record.partition, 0), record.offset + 1)
        store.insert(
            "log_progress",
            ("topic", "partition", "position"),
            [(name, partition, mark_of(copied.era, position)) for partition, position in positions.items()],
        )

    async def agent(stream: faust.StreamT[bytes]) -> None:
        async for records in take(stream, MOST_BYTES, GATHER_SECONDS):
            with pulse.at_work(name):
                await until_done(f"copying {name}", partial(copy, records))
                await acknowledge(stream, records)
                pulse.moved(name, records)

    app.agent(topic, name=f"copy-{name}", concurrency=1)(agent)
