"""What was squeezed comes back, however it was cut on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iochub.warehouse.engine.encodings import chosen, plain, squeezed
from iochub.warehouse.engine.failures import Refusal

ENCODINGS = ("", "gzip", "deflate", "lz4", "zstd")


@given(st.lists(st.binary(max_size=300), max_size=6), st.sampled_from(ENCODINGS), st.integers(1, 50))
def test_squeezing_and_unsqueezing_is_nothing(pieces: list[bytes], encoding: str, cut: int) -> None:
    packed = b"".join(squeezed(iter(pieces), encoding))
    chunks = (packed[at : at + cut] for at in range(0, len(packed), cut))
    assert b"".join(plain(chunks, encoding)) == b"".join(pieces)


@given(st.binary(min_size=1, max_size=100), st.sampled_from(ENCODINGS[1:]), st.data())
def test_a_frame_cut_short_is_refused(piece: bytes, encoding: str, data: st.DataObject) -> None:
    packed = b"".join(squeezed(iter((piece,)), encoding))
    kept = packed[: data.draw(st.integers(1, len(packed) - 1))]
    with pytest.raises(Refusal):
        list(plain(iter((kept,)), encoding))


def test_the_first_encoding_we_can_write_is_chosen() -> None:
    assert chosen("br;q=1.0, zstd, gzip") == "zstd"
    assert chosen("br, identity") == ""


def test_an_unknown_encoding_is_refused() -> None:
    with pytest.raises(Refusal):
        list(plain(iter((b"x",)), "br"))
