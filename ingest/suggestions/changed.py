"""Which fields a correction changed, by their names alone: an audit must not hold what they say."""

from iochub.ingest.reasons import safe_name
from iochub.ingest.suggestions.marks import places_of
from iochub.ingest.suggestions.place import Broken

MOST_FIELDS = 50
WHOLE = "$"
"""Stands for a record that is changed where no field can be named."""


def changed_fields(before: str, after: str) -> tuple[str, ...]:
    """The names of the fields that differ, sorted; `$` where the texts differ and no name tells how.

    Shape: names of bounded length, at most `MOST_FIELDS`, each once.
    """
    if before == after:
        return ()
    try:
        old, new = _leaves(before), _leaves(after)
    except Broken:
        return (WHOLE,)
    differing = {path for path in old.keys() | new.keys() if old.get(path) != new.get(path)}
    names = {safe_name(name) for path in differing for name in [(old.get(path) or new[path])[0]]}
    return tuple(sorted(names - {""}))[:MOST_FIELDS] or (WHOLE,)


def _leaves(text: str) -> dict[str, tuple[str, str]]:
    """The name and the written value of every leaf, by its path."""
    return {
        place.pointer: (place.names[-1] if place.names else "", text[place.start : place.end])
        for place in places_of(text)
        if place.is_leaf
    }
