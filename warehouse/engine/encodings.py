"""How bodies are squeezed on the way in and out: gzip, deflate, lz4 and zstd."""

import zlib
from collections.abc import Iterator
from typing import Protocol

import lz4.frame
import zstandard

from iochub.warehouse.engine.failures import CANNOT_DECOMPRESS, Refusal

WORTH_SQUEEZING = 1024
"""Below this many bytes the header costs more than squeezing saves."""


class Decoder(Protocol):
    """One frame of squeezed bytes; `unused_data` is what follows it."""

    @property
    def eof(self) -> bool:
        """Whether the frame has ended."""
        ...

    @property
    def unused_data(self) -> bytes | None:
        """What came after the frame."""
        ...

    def decompress(self, data: bytes, /) -> bytes:
        """Give the plain bytes so far."""
        ...


def new_decoder(encoding: str) -> Decoder:
    """Start reading a frame of this encoding.

    Raises: Refusal for an encoding the engine does not read; the caller acts.
    """
    if encoding in ("gzip", "deflate"):
        return zlib.decompressobj(wbits=47)
    if encoding == "lz4":
        reader: Decoder = lz4.frame.LZ4FrameDecompressor()
        return reader
    if encoding == "zstd":
        return zstandard.ZstdDecompressor().decompressobj()
    raise Refusal(
        CANNOT_DECOMPRESS, f"Unknown Content-Encoding: use gzip, deflate, lz4 or zstd, not {encoding}."
    )


def plain(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Unsqueeze a body as it arrives; clients send many frames one after the other.

    Raises: Refusal when the bytes are not of that encoding, or end in mid frame; the caller acts.
    """
    if encoding in ("", "identity"):
        yield from chunks
        return
    decoder, begun = new_decoder(encoding), False
    try:
        for chunk in chunks:
            rest = chunk
            while rest:
                if decoder.eof:
                    decoder = new_decoder(encoding)
                begun = True
                yield decoder.decompress(rest)
                rest = (decoder.unused_data or b"") if decoder.eof else b""
    except (zlib.error, RuntimeError, zstandard.ZstdError) as error:
        raise Refusal(CANNOT_DECOMPRESS, f"The body is not {encoding}.") from error
    if begun and not decoder.eof:
        raise Refusal(CANNOT_DECOMPRESS, f"The {encoding} body ends too early.")


def chosen(accepted: str) -> str:
    """Pick the first encoding the client likes and we can write; empty for none."""
    for offer in accepted.split(","):
        name = offer.split(";")[0].strip().lower()
        if name in ("gzip", "deflate", "lz4", "zstd"):
            return name
    return ""


def squeezed(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Squeeze a response as it leaves; an empty encoding leaves it as it is."""
    if encoding in ("gzip", "deflate"):
        writer = zlib.compressobj(1, wbits=31 if encoding == "gzip" else 15)
        for chunk in chunks:
            yield writer.compress(chunk)
        yield writer.flush()
    elif encoding == "lz4":
        frame = lz4.frame.LZ4FrameCompressor()
        yield frame.begin()
        for chunk in chunks:
            yield frame.compress(chunk)
        yield frame.flush()
    elif encoding == "zstd":
        packer = zstandard.ZstdCompressor(level=1).compressobj()
        for chunk in chunks:
            yield packer.compress(chunk)
        yield packer.flush()
    else:
        yield from chunks
