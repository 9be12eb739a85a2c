from collections.abc import Callable

from fake_api import FakeApi
from playwright.sync_api import Page, expect

Look = Callable[..., Page]


def test_units_are_ranked_on_the_map_that_is_chosen(look: Look, api: FakeApi) -> None:
    page = look("/indicator/dossiers_received")
    units = page.locator(".units .ranks .name")
    expect(units).to_have_count(20)
    page.get_by_text("Trước 2025", exact=True).click()
    expect(units).to_have_count(3)
    expect(units.first).to_have_text("Thành phố Thanh Hóa")
    expect(page.locator(".maps .here")).to_have_text("Trước 2025")
    assert any("by=unit" in path and "map=2020" in path for path in api.asked)
    page.get_by_text("Hiện nay").click()
    expect(units).to_have_count(20)
