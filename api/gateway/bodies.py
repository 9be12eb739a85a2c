"""From a request to its bytes: never more than allowed, however they are packed."""

import asyncio
import zlib
from collections.abc import AsyncIterator

import zstandard
from starlette.requests import ClientDisconnect, Request

from iochub.api.problems import Problem
from iochub.text import Text

SMALL_BYTES = 1024 * 1024
"""For a body of a fixed small shape: it is read on the spot, while other senders wait."""
STEP_BYTES = 1024 * 1024
ZSTD_STEP_BYTES = 512
"""Four bytes of zstd may unpack to 128 KiB (RFC 8878 §3.1.1.2.2), so that one step makes 16 MiB at most."""
MOST_MEMBERS = 10_000
"""Packed pieces of one body: our own choice. Millions of empty ones would keep a thread busy for hours."""
GZIP_STEP_BYTES = 16 * 1024
"""What follows a member is handed back as a copy: fed whole, each of many members would copy all the rest."""
THREAD_BYTES = 256 * 1024
"""Work on more than this would hold up the other senders, and goes to a thread."""


def _too_large(most: int) -> Problem:
    size = f"{most // (1024 * 1024)} MiB"
    return Problem(
        413,
        "too_large",
        Text(
            f"Mỗi lần gửi nhận tối đa {size} (sau giải nén). Hãy chia nhỏ.",
            f"One delivery may have {size} at most, unpacked. Split it.",
        ),
        headers={"Connection": "close"},
    )


async def body_of(request: Request, most: int) -> bytes:
    """Read and unpack a body, and stop as soon as it is too large.

    Raises: Problem 413, 415, 400; the publisher acts.
    """
    packing = request.headers.get("content-encoding", "identity").strip().lower()
    if packing not in ("identity", "", "gzip", "zstd"):
        raise Problem(
            415,
            "unknown_encoding",
            Text("Chỉ nhận Content-Encoding gzip hoặc zstd.", "Only Content-Encoding gzip or zstd is taken."),
            headers={"Accept-Encoding": "gzip, zstd"},
        )
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > most:
        raise _too_large(most)
    body = await _read(request.stream(), most)
    if packing in ("identity", ""):
        return body
    unpack = _ungzip if packing == "gzip" else _unzstd
    if len(body) <= THREAD_BYTES // 8:
        return unpack(body, most)
    return await asyncio.to_thread(unpack, body, most)


async def _read(stream: AsyncIterator[bytes], most: int) -> bytes:
    pieces: list[bytes] = []
    held = 0
    try:
        async for piece in stream:
            held += len(piece)
            if held > most:
                raise _too_large(most)
            pieces.append(piece)
    except ClientDisconnect as gone:
        raise Problem(
            400, "incomplete", Text("Kết nối đứt giữa chừng.", "The connection broke off.")
        ) from gone
    return b"".join(pieces)


def _ungzip(packed: bytes, most: int) -> bytes:
    """Unpack every gzip member, never further than one step beyond the limit."""
    unpacked = bytearray()
    member = zlib.decompressobj(wbits=31)
    at, members = 0, 1
    try:
        while at < len(packed):
            rest = packed[at : at + GZIP_STEP_BYTES]
            at += len(rest)
            while rest and not member.eof:
                unpacked += member.decompress(rest, STEP_BYTES)
                if len(unpacked) > most:
                    raise _too_large(most)
                rest = member.unconsumed_tail
            if member.eof:
                at -= len(member.unused_data)
                if at < len(packed):
                    member, members = zlib.decompressobj(wbits=31), _one_more(members)
    except zlib.error as error:
        raise _broken_packing() from error
    if packed and not member.eof:
        raise _broken_packing()
    return bytes(unpacked)


def _unzstd(packed: bytes, most: int) -> bytes:
    """Unpack every frame, in steps so small that a bomb is noticed; a frame that is cut off is no frame."""
    unpacked = bytearray()
    frames = zstandard.ZstdDecompressor(max_window_size=2**27)
    frame = frames.decompressobj()
    at, members = 0, 1
    try:
        while at < len(packed):
            unpacked += frame.decompress(packed[at : at + ZSTD_STEP_BYTES])
            at = min(len(packed), at + ZSTD_STEP_BYTES)
            if len(unpacked) > most:
                raise _too_large(most)
            if frame.eof:
                at -= len(frame.unused_data)
                if at < len(packed):
                    frame, members = frames.decompressobj(), _one_more(members)
    except zstandard.ZstdError as error:
        raise _broken_packing() from error
    if not frame.eof:
        raise _broken_packing()
    return bytes(unpacked)


def _one_more(members: int) -> int:
    """Count one more packed piece of a body."""
    if members == MOST_MEMBERS:
        raise _broken_packing()
    return members + 1


def _broken_packing() -> Problem:
    return Problem(
        400,
        "broken_packing",
        Text("Dữ liệu nén bị hỏng.", "The packed body does not unpack."),
    )
