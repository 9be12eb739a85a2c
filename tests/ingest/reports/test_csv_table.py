"""Every line of a table is a report, is blank, or is refused; and each keeps its own bytes."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iochub.errors import RecordRejected
from iochub.ingest.json_records import Unreadable
from iochub.ingest.reports.csv_table import (
    MOST_LINES_OF_A_RECORD,
    Head,
    Line,
    cells_of,
    head_line,
    lines_of,
    plain_text,
    read_head,
)

HEAD = "indicator;unit;period;value"
ROW = "paperless_rooms;38;2021;18"


def texts(table: str) -> list[str]:
    return [line.text for line in lines_of(table)]


def head_reason(table: str) -> str:
    with pytest.raises(RecordRejected) as refused:
        list(lines_of(table))
    return refused.value.reason


@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_the_mark_between_columns_is_the_one_of_the_head(mark: str) -> None:
    (line,) = lines_of(f"{HEAD}\n{ROW}\n".replace(";", mark))
    assert line.head == Head(mark, ("indicator", "unit", "period", "value"))
    assert cells_of(line) == {"indicator": "paperless_rooms", "unit": "38", "period": "2021", "value": "18"}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_end_of_line_will_do(end: str) -> None:
    assert texts(end.join([HEAD, ROW, "", ROW.replace("18", "19"), ""])) == [ROW, ROW.replace("18", "19")]


def test_columns_may_be_named_in_either_language_and_any_spelling_of_case() -> None:
    (line,) = lines_of("GIÁ TRỊ;Kỳ báo cáo;Đơn vị;Mã chỉ tiêu;Ghi chú\n18;2021;38;paperless_rooms;x\n")
    assert cells_of(line) == {
        "value": "18", "period": "2021", "unit": "38", "indicator": "paperless_rooms", "note": "x",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("indicator;unit;period", "missing:value"),
        ("indicator;unit;period;value;value", "repeated:value"),
        ("indicator;unit;period;value;Giá trị", "repeated:value"),
        ("indicator;unit;period;value;phone", "extra_forbidden"),
    ],
)
def test_a_head_that_is_not_ours_refuses_the_table(head: str, reason: str) -> None:
    assert head_reason(f"{head}\n{ROW}\n") == reason


def test_a_text_without_a_head_is_one_line_that_says_so() -> None:
    (line,) = lines_of(f"{ROW}\n{ROW}")
    assert line.head is None
    with pytest.raises(RecordRejected, match="unreadable_delivery"):
        cells_of(line)


def test_what_is_blank_or_the_head_again_is_no_report() -> None:
    table = f"{HEAD};note\n{ROW};\n;;;;\nvideo_points;38;2021;;\n{HEAD};note\nvideo_points;38;2021;0;\n"
    assert texts(table) == [f"{ROW};", "video_points;38;2021;0;"]


def test_a_note_without_a_value_is_no_blank_line() -> None:
    assert texts(f"{HEAD};note\npaperless_rooms;38;2021;;chưa có\n") == ["paperless_rooms;38;2021;;chưa có"]


def test_a_quoted_cell_may_hold_marks_and_lines() -> None:
    line, other = lines_of(f'{HEAD};note\n{ROW};"a;\nb ""c"""\n{ROW};d\n')
    assert cells_of(line)["note"] == 'a;\nb "c"'
    assert cells_of(other)["note"] == "d"


def test_a_quote_that_nobody_closes_costs_its_own_line_only() -> None:
    rows = [f"{ROW};{number}" for number in range(2 * MOST_LINES_OF_A_RECORD)]
    found = texts("\n".join([f"{HEAD};note", f'{ROW};"open', *rows]))
    assert found == [f'{ROW};"open', *rows]
    with pytest.raises(RecordRejected, match="not_a_record:shape"):
        cells_of(next(iter(lines_of("\n".join([f"{HEAD};note", f'{ROW};"open', *rows])))))


