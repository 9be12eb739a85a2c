import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from iochub.errors import DeclarationError
from iochub.ingest.sealing import Seal


@given(record=st.binary(max_size=2_000))
def test_a_record_opens_again_under_its_own_name_and_key_only(record: bytes) -> None:
    seal = Seal(SecretStr("one key"))
    sealed = seal.close(record, "01J")
    assert seal.open(sealed, "01J") == record
    assert len(record) < 8 or record not in sealed
    for other, name in ((seal, "01K"), (Seal(SecretStr("another key")), "01J")):
        with pytest.raises(DeclarationError):
            other.open(sealed, name)


def test_equal_records_do_not_look_equal() -> None:
    seal = Seal(SecretStr("one key"))
    assert seal.close(b"same", "01J") != seal.close(b"same", "01J")


def test_without_a_key_nothing_is_sealed() -> None:
    with pytest.raises(DeclarationError, match="IOCHUB_SEALING_KEY"):
        Seal(SecretStr(""))
