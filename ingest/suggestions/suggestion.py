"""From a refused record to the corrected one, if a rule makes it certain and its feed then takes it."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape, unescape

from iochub.ingest.door import Door
from iochub.ingest.feed import Feed, Refusal
from iochub.ingest.suggestions.csv_places import APART
from iochub.ingest.suggestions.json_places import unquoted
from iochub.ingest.suggestions.marks import MOST_MARKS, named_places, places_of, written_as
from iochub.ingest.suggestions.place import XML_MARKS, Broken, Place
from iochub.ingest.suggestions.rules import TIDYING, Candidate, candidates

LONGEST_CORRECTED = 128 * 1024
"""Bytes of a record that a correction is looked for in: it is read again for every try."""

MOST_STEPS = 12
"""A record may be wrong in several fields, each seen only when the one before is right."""

ALIKE = ("bad_date", "impossible_date", "bad_number", "not_text")
"""Reasons by which a value is wrong in itself, so that each of several may be written anew."""

MOST_FORMS = 4

MOST_READS = 200
"""So often a record is read to find out what it means."""


class Change(NamedTuple):
    """One value that was written anew: which field, where, from what, into what, by which rule of `RULES`."""

    field: str
    path: str
    before: str
    after: str
    rule: str


class Suggestion(NamedTuple):
    """A corrected record that its feed takes, and what was changed for it."""

    record: str
    changes: tuple[Change, ...]


class Judged(NamedTuple):
    """What a feed says of a record; a taken one has no reason."""

    is_taken: bool
    reason: str = ""
    field: str = ""


Judge = Callable[[str], Judged]


class _Try(NamedTuple):
    """A record with one value written anew, or with several alike, and what the feed says of it."""

    record: str
    changes: tuple[Change, ...]
    meaning: str
    judged: Judged


def judge_of(feed: Feed, content_type: str, door: Door, envelope: bytes) -> Judge:
    """How a feed judges a record that came in an envelope: readings and nothing else are taken.

    A letter may hold the message around its record, and so others that were taken before; they count once.
    """

    def judge(record: str) -> Judged:
        outcomes = list(feed.read(record.encode(), content_type, door, envelope))
        for outcome in outcomes:
            if isinstance(outcome, Refusal):
                return Judged(False, outcome.reason, outcome.field)
        return Judged(bool(outcomes), "" if outcomes else "not_a_record")

    return judge


def suggestion_for(
    record: str, reason: str, field: str, judge: Judge, envelope: bytes = b""
) -> Suggestion | None:
    """The corrected record, or nothing where any of its faults has no certain correction."""
    judged = Judged(False, reason, field)
    changes: list[Change] = []
    reads = Counted(judge, envelope)
    for _ in range(MOST_STEPS):
        step = _step(record, judged, reads)
        if step is None:
            return None
        record, judged = step.record, step.judged
        changes += step.changes
        if judged.is_taken:
            return Suggestion(record, tuple(changes))
    return None


class Counted:
    """A judge who is asked a bounded number of times, of records that came in an envelope."""

    def __init__(self, judge: Judge, envelope: bytes = b"") -> None:
        self.envelope = envelope
        self._judge = judge
        self._left = MOST_READS

    def __call__(self, record: str) -> Judged | None:
        """The verdict, or nothing once too many were asked for."""
        self._left -= 1
        return self._judge(record) if self._left >= 0 else None


def _step(record: str, judged: Judged, judge: Counted) -> _Try | None:
    """The one change that brings the record further; nothing where there is none, or several meanings."""
    code, _, detail = judged.reason.partition(":")
    try:
        places = named_places(places_of(record, judge.envelope), judged.field or detail)
    except Broken:
        return None
    leaves = sorted((place for place in places if place.is_leaf), key=lambda place: place.start)[:MOST_MARKS]
    for place in leaves:
        tried = [one for one in _tries(record, code, judged, place, judge) if one.judged != judged]
        best = [one for one in tried if one.judged.is_taken] or tried
        if best:
            is_certain = len({one.meaning for one in best}) == 1 or best[0].changes[0].rule in TIDYING
            return best[0] if is_certain else None
    return _everywhere(record, code, judged, leaves, judge) if len(leaves) > 1 and code in ALIKE else None


def _everywhere(
    record: str, code: str, judged: Judged, leaves: Sequence[Place], judge: Counted
) -> _Try | None:
    """The field written anew wherever it stands: of two wrong alike, one alone changes no verdict."""
    for form in range(MOST_FORMS):
        other, changes = record, []
        for place in reversed(leaves):
            found = list(_rewritten(record, code, record[place.start : place.end]))
            if not found or len({candidate.meaning for _, _, candidate in found}) != 1:
                continue
            before, after, candidate = found[min(form, len(found) - 1)]
            other = other[: place.start] + after + other[place.end :]
            changes.append(_changed(judged, place, before, candidate))
        verdict = judge(other) if changes else None
        if verdict is not None and verdict != judged:
            return _Try(other, tuple(reversed(changes)), "", verdict)
    return None


def _tries(record: str, code: str, judged: Judged, place: Place, judge: Counted) -> Iterator[_Try]:
    written = record[place.start : place.end]
    for before, after, candidate in _rewritten(record, code, written):
        other = record[: place.start] + after + record[place.end :]
        verdict = judge(other)
        if verdict is None:
            return
        change = _changed(judged, place, before, candidate)
        yield _Try(other, (change,), candidate.meaning, verdict)


def _changed(judged: Judged, place: Place, before: str, candidate: Candidate) -> Change:
    name = judged.field or place.names[-1]
    return Change(name, place.pointer, before, candidate.text, candidate.rule)


def _rewritten(record: str, code: str, written: str) -> Iterable[tuple[str, str, Candidate]]:
    """The value as read, each way to write it into the record, and what that means."""
    kind = written_as(record)
    if kind == "other":
        yield from _in_a_cell(code, written)
    elif kind == "xml":
        if "<" in written:
            return
        value = unescape(written, XML_MARKS)
        for candidate in candidates(code, value):
            yield value, escape(candidate.text), candidate
    elif written.startswith('"'):
        value = unquoted(written)
        for candidate in candidates(code, value):
            yield value, json.dumps(candidate.text, ensure_ascii=False), candidate
    elif code == "not_text" and written.lstrip("-").isascii() and written.lstrip("-").isdigit():
        yield written, f'"{written}"', Candidate(written, written, "quoted")


def _in_a_cell(code: str, written: str) -> Iterator[tuple[str, str, Candidate]]:
    """Of a line of a table; what could only stand there in quotes is not offered."""
    for candidate in candidates(code, written):
        if APART.isdisjoint(candidate.text):
            yield written, candidate.text, candidate
