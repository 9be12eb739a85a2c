"""What each published e-invoice file says, read by hand from the file itself."""

import re

import pytest
from published import all_published, door, only_reading, ours, outcomes, published, reasons

from iochub.ingest.feed import Reading, Refusal
from iochub.ingest.feeds.registry import FEEDS

FOLDER = "einvoice"

ROWS = [
    # file, entity, day in the province, before tax, tax, to pay
    ("khong_ma_pban210", "9900000016:1:K25TEK:5082", "2025-09-22", "3447000", "344700", "3791700"),
    ("multi_line", "9900000030-003:1:C25TGV:3219", "2025-09-21", "31579167", "2526333", "34105500"),
    ("status_5", "9900000457:1:C26TKV:41142", "2026-04-05", "95850", "7668", "103518"),
]


def money(reading: Reading) -> tuple[object, ...]:
    return tuple(reading.row[name] for name in ("net", "vat", "total"))


@pytest.mark.parametrize(("file", "entity", "day", "net", "vat", "total"), ROWS)
def test_a_detail_of_the_portal(file: str, entity: str, day: str, net: str, vat: str, total: str) -> None:
    reading = only_reading("einvoices", published(FOLDER, f"gdt_purchase_detail_{file}.json"))
    assert (reading.kind, reading.entity) == ("listing", entity)
    assert reading.row["days"] == [("issued", day)]
    assert money(reading) == (net, vat, total)
    assert reading.row["unit"] == "", "these sellers belong to other provinces' tax offices"
    assert reading.row["flagged"] == 0


def test_a_cash_register_detail_names_no_currency_and_is_in_dong() -> None:
    reading = only_reading("einvoices", published(FOLDER, "gdt_purchase_sco_detail_status_8.json"))
    assert reading.entity == "9900000432:1:C26MGA:2736943"
    assert reading.row["days"] == [("issued", "2026-04-04")]
    assert (money(reading), reading.row["currency"]) == (("32408", "2592", "35000"), "VND")


def test_a_list_of_the_portal_is_one_listing_per_row_with_its_own_revision() -> None:
    sold = outcomes("einvoices", published(FOLDER, "gdt_sold_list.json"))
    assert [outcome.entity.rpartition(":")[2] for outcome in sold if isinstance(outcome, Reading)] == [
        "509",
        "498",
        "499",
        "500",
        "501",
    ]
    # 2026-04-04T01:07:35.473Z of the first row
    assert isinstance(sold[0], Reading)
    assert sold[0].revision_ms == 1_775_264_855_473
    assert len(outcomes("einvoices", published(FOLDER, "gdt_purchase_sco_list_status_8.json"))) == 5
    assert outcomes("einvoices", published(FOLDER, "gdt_sold_sco_list.json")) == []


def test_a_list_kept_by_a_browser_reads_numbers_by_their_source_and_money_at_its_rate() -> None:
    found = outcomes("einvoices", published(FOLDER, "gdt_query_purchase_list_mixed.json"))
    by_entity = {outcome.entity: outcome for outcome in found if isinstance(outcome, Reading)}
    assert len(found) == len(by_entity) == 41
    # {"source": "2.572777E7", …}, {"source": "2058222.0", …}, {"source": "2.7785992E7", …}
    assert money(by_entity["9900000249-005:1:K25TTH:1007655"]) == ("25727770", "2058222", "27785992")
    # 1.0 + 0.1 = 1.1 USD at 26 110 dong
    dollars = by_entity["9900000136-042:1:K25TEA:118891"]
    assert money(dollars) == ("26110", "2611", "28721")
    assert dollars.row["currency"] == "USD"
    assert by_entity["9900000087:1:K25THC:177289"].row["currency"] == "VND", "spelt VNĐ"


def test_a_coded_invoice_comes_back_in_a_202() -> None:
    reading = only_reading("einvoices", published(FOLDER, "tdiep_202_hdon_da_cap_ma.xml"))
    assert (reading.kind, reading.entity) == ("invoice", "9900000520:1:C21TCT:14")
    assert reading.row["days"] == [("issued", "2021-11-05")]
    assert money(reading) == ("1200000", "84000", "1284000")
    assert reading.row["coded"] is True
    assert reading.row["unit"] == "38", "delivered by office 2600, the whole province's"


def test_the_same_invoice_in_xml_and_in_the_portal_is_one_entity_with_one_amount() -> None:
    body = only_reading("einvoices", published(FOLDER, "hdon_gtgt_khong_ma_pban210_vnpt.xml"))
    row = only_reading("einvoices", published(FOLDER, "gdt_purchase_detail_khong_ma_pban210.json"))
    assert (body.kind, row.kind) == ("invoice", "listing")
    assert body.entity == row.entity
    assert money(body) == money(row) == ("3447000", "344700", "3791700")
    assert body.row["days"] == row.row["days"]


