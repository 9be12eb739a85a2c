"""Which days an edXML message is about: when a document was exchanged, and from when on it is late.

The day of exchange is the sender's first trace (`TraceHeader/Timestamp`): a machine writes it when the
document goes out, and relayed copies carry it unchanged. The day of promulgation is typed by people, may be
weeks earlier and is not always a real day; it stands in where nothing was traced, and the day of receipt
where that is missing too.

Source: standards §3.2: dates `yyyy/MM/dd`, timestamps `yyyy/MM/dd HH:mm:ss`, local. An axis, and systems of
the older edition, write the day first: `dd/MM/yyyy`, `dd/MM/yyyy HH:mm:ss`.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from iochub.errors import RecordRejected
from iochub.ingest.reading import AHEAD_OF_UTC, business_day, local_day, spaced
from iochub.ingest.xml_tree import Node

_DAY_FIRST = re.compile(r"\A(\d{2})/(\d{2})/(\d{4})(?= |\Z)", re.ASCII)

DUE_YEARS = 10
"""A programme may be asked for by the end of a plan."""


def instant_of(text: str, name: str, received_at: datetime, years_ahead: int = 1) -> datetime | None:
    """An instant of the publisher, nothing where it is empty.

    Raises: RecordRejected; the publisher acts.
    """
    if not text:
        return None
    try:
        instant = spaced(_DAY_FIRST.sub(r"\3/\2/\1", text))
        business_day(local_day(instant), received_at, years_ahead)
    except (ValueError, OverflowError) as broken:
        reason = "impossible_date" if isinstance(broken, OverflowError) else str(broken)
        raise RecordRejected(f"{reason}:{name}", name) from None
    return instant


def traced_at(traced: Sequence[Node], received_at: datetime) -> datetime | None:
    """When a machine sent a document out; nothing where none wrote it down.

    Raises: RecordRejected for a time that is none; the publisher acts.
    """
    stamps = (child.text for trace in traced for child in trace.children if child.name == "Timestamp")
    return instant_of(next(filter(None, stamps), ""), "Timestamp", received_at)


def exchanged_at(sent_at: datetime | None, promulgated: str, received_at: datetime) -> datetime:
    """When a document went out, as well as its message knows.

    Raises: RecordRejected for a date that is used and is no day; the publisher acts.
    """
    return sent_at or instant_of(promulgated, "PromulgationDate", received_at) or received_at


def is_a_day(text: str, received_at: datetime) -> bool:
    """Whether a date that nothing rests on is a real one; an empty one is."""
    try:
        instant_of(text, "", received_at)
    except RecordRejected:
        return False
    return True


def late_from(text: str, received_at: datetime) -> datetime | None:
    """The end of the day a document is due on: the whole day is in time.

    Raises: RecordRejected; the publisher acts.
    """
    due = instant_of(text, "DueDate", received_at, DUE_YEARS)
    return None if due is None else start_of(local_day(due) + timedelta(days=1), due)


def start_of(day: date, like: datetime) -> datetime:
    """The first instant of a day in the province, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=like.tzinfo) - AHEAD_OF_UTC
