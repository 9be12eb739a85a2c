"""Which unit a message means, on which map."""

import tracemalloc
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iochub.ingest.unit_map import MAPS, PROVINCE, map_on
from iochub.ingest.units import UNKNOWN, Units

OLD, BETWEEN, NOW = date(2021, 6, 1), date(2025, 3, 1), date(2026, 8, 5)


@pytest.fixture
def units() -> Units:
    return Units.load()


def test_the_three_maps_have_the_province_s_counts(units: Units) -> None:
    counted = {
        name: (
            sum(unit.level == "district" for unit in units.all() if unit.map_name == name),
            sum(unit.level == "commune" for unit in units.all() if unit.map_name == name),
        )
        for name, _, _ in MAPS
    }
    assert counted == {"2020": (27, 559), "2025-01": (26, 547), "current": (0, 166)}


def test_a_map_holds_from_its_first_to_its_last_day() -> None:
    days = (date(2019, 11, 30), date(2024, 12, 31), date(2025, 1, 1), date(2025, 6, 30), date(2025, 7, 1))
    assert [map_on(day) for day in days] == [None, "2020", "2025-01", "2025-01", "current"]


def test_a_code_that_was_given_to_another_area_is_told_apart_by_the_day(units: Units) -> None:
    before, after = units.resolve(OLD, code="14758"), units.resolve(NOW, code="14758")
    assert before != after == "14758"
    names = {unit.key: unit.name for unit in units.all()}
    assert (names[before], names[after]) == ("Phường Đông Thọ", "Phường Hàm Rồng")


@pytest.mark.parametrize(
    ("day", "name", "code"),
    [
        (NOW, "UBND Phường Hạc Thành", "14797"),
        (NOW, unicodedata.normalize("NFD", "ỦY BAN NHÂN DÂN phường Hạc Thành"), "14797"),
        (OLD, "UBND huyện Thiệu Hoá", "398"),
        (OLD, "UBND huyện Thiệu Hóa", "398"),
        (OLD, "UBND TP. Thanh Hóa", "380"),
        (BETWEEN, "Bộ phận Một cửa UBND thị xã Nghi Sơn", "407"),
        (NOW, "Sở Công Thương", PROVINCE),
        (NOW, "UBND tỉnh Thanh Hoá", PROVINCE),
        (NOW, "Sở Công Thương - Tỉnh Phú Thọ", UNKNOWN),
        (NOW, "UBND huyện Thiệu Hóa", UNKNOWN),
        (OLD, "UBND xã Phú Sơn", UNKNOWN),
        (OLD, "UBND Phường Hạc Thành", UNKNOWN),
    ],
)
def test_an_office_is_known_by_its_name_however_it_is_spelt(
    units: Units, day: date, name: str, code: str
) -> None:
    assert units.resolve(day, name=name) == code


def test_of_two_communes_of_one_name_the_district_beside_it_decides(units: Units) -> None:
    names = {unit.key: (unit.name, unit.parent) for unit in units.all() if unit.map_name == "2020"}
    found = units.resolve(OLD, name="UBND xã Phú Sơn, huyện Quan Hóa")
    assert names[found] == ("Xã Phú Sơn", "385")


def test_the_order_is_own_code_then_agency_then_name_then_tax_office(units: Units) -> None:
    name = "UBND huyện Hoằng Hóa"  # 399
    assert units.resolve(OLD, code="407", agency="398", name=name, office="2605") == "407"
    assert units.resolve(OLD, agency="398", name=name, office="2605") == "398"
    assert units.resolve(OLD, name=name, office="2605") == "399"
    assert units.resolve(OLD, office="2605") == "385"
    assert units.resolve(OLD) == UNKNOWN


def test_the_province_is_no_answer_while_a_part_of_it_is_named(units: Units) -> None:
    assert units.resolve(OLD, agency="H56", name="UBND huyện Hoằng Hóa") == "399"
    assert units.resolve(OLD, agency="H56", name="không rõ") == PROVINCE


