"""A value is written anew only where it can mean one thing alone."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iochub.ingest.suggestions.rules import LONGEST_VALUE, RULES, candidates

days = st.dates(date(1900, 1, 1), date(2199, 12, 31))


def texts(code: str, text: str) -> list[str]:
    return [one.text for one in candidates(code, text)]


@given(days, st.sampled_from("/-."))
def test_a_day_written_day_first_is_meant_only_if_it_cannot_be_month_first(day: date, mark: str) -> None:
    written = f"{day.day}{mark}{day.month}{mark}{day.year}"
    could_be_both = day.day <= 12 and day.day != day.month
    assert texts("bad_date", written) == ([] if could_be_both else [f"{day:%Y%m%d}", day.isoformat()])


@given(days, st.times())
def test_a_time_is_kept_to_the_second_and_none_is_invented(day: date, time: object) -> None:
    written = f"{day.isoformat()} {time:%H:%M:%S}"
    assert f"{day:%Y%m%d}{time:%H%M%S}" in texts("bad_date", written)
    assert {len(text) for text in texts("bad_date", day.isoformat())} == {8}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("15/01/2026", "20260115"),
        ("01/25/2026", "20260125"),
        ("05/05/2026", "20260505"),
        ("25122025", "20251225"),
        ("10:30 25/12/2025", "202512251030"),
        ("25/12/2025 9:05:07", "20251225090507"),
        ("2026/03/01", "20260301"),
        (" 20260115\t", "20260115"),
        ("２０２６０１１５", "20260115"),
        ("\ufeff20260115", "20260115"),
    ],
)
def test_a_day_that_can_be_told_is_written_as_the_formats_want_it(written: str, meant: str) -> None:
    assert meant in texts("bad_date", written)


@pytest.mark.parametrize(
    "written", ["05/01/2026", "31/02/2026", "01022026", "15/01/26", "hôm qua", "", "2026-01-15T10:00:00Z"]
)
def test_a_day_that_could_be_another_is_left_alone(written: str) -> None:
    assert texts("bad_date", written) == []


@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_a_number_with_a_decimal_comma_keeps_its_value(number: Decimal) -> None:
    vietnamese = f"{number:,.2f}".translate(str.maketrans(",.", ".,"))
    assert [Decimal(text) for text in texts("bad_number", vietnamese)] == [number]


@given(st.integers(1_000_000, 10**15), st.sampled_from([",", ".", " "]))
def test_thousands_are_taken_out_when_there_are_two_marks_of_them(number: int, mark: str) -> None:
    assert texts("bad_number", f"{number:,}".replace(",", mark)) == [str(number)]


@pytest.mark.parametrize("written", ["1,234", "12,345", "1,2,3", "1.2.3", "1,23,456", "mười", "1 23"])
def test_a_number_that_could_be_another_is_left_alone(written: str) -> None:
    assert texts("bad_number", written) == []


def test_a_code_is_tried_in_other_letters_and_with_other_zeros_but_its_digits_stay() -> None:
    assert texts("unknown_code", "ab") == ["AB"]
    assert set(texts("unknown_code", "02")) >= {"2", "002"}
    assert all(text.lstrip("0") == "2" for text in texts("unknown_code", "02"))
    assert texts("unknown_code", "0") == []


@given(st.text(max_size=LONGEST_VALUE + 50), st.sampled_from(["bad_date", "bad_number", "unknown_code", "x"]))
def test_no_text_breaks_a_rule_and_nothing_is_suggested_as_it_was(text: str, code: str) -> None:
    found = list(candidates(code, text))
    assert text not in [one.text for one in found]
    assert {one.rule for one in found} <= set(RULES)
    assert len(found) < 20


def test_vietnamese_in_pieces_is_composed() -> None:
    pieces = "Hoa\u0301 \u0111o\u031bn"
    (one,) = candidates("bad_pattern", pieces)
    assert (one.text, one.rule) == ("Hoá đơn", "composed")
