"""What each published edXML file says, read by hand from the file itself."""

import re
import unicodedata

import pytest
from published import door, folded, only_reading, ours, outcomes, published, reasons, versions

from iochub.exact.version import Current
from iochub.ingest.documents.columns import COLUMNS
from iochub.ingest.feed import Reading, Refusal
from iochub.ingest.feeds.registry import FEEDS

FOLDER = "documents"
NAMES = [column.name for column in COLUMNS]

ZIP = ["2545288edd58c28a8d842ed3bf317dd93659baab5cc91ae0f960d410411df316", "zip", 187]
"""The one ZIP in all of them, by `base64 -d | sha256sum` and `wc -c`."""

HOA_TIEN = "H13.20.00.002|000.00.00.G22,2015/09/30,7816/VPCP-TTĐT"
"""From 002.00.20.H13; its name begins with the code of another agency, which means nothing."""
VPCP_7816 = "G22|000.00.00.G22,2015/09/30,7816/VPCP-TTĐT"

DOCUMENTS = [
    # file, kind, entity, receivers, day sent, due until the end of, signed, type, mismatched
    ("edoc_new_0", "document", HOA_TIEN, ["H17.22.28"], "2018-09-28", "2018-09-28", 1, "cong_van", 0),
    (
        "edoc_new_0_junk_before_prolog_MALFORMED",
        "document",
        HOA_TIEN,
        ["H17.22.28"],
        "2018-09-28",
        "2018-09-28",
        1,
        "cong_van",
        0,
    ),
    (
        "edoc_replacement_3",
        "replacement",
        VPCP_7816,
        ["G17", "H14", "H41"],
        "2018-09-28",
        "2018-09-28",
        1,
        "cong_van",
        0,
    ),
    (
        "edoc_2019_axis_relayed",
        "document",
        "H51.15|9fbfbad2-f1f8-4256-a2eb-50fb1061cddb",
        ["H51.15"],
        "2018-06-20",  # its first trace, not the relay's of 2019-05-17, nor the promulgation on 2019-01-17
        "2018-06-25",
        1,
        "thong_tu",
        0,
    ),
    (
        "edoc_2025_gateway_zip_as_pdf",
        "document",
        "vxp.saas.03|5e515fca-3627-4f2e-b517-7169acdc8bda",
        ["vxp.saas.03"],
        "2025-10-23",
        None,
        0,
        "cong_van",
        1,
    ),
]

STATUSES = [
    ("status_01_da_den", "01", False),
    ("status_02_tu_choi", "02", True),
    ("status_03_da_tiep_nhan", "03", False),
    ("status_04_phan_cong", "04", False),
    ("status_05_dang_xu_ly", "05", False),
    ("status_06_hoan_thanh", "06", True),
    ("status_16_tu_choi_cap_nhat", "16", False),
]


def said(current: object) -> dict[str, object]:
    assert isinstance(current, Current)
    return dict(zip(NAMES, current.values, strict=True))


@pytest.mark.parametrize(
    ("file", "kind", "entity", "to", "sent", "due", "signed", "sort", "mismatched"), DOCUMENTS
)
def test_a_document(
    file: str,
    kind: str,
    entity: str,
    to: list[str],
    sent: str,
    due: str | None,
    signed: int,
    sort: str,
    mismatched: int,
) -> None:
    reading = only_reading("documents", published(FOLDER, f"{file}.edxml"))
    assert (reading.kind, reading.entity, reading.revision_ms) == (kind, entity, 0)
    row = reading.row
    assert row["to"] == to
    assert row["days"] == [("exchanged", sent)]
    assert row["late_at"] == (f"{due}T17:00:00+00:00" if due else None), "midnight after the day, local"
    assert (row["signed"], row["type"], row["priority"], row["steering"]) == (signed, sort, "0", "1")
    assert row["attachments"] == [ZIP]
    assert row["mismatched"] == mismatched
    assert row["flagged"] == 0
    assert (row["unit"], row["ours"]) == ("unknown", 0), "no agency of Thanh Hoá is in these files"


def test_a_replacement_names_what_it_replaces_once_though_the_file_does_twice() -> None:
    reading = only_reading("documents", published(FOLDER, "edoc_replacement_3.edxml"))
    assert reading.relations == (("replaces", "G22|000.00.00.G22,2014/01/30,7806/VPCP-TTĐT"),)


def test_a_revocation_is_about_the_document_it_names_as_its_own() -> None:
    reading = only_reading("documents", published(FOLDER, "edoc_revocation_1.edxml"))
    assert (reading.kind, reading.entity) == ("revocation", VPCP_7816)
    assert reading.row == {"at": "2018-09-27T17:00:00+00:00", "days": []}  # 2018/09/28 00:00:00 local
    assert reading.relations == ()


