"""What lies whole in what on each map, and what was divided."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iochub.ingest.unit_map import MAPS, PROVINCE, MapName, read_units
from iochub.ingest.units import UNKNOWN, Units

UNITS = Units.load()
AREAS = UNITS.areas
MAP_NAMES: tuple[MapName, ...] = ("2020", "2025-01", "current")
KEYS = sorted({unit.key for unit in UNITS.all()} | {UNKNOWN})
SPLIT = {old for old, _, is_split, _ in read_units().successors if is_split}
YEAR_2021, YEAR_2026 = (date(2021, 1, 1), date(2022, 1, 1)), (date(2026, 1, 1), date(2027, 1, 1))

places = st.sampled_from([(unit.code, unit.map_name) for unit in UNITS.all()])


@given(places, st.sampled_from(KEYS))
def test_a_key_of_a_unit_is_shown_in_exactly_one_row_and_any_other_in_none(
    place: tuple[str, MapName], key: str
) -> None:
    """Then the rows of a split by unit add up to the unit, whatever lies in the cells."""
    shown = AREAS.shown_under(*place)
    assert (key in shown) == (key in AREAS.members(*place))
    if key in shown and shown[key] not in (UNKNOWN, place[0]):
        others = [code for code in AREAS.lower(*place) if code != shown[key]]
        assert all(key not in AREAS.members(code, place[1]) for code in others)
        assert key in AREAS.members(shown[key], place[1])


@pytest.mark.parametrize("map_name", MAP_NAMES)
def test_every_cell_of_the_hub_counts_for_the_province_and_for_one_of_its_parts_at_most(
    map_name: MapName,
) -> None:
    assert AREAS.members(PROVINCE, map_name) == set(KEYS)
    counted = Counter(
        key for code in AREAS.lower(PROVINCE, map_name) for key in AREAS.members(code, map_name)
    )
    assert max(counted.values()) == 1
    assert set(counted) <= set(KEYS) - {UNKNOWN, PROVINCE}


@pytest.mark.parametrize("map_name", MAP_NAMES)
def test_a_unit_counts_for_itself_on_its_own_map(map_name: MapName) -> None:
    for unit in UNITS.all():
        if unit.map_name == map_name:
            assert unit.key in AREAS.members(unit.code, map_name)
            assert unit.level == "province" or unit.key in AREAS.members(unit.parent, map_name)


def test_the_ten_split_communes_count_for_none_of_their_successors() -> None:
    assert len(SPLIT) == 10
    for code in SPLIT:
        key = f"{code}@2019"
        takers = AREAS.divided_among(key, "current", PROVINCE)
        assert len(takers) > 1
        assert AREAS.shown_under(PROVINCE, "current")[key] == key
        for taker in takers:
            assert key not in AREAS.members(taker, "current")
            assert key in AREAS.parts_not_in(taker, "current", *YEAR_2021)


def test_a_split_commune_says_that_it_was_and_among_whom() -> None:
    assert AREAS.divided_among("14758@2019", "current", PROVINCE) == ["14758", "14797"]
    title = AREAS.title("14758@2019", "current")
    assert title is not None
    assert (title.vi, title.en) == ("Phường Đông Thọ (cũ, đã chia)", "Đông Thọ Ward (former, split)")
    own = AREAS.title("14758", "2020")
    assert own is not None
    assert own.vi == "Phường Đông Thọ", "on its own map it is a unit like any other"


def test_a_commune_that_went_whole_to_another_counts_for_it_and_nothing_is_missing_there() -> None:
    assert "14755@2019" in AREAS.members("14758", "current"), "the former Hàm Rồng is part of today's"
    assert AREAS.parts_not_in("14845", "current", *YEAR_2021) == []


def test_five_communes_of_today_cross_the_last_district_borders() -> None:
    guests = {
        code
        for code in AREAS.shown_under(PROVINCE, "2025-01").values()
        if UNITS.find(code, "2025-01") is None
    } - {UNKNOWN}
    assert guests == {"14812@2025", "15448@2025", "15853@2025", "16369@2025", "16516@2025"}
    assert AREAS.divided_among("14812@2025", "2025-01", PROVINCE) == ["381", "392"]
    assert AREAS.parts_not_in("392", "2025-01", *YEAR_2026) == ["14812@2025"]
    assert AREAS.parts_not_in("392", "2025-01", *YEAR_2021) == [], "there was no such commune then"


def test_on_the_map_of_2020_a_commune_of_the_former_dong_son_is_not_the_city_s() -> None:
    """Đông Sơn went into the city in 2025, and two communes of today took in parts of both."""
    assert AREAS.divided_among("16378@2025", "2020", PROVINCE) == ["380", "405"]
    assert "16378" not in AREAS.members("380", "2020") | AREAS.members("405", "2020")
    assert "16378" in AREAS.members("380", "2025-01")


def test_a_commune_of_today_is_one_of_old_only_where_it_is_made_of_one() -> None:
    assert "14848" in AREAS.members("14848", "2020"), "Tam Chung stayed as it was"
    assert AREAS.shown_under("380", "2020")["14797"] == "14797@2025"
    title = AREAS.title("14797@2025", "2020")
    assert title is not None
    assert title.vi == "Phường Hạc Thành (mới, gồm nhiều xã cũ)"
    assert "14764" in AREAS.divided_among("14797@2025", "2020", "380")


def test_what_a_former_district_did_itself_is_shown_by_itself_today() -> None:
    assert AREAS.shown_under(PROVINCE, "current")["398"] == "398"
    title = AREAS.title("398", "current")
    assert title is not None
    assert title.vi == "Huyện Thiệu Hóa (cũ)"
    assert AREAS.divided_among("398", "current", PROVINCE) == [
        "15448", "15772", "15778", "15796", "15820", "15835", "15853",
    ]  # fmt: skip
    assert "405" in AREAS.members("380", "2025-01")
    assert AREAS.shown_under("380", "2025-01")["405"] == "405"


def test_a_commune_whose_successor_is_not_known_says_so_and_keeps_its_district() -> None:
    title = AREAS.title("15790@2019", "current")
    assert title is not None
    assert title.vi == "Xã Thiệu Phú (cũ, chưa rõ đơn vị nhận)"
    assert AREAS.divided_among("15790@2019", "current", PROVINCE) == []
    assert "15790@2019" in AREAS.members("398", "2025-01")


def test_a_guest_may_be_asked_about_by_itself() -> None:
    assert AREAS.members("14812@2025", "2020") == {"14812"}
    assert AREAS.members("14758@2019", "current") == {"14758@2019"}
    assert AREAS.shown_under("14758@2019", "current") == {"14758@2019": "14758@2019"}


def test_nothing_is_a_guest_on_its_own_map_and_no_stranger_has_a_name() -> None:
    for name, _, _ in MAPS:
        assert AREAS.divided_among("38", name, PROVINCE) == []
        assert AREAS.parts_not_in("38", name, *YEAR_2021) == []
        assert AREAS.title("99999", name) is None
        assert AREAS.members("99999", name) == frozenset()
    assert AREAS.title("14797@2025", "current") is None
