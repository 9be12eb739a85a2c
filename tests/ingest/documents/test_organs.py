"""Agency codes in both schemes are one code, and say whether an agency belongs to the province."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iochub.errors import RecordRejected
from iochub.ingest.documents.organs import (
    Codes,
    Listed,
    is_of_the_province,
    mirrored,
    organ_code,
    organ_of,
)
from iochub.ingest.units import Units

DAY = date(2021, 3, 4)

roots = st.builds(lambda letter, number: f"{letter}{number:02d}", st.sampled_from("GHT"), st.integers(1, 99))
levels = st.tuples(st.integers(0, 99), st.integers(0, 99), st.integers(0, 999))


@given(root=roots, parts=levels)
def test_there_and_back_is_the_same_code(root: str, parts: tuple[int, int, int]) -> None:
    written = f"{parts[2]:03d}.{parts[1]:02d}.{parts[0]:02d}.{root}"
    code = organ_code(written, "OrganId")
    assert organ_code(code, "OrganId") == code
    assert Codes.load().qcvn102(code) == written
    assert organ_code(written.lower(), "OrganId") == code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        # every code of the published samples
        ("000.00.00.H41", "H41"),
        ("000.00.00.G22", "G22"),
        ("000.00.15.H51", "H51.15"),
        ("002.00.20.H13", "H13.20.00.002"),
        ("28.22.H17", "H17.22.28"),
        ("vxp.saas.03", "vxp.saas.03"),
        ("001.00.20.TT2", "TT2.20.00.001"),
        ("01.02.G22", "G22.02.01"),
        ("H56", "H56"),
        ("H56.5", "H56.05"),
        ("H56.05.01.0001", "H56.05.01.001"),
        (" H56.05 ", "H56.05"),
        ("H56.05.00", "H56.05"),
    ],
)
def test_a_code_as_it_is_written_and_as_it_is_kept(written: str, code: str) -> None:
    assert organ_code(written, "OrganId") == code


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "missing:OrganId"),
        ("  ", "missing:OrganId"),
        ("null", "missing:OrganId"),
        ("Nguyễn Văn Mẫu", "bad_pattern:OrganId"),
        ("H56|x", "bad_pattern:OrganId"),
        ("H" * 51, "bad_pattern:OrganId"),
        ("-", "bad_pattern:OrganId"),
    ],
)
def test_what_is_no_code_is_refused_where_it_stands(written: str, reason: str) -> None:
    with pytest.raises(RecordRejected) as refused:
        organ_code(written, "To.OrganId")
    assert (refused.value.reason, refused.value.field) == (reason, "To.OrganId")


def test_codes_that_a_source_lists_go_before_their_digits() -> None:
    codes = Codes([Listed("H56.77", "000.00.12.H56", "Ban nào đó")])
    assert codes.qd20("000.00.12.H56") == "H56.77"
    assert codes.qcvn102("H56.77") == "000.00.12.H56"
    assert codes.qd20("000.00.13.H56") == "H56.13"


def test_the_list_that_is_shipped_agrees_with_itself() -> None:
    codes = Codes.load()
    assert {one.code for one in codes.listed} >= {"H56", "G22"}
    for one in codes.listed:
        assert codes.qd20(one.code102) == codes.qd20(one.code) == one.code
        assert mirrored(one.code102)


@pytest.mark.parametrize(
    ("code", "ours"),
    [("H56", True), ("H56.05", True), ("H561", False), ("H5", False), ("G22", False), ("H56x", False)],
)
def test_which_codes_are_the_province_s(code: str, ours: bool) -> None:
    assert is_of_the_province(code) is ours


@pytest.mark.parametrize(
    ("code", "name", "unit"),
    [
        ("H56", "UBND tỉnh Thanh Hóa", "38"),
        ("H56.05", "Sở Thông tin và Truyền thông", "38"),
        ("H56.30", "UBND huyện Hà Trung", "392"),
        ("H56.30.02", "UBND xã Hà Bắc - UBND huyện Hà Trung - Tỉnh Thanh Hóa", "15280@2019"),
        ("H56.90", "Ban Quản lý nào đó", "38"),
        ("H56.90", "", "38"),
        ("H41.30", "UBND xã Hà Bắc", ""),
        ("vxp.saas.03", "UBND xã Hà Bắc", ""),
        ("vxp.saas.03", "UBND xã Hà Bắc - UBND huyện Hà Trung - Tỉnh Thanh Hóa", "15280@2019"),
        ("G22", "Văn phòng Chính phủ", ""),
    ],
)
def test_where_an_agency_belongs(code: str, name: str, unit: str) -> None:
    assert organ_of(code, name, DAY, Units.load()).unit == unit
