from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iochub.dashboards.wall import format as written

numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value="-1e20", max_value="1e20", places=6)
languages = st.sampled_from(["vi", "en"])


def read_back(text: str, language: str) -> Decimal:
    plain = text.replace(".", "").replace(",", ".") if language == "vi" else text.replace(",", "")
    return Decimal(plain)


@given(numbers, languages, st.one_of(st.none(), st.integers(0, 4)))
def test_a_number_reads_back_to_what_it_was_but_for_the_decimals_shown(value, language, places) -> None:
    text = written.number(value, language, places)
    assert abs(read_back(text, language) - value) <= Decimal(1).scaleb(-(2 if places is None else places)) / 2


@given(numbers)
def test_the_two_languages_differ_only_by_their_marks(value) -> None:
    vietnamese, english = written.number(value, "vi"), written.number(value, "en")
    assert vietnamese.translate(str.maketrans(".,", ",.")) == english


@given(numbers, languages)
def test_a_number_is_never_minus_zero_and_never_ends_in_useless_zeros(value, language) -> None:
    text = written.number(value, language)
    mark = "," if language == "vi" else "."
    assert text != "-0"
    assert not (mark in text and text.endswith(("0", mark)))


@pytest.mark.parametrize(
    ("value", "measure", "vietnamese", "english"),
    [
        ("1234567.89", "", "1.234.567,89", "1,234,567.89"),
        ("98.29", "%", "98,29 %", "98.29 %"),
        ("100", "%", "100,00 %", "100.00 %"),
        ("237892", "hồ sơ", "237.892 hồ sơ", "237,892 dossiers"),
        ("0", "hồ sơ", "0 hồ sơ", "0 dossiers"),
        ("184234567891234", "đ", "184.234,57 tỷ đồng", "184,234.57 billion VND"),
        ("-1500000", "đ", "-1,50 triệu đồng", "-1.50 million VND"),
        ("900", "đ", "900 đồng", "900 VND"),
        ("12", "tàu", "12 tàu", "12 tàu"),
    ],
)
def test_a_figure_is_said_as_people_in_the_province_say_it(value, measure, vietnamese, english) -> None:
    assert " ".join(written.figure(Decimal(value), measure, "vi")).strip() == vietnamese
    assert " ".join(written.figure(Decimal(value), measure, "en")).strip() == english


def test_what_is_not_known_is_a_dash_and_never_zero() -> None:
    assert written.figure(None, "hồ sơ", "vi") == ("—", "")
    assert written.exact(None, "đ", "en") == "—"


def test_a_sum_of_money_can_be_read_to_the_last_dong() -> None:
    assert written.exact(Decimal("184234567891234"), "đ", "vi") == "184.234.567.891.234 đồng"


def test_instants_are_shown_in_the_provinces_time() -> None:
    at = datetime(2026, 11, 23, 17, 30, 5, tzinfo=UTC)
    assert written.clock(at) == "00:30:05"
    assert written.moment(at, at, "vi") == "00:30:05"
    assert written.moment(at - timedelta(hours=1), at, "vi") == "23:30 23/11"
    assert written.moment(datetime(2025, 3, 1, 1, tzinfo=UTC), at, "en") == "08:00 1 Mar 2025"


def test_days_carry_their_weekday_in_the_asked_language() -> None:
    assert written.long_day(date(2026, 11, 23), "vi") == "Thứ Hai, 23/11/2026"
    assert written.long_day(date(2026, 11, 29), "en") == "Sunday, 29 Nov 2026"


@pytest.mark.parametrize(
    ("seconds", "vietnamese", "english"),
    [
        (0, "0 giây", "0 seconds"),
        (0.4, "0 giây", "0 seconds"),
        (-3, "0 giây", "0 seconds"),
        (1, "1 giây", "1 second"),
        (119, "1 phút", "1 minute"),
        (3600, "1 giờ", "1 hour"),
        (172_800, "2 ngày", "2 days"),
    ],
)
def test_a_length_of_time_is_said_in_its_largest_unit(seconds, vietnamese, english) -> None:
    assert written.duration(seconds, "vi") == vietnamese
    assert written.duration(seconds, "en") == english
