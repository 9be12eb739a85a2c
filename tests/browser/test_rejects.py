"""An agency mends its rejects on the wall: it sees the fault, corrects it, and follows its receipt."""

import base64
import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
from agency_gateway import AGENCY, AgencyGateway
from fake_api import FakeApi
from messages import dossier
from openpyxl import Workbook
from playwright.sync_api import Locator, Page, expect
from published import ours

from iochub.ingest.dead_letters import unpack_replay
from iochub.ingest.topic_list import REPLAYS

expect.set_options(timeout=20_000)

Look = Callable[..., Page]


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgencyGateway]:
    gateway = AgencyGateway(tmp_path_factory.mktemp("gateway"))
    gateway.start()
    yield gateway
    gateway.stop()


@pytest.fixture(scope="module")
def wall(
    served_api: FakeApi, agency: AgencyGateway, start_wall: Callable[..., AbstractContextManager[str]]
) -> Iterator[str]:
    """The wall that `look` opens here: one that has a gateway."""
    with start_wall(served_api, IOCHUB_GATEWAY__PORT=str(agency.port)) as address:
        yield address


def sign_in(page: Page, agency: AgencyGateway) -> None:
    page.locator("input[name=key]").fill(agency.key)
    page.locator("form button").click()
    expect(page.locator(".rejects .agency")).to_contain_text(AGENCY)


@pytest.fixture(autouse=True)
def a_feed_that_takes(agency: AgencyGateway) -> None:
    """What other tests pushed stops nothing here."""
    agency.gateway.stops.open(AGENCY, "dossiers")


def refused(agency: AgencyGateway, **changes: Any) -> str:
    answer = agency.push("dossiers", [dossier("H56.01-1", **changes)])
    return str(answer.json()["rejects"][0]["dead_letter"])


def opened(page: Page, letter: str) -> Locator:
    row = page.locator(f'.letter[data-letter="{letter}"]')
    row.click()
    expect(row).to_have_class(re.compile("here"))
    return page.locator(".rejects .one")


def edit(page: Page) -> Locator:
    return page.get_by_label("Bản ghi sau khi sửa")


def test_the_key_of_an_agency_is_in_no_address_page_storage_or_cookie(
    look: Look, agency: AgencyGateway
) -> None:
    page = look("/rejects")
    expect(page.get_by_label("Khoá cơ quan")).to_be_visible()
    expect(page.locator(".letter")).to_have_count(0)
    sign_in(page, agency)
    assert page.url.endswith("/rejects")
    assert agency.key not in page.content()
    assert agency.key not in json.dumps(page.context.cookies())
    assert agency.key not in json.dumps(page.context.storage_state())
    held = next(one for one in page.context.cookies() if one["name"] == "iochub_agency")
    assert (held["httpOnly"], held["sameSite"]) == (True, "Strict")
    page.reload()
    expect(page.locator(".rejects .agency")).to_contain_text(AGENCY)
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page.get_by_label("Khoá cơ quan")).to_be_visible()


def test_a_fault_is_marked_its_correction_used_sent_and_followed_until_it_is_counted(
    look: Look, agency: AgencyGateway
) -> None:
    letter = refused(agency, NgayTiepNhan="25/03/2026")
    page = look("/rejects")
    sign_in(page, agency)
    one = opened(page, letter)
    expect(one.locator("h2")).to_have_text("Ngày tiếp nhận (NgayTiepNhan) không đúng định dạng ngày")
    expect(one.locator("mark")).to_have_text('"25/03/2026"')
    one.get_by_role("button", name="Dùng bản sửa này").click()
    expect(one.locator(".verdicts")).to_contain_text("Hợp lệ")
    assert json.loads(edit(page).input_value())["NgayTiepNhan"] == "20260325"
    assert [unpack_replay(kept.value) for kept in agency.shelf.on(REPLAYS)] == []
    one.get_by_role("button", name="Gửi lại", exact=True).click()
    expect(one.locator(".steps")).to_have_attribute("data-state", "counted")
    expect(one.locator(".history li")).to_contain_text("sửa NgayTiepNhan theo đề xuất")
    expect(one.locator(".of .state")).to_have_text("Đã sửa, đã nhận")
    expect(page.locator(f'.letter[data-letter="{letter}"]')).to_have_count(0)
    (kept,) = agency.shelf.on(REPLAYS)
    assert unpack_replay(kept.value).dead_letter == letter


