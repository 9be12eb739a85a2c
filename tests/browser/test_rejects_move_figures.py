"""On a whole hub an agency mends a refused record on the wall, and the figure moves by that record alone.

Every value is worked out by hand from the deliveries below.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest
from callers import Agency, figure, followed
from messages import NHI_SON, hdons, in_nhi_son, message, synchronised
from playwright.sync_api import Locator, Page, expect
from published import OURS, ours
from running_hub import RunningHub

COUNTED_MS = 120_000
"""How long a replay may take to be counted on a busy machine."""

DAY = "2026-05-27"

Look = Callable[..., Page]


@dataclass(frozen=True)
class Case:
    """A delivery with one bad record among good ones, how that is mended, and what it is worth."""

    feed: str
    delivery: bytes
    content_type: str
    reason: str
    told: str
    """What the page says of the fault."""
    wrong: str
    """The fault as it stands in the record."""
    right: str
    is_certain: bool
    """Whether the hub suggests it; else the agency writes it."""
    figure: str
    asked: dict[str, str]
    worth: int


def documents() -> bytes:
    """Three documents of a district; the second went to two agencies, one of them named in both schemes."""

    def sent(number: int, at: str, *to: str) -> dict[str, object]:
        named = {"OrganId": "H56.30", "DocumentId": f"H56.30,2026/05/27,{number}/UBND-VP", "To": to}
        signed = {"SignedByPerson": True, "SignedByAgency": True}
        return {"Register": "outgoing", **named, "ExchangedAt": at, **signed, "TypeName": "Báo cáo"}

    three = [
        sent(881, f"{DAY} 08:00:00", "H56.05"),
        sent(882, "27-05-2026 09:00:00", "H56.05", "H56.30.02", "000.02.30.H56", "H56.30.02"),
        sent(883, f"{DAY} 10:00:00", "H56.05"),
    ]
    return json.dumps(three, ensure_ascii=False).encode()


def dossiers() -> bytes:
    """Three dossiers of one commune, received on one day; the second is in a state that no list has."""
    day = {"NgayTiepNhan": "20260527083000"}
    states: tuple[dict[str, str], ...] = ({}, {"TrangThaiHoSo": "77"}, {})
    return synchronised(*(in_nhi_son(f"MOVED-{at}", **day, **state) for at, state in enumerate(states)))


def einvoices() -> bytes:
    """Two invoices of 1 000 000 and 2 000 000 đồng before tax; the second has a day of no format."""
    first, second = hdons(OURS / "einvoices" / "five_invoices.xml")[:2]
    assert b"<TgTCThue>2000000</TgTCThue>" in second
    own = [invoice.replace(b"K24TSA", b"K26TMV") for invoice in (first, second)]
    days = (b"2026-05-27", b"27/05/2026")
    made = [invoice.replace(b"2024-05-06", day) for invoice, day in zip(own, days, strict=True)]
    return message(*made, number=8801)


def hospitals() -> bytes:
    """The check-ins of our sample on another day: the first's kind of care is in no list.

    The first alone came with a citizen card. The third lacked its first item of cost; here it has one.
    """
    text = ours("hospitals", "three_checkins.xml").decode()
    text = text.replace("20260805", "20260527").replace("20260806", "20260528").replace("LK00000", "LK88000")
    text = text.replace("<MA_DICH_VU></MA_DICH_VU>", "<MA_DICH_VU>02.1897</MA_DICH_VU>")
    return text.replace("<MA_LOAI_KCB>01<", "<MA_LOAI_KCB>77<", 1).encode()


def reports() -> bytes:
    """Paperless rooms of three communes; of the second it is not certain whether 1,234 are thousands."""
    rooms = (("14797", "3"), (NHI_SON, "1,234"), ("14866", "4"))
    told = [
        {"indicator": "paperless_rooms", "unit": unit, "period": "2025", "value": value}
        for unit, value in rooms
    ]
    return json.dumps({"reports": told}).encode()


def reports_in_a_table() -> bytes:
    """Video points of three communes; the second's day of reporting is written as people write it."""
    rows = (("14797", "5", "2026-01-24"), (NHI_SON, "11", "25/01/2026"), ("14866", "6", ""))
    lines = [f"video_points;{unit};2025;{value};{day}" for unit, value, day in rows]
    return "\n".join(("Mã chỉ tiêu;Mã đơn vị;Kỳ báo cáo;Giá trị;Ngày báo cáo", *lines)).encode()


