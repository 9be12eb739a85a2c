"""From real e-invoice files to figures: sent by the command line of a tax office, worked out by hand."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from callers import figure, followed, key_of, sent
from messages import hdons, message
from published import FOLDERS, OURS, SAMPLES, published
from running_hub import RunningHub

MUONG_LAT, QUAN_HOA, HOANG_HOA, THE_CITY = "384", "385", "399", "380"
"""Districts of the tax offices 2604, 2605, 2622 and 2601."""

READ = {
    "gdt_purchase_detail_khong_ma_pban210.json": 1,
    "gdt_purchase_detail_multi_line.json": 1,
    "gdt_purchase_detail_status_5.json": 1,
    "gdt_purchase_sco_detail_status_8.json": 1,
    "gdt_purchase_sco_list_status_8.json": 5,
    "gdt_query_purchase_list_mixed.json": 41,
    "gdt_sold_list.json": 5,
    "gdt_sold_sco_list.json": 0,
    "hdon_gtgt_khong_ma_pban210_vnpt.xml": 1,
    "ketquatracuu_999_102_tiep_nhan.xml": 2,
    "tdiep_202_hdon_da_cap_ma.xml": 1,
    "tdiep_999_loi_ky_thuat.xml": 1,
}
"""Records by file: invoices, rows of the portal, answers of the tax authority; one list is empty."""

REFUSED = {
    # No real invoice: its signatures lie inside the signed part.
    "hdon_easyinvoice_nonconformant.xml": ("extra_forbidden", "DSCKS"),
    # Placeholders where values belong, under names of a draft.
    "mock_II_2_a-HDON_GTGT_PA1.xml": ("extra_forbidden", "DLQRCode"),
    "mock_II_2_a-HDON_GTGT_PA2.xml": ("extra_forbidden", "DLQRCode"),
    "mock_II_2_b-HDON_GTGT_TKT.xml": ("extra_forbidden", "DLQRCode"),
    "mock_II_2_d-HDON_BHDTQG.xml": ("extra_forbidden", "DLQRCode"),
    "mock_II_2_e-HDON_PXKKVCDT.xml": ("extra_forbidden", "DLQRCode"),
    "mock_II_2_f-HDON_PXKHGBDL.xml": ("extra_forbidden", "DLQRCode"),
    "mock_II_2_g-HDON_KHAC.xml": ("extra_forbidden", "DLQRCode"),
    "mock_II_3-TBAO_KQKTDLHDDT.xml": ("missing:TTTNhan", "TTTNhan"),
    "mock_I_1-TKHAI.xml": ("not_a_delivery:registration", "registration"),
    "mock_I_2-TBAO_TIEPNHAN_HDDT.xml": ("missing:TTTNhan", "TTTNhan"),
    "mock_I_3-TBAO_CHAPNHAN_HDDT.xml": ("missing:TTTNhan", "TTTNhan"),
    "mock_I_4-TBAO_HET_TGSDUNG_HDDT.xml": ("missing:TTTNhan", "TTTNhan"),
    "mock_I_5-DN_CAP_HDDT.xml": ("not_a_delivery:registration", "registration"),
}

LISTS = sorted(name for name in READ if name.startswith("gdt_"))
MIXED = "gdt_query_purchase_list_mixed.json"

Invoices = tuple[object, object, object, object]


def sample(name: str) -> Path:
    """Where a published sample lies; the test is skipped where there is none."""
    published(FOLDERS["einvoices"], name)
    return SAMPLES / FOLDERS["einvoices"] / name


def invoices(hub: RunningHub, unit: str, on_map: str, **period: str) -> Invoices:
    """Issued, turnover, VAT, and the enterprises so far."""
    names = ("einvoices_issued", "einvoice_turnover", "einvoice_vat", "einvoice_enterprises")
    issued, turnover, vat, enterprises = (
        figure(hub, name, unit=unit, map=on_map, **period) for name in names
    )
    return issued, turnover, vat, enterprises


def rows_of(name: str) -> list[msgspec.Raw]:
    """The rows of a portal's answer, each as its publisher wrote it."""
    raw = sample(name).read_bytes()
    if raw.lstrip().startswith(b"["):
        return msgspec.json.decode(raw, type=list[msgspec.Raw])
    members = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    return msgspec.json.decode(members["datas"], type=list[msgspec.Raw]) if "datas" in members else [raw]


def listed(rows: Iterable[bytes | msgspec.Raw]) -> bytes:
    """One answer of the portal with these rows."""
    told = [bytes(row) for row in rows]
    return b'{"datas":[%s],"total":%d,"state":null,"time":1}' % (b",".join(told), len(told))


def written(folder: Path, **files: bytes) -> list[Path]:
    """Files with these contents, in this order."""
    found = []
    for name, content in files.items():
        path = folder / name.replace("_xml", ".xml").replace("_json", ".json")
        path.write_bytes(content)
        found.append(path)
    return found