def test_more_cells_than_columns_are_refused_unless_they_are_empty() -> None:
    with_more, with_empty = lines_of(f"{HEAD}\n{ROW};x\n{ROW};;\n")
    with pytest.raises(RecordRejected, match="not_a_record:columns"):
        cells_of(with_more)
    assert cells_of(with_empty)["value"] == "18"


def test_blank_columns_are_not_kept_beside_every_line() -> None:
    (line,) = lines_of(f"{HEAD}{';' * 100_000}\n{ROW};;\n")
    assert line.head
    assert len(head_line(line.head)) == len(HEAD)
    assert cells_of(line)["value"] == "18"
    (beyond,) = lines_of(f"{HEAD};;\n{ROW};;x\n")
    with pytest.raises(RecordRejected):
        cells_of(beyond)
    assert head_reason(f"indicator{';' * 100_000}unit;period;value\n{ROW}\n") == "not_a_delivery:shape"


def test_a_head_is_kept_short_and_read_back() -> None:
    (line,) = lines_of('"Mã chỉ tiêu";unit;period;" Giá trị ";;note\nx;1;2;3;;y\n')
    assert line.head is not None
    kept = head_line(line.head)
    assert kept == b"indicator;unit;period;value;;note"
    assert read_head(kept) == line.head


cells = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=12)


@given(st.lists(st.tuples(cells, cells, cells, cells), max_size=8), st.sampled_from([";", ",", "\t"]))
def test_what_a_writer_of_csv_writes_is_read_back(rows: list[tuple[str, ...]], mark: str) -> None:
    table = io.StringIO(newline="")
    writer = csv.writer(table, delimiter=mark)
    writer.writerow(HEAD.split(";"))
    writer.writerows(rows)
    found = [cells_of(line) for line in lines_of(table.getvalue())]
    stripped = [dict(zip(HEAD.split(";"), (cell.strip() for cell in row), strict=True)) for row in rows]
    filled = [row for row in stripped if row["value"] and list(row.values()) != HEAD.split(";")]
    assert found == filled


@given(st.text(max_size=200))
def test_any_text_under_a_head_is_lines_that_are_read_or_refused(text: str) -> None:
    for line in lines_of(f"{HEAD}\n{text}"):
        assert line.text in text
        try:
            cells_of(Line(line.text, line.head))
        except RecordRejected as refused:
            assert refused.reason.startswith("not_a_record:")  # noqa: PT017


@pytest.mark.parametrize(
    "above",
    [
        "sep=;\n",
        '"sep=;"\r\n',
        "BÁO CÁO THÁNG 7\n\n",
        "UBND xã Nga An;;;\nBáo cáo, tháng 7;;;\n;;;\n",
        "\n" * 19,
    ],
)
def test_a_title_may_stand_above_the_head_and_is_no_line(above: str) -> None:
    assert texts(f"{above}{HEAD}\n{ROW}\n") == [ROW]


def test_a_head_is_looked_for_no_further_than_a_title_may_be_long() -> None:
    far = "x\n" * 20 + f"{HEAD}\n{ROW}"
    (line,) = lines_of(far)
    assert line == Line(far, None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_unicode_text_as_excel_writes_it_is_read_as_its_mark_says(encoding: str) -> None:
    table = "Mã chỉ tiêu\tĐơn vị\r\nx\t38\r\n"
    marked = f"\ufeff{table}" if encoding != "utf-8" else table
    assert plain_text(marked.encode(encoding)) == table.strip()


@pytest.mark.parametrize(
    "delivery", ["x;y".encode("utf-16-le"), b"\xff\xfex", b"\xff\xfe\x00\xd8", b"\xff\xfe\x00\x00x\x00"]
)
def test_text_in_no_encoding_is_not_guessed_at(delivery: bytes) -> None:
    with pytest.raises(Unreadable, match=r"^encoding$"):
        plain_text(delivery)
