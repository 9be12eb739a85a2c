"""From the text of one line of a table to the places of its cells, by the fields of its columns."""

import re

from iochub.errors import RecordRejected
from iochub.ingest.reports.csv_table import Head, read_head
from iochub.ingest.suggestions.place import Broken, Place

_QUOTED = re.compile(r'"((?:[^"]|"")*+)"')

APART = frozenset(';,\t"\r\n')
"""What a cell can only hold in quotes; a correction that needs them is not offered."""


def head_in(envelope: bytes) -> Head | None:
    """The head that was kept of the table a line came in; nothing where something else was kept."""
    try:
        return read_head(envelope) if envelope else None
    except RecordRejected:
        return None


def csv_places(text: str, head: Head) -> list[Place]:
    """Every cell of a line that has a heading, without its quotes and the spaces around it.

    Shape: `opening` and `closing` take in the marks between columns, so that an empty cell can be seen.
    Raises: Broken where a quote is not closed, or the line goes on behind it.
    """
    found: list[Place] = []
    at = 0
    for name in head.fields:
        start, end, after = _cell(text, at, head.mark)
        opening, closing = max(at - 1, 0), min(after + 1, len(text))
        if name:
            start, end = _stripped(text, start, end)
            found.append(Place((name,), f"/{name}", start, end, opening, closing, True))
        if after >= len(text):
            break
        at = after + 1
    return found


def _cell(text: str, at: int, mark: str) -> tuple[int, int, int]:
    """Where what a cell says begins and ends, and where the cell does."""
    if not text.startswith('"', at):
        end = text.find(mark, at)
        end = len(text) if end < 0 else end
        return at, end, end
    quoted = _QUOTED.match(text, at)
    if quoted is None or text[quoted.end() : quoted.end() + 1] not in ("", mark):
        raise Broken(at if quoted is None else quoted.end())
    return quoted.start(1), quoted.end(1), quoted.end()


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    plain = text[start:end].strip()
    if not plain:
        return start, start
    lead = text.index(plain, start)
    return lead, lead + len(plain)
