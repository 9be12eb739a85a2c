"""How instants and lists of values are bound to a statement, fast enough for a whole batch."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zlib import crc32

FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2299, 12, 31, tzinfo=UTC)
"""What a DateTime64 can hold."""

ESCAPED = str.maketrans({"\\": "\\\\", "'": "\\'"})


@dataclass(frozen=True, slots=True)
class Bound:
    """A value already written as ClickHouse reads it: text would be escaped once more on its way."""

    written: str

    def __str__(self) -> str:
        return self.written


def numbers(values: Iterable[int]) -> Bound:
    """Write whole numbers as a bound array."""
    return Bound("[" + ",".join(map(str, values)) + "]")


def texts(values: Iterable[object]) -> Bound:
    """Write words or days as a bound array."""
    return Bound("[" + ",".join("'" + str(value).translate(ESCAPED) + "'" for value in values) + "]")


@lru_cache(maxsize=256)
def unit_list(units: tuple[str, ...]) -> Bound:
    """Write units as `texts` does: hundreds, which each part of a score and each screen asks about again."""
    return texts(units)


def instant(at: datetime) -> str:
    """Write an instant in UTC, as bound instants are read, whatever zone it comes in."""
    return min(max(at, FIRST), LAST).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def hashed(key: str) -> int:
    """The hash that keyed tables begin with; ClickHouse's `CRC32(key)` is the same."""
    return crc32(key.encode())
