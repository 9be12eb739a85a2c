from datetime import timedelta
from decimal import Decimal

import pytest

from iochub.dashboards.wall.answers import Freshness, Target
from iochub.dashboards.wall.tiles import face


def test_a_figure_that_is_well_says_its_value_its_target_and_its_data_time(figure, now) -> None:
    said = face(figure(), "vi", now)
    assert (said.number, said.measure, said.note) == ("98,29", "%", "")
    assert (said.target, said.verdict, said.verdict_text) == ("Mục tiêu 2025: 98 %", "met", "Đạt")
    assert said.until == "số liệu đến 14:05:07"


@pytest.mark.parametrize(("state", "words"), [("no_data", "Chưa có số liệu"), ("suppressed", "Ẩn vì số nhỏ")])
def test_what_is_not_known_is_a_dash_with_its_reason_whatever_number_came_along(
    figure, now, state, words
) -> None:
    said = face(figure(state=state, value=Decimal(0)), "vi", now)
    assert (said.number, said.measure) == ("—", words)
    assert said.verdict == said.verdict_text == ""


def test_a_missing_value_is_never_shown_as_fine(figure, now) -> None:
    said = face(figure(value=None), "en", now)
    assert (said.number, said.measure, said.verdict) == ("—", "No data yet", "")


def test_zero_is_a_value_like_any_other(figure, now) -> None:
    said = face(figure(measure="hồ sơ", value=Decimal(0), target=None), "vi", now)
    assert (said.number, said.measure, said.note, said.target) == ("0", "hồ sơ", "", "")


def test_a_stale_figure_says_since_when_and_keeps_its_last_value(figure, now) -> None:
    old = Freshness(last_received_at=now - timedelta(days=1, hours=2), stale=True)
    said = face(figure(state="stale", freshness=old), "vi", now)
    assert (said.number, said.note, said.until) == ("98,29", "Số liệu cũ, từ 12:05 22/11", "")
    assert face(figure(state="stale", freshness=old), "en", now).note == "Stale since 12:05 22 Nov"


def test_a_figure_that_is_being_caught_up_says_so(figure, now) -> None:
    assert face(figure(state="partial"), "vi", now).note == "Đang cập nhật"


def test_a_figure_not_answered_yet_is_waited_for(now) -> None:
    said = face(None, "vi", now)
    assert (said.number, said.measure, said.state) == ("—", "Đang tải", "waiting")


def test_a_missed_target_is_said_in_words_not_only_in_colour(figure, now) -> None:
    said = face(
        figure(measure="hộ, cá nhân", value=Decimal(1018), target=Target(Decimal(1500), "2025", False)),
        "vi",
        now,
    )
    assert (said.target, said.verdict, said.verdict_text) == ("Mục tiêu 2025: 1.500", "missed", "Chưa đạt")


def test_a_long_number_is_set_smaller_so_that_it_fits_its_tile(figure, now) -> None:
    short = face(figure(), "vi", now)
    long = face(figure(measure="đ", value=Decimal(184_234_567_891_234), target=None), "vi", now)
    assert (short.size, long.size) == ("large", "medium")
