import random
import re
import time
from collections.abc import Callable
from decimal import Decimal

import httpx
import pytest
from fake_api import FakeApi
from playwright.sync_api import Page, expect

from iochub.dashboards.wall.axis import Axis, axis, label
from iochub.text import Language

expect.set_options(timeout=20_000)

Look = Callable[..., Page]


def tile(page: Page, name: str):
    return page.locator(f'.tile[data-indicator="{name}"]')


def test_the_overview_shows_every_figure_with_its_target_and_says_the_data_are_synthetic(look: Look) -> None:
    page = look("/")
    expect(page.locator(".province")).to_have_text("Tỉnh Thanh Hóa")
    expect(page.locator(".synthetic")).to_have_text("Dữ liệu mô phỏng")
    expect(page.locator(".health")).to_have_text("2/2 nguồn đang hoạt động")
    expect(page.locator(".desk h2")).to_have_text(["Hồ sơ dịch vụ công", "Hoá đơn điện tử"])
    expect(page.locator(".tile")).to_have_count(11)
    on_time = tile(page, "dossiers_on_time_share")
    expect(on_time.locator(".number")).to_have_text("98,29")
    expect(on_time.locator(".verdict")).to_have_text("Đạt")
    expect(on_time.locator(".until")).to_have_text(re.compile(r"số liệu đến \d\d:\d\d:\d\d"))
    expect(on_time.locator(".spark svg")).to_have_count(1)
    expect(tile(page, "einvoice_turnover").locator(".figure")).to_have_text("184.234,57tỷ đồng")
    expect(tile(page, "dossiers_overdue").locator(".number")).to_have_text("0")


def test_every_page_says_that_the_data_are_synthetic(look: Look) -> None:
    for path in ("/", "/feeds", "/indicator/dossiers_received", "/indicator/none", "/?lang=en"):
        expect(look(path).locator(".synthetic")).to_be_visible()


def test_no_figure_is_cut_off_by_its_tile_or_by_the_screen(look: Look) -> None:
    page = look("/")
    expect(page.locator(".tile .number").first).to_have_text("237.892")
    tiles = page.locator(".tile")
    for index in range(tiles.count()):
        outer, inner = tiles.nth(index).bounding_box(), tiles.nth(index).locator(".figure").bounding_box()
        assert outer
        assert inner
        assert inner["x"] + inner["width"] <= outer["x"] + outer["width"]
        assert outer["y"] + outer["height"] <= 1080


def test_nothing_stale_and_unfinished_each_look_different_and_none_is_zero(look: Look, api: FakeApi) -> None:
    api.states = {
        "dossiers_open": "no_data",
        "dossiers_received": "partial",
        "dossiers_on_time_share": "stale",
        "einvoice_vat": "suppressed",
    }
    api.feed_states["dossiers"] = "stale"
    page = look("/")
    expect(tile(page, "dossiers_open").locator(".figure")).to_have_text("—Chưa có số liệu")
    expect(tile(page, "einvoice_vat").locator(".figure")).to_have_text("—Ẩn vì số nhỏ")
    expect(tile(page, "dossiers_received").locator(".note")).to_have_text("Đang cập nhật")
    expect(tile(page, "dossiers_received").locator(".number")).to_have_text("237.892")
    expect(tile(page, "dossiers_on_time_share").locator(".note")).to_have_text(
        re.compile("Số liệu cũ, từ .+")
    )
    expect(page.locator(".health")).to_have_text("1/2 nguồn đang hoạt động")


def test_a_figure_that_moves_moves_on_the_open_screen(look: Look, api: FakeApi) -> None:
    page = look("/")
    expect(tile(page, "dossiers_received").locator(".number")).to_have_text("237.892")
    api.values["dossiers_received"] = 237_893
    expect(tile(page, "dossiers_received").locator(".number")).to_have_text("237.893")
    assert api.not_modified > 0


def test_the_screen_says_when_it_lost_the_api_and_recovers_by_itself(look: Look, api: FakeApi) -> None:
    page = look("/")
    expect(page.locator(".banner")).to_be_hidden()
    api.stop()
    expect(page.locator(".banner")).to_be_visible()
    expect(page.locator(".banner")).to_contain_text("Mất kết nối")
    expect(page.locator(".health")).to_have_text("Mất kết nối")
    expect(tile(page, "dossiers_received").locator(".number")).to_have_text("237.892")
    api.values["dossiers_received"] = 240_000
    api.start()
    expect(page.locator(".banner")).to_be_hidden()
    expect(tile(page, "dossiers_received").locator(".number")).to_have_text("240.000")


def test_a_wall_that_starts_before_the_api_fills_itself(look: Look, new_wall, api: FakeApi) -> None:
    api.failing = 503
    page = look("/", new_wall())
    expect(page.locator(".banner")).to_be_visible()
    expect(page.locator(".tile")).to_have_count(0)
    api.failing = 0
    expect(page.locator(".tile")).to_have_count(11)


