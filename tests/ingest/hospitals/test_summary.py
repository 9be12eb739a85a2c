"""What a dossier and a check-in must hold, and what is only flagged."""

import pytest
from published import door, only_reading, ours, outcomes, reasons

from iochub.ingest.feed import Reading, Refusal
from iochub.ingest.hospitals import fields

DOSSIER = ours("hospitals", "one_dossier_inline.xml").decode()
CHECKINS = ours("hospitals", "three_checkins.xml").decode()
CHECKIN = CHECKINS[CHECKINS.index("<TRANG_THAI_KCB>") : CHECKINS.index("</TRANG_THAI_KCB>") + 17]

BROKEN = [
    ("<MA_LK>LK0000001</MA_LK>", "", "missing:MA_LK"),
    ("<MA_LK>LK0000001", "<MA_LK>" + "x" * 101, "too_long:MA_LK"),
    ("<MA_LK>LK0000001", "<MA_LK>a&#9;b", "bad_pattern:MA_LK"),
    ("<MA_LK>LK0000001", "<MA_LK>L</MA_LK><MA_LK>M", "repeated:MA_LK"),
    ("<MA_LK>LK0000001", "<MA_LK><b>1</b>", "not_text:MA_LK"),
    ("<MA_CSKCB>38001", "<MA_CSKCB>3800", "bad_pattern:MA_CSKCB"),
    ("<MA_CSKCB>38001", "<MA_CSKCB>٣٨٠٠١", "bad_pattern:MA_CSKCB"),
    ("<MA_CSKCB>38001", "<MA_CSKCB>", "missing:MA_CSKCB"),
    ("<NGAY_VAO>202608050715", "<NGAY_VAO>", "missing:NGAY_VAO"),
    ("<NGAY_VAO>202608050715", "<NGAY_VAO>05/08/2026", "bad_date:NGAY_VAO"),
    ("<NGAY_VAO>202608050715", "<NGAY_VAO>202608052460", "impossible_date:NGAY_VAO"),
    ("<NGAY_VAO>202608050715", "<NGAY_VAO>000101010000", "impossible_date:NGAY_VAO"),
    ("<NGAY_VAO>202608050715", "<NGAY_VAO>209901010000", "impossible_date:NGAY_VAO"),
    (
        "<NGAY_VAO_NOI_TRU></NGAY_VAO_NOI_TRU>",
        "<NGAY_VAO_NOI_TRU>20260230</NGAY_VAO_NOI_TRU>",
        "impossible_date:NGAY_VAO_NOI_TRU",
    ),
    ("<MA_LOAI_KCB>01", "<MA_LOAI_KCB>17", "unknown_code:MA_LOAI_KCB"),
    ("<MA_LOAI_KCB>01", "<MA_LOAI_KCB>00", "unknown_code:MA_LOAI_KCB"),
    ("<MA_LOAI_KCB>01", "<MA_LOAI_KCB>", "missing:MA_LOAI_KCB"),
    ("<MA_DOITUONG_KCB>1.1", "<MA_DOITUONG_KCB>1.1.0", "unknown_code:MA_DOITUONG_KCB"),
    ("<MA_DOITUONG_KCB>1.1", "<MA_DOITUONG_KCB>BHYT", "unknown_code:MA_DOITUONG_KCB"),
    ("<MA_DOITUONG_KCB>1.1", "<MA_DOITUONG_KCB>", "missing:MA_DOITUONG_KCB"),
]
"""What a dossier and a check-in are refused for alike."""

