"""A report is about exactly one unit of the map of its day, or it is refused."""

import unicodedata
from datetime import date

import pytest

from iochub.ingest.reports.places import unit_on
from iochub.ingest.unit_map import map_on
from iochub.ingest.units import Units

OLD, BETWEEN, NOW = date(2021, 12, 31), date(2025, 3, 31), date(2026, 9, 30)
units = Units.load()


@pytest.mark.parametrize(
    ("words", "day", "key"),
    [
        ("38", OLD, "38"),
        ("H56", NOW, "38"),
        ("Tỉnh Thanh Hóa", OLD, "38"),
        ("UBND tỉnh Thanh Hoá", NOW, "38"),
        ("Thành phố Thanh Hóa", OLD, "380"),
        ("380", OLD, "380"),
        ("Huyện Đông Sơn", OLD, "405"),
        ("UBND huyện Nga Sơn", BETWEEN, "401"),
        ("Xã Nga An", OLD, "16144@2019"),
        ("16144", OLD, "16144@2019"),
        ("Xã Yên Thọ, huyện Như Thanh", OLD, "16264@2019"),
        ("14758", NOW, "14758"),
        ("14758", OLD, "14758@2019"),
    ],
)
def test_a_code_or_a_name_means_a_unit_of_its_day(words: str, day: date, key: str) -> None:
    assert unit_on(words, day, units) == key
    assert unit_on(unicodedata.normalize("NFD", words), day, units) == key


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("Thanh Hóa", OLD),  # the province, or its city
        ("Xã Yên Thọ", OLD),  # two districts have one
        ("399", NOW),  # no districts since July 2025
        ("405", BETWEEN),  # Đông Sơn went into the city in January 2025
        ("Huyện Đông Sơn", BETWEEN),
        ("15850", NOW),  # ended; its heir is larger
        ("Sở Y tế", OLD),
        ("Hà Nội", OLD),
        ("01", OLD),
        ("2601", OLD),  # a tax office
        ("99999", OLD),
        ("?", OLD),
    ],
)
def test_what_is_not_exactly_one_unit_is_refused(words: str, day: date) -> None:
    with pytest.raises(ValueError, match=r"^unknown_unit$"):
        unit_on(words, day, units)


def test_no_day_before_the_first_map_has_units() -> None:
    with pytest.raises(ValueError, match=r"^impossible_date$"):
        unit_on("38", date(2019, 11, 30), units)


@pytest.mark.parametrize("day", [OLD, BETWEEN, NOW])
def test_every_unit_of_a_map_is_found_by_its_code(day: date) -> None:
    for unit in units.all():
        if unit.map_name == map_on(day):
            assert unit_on(unit.code, day, units) == unit.key