@pytest.mark.parametrize("path", ["/", "/indicator/dossiers_received"])
def test_a_wall_whose_api_hangs_opens_and_says_so(look: Look, new_wall, api: FakeApi, path: str) -> None:
    wall = new_wall()
    api.hanging = "/"
    page = look(path, wall)
    expect(page.locator(".banner")).to_be_visible()
    api.hanging = None
    expect(page.locator(".number").first).to_be_visible()


def test_a_wall_that_a_proxy_leads_to_asks_also_on_loopback_who_one_is(look: Look, new_wall) -> None:
    page = look("/", new_wall(IOCHUB_BEHIND_PROXY="true"))
    expect(page.get_by_label("Mã truy cập")).to_be_visible()
    expect(page.locator(".tile")).to_have_count(0)


def test_english_is_one_switch_away_and_keeps_the_period(look: Look) -> None:
    page = look("/?period=2021-07")
    expect(page.locator(".shown")).to_have_text("Tháng 7/2021")
    page.get_by_role("link", name="English").click()
    expect(page.locator(".shown")).to_have_text("July 2021")
    expect(page.locator("html")).to_have_attribute("lang", "en-GB")
    expect(page.locator(".synthetic")).to_have_text("Synthetic data")
    expect(tile(page, "dossiers_on_time_share").locator(".number")).to_have_text("98.29")
    expect(tile(page, "dossiers_on_time_share").locator(".verdict")).to_have_text("Met")


def test_the_keyboard_steps_through_periods_and_back_to_the_overview(look: Look) -> None:
    page = look("/?period=2021-07")
    expect(page.locator(".shown")).to_have_text("Tháng 7/2021")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".shown")).to_have_text("Tháng 6/2021")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".shown")).to_have_text("Tháng 7/2021")
    tile(page, "dossiers_received").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".summary h1")).to_have_text("Hồ sơ tiếp nhận")
    page.keyboard.press("Escape")
    expect(page.locator(".desk")).to_have_count(2)


def test_one_indicator_shows_its_course_its_units_and_its_meaning(look: Look, api: FakeApi) -> None:
    page = look("/indicator/dossiers_on_time_share?period=2021")
    expect(page.locator(".summary .number")).to_have_text("98,29")
    expect(page.locator(".facts")).to_contain_text("233.824")
    expect(page.locator(".facts")).to_contain_text("237.892")
    expect(page.locator(".chart canvas")).to_have_count(1)
    ranks = page.locator(".ranks tr")
    expect(ranks).to_have_count(20)
    expect(ranks.first).to_contain_text("Xã Hậu Lộc")
    expect(ranks.last).to_contain_text("Chưa có số liệu")
    page.get_by_role("button", name="Thấp nhất trước").click()
    expect(ranks.first).to_contain_text("Phường Hạc Thành")
    expect(page.locator(".meaning")).to_contain_text("Nghị quyết 06-NQ/TU")
    page.get_by_role("button", name="Theo ngày").click()
    expect(page.get_by_role("button", name="Theo ngày")).to_have_class(re.compile("here"))
    expect(page.locator(".chart canvas")).to_have_count(1)
    assert any("every=day" in path for path in api.asked)


def test_the_marks_of_a_chart_are_written_as_the_reader_writes_numbers_and_no_two_alike(look: Look) -> None:
    page = look("/")

    def written(marks: Axis, language: Language = "vi", *, is_share: bool = False) -> list[str]:
        count = int((marks.high - marks.low) / marks.step) + 1
        values = [float(marks.low + place * marks.step) for place in range(count)]
        said = label(marks, is_share=is_share, language=language)
        found: list[str] = page.evaluate(f"values => values.map({said})", values)
        return found

    shares = axis([Decimal("99.04"), Decimal("99.95")], is_share=True, from_zero=False)
    assert written(shares, is_share=True) == ["98 %", "98,5 %", "99 %", "99,5 %", "100 %"]
    assert written(shares, "en", is_share=True) == ["98 %", "98.5 %", "99 %", "99.5 %", "100 %"]
    money = axis([Decimal(1_400_000_000)], is_share=False, from_zero=True)
    assert written(money) == ["0", "0,5 tỷ", "1 tỷ", "1,5 tỷ"]
    assert written(axis([Decimal(6_958)], is_share=False, from_zero=True))[-1] == "8.000"
    seed = time.time_ns()
    print(f"seed {seed}")
    chance = random.Random(seed)
    for _ in range(100):
        middle = Decimal(chance.randint(-100, 10 ** chance.randint(1, 14)))
        near = [middle + chance.randint(0, 10 ** chance.randint(0, 9)) for _ in range(3)]
        labels = written(axis(near, is_share=False, from_zero=chance.random() < 0.5))
        assert len(set(labels)) == len(labels), near