OF_A_DOSSIER = [
    ("<NGAY_RA>202608050940", "<NGAY_RA>", "missing:NGAY_RA"),
    ("<NGAY_RA>202608050940", "<NGAY_RA>202613010000", "impossible_date:NGAY_RA"),
    ("<T_BHTT>73680", "<T_BHTT>", "missing:T_BHTT"),
    ("<T_BHTT>73680", "<T_BHTT>-73680", "negative:T_BHTT"),
    ("<T_TONGCHI_BV>92100", "<T_TONGCHI_BV>92.100,00", "bad_number:T_TONGCHI_BV"),
    ("<T_TONGCHI_BV>92100", "<T_TONGCHI_BV>" + "9" * 16, "bad_number:T_TONGCHI_BV"),
    ("<SO_NGAY_DTRI>0", "<SO_NGAY_DTRI>hai", "bad_number:SO_NGAY_DTRI"),
    ("<THANH_TIEN_BV>50000", "<THANH_TIEN_BV>năm mươi nghìn", "bad_number:THANH_TIEN_BV"),
    ("<DON_GIA>5000.000", "<DON_GIA>1e99", "bad_number:DON_GIA"),
    ("<TONG_HOP>", "<TONG_HOP_KHAC>", "unreadable_delivery"),
    ("<CHITIEU_CHITIET_THUOC>", "<CHITIEU_CHITIET_THUOC/><X>", "unreadable_delivery"),
    ("<LOAIHOSO>XML2", "<LOAIHOSO>XML3", "repeated:LOAIHOSO"),
    ("<LOAIHOSO>XML1", "<LOAIHOSO>XML9", "missing:XML1"),
    ("<LOAIHOSO>XML6", "<LOAIHOSO>XML2", ""),
]


def changed(text: str, *pairs: str) -> bytes:
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert old in text, old
        text = text.replace(old, new, 1)
    return text.encode()


def visit(*pairs: str) -> Reading:
    return only_reading("hospitals", changed(DOSSIER, *pairs), "H56")


@pytest.mark.parametrize(("old", "new", "reason"), [*BROKEN, *OF_A_DOSSIER])
def test_what_breaks_a_dossier_s_promise_is_named(old: str, new: str, reason: str) -> None:
    if not reason:
        assert isinstance(outcomes("hospitals", changed(DOSSIER, old, new))[0], Reading), "an empty table"
        return
    assert [found for found, _ in reasons("hospitals", changed(DOSSIER, old, new))] == [reason]


@pytest.mark.parametrize(("old", "new", "reason"), BROKEN)
def test_what_breaks_a_check_in_s_promise_is_named(old: str, new: str, reason: str) -> None:
    assert [found for found, _ in reasons("hospitals", changed(CHECKIN, old, new))] == [reason]


def test_a_check_in_comes_with_an_item_of_cost() -> None:
    without = changed(CHECKIN, "<MA_DICH_VU>02.1897", "<MA_DICH_VU>")
    assert reasons("hospitals", without) == [("missing:MA_DICH_VU", "MA_DICH_VU")]
    for name in ("MA_THUOC", "MA_VAT_TU"):
        given = changed(without.decode(), f"<{name}></{name}>", f"<{name}>40.1</{name}>")
        assert only_reading("hospitals", given).kind == "checkin"


def test_a_code_that_lost_its_zero_is_the_same_code() -> None:
    assert visit("<MA_LOAI_KCB>01", "<MA_LOAI_KCB>1").row["care"] == "examination"
    assert visit("<MA_LOAI_KCB>01", "<MA_LOAI_KCB>9").row["care"] == "inpatient"


@pytest.mark.parametrize("code", sorted(fields.REASONS_TO_COME | fields.EARLIER_REASONS))
def test_every_reason_of_this_list_and_the_one_before_is_taken_and_only_two_is_an_emergency(
    code: str,
) -> None:
    for body in (DOSSIER, CHECKIN):
        given = changed(body, "<MA_DOITUONG_KCB>1.1", f"<MA_DOITUONG_KCB>{code}")
        row = only_reading("hospitals", given).row
        assert (row["emergency"], row["flags"]) == (int(code == "2"), "")


