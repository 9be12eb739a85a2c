"""A refusal is shown where it stands in the record; what stands nowhere is shown nowhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iochub.ingest.suggestions.marks import MOST_MARKS, marks_of, places_of
from iochub.ingest.suggestions.place import LONGEST_TEXT

RECORD = (
    '{"MaHoSo": "a",\n "DanhSachLePhi": [{"Gia": "1,5"}, {"Gia": "x"}], "NgayTra": "15/01/2026", "Gia": ""}'
)


def seen(text: str, reason: str, field: str) -> list[tuple[str, str]]:
    return [(mark.kind, text[mark.start : mark.end]) for mark in marks_of(text, reason, field)]


def test_a_dotted_name_marks_the_field_in_its_own_surroundings_only() -> None:
    assert seen(RECORD, "bad_number:Gia", "DanhSachLePhi.Gia") == [("value", '"1,5"'), ("value", '"x"')]


def test_a_line_and_a_column_are_where_an_editor_counts_them() -> None:
    (mark,) = marks_of(RECORD, "bad_date:NgayTra", "NgayTra")
    line = RECORD.split("\n")[mark.line - 1]
    assert line[mark.column - 1 :].startswith('"15/01/2026"')
    assert (mark.line, mark.path) == (2, "/NgayTra")


def test_a_missing_field_marks_its_empty_value_or_what_it_should_stand_in() -> None:
    assert seen(RECORD, "missing:Gia", "Gia") == [("value", '""')]
    assert seen(RECORD, "missing:NgayHenTra", "NgayHenTra") == [("around", "{")]
    assert seen("<HDon><TTChung></TTChung></HDon>", "missing:SHDon", "SHDon") == [("around", "<HDon>")]
    assert seen("<a><b>1</b><c></c></a>", "missing:c", "c") == [("around", "<c></c>")]


def test_a_field_too_many_is_marked_with_its_name() -> None:
    text = '{"a": 1, "Lạ_x": {"b": 2}}'
    assert seen(text, "extra_forbidden", "L_x") == [("extra", '"Lạ_x": {"b": 2}')]


@pytest.mark.parametrize(
    ("text", "fault"), [('{"a": 1,}', "}"), ('{"a" 1}', "1"), ("[1, 2", "2"), ("<a><b></a>", "<")]
)
def test_what_cannot_be_read_is_marked_from_where_it_cannot(text: str, fault: str) -> None:
    assert seen(text, "unreadable_delivery", "json") == [("syntax", fault)]


@given(st.text(max_size=200), st.sampled_from(["bad_date:a", "missing:a", "extra_forbidden", "x"]), st.text())
def test_marks_lie_within_any_text(text: str, reason: str, field: str) -> None:
    for mark in marks_of(text, reason, field):
        assert 0 <= mark.start <= mark.end <= len(text)
        assert mark.line >= 1
        assert mark.column >= 1


def test_a_record_that_is_too_long_is_not_looked_through_and_marks_are_bounded() -> None:
    assert marks_of(f'{{"a": "{"x" * LONGEST_TEXT}"}}', "bad_date:a", "a") == []
    many = "[" + ",".join(['{"a": 1}'] * 500) + "]"
    assert len(marks_of(many, "bad_date:a", "a")) == MOST_MARKS


LONG = "k" * 200_000


@pytest.mark.parametrize(
    "text",
    [
        f'{{"{LONG}":[{"0," * 19_000}{{"a":1}}]}}',
        f"<{LONG}>{'<a/>' * 15_000}</{LONG}>",
        '{"k":' * 60 + f'{{"{LONG}":[1,2]}}' + "}" * 60,
    ],
)
def test_values_under_a_very_long_name_fill_no_memory_and_keep_pointers_of_their_own(text: str) -> None:
    places = places_of(text)
    assert len({place.pointer for place in places}) == len(places)
    assert max(len(place.pointer) for place in places) < 500