def test_an_indicator_without_data_says_so_instead_of_drawing_zeros(look: Look, api: FakeApi) -> None:
    api.states["dossiers_open"] = "no_data"
    page = look("/indicator/dossiers_open?period=2021")
    expect(page.locator(".summary .figure")).to_have_text("—Chưa có số liệu")
    expect(page.locator(".trend .empty")).to_have_text("Chưa có số liệu trong kỳ này")
    expect(page.locator(".chart")).to_be_hidden()


def test_what_is_still_asked_for_is_not_called_empty_and_a_slow_api_not_lost(
    look: Look, new_wall, api: FakeApi
) -> None:
    api.hanging = "/series"
    page = look("/indicator/dossiers_received", new_wall())
    for panel in (".trend", ".units"):
        expect(page.locator(f"{panel} .empty")).to_have_text("Đang tải")
    expect(page.locator(".banner")).to_contain_text("Trả lời chậm")
    expect(page.locator(".health")).to_have_text("Trả lời chậm")
    api.hanging = None
    expect(page.locator(".trend canvas")).to_be_visible()
    expect(page.locator(".trend .empty")).to_be_hidden()
    expect(page.locator(".units .empty")).to_have_count(0)
    expect(page.locator(".banner")).to_be_hidden()


def test_an_unknown_indicator_is_said_to_be_unknown(look: Look) -> None:
    expect(look("/indicator/happiness").locator(".empty")).to_have_text("Không có chỉ tiêu này.")


def test_the_feeds_say_who_is_silent_what_waits_and_why_records_were_refused(
    look: Look, api: FakeApi
) -> None:
    api.feed_states = {"dossiers": "stale", "einvoices": "partial"}
    page = look("/feeds")
    dossiers, invoices = page.locator('[data-feed="dossiers"]'), page.locator('[data-feed="einvoices"]')
    expect(dossiers.locator(".badge")).to_have_text("Số liệu cũ")
    expect(dossiers).to_contain_text("im lặng 1 ngày")
    expect(dossiers).to_contain_text("Không có bản ghi nào bị từ chối hôm nay")
    expect(invoices.locator(".badge")).to_have_text("Đang cập nhật")
    expect(invoices).to_contain_text("18.250")
    expect(invoices.locator("tr").first).to_contain_text("missing:SHDon")


def test_the_feeds_fill_one_screen_even_when_much_is_wrong(look: Look, api: FakeApi) -> None:
    api.feed_states = {"dossiers": "stale", "einvoices": "partial"}
    long = (
        "unknown_code:TrangThaiHoSo",
        "Trạng thái hồ sơ (TrangThaiHoSo) không có trong danh mục",
        "",
        12_345,
    )
    short = [(f"missing:F{count}", f"Thiếu trường F{count}", "", count) for count in range(6, 0, -1)]
    api.rejects = {"dossiers": (long, *short), "einvoices": (long, long, *short)}
    page = look("/feeds")
    invoices = page.locator('[data-feed="einvoices"]')
    expect(page.locator('[data-feed="dossiers"] .advice')).to_contain_text("gọi cơ quan gửi")
    expect(invoices.locator(".advice")).to_contain_text("chưa tính xong")
    expect(invoices.locator("tr").last.locator("td")).to_have_text(["Lý do khác: 4", "10"])
    for index in range(2):
        box = page.locator(".feed").nth(index).bounding_box()
        assert box
        assert 1000 < box["y"] + box["height"] <= 1080


def test_a_feed_leads_to_its_figures_however_often_its_numbers_move(look: Look, api: FakeApi) -> None:
    page = look("/feeds?lang=en")
    link = page.locator('[data-feed="dossiers"] nav').get_by_role("link", name="Dossiers received")
    expect(page.locator('[data-feed="einvoices"] nav a')).to_have_count(5)
    link.focus()
    api.feed_states["dossiers"] = "stale"
    expect(page.locator('[data-feed="dossiers"] .badge')).to_have_text("Stale")
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".summary h1")).to_have_text("Dossiers received")


def test_operators_see_whether_the_wall_has_its_api(look: Look, wall: str, api: FakeApi) -> None:
    look("/feeds")
    assert httpx.get(f"{wall}/readyz", trust_env=False).status_code == 200
    assert "iochub_wall_failing 0.0" in httpx.get(f"{wall}/metrics", trust_env=False).text
    api.stop()
    waiting = httpx.get(f"{wall}/readyz", trust_env=False)
    api.start()
    assert (waiting.status_code, waiting.json()["waits_for"]) == (503, ["api"])


def test_a_narrow_window_scrolls_down_but_never_sideways(look: Look) -> None:
    page = look("/")
    for width in (420, 800, 1366):
        page.set_viewport_size({"width": width, "height": 800})
        for path in ("/", "/feeds", "/indicator/einvoice_turnover"):
            look(path)
            expect(page.locator(".clock")).to_have_text(re.compile(r"\d\d:\d\d:\d\d"))
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (width, path)
