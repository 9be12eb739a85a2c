"""Where a page of a series ends, in a form that survives rows being added meanwhile."""

import base64
import binascii
from collections.abc import Sequence

from iochub.api.problems import Fault, Problem
from iochub.text import Text
from iochub.warehouse.question import Answer

Key = tuple[str, str, str]


def key_of(row: Answer) -> Key:
    """What orders the rows of a series: time, then unit, then member."""
    return row.period.start.isoformat(), row.unit, row.member


def page(rows: Sequence[Answer], cursor: str, limit: int) -> tuple[list[Answer], str | None]:
    """The rows after a cursor, at most `limit`, and the cursor of what follows."""
    ordered = sorted(rows, key=key_of)
    if cursor:
        after = read(cursor)
        ordered = [row for row in ordered if key_of(row) > after]
    shown = ordered[:limit]
    return shown, write(key_of(shown[-1])) if len(ordered) > limit else None


def write(key: Key) -> str:
    """A key as an opaque word."""
    return base64.urlsafe_b64encode("\0".join(key).encode()).decode().rstrip("=")


def read(cursor: str) -> Key:
    """The key of a cursor.

    Raises: Problem for one the hub never gave; the caller acts.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        start, unit, member = base64.urlsafe_b64decode(padded.encode()).decode().split("\0", 2)
    except (ValueError, binascii.Error) as error:
        wrong = Text("Con trỏ trang này không phải do hệ thống cấp.", "This cursor is none the hub gave.")
        raise Problem(422, "invalid_cursor", wrong, (Fault("cursor", wrong),)) from error
    return start, unit, member
