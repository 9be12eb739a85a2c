"""Tables in base64, as text or as elements; garbage, bombs and giants have named reasons."""

import base64
import gzip
import io
import json
import re
import zipfile
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from published import door, only_reading, ours, outcomes, reasons

from iochub.ingest.feed import Reading, Refusal
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.hospitals.envelope import LARGEST_TABLE_BYTES, MOST_LINES

DOSSIER = ours("hospitals", "one_dossier_inline.xml").decode()
SUMMARY = DOSSIER[DOSSIER.index("<TONG_HOP>") : DOSSIER.index("</TONG_HOP>") + 11]


def with_summary(content: str) -> bytes:
    return DOSSIER.replace(SUMMARY, content).encode()


def in_base64(content: bytes) -> bytes:
    return with_summary(base64.b64encode(content).decode())


def test_elements_text_cdata_and_base64_are_the_same_table() -> None:
    row = only_reading("hospitals", DOSSIER.encode()).row
    escaped = SUMMARY.replace("&", "&amp;").replace("<", "&lt;")
    declared = '<?xml version="1.0" encoding="utf-8"?>' + SUMMARY
    for same in (
        with_summary(f"<![CDATA[{SUMMARY}]]>"),
        with_summary(escaped),
        in_base64(SUMMARY.encode()),
        in_base64(declared.encode()),
        in_base64(b"\xef\xbb\xbf" + SUMMARY.encode()),
        in_base64(declared.replace("utf-8", "utf-16").encode("utf-16")),
        in_base64(declared.replace("utf-8", "utf-16").encode("utf-16-le")),
        in_base64(SUMMARY.encode("utf-16-le")),
        DOSSIER.replace("LOAIHOSO>XML", "LOAIHOSO>xml").encode(),
        re.sub(r"</FILEHOSO>\s*<FILEHOSO>", "", DOSSIER).encode(),  # all tables in one, after each other
        with_summary(" \n".join(base64.encodebytes(SUMMARY.encode()).decode().split("\n"))),
    ):
        assert only_reading("hospitals", same).row == row


def test_a_table_without_a_kind_is_taken_for_none_of_the_others() -> None:
    another = "<NOIDUNGFILE><TONG_HOP><MA_LK>LK2</MA_LK></TONG_HOP></NOIDUNGFILE>"
    reading = only_reading("hospitals", DOSSIER.replace("</FILEHOSO>", f"{another}</FILEHOSO>", 1).encode())
    assert (reading.row["cost"], reading.row["flags"]) == ("92100", "extra")
    two = DOSSIER.replace("</FILEHOSO>", f"{another * 2}</FILEHOSO>", 1)
    assert reasons("hospitals", two.encode()) == [("repeated:LOAIHOSO", "LOAIHOSO")]


def test_a_signature_behind_the_root_is_cut_off() -> None:
    for name in ("three_checkins.xml", "one_dossier_inline.xml"):
        plain = re.sub(r"\s*<CHUKYDONVI.*?(/>|</CHUKYDONVI>)", "", ours("hospitals", name).decode())
        signed = f"{plain.rstrip()}\n<CHUKYDONVI><Signature>VEhV</Signature></CHUKYDONVI>\r\n"
        told = [(o.entity, o.row) for o in outcomes("hospitals", signed.encode()) if isinstance(o, Reading)]
        assert told
        assert told == [
            (o.entity, o.row) for o in outcomes("hospitals", plain.encode()) if isinstance(o, Reading)
        ]
    for other in ("<X/>", "<CHUKY/>", "<CHUKYDONVI/>"):
        assert reasons("hospitals", f"{SUMMARY}{other}".encode()) == [("unreadable_delivery", "xml")]


def call(**given: str) -> dict[str, str]:
    return {"username": "38001_BV", "loaiHoSo": "130", "maTinh": "38", "maCSKCB": "38001", **given}