def counted(hub: RunningHub, key: str, *files: Path) -> list[dict[str, Any]]:
    """Send files that are accepted whole, and wait until they are counted."""
    verdicts = sent(hub, key, "einvoices", *files)
    assert [verdict["rejects"] for verdict in verdicts] == [[]] * len(files)
    followed(hub, key, [verdict["receipt"] for verdict in verdicts])
    return verdicts


def test_every_published_file_is_read_or_says_why_not_and_adds_up_however_it_is_batched(
    hub: RunningHub, tmp_path: Path
) -> None:
    """Sent by the tax office of Mường Lát (2604), whose district is 384 until July 2025.

    As they are: of all files only the invoice in the message 202 counts, C21TCT 14 of 5/11/2021: it has
    its code (MCCQT), 1 200 000 before tax, 84 000 of tax. Every row of the portal names a tax office of
    another province (cqt 0101, 66xx, 79xx, 82xx, 98xx, 9901), so its seller counts nowhere here; the VNPT
    invoice K25TEK 5082 is the first file's row, whose office is 9901.

    Batched anew (both invoices in one 203, all 55 rows in one list, last first): nothing changes.

    Corrected: the 41 rows of the mixed list say that their sellers' office is 2604, updated in 2026. They
    are of June to September 2025. By hand, days by the province's clock (tdlap + 7 h):
    on 2/6, 7 invoices of 3 sellers, 27 273 + 2 028 714 + 25 727 770 + 1 005 557 + 3 566 251 + 13 069 641
    + 1 143 636 = 46 568 842, tax 2 727 + 162 297 + 2 058 222 + 80 445 + 285 300 + 1 045 571 + 114 364
    = 3 748 926.
    In June 24 invoices of 13 sellers: 1 000 000 (1/6) + 46 568 842 (2/6) + 400 000 (3/6) + 772 886 (4/6)
    + 17 455 + 50 000 (7/6) + 20 000 + 909 091 (9/6) + 597 503 (14/6) + 3 875 068 (16/6) + 5 789 246
    + 909 091 (17/6) + 13 104 + 20 000 + 1 USD at 26 110 (25/6) + 100 000 (27/6) + 289 466 + 21 576 (30/6)
    = 61 379 438; tax 100 000 + 3 748 926 + 32 000 + 77 289 + 1 745 + 5 000 + 2 000 + 90 909 + 54 496 + 0
    + 463 140 + 90 909 + 896 + 2 000 + 0,1 USD = 2 611 + 10 000 + 23 157 + 1 726 = 4 706 804.
    With the seller of 2021 that makes 14 enterprises so far.
    From July on there is no district, and the province has them: in July 13 invoices, 16 449 307 and
    1 049 449; in August 3, 4 066 369 and 42 963; in September 1, 3 352 077 and no tax.

    The old rows after their correction: nothing changes, for the portal's time of update decides.
    """
    everything = [sample(name) for name in sorted(READ | REFUSED)]
    key = key_of(hub, "2604", "einvoices")

    verdicts = sent(hub, key, "einvoices", *everything)
    told = {Path(verdict["file"]).name: verdict for verdict in verdicts}
    assert {name: verdict["accepted"] for name, verdict in told.items()} == READ | dict.fromkeys(REFUSED, 0)
    refused = {name: verdict["rejects"] for name, verdict in told.items() if verdict["rejects"]}
    assert {name: [(one["reason"], one["field"]) for one in why] for name, why in refused.items()} == {
        name: [why] for name, why in REFUSED.items()
    }
    assert all(one["message"] for why in refused.values() for one in why)
    followed(hub, key, [verdict["receipt"] for verdict in verdicts])

    def as_they_are() -> None:
        assert invoices(hub, MUONG_LAT, "2020", period="2021-11-05") == (1, 1_200_000, 84_000, 1)
        assert invoices(hub, MUONG_LAT, "2025-01", period="2025-06") == (0, 0, 0, 1)
        for period in ("2025-07", "2025-08", "2025-09", "2026-04-03", "2026-04-04"):
            assert figure(hub, "einvoices_issued", period=period) == 0, period

    as_they_are()
    coded = hdons(sample("tdiep_202_hdon_da_cap_ma.xml"))
    uncoded = hdons(sample("hdon_gtgt_khong_ma_pban210_vnpt.xml"))
    rows = [row for name in LISTS for row in rows_of(name)]
    assert len(rows) == 55
    counted(
        hub,
        key,
        *written(
            tmp_path,
            one_message_xml=message(*uncoded, *coded, number=1),
            one_list_json=listed(reversed(rows)),
        ),
    )
    as_they_are()

    old = rows_of(MIXED)
    corrected = [
        json.dumps(json.loads(bytes(row)) | {"cqt": "2604", "ncnhat": "2026-02-01T03:00:00.000Z"}).encode()
        for row in old
    ]

    def as_corrected() -> None:
        assert invoices(hub, MUONG_LAT, "2020", period="2021-11-05") == (1, 1_200_000, 84_000, 1)
        day = invoices(hub, MUONG_LAT, "2025-01", period="2025-06-02")
        assert day[:3] == (7, 46_568_842, 3_748_926)
        assert invoices(hub, MUONG_LAT, "2025-01", period="2025-06") == (24, 61_379_438, 4_706_804, 14)
        assert invoices(hub, "38", "current", period="2025-07")[:3] == (13, 16_449_307, 1_049_449)
        assert invoices(hub, "38", "current", period="2025-08")[:3] == (3, 4_066_369, 42_963)
        assert invoices(hub, "38", "current", period="2025-09")[:3] == (1, 3_352_077, 0)

    counted(hub, key, *written(tmp_path, corrected_json=listed(corrected)))
    as_corrected()
    counted(
        hub,
        key,
        *written(
            tmp_path,
            old_json=listed(old[20:] + old[:20]),
            corrected_again_json=listed(reversed(corrected)),
            oldest_json=listed(old[::2]),
        ),
    )
    as_corrected()


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (2, 4, 1, 3, 0)], ids=["as listed", "replacement first"])
def test_our_five_invoices_add_up_in_one_message_and_in_five(
    hub: RunningHub, tmp_path: Path, order: tuple[int, ...]
) -> None:
    """1 000 000 (1) + 2 500 000 (3, instead of 2) − 300 000 (4, adjusts 1) + 100 USD × 25 000 (5).

    Tax is a tenth of it.
    """
    key = key_of(hub, "2605", "einvoices")
    each = hdons(OURS / "einvoices" / "five_invoices.xml")
    files = {f"message_{number}_xml": message(each[number], number=10 + number) for number in order}
    counted(hub, key, *written(tmp_path, **files))
    expected = (4, 5_700_000, 570_000, 1)
    assert invoices(hub, QUAN_HOA, "2020", period="2024-05-06") == expected
    counted(hub, key, OURS / "einvoices" / "five_invoices.xml")
    assert invoices(hub, QUAN_HOA, "2020", period="2024-05-06") == expected