PROVINCE, XML, JSON = {"unit": "38", "period": DAY}, "application/xml", "application/json"
CASES = (
    Case(
        "documents", documents(), JSON, "bad_date:ExchangedAt", "không đúng định dạng ngày",
        '"27-05-2026 09:00:00"', '"2026-05-27 09:00:00"', True, "documents_exchanged", PROVINCE, 2,
    ),
    Case(
        "dossiers", dossiers(), JSON, "unknown_code:TrangThaiHoSo", "không có trong danh mục",
        '"77"', '"4"', False, "dossiers_received", {"unit": NHI_SON, "period": DAY}, 1,
    ),
    Case(
        "einvoices", einvoices(), XML, "bad_date:NLap", "không đúng định dạng ngày",
        "27/05/2026", "2026-05-27", True, "einvoice_turnover", PROVINCE, 2_000_000,
    ),
    Case(
        "hospitals", hospitals(), XML, "unknown_code:MA_LOAI_KCB", "không có trong danh mục",
        "77", "01", False, "visits_with_citizen_card", PROVINCE, 1,
    ),
    Case(
        "reports", reports(), JSON, "ambiguous_number:value", "có thể hiểu theo hai cách",
        '"1,234"', '"1234"', False, "paperless_rooms", {"unit": "38", "period": "2025"}, 1234,
    ),
    Case(
        "reports", reports_in_a_table(), "text/csv", "bad_date:reported_at", "không đúng định dạng ngày",
        "25/01/2026", "2026-01-25", True, "video_points", {"unit": "38", "period": "2025"}, 11,
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def wall(hub: RunningHub) -> str:
    """The wall that `look` opens here: the hub's own."""
    return hub.wall


@pytest.fixture
def api() -> None:
    """No fake API here: the wall asks the hub's."""


@pytest.mark.parametrize("case", CASES, ids=[f"{case.feed} {case.content_type}" for case in CASES])
def test_a_rejected_record_that_was_mended_on_the_wall_moves_the_figure_by_itself(
    hub: RunningHub, look: Look, case: Case
) -> None:
    agency = Agency(hub, f"E2E.{case.feed.upper()}", case.feed)
    receipt = agency.push(f"/v1/feeds/{case.feed}/deliveries", case.delivery, case.content_type).json()
    assert receipt["accepted"] > 0, receipt
    assert [reject["reason"] for reject in receipt["rejects"]] == [case.reason]
    (letter,) = agency.letters(receipt["receipt"])
    followed(hub, agency.key, [receipt["receipt"]])
    before = figure(hub, case.figure, **case.asked) or Decimal(0)

    one = opened(look("/rejects"), agency, letter["dead_letter"])
    expect(one.locator("h2")).to_contain_text(case.told)
    expect(one.locator("mark").first).to_have_text(case.wrong)
    mend(one, case)
    expect(one.locator(".verdicts .fine")).to_have_text("Hợp lệ: có thể gửi.")
    assert (figure(hub, case.figure, **case.asked) or Decimal(0)) == before

    one.get_by_role("button", name="Gửi lại", exact=True).click()
    expect(one.locator(".steps")).to_have_attribute("data-state", "counted", timeout=COUNTED_MS)
    expect(one.locator(".of .state")).to_have_text("Đã sửa, đã nhận")
    expect(one.locator(".history li")).to_contain_text(f"sửa {letter['field']}")
    expect(one.page.locator(f'.letter[data-letter="{letter["dead_letter"]}"]')).to_have_count(0)
    assert figure(hub, case.figure, **case.asked) == before + case.worth


def opened(page: Page, agency: Agency, dead_letter: str) -> Locator:
    """The record, opened on the page of its signed-in agency."""
    page.locator("input[name=key]").fill(agency.key)
    page.locator("form button").click()
    row = page.locator(f'.letter[data-letter="{dead_letter}"]')
    row.click()
    expect(row).to_have_class(re.compile("here"))
    return page.locator(".rejects .one")


def mend(one: Locator, case: Case) -> None:
    """Use the hub's correction, or write one and have it checked."""
    text = one.page.get_by_label("Bản ghi sau khi sửa")
    assert text.input_value().count(case.wrong) == 1
    corrected = text.input_value().replace(case.wrong, case.right)
    if case.is_certain:
        one.get_by_role("button", name="Dùng bản sửa này").click()
        expect(text).to_have_value(corrected)
        return
    expect(one).to_contain_text("Không có cách sửa nào chắc chắn")
    text.fill(corrected)
    one.get_by_role("button", name="Kiểm tra").click()