def test_a_call_as_a_form_is_the_same_file() -> None:
    """A thousand letters of padding of every length bring every letter of base64, `+` and `/` among them."""
    row = only_reading("hospitals", DOSSIER.encode()).row
    for pad in range(3):
        file = (DOSSIER.replace("Đau họng", "~?>" * 333 + "ữ" * pad)).encode()
        encoded = base64.b64encode(file).decode()
        assert "+" in encoded or "/" in encoded
        for body in (
            urlencode(call(fileHSBase64=encoded)),
            urlencode({"fileHSBase64": encoded, "chukydonvi": ""}),
            urlencode(call(fileHSBase64=base64.encodebytes(file).decode())),
            f"loaiHoSo=130&fileHSBase64={encoded}",  # nothing escaped at all
        ):
            assert only_reading("hospitals", body.encode()).row == row
    assert "application/x-www-form-urlencoded" in FEEDS["hospitals"].content_types


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (urlencode(call()), "missing:fileHSBase64"),
        (urlencode(call(fileHSBase64="")), "missing:fileHSBase64"),
        (urlencode(call(fileHSBase64="@@@")), "bad_base64:fileHSBase64"),
        ("fileHSBase64=QQ%3D%3D&fileHSBase64=QQ%3D%3D", "repeated:fileHSBase64"),
        (urlencode(call(fileHSBase64="QUJD")), "unreadable_delivery"),
        ("a=1&" * 30 + "fileHSBase64=QUJD", "not_a_delivery:shape"),
        ("fileHSBase64=đ", "not_a_delivery:shape"),
    ],
)
def test_a_form_that_holds_no_file_is_refused_by_name(body: str, reason: str) -> None:
    assert [found for found, _ in reasons("hospitals", body.encode())] == [reason]


def zipped(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("XML1.xml", content)
    return file.getvalue()


BOMB = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><TONG_HOP>&b;</TONG_HOP>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"hello", "not_a_record:xml"),
        (b"<TONG_HOP>", "not_a_record:xml"),
        (BOMB, "not_a_record:dtd"),
        (BOMB.decode().encode("utf-16"), "not_a_record:dtd"),
        (b"<a>" * 90 + b"</a>" * 90, "not_a_record:depth"),
        (b"<x>\xff\xfe</x>", "not_a_record:encoding"),
        (b'<?xml version="1.0" encoding="x-none"?><TONG_HOP/>', "not_a_record:encoding"),
        (base64.b64encode(SUMMARY.encode()), "not_a_record:xml"),  # in base64 twice
        (gzip.compress(b"0" * 5_000_000), "not_a_record:packed"),
        (zipped(b"0" * 5_000_000), "not_a_record:packed"),
        (b"<CHI_TIET><a/></CHI_TIET>", "not_a_record:shape"),
        (b"<TONG_HOP/>", "missing:XML1"),
    ],
)
def test_what_is_inside_a_table_is_trusted_no_more_than_the_file(content: bytes, reason: str) -> None:
    assert [found for found, _ in reasons("hospitals", in_base64(content))] == [reason]


@pytest.mark.parametrize("text", ["@@@@", "PFRPTkdfSE9QPg", "PFRP===TkdfSE9QPg", "đường", "QUJD=QUJD"])
def test_garbage_instead_of_base64_is_named(text: str) -> None:
    assert reasons("hospitals", with_summary(text)) == [("bad_base64:XML1", "XML1")]


