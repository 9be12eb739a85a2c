"""From the text of a JSON record to the places of all its values, however deep."""

import json
import re
from dataclasses import dataclass

from iochub.ingest.suggestions.place import DEEPEST, MOST_PLACES, Broken, Place, pointer_of

_TOKEN = re.compile(
    r"\s*+(?:(?P<open>[\[{])|(?P<close>[\]}])|(?P<comma>,)|(?P<colon>:)"
    r'|(?P<text>"[^"\\]*+(?:\\.[^"\\]*+)*+")|(?P<bare>[^\s\[\]{},:"]++))',
    re.DOTALL,
)
_CLOSES = {"{": "}", "[": "]"}


@dataclass(slots=True)
class _Level:
    """An object or array that is being read; `key` names the member in hand."""

    opened_by: str
    start: int
    opening: int
    names: tuple[str, ...]
    pointer: str
    index: int = 0
    key: str | None = None
    key_start: int = -1

    def next_value(self) -> tuple[tuple[str, ...], str]:
        """The names and pointer of the value that comes now."""
        if self.opened_by == "[":
            return self.names, pointer_of(self.pointer, str(self.index))
        key = self.key or ""
        return (*self.names, key), pointer_of(self.pointer, key.replace("~", "~0").replace("/", "~1"))


def json_places(text: str) -> list[Place]:
    """Every value of a JSON text, those inside before those around them.

    Raises: Broken where the text stops being JSON.
    """
    reader = _Reader(text)
    at = 0
    while len(reader.found) < MOST_PLACES:
        token = _TOKEN.match(text, at)
        if token is None:
            if text[at:].strip():
                raise Broken(at + len(text[at:]) - len(text[at:].lstrip()))
            break
        reader.take(str(token.lastgroup), token.start(str(token.lastgroup)), token.end())
        at = token.end()
    if reader.levels and len(reader.found) < MOST_PLACES:
        raise Broken(len(text))
    return reader.found


class _Reader:
    """Takes token after token, and keeps where each value was."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[Place] = []
        self.levels: list[_Level] = []

    def take(self, kind: str, start: int, end: int) -> None:
        """Take one token."""
        if kind == "open":
            names, pointer, opening = self._here(start)
            if len(self.levels) > DEEPEST:
                raise Broken(start)
            self.levels.append(_Level(self.text[start], start, opening, names, pointer))
        elif kind == "close":
            self._close(start, end)
        elif kind == "comma":
            self._comma(start)
        elif kind == "colon":
            if not self.levels or self.levels[-1].key is None:
                raise Broken(start)
        elif kind == "text" and self._is_key():
            level = self.levels[-1]
            level.key, level.key_start = unquoted(self.text[start:end], start), start
        else:
            names, pointer, opening = self._here(start)
            self.found.append(Place(names, pointer, start, end, opening, end, True))

    def _is_key(self) -> bool:
        return bool(self.levels) and self.levels[-1].opened_by == "{" and self.levels[-1].key is None

    def _here(self, start: int) -> tuple[tuple[str, ...], str, int]:
        if not self.levels:
            return (), "", start
        level = self.levels[-1]
        if level.opened_by == "{" and level.key is None:
            raise Broken(start)
        return *level.next_value(), (start if level.opened_by == "[" else level.key_start)

    def _close(self, start: int, end: int) -> None:
        if not self.levels or _CLOSES[self.levels[-1].opened_by] != self.text[start]:
            raise Broken(start)
        level = self.levels.pop()
        self.found.append(Place(level.names, level.pointer, level.start, end, level.opening, end, False))

    def _comma(self, start: int) -> None:
        if not self.levels:
            raise Broken(start)
        self.levels[-1].index += 1
        self.levels[-1].key = None


def unquoted(written: str, at: int = 0) -> str:
    """The text that a JSON string means, half a character as the feeds read it.

    Raises: Broken for an escape that means nothing.
    """
    try:
        text = str(json.loads(written, strict=False))
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    except ValueError:
        raise Broken(at) from None


def syntax_fault(text: str) -> int | None:
    """The character where a text stops being JSON, if it does."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.pos
    except (RecursionError, ValueError):
        return None
    return None
