"""Every field of the check-in and of the summary table that the hub knows: used, or passed over on purpose.

What is passed over is not looked at: names, addresses, cards, diagnoses and free text stay at the door. A
field that neither list has is passed over too, and flagged: the Ministry adds fields by decision, on one
day for all hospitals, and what is not named here never leaves the door.

Source: QĐ 130/QĐ-BYT, QĐ 4750/QĐ-BYT, QĐ 3176/QĐ-BYT (`qd4750_fields.json`), standards §2.2; codes of
QĐ 1804/QĐ-BYT and QĐ 3276/QĐ-BYT (`byt_codes.json`), standards §2.3.
"""

import re


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


TOTALS = (
    "T_THUOC", "T_VTYT", "T_TONGCHI_BV", "T_TONGCHI_BH", "T_BNTT", "T_BNCCT", "T_BHTT", "T_NGUONKHAC",
    "T_BHTT_GDV",
)  # fmt: skip
"""The nine amounts of a summary; each must be there."""

SUMMARY_USED = _names(
    "MA_LK MA_BN SO_CCCD MA_THE_BHYT MA_DOITUONG_KCB NGAY_VAO NGAY_VAO_NOI_TRU NGAY_RA SO_NGAY_DTRI"
    " MA_LOAI_KCB MA_CSKCB"
) | frozenset(TOTALS)

SUMMARY_PASSED_OVER = _names("""
    STT HO_TEN NGAY_SINH GIOI_TINH NHOM_MAU MA_QUOCTICH MA_DANTOC MA_NGHE_NGHIEP DIA_CHI MATINH_CU_TRU
    MAHUYEN_CU_TRU MAXA_CU_TRU DIEN_THOAI MA_DKBD GT_THE_TU GT_THE_DEN NGAY_MIEN_CCT LY_DO_VV LY_DO_VNT
    MA_LY_DO_VNT CHAN_DOAN_VAO CHAN_DOAN_RV MA_BENH_CHINH MA_BENH_KT MA_BENH_YHCT MA_PTTT_QT MA_NOI_DI
    MA_NOI_DEN MA_TAI_NAN GIAY_CHUYEN_TUYEN PP_DIEU_TRI KET_QUA_DTRI MA_LOAI_RV GHI_CHU NGAY_TTOAN NAM_QT
    THANG_QT MA_KHOA MA_KHUVUC CAN_NANG CAN_NANG_CON NAM_NAM_LIEN_TUC NGAY_TAI_KHAM MA_HSBA MA_TTDV DU_PHONG
""")

CHECKIN_USED = _names(
    "MA_LK MA_BN SO_CCCD MA_THE_BHYT MA_DOITUONG_KCB NGAY_VAO NGAY_VAO_NOI_TRU MA_LOAI_KCB MA_CSKCB"
    " MA_DICH_VU MA_THUOC MA_VAT_TU"
)

CHECKIN_PASSED_OVER = _names("""
    STT HO_TEN NGAY_SINH GIOI_TINH MA_DKBD GT_THE_TU GT_THE_DEN LY_DO_VNT MA_LY_DO_VNT TEN_DICH_VU TEN_THUOC
    TEN_VAT_TU NGAY_YL DU_PHONG
""")

TABLES = frozenset(f"XML{number}" for number in range(16))
"""`LOAIHOSO`. Only XML0 to XML3 are opened: no figure needs the others, and HIV (XML6) and tuberculosis
(XML15) must not be read without a written basis. Source: standards §7; `personal_data_fields.json`."""

LONGEST = 100
"""Letters of MA_LK and MA_BN."""

CARES = {
    "01": "examination", "02": "outpatient", "03": "inpatient", "04": "inpatient", "05": "outpatient",
    "06": "inpatient", "07": "outpatient", "08": "outpatient", "09": "inpatient", "10": "other",
    "11": "other", "12": "other", "13": "other", "14": "remote", "15": "examination", "16": "examination",
}  # fmt: skip
"""MA_LOAI_KCB → how the hub calls it; `inpatient` is whoever lies in a bed, by day or for hours too.

Source: QĐ 1804/QĐ-BYT (16 codes)."""

ONLY_A_DAY = frozenset(("01", "07", "09"))
BY_THE_DAY = frozenset(("02", "03", "04", "06"))
"""MA_LOAI_KCB whose days of treatment (SO_NGAY_DTRI) are 0, or both days and all between. Source: §2.4."""

EMERGENCY = "2"
REASONS_TO_COME = _names(
    "1.1 1.2 1.3 1.4 1.5 1.6 1.7 1.11 1.12 1.13 1.14 1.15 1.16 1.17 1.18 2 3.1 3.2 3.3 3.6 7 7.2 7.3 7.4 8 9"
    " 10"
)
"""MA_DOITUONG_KCB, compared as text: 1.1 is not 1.10. Source: QĐ 3276/QĐ-BYT (27 codes)."""

EARLIER_REASONS = _names("1.8 1.9 1.10 3.4 3.5 3.7 7.1")
"""Codes of the list before that one, which dossiers of earlier years bear."""

SHAPE_OF_A_REASON = re.compile(r"\d{1,2}(?:\.\d{1,2})?", re.ASCII)
"""How a code looks that a coming list may add; only `2` is told apart, so no visit is refused for one."""
