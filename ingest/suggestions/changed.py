"""Which fields a correction changed, by their names alone: an audit must not hold what they say."""

from xml.sax.saxutils import unescape

from iochub.ingest.reasons import safe_name
from iochub.ingest.suggestions.json_places import unquoted
from iochub.ingest.suggestions.marks import places_of, written_as
from iochub.ingest.suggestions.place import XML_MARKS, Broken

MOST_FIELDS = 50
WHOLE = "$"
"""Stands for a record that is changed where no field can be named."""


def changed_fields(before: str, after: str, envelope: bytes = b"") -> tuple[str, ...]:
    """The names of the fields that differ, sorted; `$` where the texts differ and no name tells how.

    Shape: names of bounded length, at most `MOST_FIELDS`, each once.
    """
    if before == after:
        return ()
    try:
        old, new = _leaves(before, envelope), _leaves(after, envelope)
    except Broken:
        return (WHOLE,)
    differing = {path for path in old.keys() | new.keys() if old.get(path) != new.get(path)}
    names = {safe_name(name) for path in differing for name in [(old.get(path) or new[path])[0]]}
    return tuple(sorted(names - {""}))[:MOST_FIELDS] or (WHOLE,)


def _leaves(text: str, envelope: bytes) -> dict[str, tuple[str, str]]:
    """The name and the value of every leaf, by its path; a text means the same however it is escaped."""
    is_json = written_as(text) == "json"
    return {
        place.pointer: (
            place.names[-1] if place.names else "",
            _meant(text[place.start : place.end], is_json),
        )
        for place in places_of(text, envelope)
        if place.is_leaf
    }


def _meant(written: str, is_json: bool) -> str:
    """A value without its escapes; a number that became a text has changed."""
    if not is_json:
        return unescape(written, XML_MARKS)
    return f'"{unquoted(written)}' if written.startswith('"') else written