def test_a_reason_of_a_list_to_come_is_taken_and_flagged() -> None:
    for body in (DOSSIER, CHECKIN):
        given = changed(body, "<MA_DOITUONG_KCB>1.1", "<MA_DOITUONG_KCB>1.19")
        row = only_reading("hospitals", given).row
        assert (row["emergency"], row["flags"], row.get("flagged", 0)) == (0, "reason", 0)


def test_a_dossier_of_an_earlier_decision_is_refused_for_that() -> None:
    """It has one total and `MA_LYDO_VVIEN`, as hospitals wrote until 2024."""
    earlier = changed(
        DOSSIER,
        "<MA_DOITUONG_KCB>1.1</MA_DOITUONG_KCB>",
        "<MA_LYDO_VVIEN>1</MA_LYDO_VVIEN>",
        "<T_TONGCHI_BV>92100</T_TONGCHI_BV><T_TONGCHI_BH>92100</T_TONGCHI_BH>",
        "<T_TONGCHI>92100</T_TONGCHI>",
    )
    (refused,) = outcomes("hospitals", earlier)
    assert isinstance(refused, Refusal)
    assert (refused.reason, refused.field) == ("not_a_record:edition", "edition")
    assert "QĐ 4210" in refused.message.en


def test_every_kind_of_care_has_its_word_and_every_field_its_place() -> None:
    assert len(fields.CARES) == 16
    assert len(fields.REASONS_TO_COME) == 27
    assert not fields.REASONS_TO_COME & fields.EARLIER_REASONS
    assert len(fields.SUMMARY_USED | fields.SUMMARY_PASSED_OVER) == 66
    assert not fields.SUMMARY_USED & fields.SUMMARY_PASSED_OVER
    assert len(fields.CHECKIN_USED | fields.CHECKIN_PASSED_OVER) == 26
    assert not fields.CHECKIN_USED & fields.CHECKIN_PASSED_OVER


def test_a_field_that_no_decision_names_is_passed_over_and_flagged() -> None:
    reading = visit("<DU_PHONG></DU_PHONG></TONG_HOP>", "<TEN_MOI>Người Mẫu</TEN_MOI></TONG_HOP>")
    assert (reading.row["flagged"], reading.row["flags"]) == (0, "extra")
    table = visit("<LOAIHOSO>XML6", "<LOAIHOSO>XML99")
    assert table.row["flags"] == "extra"


def test_broken_content_of_a_table_that_no_figure_needs_is_not_looked_at() -> None:
    body = changed(
        DOSSIER,
        "<LOAIHOSO>XML6</LOAIHOSO>\n          <NOIDUNGFILE>",
        "<LOAIHOSO>XML6</LOAIHOSO>\n          <NOIDUNGFILE>@@@ no base64 @@@",
    )
    assert only_reading("hospitals", body).row["flags"] == ""


