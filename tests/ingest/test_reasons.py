"""What people are told when a record is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iochub.ingest.reasons import DETAILS, FIELDS, SENTENCES, message_for, safe_name
from iochub.text import Text


def test_a_missing_number_is_named_in_both_languages() -> None:
    assert message_for("missing:SHDon", "SHDon") == Text(
        "Thiếu số hoá đơn (SHDon)", "Missing invoice number (SHDon)"
    )


def test_a_field_inside_a_list_keeps_its_path() -> None:
    assert message_for("bad_number:ThTien", "DSHHDVu.ThTien").vi == (
        "Thành tiền (DSHHDVu.ThTien) không phải là số hợp lệ"
    )


@pytest.mark.parametrize("code", SENTENCES)
def test_every_code_reads_well_with_and_without_a_field(code: str) -> None:
    for field in ("", "SHDon", *DETAILS):
        words = message_for(f"{code}:{field}" if field else code, field)
        for said in (words.vi, words.en):
            assert "{" not in said
            assert said == said.strip() != ""


def test_fields_have_words_in_both_languages() -> None:
    assert all(words.vi and words.en for words in (*FIELDS.values(), *DETAILS.values()))


@given(st.text())
def test_a_foreign_name_is_short_and_carries_no_digits(name: str) -> None:
    safe = safe_name(name)
    assert len(safe) <= 40
    assert all(letter.isascii() and (letter.isalpha() or letter == "_") for letter in safe)
