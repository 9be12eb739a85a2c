"""A number is read only if it has one meaning."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iochub.ingest.reports.number_forms import number_in

amounts = st.decimals(-(10**12), 10**12, places=6, allow_nan=False, allow_infinity=False)


def vietnamese(number: Decimal) -> str:
    return f"{number:,f}".translate(str.maketrans(",.", ".,"))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", "0"),
        ("1234", "1234"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("1.234.567,891", "1234567.891"),
        ("98,29", "98.29"),
        ("98.29", "98.29"),
        ("0,125", "0.125"),
        ("0.125", "0.125"),
        ("1234,567", "1234.567"),
        ("12,5000", "12.5"),
        ("-3,5", "-3.5"),
    ],
)
def test_a_number_with_one_meaning_is_read_without_a_word(text: str, number: str) -> None:
    assert number_in(text) == Decimal(number)


@pytest.mark.parametrize("text", ["1.234", "1,234", "12.000", "999,999", "-1.000", "+1,000"])
def test_a_number_with_two_meanings_is_refused_until_its_language_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"^ambiguous_number$"):
        number_in(text)
    meanings = {number_in(text, "vi"), number_in(text, "en")}
    assert len(meanings) == 2
    assert max(meanings, key=abs) == min(meanings, key=abs) * 1000


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "abc",
        "1.23.456",
        "1.234,567.8",
        "1,2,3",
        "1.234.56",
        "--1",
        "1e9",
        "١٢",
        "1 234",
        "0.123.456",
        "9" * 22,
        "9" * 5000,
        "0.1234567",
        "1.",
        ",5",
        "NaN",
        "∞",
        "1_000",
        "=1+1",
    ],
)
@pytest.mark.parametrize("form", ["", "vi", "en"])
def test_what_is_no_number_is_refused(text: str, form: str) -> None:
    with pytest.raises(ValueError, match=r"^bad_number$"):
        number_in(text, form)


def test_a_declared_language_excludes_the_other() -> None:
    with pytest.raises(ValueError, match=r"^bad_number$"):
        number_in("1,234.5", "vi")
    with pytest.raises(ValueError, match=r"^bad_number$"):
        number_in("1.234,5", "en")


@given(amounts)
def test_either_way_of_writing_is_read_back_where_it_is_declared(number: Decimal) -> None:
    assert number_in(vietnamese(number), "vi") == number == number_in(f"{number:,f}", "en")


def read(text: str) -> Decimal | str:
    """The number, or why there is none."""
    try:
        return number_in(text)
    except ValueError as refused:
        return str(refused)


@given(amounts)
def test_without_a_declaration_it_is_the_number_or_a_refusal_never_another_number(number: Decimal) -> None:
    for text in (vietnamese(number), f"{number:,f}", f"{number:f}", vietnamese(number).replace(".", "")):
        for shorter in (text, text.rstrip("0").rstrip(".,")) if number else (text,):
            assert read(shorter) in (number, "ambiguous_number")


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_is_refused(text: str) -> None:
    found = read(text)
    assert found in ("bad_number", "ambiguous_number") if isinstance(found, str) else found.is_finite()