def test_a_doubtful_record_is_corrected_by_hand_and_checked_before_it_is_sent(
    look: Look, agency: AgencyGateway
) -> None:
    letter = refused(agency, NgayTiepNhan="05/03/2026")
    page = look("/rejects")
    sign_in(page, agency)
    one = opened(page, letter)
    expect(one).to_contain_text("Không có cách sửa nào chắc chắn")
    edit(page).fill(json.dumps(dossier("H56.01-1", NgayTiepNhan="20260399"), ensure_ascii=False))
    one.get_by_role("button", name="Kiểm tra").click()
    expect(one.locator(".verdicts .wrong")).to_contain_text("không phải là ngày có thật")
    edit(page).fill(json.dumps(dossier("H56.01-1", NgayTiepNhan="20260305"), ensure_ascii=False))
    one.get_by_role("button", name="Gửi lại", exact=True).click()
    expect(one.locator(".steps")).to_have_attribute("data-state", "counted")


def test_rejects_are_filtered_and_shown_in_english(look: Look, agency: AgencyGateway) -> None:
    date, code = refused(agency, NgayTiepNhan="06/03/2026"), refused(agency, TrangThaiHoSo="99")
    page = look("/rejects")
    sign_in(page, agency)
    expect(page.locator(f'.letter[data-letter="{date}"]')).to_be_visible()
    page.get_by_label("Lý do").click()
    page.get_by_role("option", name="Không có trong danh mục").click()
    expect(page.locator(f'.letter[data-letter="{date}"]')).to_have_count(0)
    expect(page.locator(f'.letter[data-letter="{code}"]')).to_be_visible()
    page.get_by_role("link", name="English").click()
    expect(page.locator(f'.letter[data-letter="{code}"] .why')).to_contain_text("is not in its list of codes")


def test_all_that_have_a_certain_correction_are_sent_at_once(look: Look, agency: AgencyGateway) -> None:
    certain = [refused(agency, NgayTiepNhan=f"{day}/03/2026") for day in (26, 27)]
    doubtful = refused(agency, NgayTiepNhan="07/03/2026")
    page = look("/rejects")
    sign_in(page, agency)
    page.get_by_role("button", name="Gửi lại mọi bản ghi sửa được chắc chắn").click()
    expect(page.locator(".said")).to_contain_text("2 bản ghi đã sửa và nhận")
    for letter in certain:
        expect(page.locator(f'.letter[data-letter="{letter}"]')).to_have_count(0)
    expect(page.locator(f'.letter[data-letter="{doubtful}"]')).to_be_visible()


def test_a_stopped_feed_says_so_and_its_rejects_can_still_be_mended(
    look: Look, agency: AgencyGateway
) -> None:
    letter = refused(agency, NgayTiepNhan="28/03/2026")
    agency.push("dossiers", [dossier(f"n{number}", TrangThaiHoSo="99") for number in range(120)])
    page = look("/rejects")
    sign_in(page, agency)
    expect(page.locator(".stop")).to_contain_text("tạm dừng")
    page.get_by_label("Lý do").click()
    page.get_by_role("option", name="Không đúng định dạng ngày").click()
    one = opened(page, letter)
    one.get_by_role("button", name="Dùng bản sửa này").click()
    one.get_by_role("button", name="Gửi lại", exact=True).click()
    expect(one.locator(".steps")).to_have_attribute("data-state", "counted")