def test_a_giant_table_is_refused_for_its_size() -> None:
    giant = b"<TONG_HOP><GHI_CHU>" + b" " * LARGEST_TABLE_BYTES + b"</GHI_CHU></TONG_HOP>"
    assert reasons("hospitals", in_base64(giant)) == [("too_long:XML1", "XML1")]
    assert reasons("hospitals", with_summary("A" * (LARGEST_TABLE_BYTES * 3 // 2 + 1))) == [
        ("too_long:XML1", "XML1")
    ]


def test_more_lines_than_any_visit_has_are_refused() -> None:
    start = DOSSIER.index("<CHI_TIET_THUOC>")
    many = DOSSIER[:start] + "<CHI_TIET_THUOC/>" * MOST_LINES + DOSSIER[start:]
    assert reasons("hospitals", many.encode()) == [("too_long:CHI_TIET_THUOC", "CHI_TIET_THUOC")]


def test_a_wall_of_check_ins_is_refused_as_a_whole() -> None:
    rows = "<TRANG_THAI_KCB/>" * (MOST_LINES + 1)
    listed = f"<DSACH_TRANG_THAI_KCB>{rows}</DSACH_TRANG_THAI_KCB>"
    body = f"<CHI_TIEU_TRANG_THAI_KCB>{listed}</CHI_TIEU_TRANG_THAI_KCB>"
    assert reasons("hospitals", body.encode()) == [("too_long:TRANG_THAI_KCB", "TRANG_THAI_KCB")]


def test_prefixes_and_namespaces_change_nothing() -> None:
    start, end = DOSSIER.index("<GIAMDINHHS>"), DOSSIER.index("</GIAMDINHHS>")
    spaced = f'<GIAMDINHHS xmlns="urn:bhxh">{DOSSIER[start + 12 : end]}</GIAMDINHHS>'
    assert only_reading("hospitals", spaced.encode()).row == only_reading("hospitals", DOSSIER.encode()).row


def test_each_dossier_of_a_file_is_cut_out_as_it_was_written() -> None:
    body = ours("hospitals", "two_dossiers_base64.xml")
    bad = outcomes("hospitals", body)[1]
    assert isinstance(bad, Refusal)
    assert bad.raw in body
    assert body.count(b"<HOSO>") == 2
    assert bad.raw.count(b"<HOSO>") == 1


def test_no_dead_letter_keeps_the_whole_file_of_many_records() -> None:
    """As a table in base64, with a comment that looks like a dossier, in UTF-16, in a call in JSON."""
    two = ours("hospitals", "two_dossiers_base64.xml")
    looks_like_one = two.replace(b"<HOSO>", b"<!-- <HOSO> --><HOSO>", 1)
    utf_16 = two.decode().replace("utf-8", "utf-16").encode("utf-16")
    call = json.dumps({"fileHSBase64": base64.b64encode(two).decode()}).encode()
    for body in (two, looks_like_one, utf_16, call):
        good, bad = outcomes("hospitals", body)
        assert isinstance(good, Reading)
        assert isinstance(bad, Refusal)
        assert bad.raw.count(b"LOAIHOSO>XML1") == 1
        assert reasons("hospitals", bad.raw) == [(bad.reason, bad.field)]
    rows = ours("hospitals", "three_checkins.xml")
    inside = base64.b64encode(rows).decode()
    table = f"<FILEHOSO><LOAIHOSO>XML0</LOAIHOSO><NOIDUNGFILE>{inside}</NOIDUNGFILE></FILEHOSO>"
    refused = outcomes("hospitals", f"<HOSO>{table}</HOSO>".encode())[2]
    assert isinstance(refused, Refusal)
    assert refused.raw.startswith(b"<TRANG_THAI_KCB>")
    assert reasons("hospitals", refused.raw) == [(refused.reason, refused.field)]


@settings(max_examples=80, deadline=None)
@given(cut=st.integers(0, 4000), flip=st.integers(0, 4000), byte=st.integers(0, 255))
def test_whatever_is_wrong_inside_base64_is_one_outcome(cut: int, flip: int, byte: int) -> None:
    inner = bytearray(SUMMARY.encode())
    inner[flip % len(inner)] = byte
    for body in (in_base64(bytes(inner)), in_base64(bytes(inner)[: cut % len(inner)])):
        (found,) = outcomes("hospitals", body)
        assert isinstance(found, (Reading, Refusal))
        assert found.number == 0


def test_our_files_in_shapes_that_hospitals_send() -> None:
    signed = only_reading("hospitals", ours("hospitals", "checkin_signed_outside.xml"))
    assert signed.entity == FEEDS["hospitals"].entity_named("38002:000000700001", door())
    assert (signed.kind, signed.row["days"]) == (
        "checkin",
        [("checked_in", "2024-09-12"), ("admitted", "2024-09-12")],
    )
    form = only_reading("hospitals", ours("hospitals", "gateway_call.form"))
    assert form.entity == FEEDS["hospitals"].entity_named("38002:000000700002", door())
    wide = only_reading("hospitals", ours("hospitals", "tables_in_utf_16.xml"))
    assert wide.entity == FEEDS["hospitals"].entity_named("38001:LK0000700", door())
    assert (wide.row["cost"], wide.row["insurer_paid"], wide.row["flags"]) == ("92100", "73680", "")
    assert wide.row["days"] == [("admitted", "2024-08-05"), ("discharged", "2024-08-05")]
