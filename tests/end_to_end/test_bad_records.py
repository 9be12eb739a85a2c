"""One bad record among good ones, a unit nobody knows, a time in 2099: what becomes of each record."""

import json
import time

import pytest
from callers import Agency, figure, followed, instant
from messages import NHI_SON, Json, advanced, hdons, in_nhi_son, step, synchronised
from published import OURS, ours
from running_hub import RunningHub

pytestmark = pytest.mark.usefixtures("unharmed")

XML = "application/xml"
CAM_THUY = "390"
DAY, DELIVERIES = "2026-05-18", "/v1/feeds/dossiers/deliveries"


def test_bad_records_are_set_aside_and_can_be_mended_by_their_sender_alone(
    hub: RunningHub, agency: Agency
) -> None:
    """Six dossiers, three of them bad: the good ones count; the mended ones count after their replay."""
    stranger = Agency(hub, "E2E.STRANGER")
    good = [in_nhi_son(f"ARRAY-{number}") for number in (0, 2, 4)]
    bad = [
        in_nhi_son("ARRAY-1", TrangThaiHoSo="77"),
        in_nhi_son("ARRAY-3", NgayTiepNhan="20260231083000"),
        in_nhi_son("ARRAY-5", MaTTHC=""),
    ]
    mixed = [record for pair in zip(good, bad, strict=True) for record in pair]
    answer = agency.push(DELIVERIES, synchronised(*mixed))
    told = answer.json()
    assert (answer.status_code, told["accepted"], told["rejected"]) == (202, 3, 3)
    assert [(reject["index"], reject["reason"], reject["field"]) for reject in told["rejects"]] == [
        (1, "unknown_code:TrangThaiHoSo", "TrangThaiHoSo"),
        (3, "impossible_date:NgayTiepNhan", "NgayTiepNhan"),
        (5, "missing:MaTTHC", "MaTTHC"),
    ]
    (state,) = followed(hub, agency.key, [told["receipt"]])
    assert (state["accepted"], state["stored"], state["set_aside"], state["counted"]) == (3, 3, 0, 3)
    assert figure(hub, "dossiers_received", unit=NHI_SON, period=DAY) == 3

    names = [reject["dead_letter"] for reject in told["rejects"]]
    assert sorted(letter["dead_letter"] for letter in agency.letters(told["receipt"])) == sorted(names)
    assert stranger.look("/v1/dead-letters").json() == {"dead_letters": []}
    assert stranger.look(f"/v1/receipts/{told['receipt']}").status_code == 404
    mended = []
    for name, record in zip(names, bad, strict=True):
        assert stranger.look(f"/v1/dead-letters/{name}").status_code == 404
        assert stranger.push(f"/v1/dead-letters/{name}/replay", b"").status_code == 404
        letter = agency.look(f"/v1/dead-letters/{name}").json()
        assert json.loads(letter["record"]) == record
        again = agency.push(f"/v1/dead-letters/{name}/replay", b"")
        assert (again.status_code, again.json()["rejected"]) == (422, 1), "unmended it is refused as before"
        whole = json.dumps(in_nhi_son(record["MaHoSo"].removeprefix("E2E-BAD-"))).encode()
        replayed = agency.push(f"/v1/dead-letters/{name}/replay", whole)
        assert (replayed.status_code, replayed.json()["accepted"]) == (202, 1)
        mended.append(replayed.json()["receipt"])
    followed(hub, agency.key, mended)
    assert figure(hub, "dossiers_received", unit=NHI_SON, period=DAY) == 6


def test_a_unit_that_nobody_knows_counts_for_the_province_as_unknown(hub: RunningHub, agency: Agency) -> None:
    day = "2026-05-20"
    nowhere = in_nhi_son("NOWHERE", DonViXuLy="UBND Xã Không Có Thật", NgayTiepNhan="20260520083000")
    answer = agency.push(DELIVERIES, synchronised(nowhere))
    assert (answer.status_code, answer.json()["rejected"]) == (202, 0)
    followed(hub, agency.key, [answer.json()["receipt"]])
    assert figure(hub, "dossiers_received", unit="unknown", period=day) == 1
    assert figure(hub, "dossiers_received", unit="38", period=day) == 1
    page = hub.ask("/v1/indicators/dossiers_received/series", unit="38", period=day, by="unit")
    rows = page["rows"]
    assert isinstance(rows, list)
    assert [(row["unit"]["code"], row["value"]) for row in rows if row["value"]] == [("unknown", 1)]


def row(number: int, updated: str, net: int) -> bytes:
    """One row of the portal for a seller in Cẩm Thủy."""
    first: Json = json.loads(ours("einvoices", "portal_rows.json"))["datas"][0]
    money = {"tgtcthue": net, "tgtthue": 0, "tgtttbso": net}
    return json.dumps(first | {"shdon": number, "cqt": "2608", "ncnhat": updated} | money).encode()


def test_a_time_of_2099_does_not_win_for_ever(hub: RunningHub, agency: Agency) -> None:
    """The portal's time of update orders its rows, but no later than when Kafka took them."""
    asked = {"unit": CAM_THUY, "map": "2020", "period": "2024-05-06"}

    def turnover_after(updated: str, net: int) -> object:
        answer = agency.push("/v1/feeds/einvoices/deliveries", row(7001, updated, net))
        assert (answer.status_code, answer.json()["accepted"]) == (202, 1), answer.text
        followed(hub, agency.key, [answer.json()["receipt"]])
        return figure(hub, "einvoice_turnover", **asked)

    assert turnover_after("2099-01-01T00:00:00.000Z", 111) == 111
    assert turnover_after(instant(), 222) == 222
    assert turnover_after("2024-05-07T00:00:00.000Z", 333) == 222

    early = agency.push(DELIVERIES, advanced(step("E2E-BAD-ARRAY-0", "20990101080000", "9")))
    assert early.status_code == 422
    assert [reject["reason"] for reject in early.json()["rejects"]] == ["impossible_date:ThoiDiemXuLy"]


def test_one_bad_invoice_among_five_is_kept_as_its_signer_wrote_it(hub: RunningHub, agency: Agency) -> None:
    def changed(invoices: bytes) -> bytes:
        moved = invoices.replace(b"2024-05-06", b"2024-05-07").replace(b"K24TSA", b"K24TSX")
        return moved.replace(b"<SHDon>3</SHDon>", b"<SHDon/>")

    whole = changed(ours("einvoices", "five_invoices.xml"))
    answer = agency.push("/v1/feeds/einvoices/deliveries", whole, XML)
    told = answer.json()
    (reject,) = told["rejects"]
    assert (answer.status_code, told["accepted"], told["rejected"]) == (202, 4, 1)
    assert (reject["index"], reject["reason"], reject["field"]) == (2, "missing:SHDon", "SHDon")
    followed(hub, agency.key, [told["receipt"]])
    deadline = time.monotonic() + 30
    while (letter := agency.look(f"/v1/dead-letters/{reject['dead_letter']}")).status_code != 200:
        assert time.monotonic() < deadline, letter.text
        time.sleep(0.1)
    signed = changed(hdons(OURS / "einvoices" / "five_invoices.xml")[2])
    assert letter.json()["record"].encode() == signed