def test_answers_are_accepted_and_hide_whose_message_they_answer() -> None:
    both = outcomes("einvoices", published(FOLDER, "ketquatracuu_999_102_tiep_nhan.xml"))
    assert [o.row for o in both if isinstance(o, Reading)] == [
        {"message": "999", "outcome": "0"},
        {"message": "102", "outcome": "3"},
    ]
    assert len({o.entity for o in both if isinstance(o, Reading)}) == 1, "both answer the same message"
    failed = only_reading("einvoices", published(FOLDER, "tdiep_999_loi_ky_thuat.xml"))
    assert (failed.kind, failed.row) == ("answer", {"message": "999", "outcome": "1"})
    assert re.fullmatch(r"message:[0-9a-f]{32}", failed.entity)


def test_the_author_s_own_fixture_is_refused_for_what_stands_in_the_wrong_place() -> None:
    file = published(FOLDER, "hdon_easyinvoice_nonconformant.xml")
    assert reasons("einvoices", file) == [("extra_forbidden", "DSCKS")]


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("mock_I_1-TKHAI.xml", "not_a_delivery:registration"),
        ("mock_I_5-DN_CAP_HDDT.xml", "not_a_delivery:registration"),
        ("mock_I_2-TBAO_TIEPNHAN_HDDT.xml", "missing:TTTNhan"),
        ("mock_I_3-TBAO_CHAPNHAN_HDDT.xml", "missing:TTTNhan"),
        ("mock_I_4-TBAO_HET_TGSDUNG_HDDT.xml", "missing:TTTNhan"),
        ("mock_II_3-TBAO_KQKTDLHDDT.xml", "missing:TTTNhan"),
        ("mock_II_2_a-HDON_GTGT_PA1.xml", "extra_forbidden"),
        ("mock_II_2_e-HDON_PXKKVCDT.xml", "extra_forbidden"),
    ],
)
def test_a_placeholder_is_refused(file: str, reason: str) -> None:
    assert [found for found, _ in reasons("einvoices", published(FOLDER, file))] == [reason]


def test_no_placeholder_gets_through() -> None:
    for path in all_published("einvoices"):
        if path.name.startswith("mock_"):
            assert all(isinstance(o, Refusal) for o in outcomes("einvoices", path.read_bytes())), path.name


def test_other_people_s_messages_are_no_deliveries_of_this_feed() -> None:
    assert reasons("einvoices", b'{"service": "DongBoHoSoMC", "data": []}') == [
        ("not_a_delivery:shape", "shape")
    ]
    assert reasons("einvoices", b"<GIAMDINHHS/>") == [("not_a_delivery:shape", "shape")]
    assert reasons("einvoices", b"<KetQuaTraCuu><MaKetQua>1</MaKetQua></KetQuaTraCuu>") == [
        ("not_a_delivery:response", "response")
    ]


def test_a_prefix_an_encoding_or_a_mark_in_front_changes_nothing() -> None:
    plain = ours("einvoices", "five_invoices.xml")
    text = plain.decode()
    entities = [o.entity for o in outcomes("einvoices", plain) if isinstance(o, Reading)]
    assert len(entities) == 5
    wide = text.replace("UTF-8", "UTF-16").encode("utf-16")
    prefixed = re.sub(r"<(/?)([A-Z])", r"<\1x:\2", text).replace("<x:TDiep>", '<x:TDiep xmlns:x="urn:x">', 1)
    for other in (b"\xef\xbb\xbf" + plain, b"\n\n" + plain, b"junk" + plain, wide, prefixed.encode()):
        assert [o.entity for o in outcomes("einvoices", other) if isinstance(o, Reading)] == entities


def test_the_version_follows_content_and_not_spaces_or_the_order_of_keys() -> None:
    plain = ours("einvoices", "five_invoices.xml")
    spaced = re.sub(rb"><", b">\n  <", plain)
    changed = plain.replace("Hàng thử".encode(), "Hàng khác".encode())

    def named(delivery: bytes) -> list[str]:
        return [o.version_id for o in outcomes("einvoices", delivery) if isinstance(o, Reading)]

    assert named(plain) == named(spaced)
    assert not set(named(plain)) & set(named(changed))
    row = ours("einvoices", "portal_rows.json")
    moved = re.sub(rb'("khmshdon": 1),\s*("khhdon": "C24TSB")', rb"\2, \1", row)
    assert row != moved
    assert named(row) == named(moved)


def test_one_broken_invoice_is_set_aside_alone_and_as_it_was_sent() -> None:
    body = ours("einvoices", "five_invoices.xml").replace(b"<SHDon>3</SHDon>", b"<SHDon></SHDon>")
    found = outcomes("einvoices", body)
    assert [isinstance(o, Reading) for o in found] == [True, True, False, True, True]
    refused = found[2]
    assert isinstance(refused, Refusal)
    assert (refused.reason, refused.message.vi) == ("missing:SHDon", "Thiếu số hoá đơn (SHDon)")
    assert refused.raw.startswith(b'<HDon><DLHDon Id="D3">')
    assert refused.raw.endswith(b"</HDon>")