@pytest.mark.parametrize(
    ("day", "address", "code"),
    [
        (NOW, "Số 1 đường Mẫu, Phường Hạc Thành, Tỉnh Thanh Hóa, Việt Nam", "14797"),
        (NOW, "Thôn 3, X. Hà Trung, T. Thanh Hoá", "15271"),
        (NOW, "Phường Hạc Thành - TP. Thanh Hóa - Tỉnh Thanh Hóa", "14797"),
        (NOW, "Số 2, Phường Lam Sơn, Thành phố Thanh Hóa, Tỉnh Thanh Hóa", "14797"),
        (OLD, "Số 2, Phường Lam Sơn, Thành phố Thanh Hóa, Tỉnh Thanh Hóa", "14773@2019"),
        (OLD, "Thị xã Bỉm Sơn, tỉnh Thanh Hóa", "381"),
        (OLD, "Phường Lam Sơn, tỉnh Thanh Hóa", UNKNOWN),
        (NOW, "Phường Hạc Thành", UNKNOWN),
        (NOW, "Xã Ba Đình, Tỉnh Nghệ An", UNKNOWN),
        (NOW, "Đường Hạc Thành, Tỉnh Thanh Hóa", UNKNOWN),
    ],
)
def test_an_address_names_a_commune_of_this_province_or_nothing(
    units: Units, day: date, address: str, code: str
) -> None:
    assert units.resolve(day, address=address) == code
    assert units.resolve(day, address=unicodedata.normalize("NFD", address)) == code


def test_an_old_commune_that_was_split_has_no_certain_heir(units: Units) -> None:
    """Most of Phường Đông Thọ went to Hạc Thành, some of it to Hàm Rồng."""
    old = "Phường Đông Thọ, Thành phố Thanh Hóa, Tỉnh Thanh Hóa"
    assert units.resolve(NOW, address=old) == UNKNOWN


def test_an_address_comes_after_the_agency_and_before_the_tax_office(units: Units) -> None:
    address = "Phường Ba Đình, Thị xã Bỉm Sơn, Tỉnh Thanh Hóa"
    assert units.resolve(OLD, agency="398", address=address, office="2605") == "398"
    assert units.resolve(OLD, agency="H56", address=address, office="2605") == "14812@2019"


def test_a_tax_office_gives_its_former_district_and_nothing_once_districts_ended(units: Units) -> None:
    assert units.resolve(OLD, office="2623") == "405"
    assert units.resolve(BETWEEN, office="2623") == "380", "Đông Sơn had gone into the city"
    assert units.resolve(NOW, office="2623") == UNKNOWN
    assert units.resolve(NOW, office="2600") == PROVINCE


def test_a_sender_that_lags_behind_the_reform_is_understood(units: Units) -> None:
    assert units.resolve(NOW, code="14755") == "14758", "Hàm Rồng kept its name and got another code"


def test_units_lie_in_each_other(units: Units) -> None:
    assert units.contains("38", "14797")
    assert units.contains("380", "14797")
    assert not units.contains("399", "14797")


def test_names_come_in_both_languages(units: Units) -> None:
    titles = {unit.title.vi: unit.title.en for unit in units.all()}
    assert titles["Phường Hạc Thành"] == "Hạc Thành Ward"
    assert titles["Tỉnh Thanh Hóa"] == "Thanh Hóa Province"


@given(st.dates(), *[st.text(max_size=20)] * 4)
def test_whatever_is_asked_the_answer_is_a_unit_or_unknown(
    day: date, code: str, agency: str, name: str, office: str
) -> None:
    units = Units.load()
    assert units.resolve(day, code, agency, name, office) in units.members(PROVINCE, "current")


def test_words_without_end_are_not_remembered(units: Units) -> None:
    """A sender writes what it likes; a megabyte per answer would fill the memory."""
    tracemalloc.start()
    try:
        for number in range(40):
            endless = f"{number}" * 1_000_000
            assert units.resolve(NOW, code=endless, agency=endless, name=endless, address=endless) == UNKNOWN
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 5_000_000
