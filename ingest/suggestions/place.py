"""What a place in a record's text is: one value, by the names that lead to it and by its characters."""

import hashlib
from typing import NamedTuple

LONGEST_TEXT = 512 * 1024
"""Characters of a record that is looked through; a longer one is shown, and mended in its own system."""

MOST_PLACES = 20_000

XML_MARKS = {"&quot;": '"', "&apos;": "'"}
"""What XML escapes besides `&`, `<` and `>`."""

DEEPEST = 64
"""Levels of nesting, as for the parsers: a deeper record was refused for its depth."""


LONGEST_POINTER = 400
"""Characters. Each value has a pointer of its own: under one very long name they would fill the memory."""


class Place(NamedTuple):
    """One value of a record.

    Shape: `names` are those of the members or elements that lead to it; `pointer` is a JSON pointer
    (RFC 6901) or a path of elements. `start` and `end` bound the value, `opening` and `closing` the whole
    member or element; all count characters.
    """

    names: tuple[str, ...]
    pointer: str
    start: int
    end: int
    opening: int
    closing: int
    is_leaf: bool


def pointer_of(around: str, name: str) -> str:
    """The pointer of what lies in a place, by its name there; a long one keeps its end and a hash."""
    pointer = f"{around}/{name}"
    if len(pointer) <= LONGEST_POINTER:
        return pointer
    mark = hashlib.sha256(pointer.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f"…{mark}…{pointer[-LONGEST_POINTER // 4 :]}"


class Broken(ValueError):
    """The text cannot be read on from a character, which is the only argument."""

    @property
    def at(self) -> int:
        """The character where reading stopped."""
        return int(self.args[0])