def test_our_nine_rows_of_the_portal_count_where_their_sellers_tax_offices_are(hub: RunningHub) -> None:
    """Sent by a T-VAN provider, who has no unit: rows 1, 5 and the adjustment 7 in Hoằng Hóa, 9 in the city.

    500 000 + 800 000 − 50 000 = 1 250 000, tax 50 000 + 80 000 − 5 000 = 125 000. Row 2 is replaced, 3
    cancelled, 4 not eligible, 6 replaced by 5, 8 of another province. Row 9 is a household's: 300 000.
    """
    key = key_of(hub, "V0100109106", "einvoices")
    counted(hub, key, OURS / "einvoices" / "portal_rows.json")
    assert invoices(hub, HOANG_HOA, "2020", period="2024-05-06") == (3, 1_250_000, 125_000, 1)
    assert invoices(hub, THE_CITY, "2020", period="2024-05-06")[:3] == (1, 300_000, 30_000)
    assert figure(hub, "einvoice_households", unit=THE_CITY, map="2020", period="2024-05-06") == 1


def test_what_the_national_portal_answers_is_refused_file_by_file(hub: RunningHub) -> None:
    folder = SAMPLES / FOLDERS["dossiers"]
    published(FOLDERS["dossiers"], "dvcqg_formality_item_2.000815.json")
    expected = {
        "constructed_response_ok.json": "response",
        "dvcqg_766_province_scores_2026-10-10.json": "evaluation",
        "dvcqg_dvc_progress_tree_H44_2026_08.json": "evaluation",
        "dvcqg_dvc_progress_tree_H44_2026_08_tthc_2.000815.json": "evaluation",
        "dvcqg_formality_item_2.000815.json": "catalogue",
        "dvcqg_formality_online_payment_tree_H44_2026_08.json": "evaluation",
        "dvcqg_provide_online_tree_H44_2026_08.json": "evaluation",
        "dvcqg_transparency_H44_2026_08.json": "evaluation",
    }
    key = key_of(hub, "E2E.PORTAL", "dossiers")
    verdicts = sent(hub, key, "dossiers", *(folder / name for name in expected))
    reasons = {Path(each["file"]).name: [one["reason"] for one in each["rejects"]] for each in verdicts}
    assert reasons == {name: [f"not_a_delivery:{what}"] for name, what in expected.items()}
    assert sum(verdict["accepted"] for verdict in verdicts) == 0
    followed(hub, key, [verdict["receipt"] for verdict in verdicts])
