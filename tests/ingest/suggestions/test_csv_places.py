"""The cells of a line of a table are found where they stand, as the feed that reads them does."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from published import door, outcomes

from iochub.ingest.feed import Reading, Refusal
from iochub.ingest.feeds.reports import Reports
from iochub.ingest.reports.csv_table import MARKS, Head, Line, cells_of
from iochub.ingest.suggestions.changed import changed_fields
from iochub.ingest.suggestions.csv_places import csv_places, head_in
from iochub.ingest.suggestions.marks import marks_of
from iochub.ingest.suggestions.place import Broken
from iochub.ingest.suggestions.suggestion import judge_of, suggestion_for

HEAD = "indicator;unit;period;value;reported_at;note"
FIELDS = tuple(HEAD.split(";"))
CELLS = st.lists(
    st.text(st.characters(exclude_characters="\0\r", exclude_categories=("Cs",)), max_size=12),
    min_size=2,
    max_size=len(FIELDS),
)


def refused(line: str) -> Refusal:
    (found,) = outcomes("reports", f"{HEAD}\n{line}\n".encode())
    assert isinstance(found, Refusal)
    return found


def seen(line: str) -> list[tuple[str, str, str]]:
    one = refused(line)
    text = one.raw.decode()
    marks = marks_of(text, one.reason, one.field, one.envelope)
    return [(mark.kind, mark.path, text[mark.start : mark.end]) for mark in marks]


@given(CELLS, st.sampled_from(MARKS), st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)))
def test_a_place_holds_what_the_cell_of_its_field_says(cells: list[str], mark: str, quoting: int) -> None:
    if quoting == csv.QUOTE_MINIMAL:
        cells = [cell.replace("\n", " ") for cell in cells]  # where no line ends, csv does not quote its end
    written = io.StringIO()
    csv.writer(written, delimiter=mark, quoting=quoting, lineterminator="").writerow(cells)
    line, head = written.getvalue(), Head(mark, FIELDS)
    places = {place.names[0]: line[place.start : place.end] for place in csv_places(line, head)}
    told = cells_of(Line(line, head))
    assert {name: text.replace('""', '"') for name, text in places.items()} == told


@given(st.text(max_size=60), st.sampled_from(MARKS))
def test_places_lie_within_any_line_one_after_the_other(line: str, mark: str) -> None:
    broken = None
    try:
        places = csv_places(line, Head(mark, FIELDS))
    except Broken as raised:
        broken, places = raised, []
    assert broken is None or 0 <= broken.at < len(line)
    bounds = [at for place in places for at in (place.start, place.end)]
    assert bounds == sorted(bounds)
    assert all(
        0 <= place.opening <= place.start <= place.end <= place.closing <= len(line) for place in places
    )


def test_the_cell_that_is_wrong_is_marked_by_its_column() -> None:
    assert seen('paperless_rooms;399;2021;"1,234";;1,234') == [("value", "/value", "1,234")]
    assert seen("paperless_rooms; nowhere ;2021;3;;") == [("value", "/unit", "nowhere")]


def test_an_empty_cell_is_marked_with_what_parts_it_from_its_neighbours() -> None:
    assert seen("paperless_rooms;399;2021;;;ghi chú") == [("around", "/value", ";;")]


def test_a_line_whose_quote_is_not_closed_is_marked_from_there() -> None:
    assert marks_of('a;"b', "not_a_record:shape", "shape", HEAD.encode())[0].start == 2


def test_a_line_whose_head_was_not_kept_is_marked_nowhere() -> None:
    for envelope in (b"", b"203", b"indicator;unit", b'["notice","300",{}]'):
        assert head_in(envelope) is None
        assert marks_of("a;b;c;d", "bad_number:value", "value", envelope) == []


@pytest.mark.parametrize(
    ("line", "right"),
    [
        (f"{told};25/01/2026;ghi chú", f"{told};2026-01-25;ghi chú")
        for told in ("paperless_rooms;399;2021;3", 'paperless_rooms;"399";2021;"3"')
    ],
)
def test_a_cell_is_corrected_where_one_meaning_is_possible_and_nothing_else_is_touched(
    line: str, right: str
) -> None:
    one = refused(line)
    judge = judge_of(Reports(), "text/csv", door(), one.envelope)
    found = suggestion_for(line, one.reason, one.field, judge, one.envelope)
    assert found is not None
    assert found.record == right
    assert [(change.field, change.path) for change in found.changes] == [("reported_at", "/reported_at")]
    (read,) = outcomes("reports", found.record.encode(), envelope=one.envelope)
    assert isinstance(read, Reading)


def test_a_doubtful_cell_has_no_correction() -> None:
    one = refused("paperless_rooms;399;2021;1,234;;")
    judge = judge_of(Reports(), "text/csv", door(), one.envelope)
    assert suggestion_for(one.raw.decode(), one.reason, one.field, judge, one.envelope) is None


def test_the_column_that_was_changed_is_named_and_without_a_head_only_that_something_was() -> None:
    before, after = "paperless_rooms;399;2021;1,234;;", "paperless_rooms;399;2021;1234;;"
    assert changed_fields(before, after, HEAD.encode()) == ("value",)
    assert changed_fields(before, after) == ("$",)
