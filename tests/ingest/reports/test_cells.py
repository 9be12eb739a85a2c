"""A line of a workbook is known by its sheet, its row and its columns, through every replay."""

from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from published import outcomes
from workbooks import HEAD, saved, workbook

from iochub.ingest.feed import Cell, Refusal
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.reports.xlsx_table import Cells, lines_of


def test_a_line_knows_its_sheet_its_row_and_the_column_of_each_field() -> None:
    book = Workbook()
    first = book.worksheets[0]
    first.title = "Phòng họp"
    first.append(["BÁO CÁO"])
    first.append([])
    first.append([None, *HEAD[:2], None, *HEAD[2:]])
    first.append([])
    first.append([None, "paperless_rooms", 38, None, 2021, 18, "x"])
    first.append(["y", "video_points", 38, "z", 2021, 0])
    book.create_sheet("Khác").append(["Tên", "Ghi chú"])
    last = book.create_sheet("Kỳ\u202e 2")
    last.append(HEAD)
    last.append(["paperless_rooms", 38, 2021, None, "chưa có"])
    lines = [line.cells for line in lines_of(saved(book))]
    columns = {"indicator": "B", "unit": "C", "period": "E", "value": "F", "note": "G"}
    assert lines == [
        Cells("Phòng họp", 5, columns),
        Cells("Phòng họp", 6, columns | {"column": "D"}),
        Cells("Kỳ 2", 2, dict(zip(HEAD, "ABCDE", strict=True))),
    ]


def test_where_a_line_stood_is_kept_through_every_replay_of_it() -> None:
    (refused,) = outcomes("reports", workbook(HEAD, [], ["paperless_rooms", 38, 2021, "abc"]))
    assert isinstance(refused, Refusal)
    feed = FEEDS["reports"]
    assert feed.cell_of(refused.envelope, "value") == Cell("Sheet", 3, "D")
    assert feed.cell_of(refused.envelope, "measure") == Cell("Sheet", 3, "")
    for record in (refused.raw, b'{"indicator": "none"}', b"\xff"):
        (again,) = outcomes("reports", record, envelope=refused.envelope)
        assert isinstance(again, Refusal)
        assert again.envelope == refused.envelope
    (other,) = outcomes(
        "reports", workbook(HEAD, ["paperless_rooms", 38, 2021, "abc"]), envelope=refused.envelope
    )
    assert isinstance(other, Refusal)
    assert feed.cell_of(other.envelope, "value") == Cell("Sheet", 2, "D")
    (text,) = outcomes("reports", b"no;table", envelope=refused.envelope)
    assert isinstance(text, Refusal)
    assert feed.cell_of(text.envelope, "value") is None


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_what_was_kept_of_no_workbook_names_no_cell(envelope: bytes) -> None:
    assert FEEDS["reports"].cell_of(envelope, "value") is None
    assert FEEDS["reports"].cell_of(b"{" + envelope, "value") is None