@pytest.mark.parametrize(("file", "code", "ends"), STATUSES)
def test_a_status_of_a_receiver(file: str, code: str, ends: bool) -> None:
    reading = only_reading("documents", published(FOLDER, f"{file}.edxml"))
    assert (reading.kind, reading.entity) == ("status", VPCP_7816)
    assert reading.row == {
        "from": "H41",
        "status": code,
        "at": "2015-09-20T04:08:36+00:00",  # 2015/09/20 11:08:36 local
        "days": [("finished", "2015-09-20")] if ends else [],
    }


def test_the_generic_status_is_an_arrival_three_years_later() -> None:
    reading = only_reading("documents", published(FOLDER, "status_generic.edxml"))
    assert (reading.entity, reading.row["status"]) == (VPCP_7816, "01")
    assert reading.row["at"] == "2018-09-28T10:25:11+00:00"  # 2018/09/28 17:25:11 local


def test_the_junk_before_the_prolog_makes_no_other_record() -> None:
    clean = only_reading("documents", published(FOLDER, "edoc_new_0.edxml"))
    junk = only_reading("documents", published(FOLDER, "edoc_new_0_junk_before_prolog_MALFORMED.edxml"))
    assert junk == clean


def test_all_published_files_of_one_document_come_to_three_exchanges_revoked_and_unfinished() -> None:
    """Sent to H41, H14 and G17; only H41 said anything, last that it had arrived (2018), after 06 (2015)."""
    names = ["edoc_replacement_3", "edoc_revocation_1", "status_06_hoan_thanh", "status_generic"]
    files = [published(FOLDER, f"{name}.edxml") for name in names]
    for bodies in (files, files[::-1], [*files, *files]):
        row = said(folded("documents", versions("documents", *bodies))[VPCP_7816])
        assert (row["exchanges"], row["revoked"], row["replaced"], row["updated"]) == (3, 1, 0, 0)
        assert (row["has_due"], row["tracked"], row["finished_at"]) == (1, 1, None)


def test_our_document_counts_three_times_for_the_department_that_sent_it() -> None:
    reading = only_reading("documents", ours("documents", "new_document.edxml"))
    assert reading.entity == "H56.05|000.00.05.H56,2021/03/03,45/STTTT-CNTT"
    assert reading.row["to"] == ["G22", "H56.30", "H56.30.02"], "both schemes of codes are one"
    assert (reading.row["unit"], reading.row["organ"], reading.row["outgoing"]) == ("38", "H56.05", 1)
    (attachment,) = reading.row["attachments"]  # type: ignore[misc]
    assert attachment[1:] == ["pdf", 37]


def test_a_register_has_a_row_refused_alone() -> None:
    found = outcomes("documents", ours("documents", "register.json"))
    assert [isinstance(outcome, Reading) for outcome in found] == [True, True, True, True, False]
    refused = found[4]
    assert isinstance(refused, Refusal)
    assert (refused.reason, refused.field) == ("impossible_date:ExchangedAt", "ExchangedAt")


def test_a_prefix_an_encoding_or_spaces_change_no_document() -> None:
    plain = ours("documents", "new_document.edxml")
    text = plain.decode()
    reading = only_reading("documents", plain)
    other = re.sub(r"<(/?)edXML:", r"<\1q:", text).replace("xmlns:edXML", "xmlns:q")
    without = re.sub(r"<(/?)edXML:", r"<\1", text)
    wide = text.replace("UTF-8", "UTF-16").encode("utf-16")
    spaced = re.sub(r">\s*<", ">\n\n  <", text)
    for body in (other.encode(), without.encode(), wide, spaced.encode(), b"\xef\xbb\xbf" + plain):
        again = only_reading("documents", body)
        assert (again.entity, again.row) == (reading.entity, reading.row)
    assert only_reading("documents", spaced.encode()).version_id == reading.version_id


