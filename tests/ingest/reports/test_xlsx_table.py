"""A workbook is read as it shows; a bomb, a formula or a claim of a billion rows is refused at once."""

import io
import struct
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from datetime import date

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from workbooks import HEAD, saved, workbook

from iochub.errors import RecordRejected
from iochub.ingest.json_records import Unreadable
from iochub.ingest.reports import xlsx_table
from iochub.ingest.reports.xlsx_table import lines_of

SECONDS = 10.0
"""Generous: the largest claim here takes a second; unbounded ones take minutes or all memory."""


def told(delivery: bytes) -> list[dict[str, object]]:
    return [msgspec.json.decode(line.raw) for line in lines_of(delivery)]


def with_part(delivery: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one of its parts changed."""
    changed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(delivery)) as old,
        zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            new.writestr(part, change(old.read(part)) if part == name else old.read(part))
    return changed.getvalue()


def unreadable(delivery: bytes) -> str:
    began = time.monotonic()
    with pytest.raises(Unreadable) as refused:
        lines_of(delivery)
    assert time.monotonic() - began < SECONDS
    return str(refused.value)


SHEET = "xl/worksheets/sheet1.xml"
PLAIN = workbook(HEAD, ["paperless_rooms", 38, 2021, 18, None])


def test_numbers_are_numbers_and_blank_cells_are_nothing() -> None:
    assert told(PLAIN) == [{"indicator": "paperless_rooms", "unit": 38, "period": 2021, "value": 18}]


def test_a_number_is_what_fifteen_digits_show_of_it() -> None:
    row = ["satisfaction_share", "38", "2021", 98.29 + 1e-14, "x"]
    assert [line.raw for line in lines_of(workbook(HEAD, row))] == [
        b'{"indicator":"satisfaction_share","unit":"38","period":"2021","value":98.29,"note":"x"}'
    ]


@pytest.mark.parametrize(
    ("value", "shown_as", "read"),
    [
        (0.9829, "0.00%", {"percent": 98.29}),
        (1, "0%", {"percent": 100}),
        (98.29, '0.00"%"', 98.29),  # only a sign behind the number
        (98.29, "0.00\\%", 98.29),
        (98.29, "0.00", 98.29),
    ],
)
def test_a_percentage_is_what_it_shows(value: float, shown_as: str, read: object) -> None:
    (line,) = told(workbook(HEAD, ["satisfaction_share", "38", "2021", value], shown_as={"D2": shown_as}))
    assert line["value"] == read


@pytest.mark.parametrize(
    ("value", "shown_as", "period"),
    [
        (date(2021, 7, 15), "dd/mm/yyyy", "2021-07-15"),
        (date(2021, 7, 15), "yyyy-mm-dd", "2021-07-15"),
        (date(2021, 7, 1), "mmm-yy", "2021-07"),  # what Excel makes of a typed 2021-07
        (date(2021, 7, 1), "[$-42A]mm/yyyy", "2021-07"),
        (date(2021, 7, 1), '[Red]mm"tháng d"yyyy', "2021-07"),
    ],
)
def test_a_date_in_the_period_is_the_day_or_the_month_that_it_shows(
    value: object, shown_as: str, period: str
) -> None:
    (line,) = told(workbook(HEAD, ["qr_checkins", "38", value, 5], shown_as={"C2": shown_as}))
    assert line["period"] == period


def test_a_formula_is_told_as_one_and_never_computed() -> None:
    (line,) = told(workbook(HEAD, ["paperless_rooms", "38", "2021", "=1+1"]))
    assert line["value"] == {"formula": "=1+1"}


def test_lines_that_nobody_filled_are_passed_over_and_zero_is_filled() -> None:
    found = told(workbook(HEAD, ["paperless_rooms", "38", "2021"], [], ["video_points", "38", "2021", 0]))
    assert [line["indicator"] for line in found] == ["video_points"]


def test_every_sheet_of_reports_is_read_under_its_own_head_and_others_are_not() -> None:
    book = Workbook()
    first = book.worksheets[0]
    first.append(["BÁO CÁO CHUYỂN ĐỔI SỐ"])
    first.append(["Mã chỉ tiêu", "Mã đơn vị", "Kỳ báo cáo", "Giá trị"])
    first.append(["paperless_rooms", "380", "2021", 1])
    other = book.create_sheet("Khác")
    other.append(["Họ tên", "Số điện thoại"])
    other.append(["Không Đọc", "0900000001"])
    second = book.create_sheet("Huyện")
    second.append(["value", "period", "unit", "indicator"])
    second.append([2, "2021", "399", "paperless_rooms"])
    assert [(line["unit"], line["value"]) for line in told(saved(book))] == [("380", 1), ("399", 2)]


def test_a_cell_beside_the_columns_is_kept_to_be_refused() -> None:
    (line,) = told(workbook(HEAD, ["paperless_rooms", "38", "2021", 18, None, "?"]))
    assert line["column"] == "?"


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([["Họ tên", "Tuổi"], ["x", 1]], "not_a_delivery:shape"),
        ([[]], "not_a_delivery:shape"),
        ([HEAD[:3], ["paperless_rooms", "38", "2021"]], "missing:value"),
        ([[*HEAD, "value"]], "repeated:value"),
        ([[*HEAD, "phone"]], "extra_forbidden"),
    ],
)
def test_a_workbook_without_a_head_of_reports_says_what_is_missing(
    rows: list[list[object]], reason: str
) -> None:
    with pytest.raises(RecordRejected) as refused:
        lines_of(workbook(*rows))
    assert refused.value.reason == reason


def test_a_billion_rows_are_not_counted_to_their_end() -> None:
    claims = [
        lambda xml: xml.replace(b'<row r="2"', b'<row r="1000000000"').replace(b'"A2"', b'"A1000000000"'),
        lambda xml: xml.replace(b"<sheetData>", b"<sheetData>" + b"<row/>" * 1_000_000),
    ]
    for claim in claims:
        assert unreadable(with_part(PLAIN, SHEET, claim)) == "size"


def test_a_claimed_dimension_is_not_believed() -> None:
    claimed = with_part(PLAIN, SHEET, lambda xml: xml.replace(b'ref="A1:E2"', b'ref="A1:XFD1048576"'))
    assert claimed != PLAIN
    assert told(claimed) == told(PLAIN)
    nothing = with_part(PLAIN, SHEET, lambda xml: xml.replace(b'ref="A1:E2"', b'ref="A1"'))
    assert told(nothing) == told(PLAIN)


def test_a_bomb_that_tells_its_size_is_not_unpacked() -> None:
    for name, size in ((SHEET, 40 << 20), ("xl/styles.xml", 9 << 20)):
        bomb = with_part(PLAIN, name, lambda xml, size=size: xml + b" " * size)  # type: ignore[misc]
        assert len(bomb) < 200_000
        assert unreadable(bomb) == "size"
    many = io.BytesIO(PLAIN)
    with zipfile.ZipFile(many, "a") as archive:
        for number in range(300):
            archive.writestr(f"xl/media/{number}.png", b"")
    assert unreadable(many.getvalue()) == "size"


def test_a_bomb_that_lies_about_its_size_is_unpacked_no_further_than_it_says() -> None:
    """256 MB of spaces that declare 100 bytes, and the checksum of those: a whole read unpacks it all."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(deflate.compress(b" " * (1 << 20)) for _ in range(256)) + deflate.flush()
    name, told_size, crc = b"xl/theme/theme1.xml", 100, zlib.crc32(b" " * 100)
    fields = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x21, crc, len(packed), told_size, len(name), 0)
    bomb = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as old, zipfile.ZipFile(bomb, "w") as new:
        for part in old.namelist():
            if part.encode() != name:
                new.writestr(part, old.read(part))
        new.fp.seek(at := new.start_dir)  # type: ignore[union-attr]
        new.fp.write(b"PK\3\4" + fields + name + packed)  # type: ignore[union-attr]
        lying = zipfile.ZipInfo(name.decode())
        lying.compress_type, lying.CRC, lying.header_offset = zipfile.ZIP_DEFLATED, crc, at
        lying.compress_size, lying.file_size = len(packed), told_size
        new.filelist.append(lying)
        new.NameToInfo[lying.filename] = lying
        new.start_dir = new.fp.tell()  # type: ignore[union-attr]
        new._didModify = True  # type: ignore[attr-defined]
    assert len(bomb.getvalue()) < 1_000_000
    tracemalloc.start()
    try:
        assert unreadable(bomb.getvalue()) == "encoding"  # spaces are no XML
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
DOCTYPE = f'<!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]>'


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
def test_a_part_that_declares_a_document_type_is_not_parsed(part: str) -> None:
    assert unreadable(with_part(PLAIN, part, lambda xml: DOCTYPE.encode() + xml)) == "dtd"
    wide = with_part(PLAIN, part, lambda xml: (DOCTYPE + xml.decode()).encode("utf-16"))
    assert unreadable(wide) == "dtd"
    odd = with_part(PLAIN, part, lambda xml: (DOCTYPE + xml.decode()).encode("utf-7"))
    assert unreadable(odd) in ("encoding", "dtd")
    other = with_part(PLAIN, part, lambda xml: b'<?xml version="1.0" encoding="cp037"?>' + xml)
    assert unreadable(other) == "encoding"


@pytest.mark.parametrize(
    "delivery",
    [b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 100, PLAIN[:-30], PLAIN[:2000], PLAIN[:1500] + PLAIN[2500:]],
)
def test_a_broken_workbook_is_unreadable(delivery: bytes) -> None:
    assert unreadable(delivery) in ("xlsx", "encoding")


def test_a_zip_of_something_else_is_unreadable() -> None:
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("readme.txt", "x")
    assert unreadable(other.getvalue()) == "xlsx"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_workbook_with_any_bytes_of_its_parts_changed_is_read_or_refused(data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as archive:
        name = data.draw(st.sampled_from([n for n in archive.namelist() if not n.startswith("docProps")]))

    def changed(xml: bytes) -> bytes:
        place = data.draw(st.integers(0, len(xml)))
        cut = data.draw(st.integers(0, 12))
        return (
            xml[:place]
            + data.draw(st.binary(max_size=6) | st.sampled_from([b"9" * 5000]))
            + xml[place + cut :]
        )

    with suppress(Unreadable, RecordRejected):
        lines_of(with_part(PLAIN, name, changed))


def test_the_limits_leave_room_for_a_template_of_every_commune() -> None:
    assert xlsx_table.MOST_ROWS >= 587 * 34
