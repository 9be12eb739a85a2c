"""The shown part of a rejected record: a piece of its text, with the fault marked, cut where no word is."""

import html
import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from iochub.dashboards.wall.rejects_gateway import Mark, Opened
from iochub.dashboards.wall.rejects_record import AROUND_FAULT, CUT, OF_WHOLE, marked

PRE = re.compile(r"<pre>(.*)</pre>(.*)", re.DOTALL)


def opened(record: str, *places: tuple[int, int]) -> Opened:
    marks = [Mark("value", start, end, 1, start + 1, "/a") for start, end in places]
    return Opened(
        "letter", "dossiers", 0, "bad_date:a", "a", "Sai", datetime(2026, 5, 27, tzinfo=UTC), "open",
        record=record, content_type="application/json", exact=True, marks=marks,
    )  # fmt: skip


def shown(letter: Opened, around: tuple[int, int] = AROUND_FAULT) -> tuple[str, str]:
    """The text of the record as a browser shows it, and what is said below it."""
    found = PRE.search(marked(letter, "vi", around))
    assert found
    return html.unescape(re.sub("</?mark[^>]*>", "", found[1])), found[2]


@given(
    text=st.text(st.characters(exclude_characters=CUT), max_size=900),
    start=st.integers(0, 900),
    length=st.integers(0, 40),
    around=st.sampled_from((AROUND_FAULT, OF_WHOLE)),
)
def test_what_is_shown_is_a_piece_of_the_record_that_holds_the_fault(
    text: str, start: int, length: int, around: tuple[int, int]
) -> None:
    start = min(start, len(text))
    end = min(start + length, len(text))
    told, below = shown(opened(text, (start, end)), around)
    piece = told.strip(CUT)
    assert piece in text
    assert text[start:end] in piece
    assert told.startswith(CUT) or text.startswith(piece)
    assert told.endswith(CUT) or text.endswith(piece)
    assert (CUT in told) == bool(below) == (piece != text)


def test_the_piece_begins_with_a_whole_word_or_element() -> None:
    spaced = "năm " * 200 + '"27/05/2026"' + " tháng" * 200
    assert shown(opened(spaced, (800, 812)))[0].startswith("… năm")
    solid = "<a>1</a>" * 200 + "<b>x</b>"
    assert re.match("…</?a>", shown(opened(solid, (1603, 1604)))[0])


def test_few_characters_are_not_cut_off() -> None:
    record = '{"MaHoSo": "' + "1" * 200 + '", "NgayTiepNhan": "27/05/2026"}'
    at = record.index('"27')
    assert shown(opened(record, (at, at + 12))) == (record, "")


def test_every_fault_within_the_piece_is_marked_and_none_is_shown_twice() -> None:
    found = marked(opened("<b>1</b><b>&</b>", (3, 4), (11, 12), (3, 4)), "vi", AROUND_FAULT)
    marks = re.findall("<mark[^>]*>([^<]*)</mark>", found)
    assert marks == ["1", "&amp;"]
