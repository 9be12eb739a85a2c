import gzip
import time
import zlib
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from iochub.api.gateway.bodies import body_of
from iochub.api.problems import Problem

pytestmark = pytest.mark.anyio
MOST = 100_000


def request(body: bytes, step: int = 10_000, **headers: str) -> Request:
    pieces = [body[at : at + step] for at in range(0, len(body), step)] or [b""]
    messages = [
        {"type": "http.request", "body": piece, "more_body": number + 1 < len(pieces)}
        for number, piece in enumerate(pieces)
    ]
    coming = iter(messages)

    async def receive() -> dict[str, object]:
        return next(coming)

    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": pairs}, receive)


async def refusal(body: bytes, **headers: str) -> Problem:
    with pytest.raises(Problem) as refused:
        await body_of(request(body, **headers), MOST)
    return refused.value


@given(
    body=st.binary(max_size=5_000), step=st.integers(1, 700), packing=st.sampled_from(("", "gzip", "zstd"))
)
async def test_a_body_arrives_as_it_was_sent_however_packed_or_cut(
    body: bytes, step: int, packing: str
) -> None:
    packed = {"": bytes, "gzip": gzip.compress, "zstd": zstandard.compress}[packing](body)
    assert await body_of(request(packed, step, content_encoding=packing), MOST) == body


async def test_a_body_at_the_limit_is_taken_and_one_byte_more_is_not() -> None:
    assert len(await body_of(request(b"x" * MOST), MOST)) == MOST
    assert (await refusal(b"x" * (MOST + 1))).status == 413


async def test_an_announced_size_is_refused_before_anything_is_read() -> None:
    assert (await refusal(b"", content_length=str(MOST + 1))).status == 413


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
async def test_a_bomb_is_refused_without_being_unpacked_whole(packing: str) -> None:
    plain = b"\0" * 50_000_000
    bomb = gzip.compress(plain) if packing == "gzip" else zstandard.compress(plain)
    assert len(bomb) < MOST
    assert (await refusal(bomb, content_encoding=packing)).status == 413


async def test_several_packed_members_are_one_body() -> None:
    twice = gzip.compress(b"one ") + gzip.compress(b"two")
    assert await body_of(request(twice, content_encoding="gzip"), MOST) == b"one two"
    twice = zstandard.compress(b"one ") + zstandard.compress(b"two")
    assert await body_of(request(twice, content_encoding="zstd"), MOST) == b"one two"


@pytest.mark.parametrize(
    ("packing", "body"),
    [
        ("gzip", b"no gzip"),
        ("gzip", gzip.compress(b"cut off" * 100)[:-9]),
        ("zstd", b"no zstd"),
        ("gzip", zlib.compress(b"of another kind")),
        ("zstd", zstandard.compress(b"cut off" * 100)[:-3]),
    ],
)
async def test_broken_packing_is_the_senders_to_mend(packing: str, body: bytes) -> None:
    assert (await refusal(body, content_encoding=packing)).status == 400


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
async def test_millions_of_empty_pieces_keep_no_thread_busy(pack: Callable[[bytes], bytes]) -> None:
    many = pack(b"") * 1_000_000  # fed whole, 20 MB took over ten minutes
    began = time.monotonic()
    with pytest.raises(Problem) as refused:
        await body_of(
            request(many, len(many), content_encoding="gzip" if pack is gzip.compress else "zstd"), len(many)
        )
    assert refused.value.status == 400
    assert time.monotonic() - began < 5.0


async def test_an_unknown_packing_names_those_that_are_known() -> None:
    refused = await refusal(b"x", content_encoding="br")
    assert refused.status == 415
    assert refused.headers["Accept-Encoding"] == "gzip, zstd"
