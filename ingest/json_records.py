"""From bytes to JSON records, each with its own bytes, without trusting any of them."""

import re
from decimal import Decimal, InvalidOperation
from typing import TypeVar

import msgspec

from iochub.errors import RecordRejected
from iochub.ingest.reasons import EXTRA, safe_name

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Shape = TypeVar("Shape")

_plain = msgspec.json.Decoder[object](object, float_hook=Decimal)
_items = msgspec.json.Decoder(list[msgspec.Raw])
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])

_ESCAPE = re.compile(
    rb"\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\u[dD][89a-fA-F][\da-fA-F]{2}|\\.", re.DOTALL
)
"""A character of two halves, half of one, or any other character behind a backslash."""
HALF_CHARACTERS = 6

_PATH = re.compile(r"at `\$\.?([^`]*)`$")
_NAMED = re.compile(r"field `([^`]*)`")


class Unreadable(ValueError):
    """Bytes that are no records; the argument says why, as the field of `unreadable_delivery`."""


def items_of(array: bytes) -> list[bytes]:
    """The elements of a JSON array, each as the publisher wrote it.

    Raises: Unreadable.
    """
    return [bytes(item) for item in _decoded(_items, array)]


def members_of(an_object: bytes) -> dict[str, bytes]:
    """The members of a JSON object, each value as the publisher wrote it.

    Raises: Unreadable.
    """
    return {name: bytes(value) for name, value in _decoded(_members, an_object).items()}


def value_of(raw: bytes) -> object:
    """One JSON value; its fractions are exact decimals.

    Raises: RecordRejected; the publisher acts.
    """
    try:
        return _decoded(_plain, raw)
    except Unreadable as unreadable:
        raise RecordRejected(f"not_a_record:{unreadable}", str(unreadable)) from None


def shaped(decoder: "msgspec.json.Decoder[Shape]", raw: bytes) -> Shape:
    """One record in its declared shape.

    Raises: RecordRejected naming the field that is missing, unknown or no text; the publisher acts.
    """
    try:
        return _decoded(decoder, raw)
    except Unreadable as unreadable:
        raise RecordRejected(f"not_a_record:{unreadable}", str(unreadable)) from None
    except msgspec.ValidationError as error:
        raise _broken(str(error)) from None


def _decoded(decoder: "msgspec.json.Decoder[Shape]", raw: bytes) -> Shape:
    try:
        return _decoded_at_all(decoder, raw)
    except msgspec.ValidationError:
        if decoder not in (_plain, _items, _members):
            raise
        raise Unreadable("shape") from None
    except msgspec.DecodeError:
        raise Unreadable("json") from None
    except UnicodeDecodeError:
        raise Unreadable("encoding") from None
    except RecursionError:
        raise Unreadable("depth") from None
    except InvalidOperation:  # of an exponent that no decimal can hold, anywhere in the record
        raise Unreadable("number") from None


def _decoded_at_all(decoder: "msgspec.json.Decoder[Shape]", raw: bytes) -> Shape:
    """Half a character, left where a program cut a text short, is read as U+FFFD and spoils nothing else."""
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        whole = _ESCAPE.sub(_mended, raw)
        if whole == raw:
            raise
        return decoder.decode(whole)


def _mended(escape: "re.Match[bytes]") -> bytes:
    return b"\\ufffd" if len(escape[0]) == HALF_CHARACTERS else escape[0]


def _broken(error: str) -> RecordRejected:
    """From msgspec's sentence to a reason; the names in it are ours, but for an unknown field."""
    found = _PATH.search(error)
    path = re.sub(r"\[[^]]*\]", "", found[1]) if found else ""
    named = _NAMED.search(error)
    name = named[1] if named else ""
    if "missing required" in error:
        return RecordRejected(f"missing:{name}", ".".join(filter(None, (path, name))))
    if "unknown field" in error:
        return RecordRejected(EXTRA, safe_name(name))
    if not path:
        return RecordRejected("not_a_record:shape", "shape")
    leaf = path.rpartition(".")[2]
    return RecordRejected(f"{'missing' if 'got `null`' in error else 'not_text'}:{leaf}", path)