def test_names_written_in_two_ways_are_one_document() -> None:
    body = ours("documents", "new_document.edxml").decode().replace("45/STTTT-CNTT", "45/STTTT-TTĐT ố")
    one = only_reading("documents", unicodedata.normalize("NFC", body).encode())
    other = only_reading("documents", unicodedata.normalize("NFD", body).encode())
    assert one.entity == other.entity
    assert one.row["unit"] == other.row["unit"]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("<edXML:OrganId>000.00.05.H56<", "<edXML:OrganId><", "missing:OrganId"),
        ("<edXML:OrganId>000.00.30.H56<", "<edXML:OrganId>null<", "missing:OrganId"),
        ("2021/03/04 08:15:00", "2021/13/04 08:15:00", "impossible_date:Timestamp"),
        ("2021/03/04 08:15:00", "04-03-2021", "bad_date:Timestamp"),
        ("2021/03/04 08:15:00", "0001/01/01 00:00:00", "impossible_date:Timestamp"),
        ("2021/03/04 08:15:00", "2099/01/01 00:00:00", "impossible_date:Timestamp"),
        ("<edXML:DueDate>2021/03/10", "<edXML:DueDate>0001/01/01", "impossible_date:DueDate"),
        ("<edXML:DueDate>2021/03/10", "<edXML:DueDate>2021/02/30", "impossible_date:DueDate"),
        ("DocType>0<", "DocType>7<", "unknown_code:BussinessDocType"),
        ("45/STTTT-CNTT", "x" * 300, "too_long:DocumentId"),
        ("DocType>0<", "DocType>3<", "missing:ReplacementInfo"),
    ],
)  # fmt: skip
def test_what_a_figure_rests_on_is_refused_by_name(old: str, new: str, reason: str) -> None:
    body = ours("documents", "new_document.edxml").decode()
    assert old in body
    assert [found for found, _ in reasons("documents", body.replace(old, new, 1).encode())] == [reason]


def test_what_no_figure_rests_on_is_flagged_and_counts() -> None:
    body = ours("documents", "new_document.edxml").decode()
    for old, new in (
        ("<edXML:PromulgationDate>2021/03/03", "<edXML:PromulgationDate>0001/01/01"),
        ("<edXML:SteeringType>", "<edXML:Ghi>chú</edXML:Ghi><edXML:SteeringType>"),
    ):
        assert only_reading("documents", body.replace(old, new, 1).encode()).row["flagged"] == 1


def test_without_a_trace_the_day_of_promulgation_stands_in_then_the_day_of_receipt() -> None:
    traced = ours("documents", "new_document.edxml").decode()
    body = re.sub(r"<edXML:TraceHeader>.*?</edXML:TraceHeader>", "", traced, flags=re.DOTALL)
    assert only_reading("documents", body.encode()).row["days"] == [("exchanged", "2021-03-03")]
    impossible = body.replace("Date>2021/03/03", "Date>2014/02/30", 1)
    assert reasons("documents", impossible.encode()) == [
        ("impossible_date:PromulgationDate", "PromulgationDate")
    ]
    undated = body.replace("Date>2021/03/03", "Date>", 1)
    assert only_reading("documents", undated.encode()).row["days"] == [("exchanged", "2026-11-24")]


def test_an_update_is_about_the_document_it_names_beside_its_own_name() -> None:
    body = ours("documents", "new_document.edxml").decode()
    listed = (
        "<edXML:DocumentId>000.00.05.H56,2021/02/01,9/STTTT</edXML:DocumentId>"
        "<edXML:BussinessDocType>2</edXML:BussinessDocType>"
        "<edXML:BussinessDocumentInfo><edXML:DocumentReceiver>1</edXML:DocumentReceiver><edXML:ReceiverList>"
        "<edXML:Receiver><edXML:OrganId>H56.31</edXML:OrganId><edXML:ReceiverType>1</edXML:ReceiverType>"
        "</edXML:Receiver></edXML:ReceiverList></edXML:BussinessDocumentInfo>"
    )
    update = body.replace("<edXML:BussinessDocType>0</edXML:BussinessDocType>", listed)
    reading = only_reading("documents", update.encode())
    assert (reading.kind, reading.entity) == ("update", "H56.05|000.00.05.H56,2021/02/01,9/STTTT")
    assert reading.row["to"] == ["G22", "H56.30", "H56.30.02", "H56.31"]
    assert reading.revision_ms == 1_614_820_500_000  # 2021-03-04T01:15:00Z


def test_other_people_s_messages_are_no_deliveries_of_this_feed() -> None:
    for other in (
        b"<HDon/>",
        b"<edXML/>",
        b'{"service": "DongBoHoSoMC", "data": []}',
        b'{"datas": []}',
        b"<GIAMDINHHS/>",
    ):
        assert reasons("documents", other) == [("not_a_delivery:shape", "shape")]


def test_two_messages_in_one_delivery_are_refused_not_half_read() -> None:
    body = ours("documents", "status_finished.edxml")
    assert reasons("documents", body + body) == [("unreadable_delivery", "xml")]
    inside = body.replace(b"</edXML:edXMLHeader>", b"<edXML:MessageHeader/></edXML:edXMLHeader>")
    assert reasons("documents", inside) == [("repeated:MessageHeader", "MessageHeader")]


def test_a_document_is_named_for_a_withdrawal_in_either_scheme_of_codes() -> None:
    named = FEEDS["documents"].entity_named
    entity = "H56.05|000.00.05.H56,2021/03/03,45/STTTT-CNTT"
    assert named("000.00.05.H56|000.00.05.H56,2021/03/03,45/STTTT-CNTT", door()) == entity
    assert named("agency:000.00.05.H56", door()) == "agency:H56.05"