def test_an_invoice_of_a_message_that_carries_none_stays_refused_when_it_is_read_again() -> None:
    misnamed = re.sub(
        rb"<MLTDiep>\d+<", b"<MLTDiep>" + b"1" * 100 + b"<", ours("einvoices", "five_invoices.xml")
    )
    for refused in outcomes("einvoices", misnamed):
        assert isinstance(refused, Refusal)
        assert len(refused.envelope) < 20
        (again,) = outcomes("einvoices", refused.raw, envelope=refused.envelope)
        assert isinstance(again, Refusal)
        assert [(one.reason, one.field) for one in (refused, again)] == [
            ("unknown_code:MLTDiep", "MLTDiep")
        ] * 2
        message = b"<TDiep><TTChung><MLTDiep>203</MLTDiep></TTChung><DLieu>%b</DLieu></TDiep>" % refused.raw
        (corrected,) = outcomes("einvoices", message, envelope=refused.envelope)
        assert isinstance(corrected, Reading)


def test_a_withdrawal_names_an_invoice_by_what_stands_on_it() -> None:
    household = outcomes("einvoices", ours("einvoices", "portal_rows.json"))[8]
    assert isinstance(household, Reading)
    assert FEEDS["einvoices"].entity_named("038000000009:1:C24TSB:09", door()) == household.entity


def cash_register(**changes: str) -> bytes:
    """The message 206 of our sample, with what stands in some elements changed."""
    (plain,) = re.findall(
        rb"<TDiep><TTChung>(?:(?!</TDiep>).)*<MLTDiep>206<.*?</TDiep>",
        ours("einvoices", "messages_206_400_300_301.xml"),
    )
    for name, text in changes.items():
        plain = re.sub(rf"<{name}>[^<]*</{name}>".encode(), f"<{name}>{text}</{name}>".encode(), plain)
    return plain


def test_a_cash_register_s_invoice_is_a_household_s_in_dong_with_a_code_of_its_own() -> None:
    reading = only_reading("einvoices", cash_register())
    assert reading.kind == "invoice"
    assert reading.entity.endswith(":2:C24MTT:7")
    assert (reading.row["household"], reading.row["currency"], reading.row["coded"]) == (1, "VND", True)
    assert money(reading) == ("50000", "0", "50000")
    assert reading.row["flagged"] == 0
    assert only_reading("einvoices", cash_register(MST="9900010007")).row["household"] == 0


@pytest.mark.parametrize("code", ["M1-24-ABCDE-7", "ABC", "M1-24-ABCDE-0000000000X"])
def test_a_code_that_no_authority_gives_needs_a_look(code: str) -> None:
    reading = only_reading("einvoices", cash_register(MCCQT=code))
    assert reading.row["flagged"] == 1


def test_a_cash_register_s_invoice_without_its_code_does_not_stand() -> None:
    reading = only_reading("einvoices", cash_register(MCCQT=""))
    assert reading.row["coded"] is False


SOLD, SCO = "gdt_sold_list.json", "gdt_purchase_sco_list_status_8.json"
LISTED = [
    # Number, day in the province (tdlap + 7 h), before tax, tax, to pay: as they stand in the two lists.
    (SOLD, "9900000383:1:C26TSG:509", "2026-04-04", "12400000", "992000", "13392000", 5),
    (SOLD, "9900000383:1:C26TSG:498", "2026-04-03", "19250000", "962500", "20212500", 5),
    (SOLD, "9900000383:1:C26TSG:499", "2026-04-03", "370600000", "18530000", "389130000", 5),
    (SOLD, "9900000383:1:C26TSG:500", "2026-04-03", "17200000", "1376000", "18576000", 5),
    (SOLD, "9900000383:1:C26TSG:501", "2026-04-03", "14500000", "725000", "15225000", 5),
    (SCO, "9900000432:1:C26MGA:2736943", "2026-04-04", "32408", "2592", "35000", 8),
    (SCO, "9900000432:1:C26MGA:2736947", "2026-04-04", "176852", "14148", "191000", 8),
    (SCO, "9900010448:1:C26MBB:5913367", "2026-04-03", "131481", "10519", "142000", 8),
    (SCO, "9900000432:1:C26MGA:2715082", "2026-04-03", "111111", "8889", "120000", 8),
    (SCO, "9900000432:1:C26MGA:2715085", "2026-04-03", "20371", "1629", "22000", 8),
]


@pytest.mark.parametrize(("file", "entity", "day", "net", "vat", "total", "processing"), LISTED)
def test_every_row_of_the_portal_s_lists(
    file: str, entity: str, day: str, net: str, vat: str, total: str, processing: int
) -> None:
    found = outcomes("einvoices", published(FOLDER, file))
    (row,) = [outcome for outcome in found if isinstance(outcome, Reading) and outcome.entity == entity]
    assert row.row["days"] == [("issued", day)]
    assert money(row) == (net, vat, total)
    assert (row.row["state"], row.row["processing"], row.row["currency"]) == (1, processing, "VND")
    assert row.row["unit"] == "", "offices 7918, 9801 and 7917 are other provinces'"
