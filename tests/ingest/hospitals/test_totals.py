"""Amounts are added and compared exactly, whatever their size."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from iochub.errors import RecordRejected
from iochub.ingest.hospitals.totals import MONEY_FLAGS, amount_in, lines_of, money_flags
from iochub.ingest.reading import decimal

CENTS = st.decimals(min_value=0, max_value=10**9, places=2)


def lines(name: str, *rows: dict[str, str]) -> list[object]:
    built = []
    for row in rows:
        line = etree.Element(name)
        for field, text in row.items():
            etree.SubElement(line, field).text = text
        built.append(line)
    return built


def drug(number: Decimal, price: Decimal, amount: Decimal) -> dict[str, str]:
    return {
        "MA_LK": "L",
        "SO_LUONG": f"{number:f}",
        "DON_GIA": f"{price:f}",
        "THANH_TIEN_BV": f"{amount:f}",
        "THANH_TIEN_BH": f"{amount:f}",
    }


def totals(**amounts: Decimal) -> dict[str, Decimal]:
    names = ("T_TONGCHI_BV", "T_TONGCHI_BH", "T_THUOC", "T_VTYT", "T_BHTT", "T_BNCCT")
    return dict.fromkeys(names, Decimal(0)) | amounts


@given(amounts=st.lists(CENTS, max_size=20), supplies=st.lists(CENTS, max_size=20))
def test_a_dossier_whose_totals_are_its_lines_has_no_flag(
    amounts: list[Decimal], supplies: list[Decimal]
) -> None:
    drugs = lines("CHI_TIET_THUOC", *(drug(Decimal(1), amount, amount) for amount in amounts))
    services = lines(
        "CHI_TIET_DVKT",
        *({"MA_LK": "L", "MA_VAT_TU": "N1", "THANH_TIEN_BV": f"{one:f}"} for one in supplies),
    )
    found = lines_of(drugs, services, "L")
    right = totals(
        T_TONGCHI_BV=sum(amounts + supplies, Decimal(0)),
        T_TONGCHI_BH=sum(amounts, Decimal(0)),
        T_THUOC=sum(amounts, Decimal(0)),
        T_VTYT=sum(supplies, Decimal(0)),
        T_BHTT=sum(amounts, Decimal(0)),
    )
    assert list(money_flags(right, found)) == []
    for name, flag in (("T_TONGCHI_BV", "bv_lines"), ("T_THUOC", "drugs"), ("T_VTYT", "supplies")):
        wrong = right | {name: right[name] + Decimal("1.01")}
        assert list(money_flags(wrong, found)) == [flag]


@given(number=st.decimals(0, 10**15 - 1, places=3), price=st.decimals(0, 10**15 - 1, places=3))
def test_the_largest_quantity_times_the_largest_price_is_no_exception(
    number: Decimal, price: Decimal
) -> None:
    found = lines_of(lines("CHI_TIET_THUOC", drug(number, price, Decimal(0))), [], "L")
    assert found.all_multiply == (number * price < Decimal("1.005"))  # rounded to 1.00, one dong off at most


@example(text="9" * 15)
@example(text="9" * 16)
@example(text="1.123456")
@example(text="1.1234567")
@example(text="٣")
@given(text=st.text(max_size=12) | st.from_regex(r"-?\d{0,17}\.?\d{0,8}", fullmatch=True))
def test_the_short_way_to_read_an_amount_reads_what_the_long_way_does(text: str) -> None:
    try:
        expected: Decimal | str = decimal(text) if text else Decimal(0)
    except ValueError as broken:
        expected = f"{broken}:X"
    try:
        found: Decimal | str = amount_in({"X": text}, "X")
    except RecordRejected as rejected:
        found = rejected.reason
    assert found == expected


def test_returned_drugs_are_negative_lines() -> None:
    one, back = drug(Decimal(3), Decimal(10), Decimal(30)), drug(Decimal(-1), Decimal(10), Decimal(-10))
    found = lines_of(lines("CHI_TIET_THUOC", one, back), [], "L")
    assert (found.drugs, found.all_multiply) == (Decimal(20), True)


@pytest.mark.parametrize("missing", ["SO_LUONG", "DON_GIA"])
def test_a_line_without_a_number_or_a_price_is_not_multiplied(missing: str) -> None:
    line = drug(Decimal(3), Decimal(10), Decimal(99))
    del line[missing]
    assert lines_of(lines("CHI_TIET_THUOC", line), [], "L").all_multiply


def test_flags_are_few_and_named() -> None:
    wrong = dict.fromkeys(totals(), Decimal(5)) | {"T_BNCCT": Decimal(9)}
    line = drug(Decimal(3), Decimal(10), Decimal(99))
    found = lines_of(lines("CHI_TIET_THUOC", line), [], "L")
    assert set(money_flags(wrong, found)) == set(MONEY_FLAGS)