@pytest.mark.parametrize(
    ("changes", "flags", "flagged"),
    [
        (("<T_TONGCHI_BV>92100", "<T_TONGCHI_BV>92102"), "bv_lines", 1),
        (("<T_TONGCHI_BV>92100", "<T_TONGCHI_BV>92101"), "", 0),
        (("<T_TONGCHI_BV>92100", "<T_TONGCHI_BV>92099.000000"), "", 0),
        (("<T_TONGCHI_BH>92100", "<T_TONGCHI_BH>92000"), "bh_lines;insurer", 1),
        (("<T_THUOC>50000", "<T_THUOC>40000"), "drugs", 1),
        (("<T_VTYT>0", "<T_VTYT>42100"), "supplies", 1),
        (("<T_BHTT>73680", "<T_BHTT>92100"), "insurer", 1),
        (("<T_BNCCT>18420", "<T_BNCCT>0"), "insurer", 1),
        (("<SO_LUONG>10.000", "<SO_LUONG>9.000"), "line", 1),
        (("<DON_GIA_BV>42100.000", "<DON_GIA_BV>42100.999"), "", 0),
        (("<MA_VAT_TU>\t", "<MA_VAT_TU>N03.01\t"), "supplies", 1),
        (("<SO_NGAY_DTRI>0", "<SO_NGAY_DTRI>1"), "days", 0),
        (("<SO_NGAY_DTRI>0", "<SO_NGAY_DTRI>"), "", 0),
        (("<MA_LOAI_KCB>01", "<MA_LOAI_KCB>03", "<SO_NGAY_DTRI>0", "<SO_NGAY_DTRI>1"), "", 0),
        (("<MA_LOAI_KCB>01", "<MA_LOAI_KCB>05", "<SO_NGAY_DTRI>0", "<SO_NGAY_DTRI>30"), "", 0),
        (("<NGAY_RA>202608050940", "<NGAY_RA>202608050700"), "order", 0),
        (("<CHI_TIET_DVKT><MA_LK>LK0000001", "<CHI_TIET_DVKT><MA_LK>LK0000099"), "other_visit", 0),
    ],
)
def test_what_does_not_add_up_is_flagged_and_kept(changes: tuple[str, ...], flags: str, flagged: int) -> None:
    row = visit(*changes).row
    assert (row["flags"], row["flagged"]) == (flags, flagged)


@pytest.mark.parametrize(
    ("card", "is_one"),
    [
        ("038000000011", 1),
        ("", 0),
        ("100000014", 0),
        ("B1234567", 0),
        ("03800000001x", 0),
        ("٠٣٨٠٠٠٠٠٠٠١١", 0),
    ],
)
def test_a_citizen_card_has_twelve_digits(card: str, is_one: int) -> None:
    assert visit("<SO_CCCD>038000000011", f"<SO_CCCD>{card}").row["citizen_card"] == is_one


@pytest.mark.parametrize(
    ("card", "insured"), [("", 0), (";", 0), ("GD4383800000011", 1), ("GD4383800000011;TE1383800000012", 1)]
)
def test_who_has_an_insurance_card_is_insured(card: str, insured: int) -> None:
    assert visit("<MA_THE_BHYT>GD4383800000011", f"<MA_THE_BHYT>{card}").row["insured"] == insured


def test_a_person_is_known_by_the_first_number_there_is() -> None:
    hide = door().pseudonyms.person
    assert visit().row["person"] == hide("038000000011")
    no_card = ("<SO_CCCD>038000000011", "<SO_CCCD>")
    assert visit(*no_card).row["person"] == hide("GD4383800000011")
    several = ("<MA_THE_BHYT>GD4383800000011", "<MA_THE_BHYT>GD4383800000011;TE1383800000012")
    assert visit(*no_card, *several).row["person"] == hide("GD4383800000011")
    no_insurance = ("<MA_THE_BHYT>GD4383800000011", "<MA_THE_BHYT>")
    assert visit(*no_card, *no_insurance).row["person"] == hide("BN1")
    assert visit(*no_card, *no_insurance, "<MA_BN>BN1", "<MA_BN>").row["person"] is None


def test_only_patients_in_a_bed_have_a_day_on_which_they_were_put_into_it() -> None:
    ward = ("<NGAY_VAO_NOI_TRU>", "<NGAY_VAO_NOI_TRU>202608060010")
    assert ("bedded", "2026-08-06") in visit(*ward).row["days"]
    assert "bedded" not in dict(visit().row["days"])
    assert dict(visit("<MA_LOAI_KCB>01", "<MA_LOAI_KCB>04").row["days"])["bedded"] == "2026-08-05"


def test_another_content_is_another_version_and_other_spaces_are_not() -> None:
    assert visit().version_id == visit("<HOSO>", "<HOSO>\n\n").version_id
    assert visit().version_id != visit("<GHI_CHU>", "<GHI_CHU>x").version_id
    assert visit().entity == visit("<GHI_CHU>", "<GHI_CHU>x").entity
