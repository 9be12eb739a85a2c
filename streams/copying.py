"""Receipts and dead letters on their way into the warehouse, where their senders look them up."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import faust
import msgspec

from iochub.ingest.dead_letters import unpack_dead_letter
from iochub.ingest.receipts import unpack_receipt
from iochub.ingest.topic_list import DEAD_LETTERS, RECEIPTS
from iochub.streams.patience import until_done
from iochub.streams.pulse import Pulse
from iochub.streams.taking import Taken, acknowledge, take
from iochub.warehouse.store import Store

RECORDS_AT_ONCE = 5_000
GATHER_SECONDS = 0.2

RECEIPT_COLUMNS = (
    "receipt", "feed", "sender", "delivery", "era", "accepted", "rejected", "parcels", "reasons",
    "received_at", "accepted_at",
)  # fmt: skip
LETTER_COLUMNS = (
    "sender", "id", "feed", "receipt", "delivery", "index", "reason", "field", "content_type", "record", "at",
    "corrected_from",
)  # fmt: skip

Row = tuple[object, ...]


def add_copying(app: faust.App, store: Store, eras: Mapping[str, int], pulse: Pulse) -> None:
    """Add the two agents; `eras` are those of the feeds' topics, by feed."""

    def receipt_row(value: bytes) -> Row:
        receipt = unpack_receipt(value)
        parcels = [(kept.partition, kept.offset, kept.count) for kept in receipt.parcels]
        reasons = Counter(reject.reason for reject in receipt.rejects)
        return (
            receipt.receipt, receipt.feed, receipt.sender, receipt.delivery, eras.get(receipt.feed, 0),
            receipt.accepted, receipt.rejected, parcels, dict(reasons), receipt.received_at,
            receipt.accepted_at,
        )  # fmt: skip

    _add(app, store, pulse, RECEIPTS, RECEIPT_COLUMNS, receipt_row)
    _add(app, store, pulse, DEAD_LETTERS, LETTER_COLUMNS, letter_row)


def letter_row(value: bytes) -> Row:
    """A dead letter as its table keeps it; the record stays sealed, as base64."""
    letter = unpack_dead_letter(value)
    return (
        letter.sender, letter.id, letter.feed, letter.receipt, letter.delivery, letter.index, letter.reason,
        letter.field, letter.content_type, letter.record, letter.at, letter.corrected_from,
    )  # fmt: skip


def _add(
    app: faust.App,
    store: Store,
    pulse: Pulse,
    name: str,
    columns: Sequence[str],
    row: Callable[[bytes], Row],
) -> None:
    topic = app.topic(name, key_serializer="raw", value_serializer="raw")

    async def agent(stream: faust.StreamT[bytes]) -> None:
        async for records in take(stream, RECORDS_AT_ONCE, GATHER_SECONDS):
            await until_done(f"copying {name}", partial(_copy, store, name, columns, row, records))
            await acknowledge(stream, records)
            pulse.moved(name, records)

    app.agent(topic, name=f"copy-{name}", concurrency=1)(agent)


def _copy(
    store: Store, name: str, columns: Sequence[str], row: Callable[[bytes], Row], records: Sequence[Taken]
) -> None:
    """Insert, then remember the positions; a record that is none of ours is passed over."""
    rows: list[Row] = []
    positions: dict[int, int] = {}
    for record in records:
        positions[record.partition] = max(positions.get(record.partition, 0), record.offset + 1)
        try:
            rows.append(row(record.value))
        except msgspec.DecodeError:
            continue
    store.insert(name, columns, rows)
    store.insert(
        "log_progress",
        ("topic", "partition", "position"),
        [(name, partition, position) for partition, position in positions.items()],
    )
