from collections.abc import Callable
from datetime import timedelta

from fake_api import NOW, FakeApi
from playwright.sync_api import Page, expect

Look = Callable[..., Page]


def test_the_feeds_page_lists_senders_worst_first_and_says_in_whose_time_one_is_silent(
    look: Look, api: FakeApi
) -> None:
    since = (NOW - timedelta(days=9)).isoformat()
    silence = {
        "since": since,
        "calendar": "office",
        "seconds": 90_000,
        "beat_seconds": 28_800,
        "stale_after_seconds": 86_400,
    }
    scores = {"valid": 99.5, "complete": 61, "clean": 100, "alive": 0}
    api.feed_states["dossiers"] = "stale"
    api.silences["dossiers"] = silence
    api.agencies = {
        "dossiers": [
            {"code": "H56.38", "name": "UBND Phường Hạc Thành", "silence": silence, "scores": scores}
        ],
        "einvoices": [{"code": "H56.9", "name": None, "silence": None, "scores": {}}],
    }
    page = look("/feeds")
    rows = page.locator(".senders tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("chưa nhận lần nào")
    expect(rows.last.locator("td")).to_contain_text(
        ["Hạc Thành", "Hồ sơ dịch vụ công", "99,5 %", "61 %", "100 %", "0 %", "tính giờ hành chính"]
    )
    expect(page.locator('[data-feed="dossiers"] .advice')).to_contain_text(
        "nhịp 1 ngày làm việc; tính giờ hành chính"
    )