def test_a_long_record_on_a_phone_fits_the_screen(look: Look, agency: AgencyGateway) -> None:
    letter = refused(agency, NgayTiepNhan="29/03/2026", TrichYeuHoSo="dài " * 2_000)
    page = look("/rejects")
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, agency)
    one = opened(page, letter)
    expect(one.locator("mark")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_editor_of_a_long_record_opens_at_its_fault(look: Look, agency: AgencyGateway) -> None:
    letter = refused(agency, TrangThaiHoSo="98")
    page = look("/rejects")
    sign_in(page, agency)
    opened(page, letter)
    at = edit(page).input_value().index('"98"')
    page.wait_for_function(
        "([text, at]) => text.selectionStart === at && text.selectionEnd === at",
        arg=[edit(page).element_handle(), at],
    )
    assert edit(page).evaluate("text => text.scrollTop") > 0
    assert page.evaluate("document.activeElement.tagName") != "TEXTAREA"


def test_an_agency_without_a_viewer_token_sees_its_rejects_and_no_figure(
    look: Look, new_wall: Callable[..., str], agency: AgencyGateway
) -> None:
    letter = refused(agency, NgayTiepNhan="30/03/2026")
    address = new_wall(IOCHUB_BEHIND_PROXY="true", IOCHUB_GATEWAY__PORT=str(agency.port))
    page = look("/rejects", address)
    sign_in(page, agency)
    opened(page, letter)
    expect(page.locator(".health")).to_be_hidden()
    page.goto(f"{address}/")
    expect(page.get_by_label("Mã truy cập")).to_be_visible()


def pushed(agency: AgencyGateway, feed: str, body: bytes, kind: str) -> str:
    headers = {"Authorization": f"Bearer {agency.key}", "Content-Type": kind}
    answer = httpx.post(
        f"{agency.url}/v1/feeds/{feed}/deliveries", content=body, headers=headers, timeout=30, trust_env=False
    )
    return str(answer.json()["rejects"][0]["dead_letter"])


def test_a_dossier_in_base64_is_read_marked_and_corrected_decoded(look: Look, agency: AgencyGateway) -> None:
    inline = ours("hospitals", "one_dossier_inline.xml").decode()
    wrong = re.sub(r"<NGAY_VAO>\d+", "<NGAY_VAO>209902310830", inline)
    packed = re.sub(
        r"(<NOIDUNGFILE>)\s*(<.*?>)\s*(</NOIDUNGFILE>)",
        lambda table: table[1] + base64.b64encode(table[2].encode()).decode() + table[3],
        wrong,
        flags=re.DOTALL,
    )
    letter = pushed(agency, "hospitals", packed.encode(), "application/xml")
    page = look("/rejects")
    sign_in(page, agency)
    one = opened(page, letter)
    expect(one.locator("mark")).to_have_text("209902310830")
    expect(one.locator(".told")).to_contain_text("base64 được mở ra")
    edit(page).fill(edit(page).input_value().replace("209902310830", "202608060830"))
    one.get_by_role("button", name="Gửi lại", exact=True).click()
    expect(one.locator(".history li")).to_contain_text("sửa NGAY_VAO")
    expect(one.locator(".of .state")).to_have_text("Đã sửa, đã nhận")


def test_a_line_of_a_workbook_is_found_by_its_sheet_and_cell(look: Look, agency: AgencyGateway) -> None:
    book = Workbook()
    book.worksheets[0].title = "Phòng <b>họp"
    for row in (
        ["Mã chỉ tiêu", "Đơn vị", "Kỳ báo cáo", "Giá trị"],
        ["paperless_rooms", "38", "2021", "mười"],
    ):
        book.worksheets[0].append(row)
    written = io.BytesIO()
    book.save(written)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    letter = pushed(agency, "reports", written.getvalue(), kind)
    page = look("/rejects")
    sign_in(page, agency)
    one = opened(page, letter)
    expect(one.locator(".cell")).to_have_text("Trang tính “Phòng <b>họp”, ô D2")
    expect(one.locator("mark")).to_have_text('"mười"')
