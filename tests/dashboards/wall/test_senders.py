"""The table of senders, and how silence is said."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from iochub.dashboards.wall.answers import Agency, Feed, Scores, Silence, Words
from iochub.dashboards.wall.senders import cadence, senders, silent_since

HOUR, DAY = 3600, 8 * 3600
NAMES = Words("Hồ sơ", "Dossiers")


def silent(now: datetime, seconds: int = 0, calendar: str = "office") -> Silence:
    return Silence(now - timedelta(hours=3), calendar, seconds, DAY, 3 * DAY)


def agency(
    code: str, now: datetime, *scores: int | None, name: str | None = None, seconds: int = 0
) -> Agency:
    known = (None if score is None else Decimal(score) for score in scores)
    return Agency(code, name, silent(now, seconds), Scores(*known))


def feed(*agencies: Agency) -> Feed:
    return Feed("dossiers", NAMES, NAMES, DAY, "ok", agencies=list(agencies))


def test_the_worst_sender_comes_first_and_who_never_sent_before_it(now) -> None:
    never = Agency("H56.9")
    told = senders(
        [feed(agency("H56.1", now, 100, 99, 100, 100), never), feed(agency("H56.2", now, 100, 12, 100, 100))],
        "vi",
        now,
    )
    assert re.findall(r'data-agency="([^"]+)"', told) == ["H56.9", "H56.2", "H56.1"]
    assert "chưa nhận lần nào" in told


def test_a_score_that_is_not_known_is_no_zero_and_a_low_one_is_marked(now) -> None:
    told = senders([feed(agency("H56", now, 89, None, 90, 100))], "vi", now)
    assert re.findall(r'class="value ?(low)?">([^<]+)<', told) == [
        ("low", "89 %"), ("", "—"), ("", "90 %"), ("", "100 %"),
    ]  # fmt: skip


def test_a_silent_sender_says_since_when_against_which_beat_and_in_whose_time(now) -> None:
    told = senders([feed(agency("H56", now, 100, None, 100, 0, seconds=3 * DAY + 1))], "vi", now)
    assert "im lặng từ 11:05:07; nhịp 1 ngày làm việc; tính giờ hành chính" in told
    assert "im lặng" not in senders([feed(agency("H56", now, 100, None, 100, 100))], "vi", now)


def test_without_senders_there_is_no_table(now) -> None:
    assert senders([feed()], "vi", now) == ""


def test_a_name_cannot_become_markup(now) -> None:
    told = senders([feed(agency("<i>", now, 1, 1, 1, 1, name="<b>Sở</b>"))], "vi", now)
    assert "<b>" not in told
    assert "<i>" not in told


@pytest.mark.parametrize(
    ("calendar", "language", "said"),
    [
        ("office", "vi", "Nhịp gửi: mỗi 1 ngày làm việc, coi là cũ sau 3 ngày làm việc; tính giờ hành chính"),
        ("office", "en", "Sends every 1 working day, stale after 3 working days; in office hours"),
        ("always", "vi", "Nhịp gửi: mỗi 8 giờ, coi là cũ sau 1 ngày"),
    ],
)
def test_a_beat_is_said_in_the_publisher_s_own_time(calendar: str, language: str, said: str) -> None:
    at = datetime(2026, 11, 23, 7, 5, 7, tzinfo=UTC)
    assert cadence(silent(at, calendar=calendar), language) == said


def test_who_works_day_and_night_is_silent_in_plain_hours(now) -> None:
    assert silent_since(silent(now, calendar="always"), "en", now) == "silent since 11:05:07; beat 8 hours"
