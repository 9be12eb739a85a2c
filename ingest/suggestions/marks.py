"""Where in its text a refused record is wrong, so that its sender need not search."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from iochub.ingest.reasons import EXTRA, UNREADABLE, safe_name
from iochub.ingest.suggestions.csv_places import csv_places, head_in
from iochub.ingest.suggestions.json_places import json_places, syntax_fault
from iochub.ingest.suggestions.place import LONGEST_TEXT, Broken, Place
from iochub.ingest.suggestions.xml_places import xml_places

MOST_MARKS = 20
"""A field may stand in a record more than once, as the fee of each line; so many are shown."""

Written = Literal["json", "xml", "other"]


class Mark(NamedTuple):
    """One place to look at.

    `kind` is `value`, `extra` (a member too many), `around` (where something is missing) or `syntax` (from
    where the text cannot be read). Lines and columns count from 1, `start` and `end` from 0, in characters.
    """

    kind: Literal["value", "extra", "around", "syntax"]
    start: int
    end: int
    line: int
    column: int
    path: str


def written_as(text: str) -> Written:
    """What a record looks like from its first character."""
    first = text.lstrip("\ufeff \t\r\n")[:1]
    if first in ("{", "["):
        return "json"
    return "xml" if first == "<" else "other"


def places_of(text: str, envelope: bytes = b"") -> list[Place]:
    """Every value of a record; none where it is too long, or of a kind that has no names.

    The cells of a line of text have the names of the table's head, which its envelope keeps.
    Raises: Broken where the text cannot be read on.
    """
    kind = written_as(text)
    if len(text) > LONGEST_TEXT:
        return []
    if kind == "other":
        head = head_in(envelope)
        return csv_places(text, head) if head else []
    lead = len(text) - len(text.lstrip("\ufeff"))
    found = json_places(text[lead:]) if kind == "json" else xml_places(text[lead:])
    if not lead:
        return found
    return [
        place._replace(
            start=place.start + lead,
            end=place.end + lead,
            opening=place.opening + lead,
            closing=place.closing + lead,
        )
        for place in found
    ]


def named_places(places: Sequence[Place], field: str) -> list[Place]:
    """The places of a field; a dotted name asks for the members around it too."""
    wanted = tuple(field.split("."))
    return [place for place in places if place.names[-len(wanted) :] == wanted] if field else []


def marks_of(text: str, reason: str, field: str, envelope: bytes = b"") -> list[Mark]:
    """Where to look; nothing where the reason names no place.

    Shape: in the order of the text.
    """
    code, _, detail = reason.partition(":")
    try:
        places = places_of(text, envelope)
    except Broken as broken:
        return [_syntax(text, broken.at)]
    if code in (UNREADABLE, "not_a_record") and (fault := _fault(text)) is not None:
        return [_syntax(text, fault)]
    if code == EXTRA:
        found = [place for place in places if place.names and safe_name(place.names[-1]) == field]
        return [_mark(text, "extra", place, place.opening, place.closing) for place in _shown(found)]
    name = field or detail
    found = named_places(places, name)
    if code == "missing" and not (found := [place for place in found if _is_empty(text, place)]):
        return _around(text, places, name)
    return [_value(text, place) for place in _shown(found)]


def _value(text: str, place: Place) -> Mark:
    """A value; of one without any character what stands around it, or nothing would be seen."""
    if place.start == place.end:
        return _mark(text, "around", place, place.opening, place.closing)
    return _mark(text, "value", place, place.start, place.end)


def _shown(places: list[Place]) -> list[Place]:
    return sorted(places, key=lambda place: place.start)[:MOST_MARKS]


def _is_empty(text: str, place: Place) -> bool:
    return text[place.start : place.end].strip(' \t\r\n"') in ("", "null", "{}", "[]")


def _around(text: str, places: Sequence[Place], name: str) -> list[Mark]:
    """What the missing field should stand in: named by its path, or the record."""
    parents = named_places(places, name.rpartition(".")[0])
    found = [place for place in parents if not place.is_leaf] or list(places[-1:])
    return [
        _mark(text, "around", place, place.opening, max(place.start, place.opening + 1))
        for place in _shown(found)
    ]


def _fault(text: str) -> int | None:
    return syntax_fault(text) if written_as(text) == "json" and len(text) <= LONGEST_TEXT else None


def _syntax(text: str, at: int) -> Mark:
    start = min(at, max(len(text) - 1, 0))
    return Mark("syntax", start, min(start + 1, len(text)), *_line(text, start), "")


def _mark(text: str, kind: Literal["value", "extra", "around"], place: Place, start: int, end: int) -> Mark:
    return Mark(kind, start, end, *_line(text, start), place.pointer)


def _line(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
