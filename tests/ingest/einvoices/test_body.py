"""What a signed invoice must hold, and what real files add to it."""

import pytest
from published import only_reading, ours, reasons

MESSAGE = ours("einvoices", "five_invoices.xml").decode()
FIRST = MESSAGE[MESSAGE.index("<HDon>") : MESSAGE.index("</HDon>") + 7]


def changed(*pairs: str) -> bytes:
    text = FIRST
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert old in text
        text = text.replace(old, new, 1)
    return text.encode()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("<SHDon>1</SHDon>", "", "missing:SHDon"),
        ("<SHDon>1</SHDon>", "<SHDon>x</SHDon>", "bad_pattern:SHDon"),
        ("<SHDon>1</SHDon>", "<SHDon>1</SHDon><SHDon>2</SHDon>", "repeated:SHDon"),
        ("<SHDon>1</SHDon>", "<SHDon><b>1</b></SHDon>", "not_text:SHDon"),
        ("<KHHDon>K24TSA", "<KHHDon>Z24TSA", "bad_pattern:KHHDon"),
        ("<KHMSHDon>1", "<KHMSHDon>0", "unknown_code:KHMSHDon"),
        ("<MST>9900010007", "<MST>9900010008", "check_digit:MST"),
        ("<MST>9900010007", "<MST>99000100", "bad_pattern:MST"),
        ("<PBan>2.1.0</PBan>", "", "missing:PBan"),
        ("<NLap>2024-05-06", "<NLap>2024-02-30", "impossible_date:NLap"),
        ("<NLap>2024-05-06", "<NLap>2099-01-01", "impossible_date:NLap"),
        ("<NLap>2024-05-06", "<NLap>06/05/2024", "bad_date:NLap"),
        ("<TChat>1", "<TChat>8", "unknown_code:TChat"),
        ("<TgTCThue>1000000", "<TgTCThue>1e99", "bad_number:TgTCThue"),
        ("<DVTTe>VND", "<DVTTe>tiền", "unknown_code:DVTTe"),
        ("<DVTTe>VND</DVTTe><TGia>1</TGia>", "<DVTTe>USD</DVTTe>", "missing:TGia"),
        ("<DSCKS/>", "<LaLung>1</LaLung>", "extra_forbidden"),
        ("<HTTToan>", "<MCCQT>00</MCCQT><HTTToan>", "extra_forbidden"),
    ],
)
def test_what_breaks_the_promise_is_named(old: str, new: str, reason: str) -> None:
    assert [found for found, _ in reasons("einvoices", changed(old, new))] == [reason]


def test_a_number_with_leading_zeros_is_the_same_invoice() -> None:
    assert (
        only_reading("einvoices", changed("<SHDon>1<", "<SHDon>00000001<")).entity == "9900010007:1:K24TSA:1"
    )


@pytest.mark.parametrize("spelt", ["đ", "VNĐ", "vnd", "Đồng", ""])
def test_dong_is_dong_however_it_is_spelt(spelt: str) -> None:
    row = only_reading("einvoices", changed("<DVTTe>VND", f"<DVTTe>{spelt}")).row
    assert (row["currency"], row["net"]) == ("VND", "1000000")


def test_a_sales_invoice_states_only_its_total() -> None:
    body = changed("<TgTCThue>1000000</TgTCThue><TgTThue>100000</TgTThue>", "", "<KHMSHDon>1", "<KHMSHDon>2")
    row = only_reading("einvoices", body).row
    assert (row["net"], row["vat"], row["total"]) == ("1100000", "0", "1100000")


def test_a_delivery_slip_has_no_amounts_and_anything_else_must() -> None:
    totals = FIRST[FIRST.index("<TToan>") : FIRST.index("</TToan>") + 8]
    slip = changed(totals, "", "<KHMSHDon>1", "<KHMSHDon>6")
    assert only_reading("einvoices", slip).row["total"] == "0"
    assert reasons("einvoices", changed(totals, "")) == [("missing:TgTTTBSo", "TgTTTBSo")]


def test_totals_off_by_more_than_rounding_are_flagged_and_kept() -> None:
    for total, flagged in (("1100000", 0), ("1100001", 0), ("1100002", 1)):
        body = changed("<TgTTTBSo>1100000", f"<TgTTTBSo>{total}")
        assert only_reading("einvoices", body).row["flagged"] == flagged
    assert only_reading("einvoices", changed("<KHHDon>K24", "<KHHDon>K23")).row["flagged"] == 1


def test_a_coded_series_is_coded_once_it_carries_its_code() -> None:
    waiting = changed("<KHHDon>K24", "<KHHDon>C24")
    assert only_reading("einvoices", waiting).row["coded"] is False
    coded = waiting.replace(b"<DSCKS/>", b"<MCCQT>00AB</MCCQT><DSCKS/>", 1)
    assert only_reading("einvoices", coded).row["coded"] is True


def test_a_household_is_known_by_a_hash() -> None:
    reading = only_reading("einvoices", changed("<MST>9900010007", "<MST>038000000009"))
    assert reading.row["household"] == 1
    assert "038000000009" not in f"{reading.entity}{reading.row}"


def test_a_related_invoice_of_another_relation_is_refused() -> None:
    related = "<TTHDLQuan><TCHDon>7</TCHDon><SHDCLQuan>1</SHDCLQuan></TTHDLQuan></TTChung>"
    assert reasons("einvoices", changed("</TTChung>", related))[0][0] == "unknown_code:TCHDon"
