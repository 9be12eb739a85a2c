"""From a CloudEvents 1.0 request (binary, structured or batch) to the parts of one delivery.

`id` and `source` are validated but do not define the delivery: its bytes do, that is the data alone, so that
the same message counts once whether it comes in a CloudEvent, in another one, or as a file.
Source: CloudEvents 1.0.2, HTTP protocol binding and JSON event format.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple
from urllib.parse import unquote

import msgspec

from iochub.api.problems import Fault, Problem
from iochub.ingest.delivery import Part
from iochub.text import Text

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
TYPE_PREFIX = "vn.gov.ioc."
REQUIRED = ("specversion", "id", "source", "type")

_envelopes = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_envelope = msgspec.json.Decoder(dict[str, msgspec.Raw])
_NAME = re.compile(r"[a-z0-9]+")
_MISSING = Text("Thuộc tính bắt buộc bị thiếu.", "A required attribute is missing.")
_INVALID = Text("Giá trị của thuộc tính không hợp lệ.", "The attribute's value is not valid.")


class Carried(NamedTuple):
    """What a request carries: one feed's name and the data, part by part."""

    feed: str
    parts: tuple[Part, ...]


def essence(content_type: str | None) -> str:
    """A media type without its parameters."""
    return (content_type or "").split(";")[0].strip().lower()


def carried(headers: Mapping[str, str], body: bytes) -> Carried:
    """Read a request in whichever of the three modes it comes.

    Raises: Problem 400 naming every attribute to mend, 415; the publisher acts.
    """
    kind = essence(headers.get("content-type"))
    if kind == STRUCTURED:
        return _unwrapped(body, _one)
    if kind == BATCH:
        return _unwrapped(body, _envelopes.decode)
    if kind.startswith("application/cloudevents"):
        raise Problem(
            415,
            "unknown_event_format",
            Text(f"Chỉ nhận {STRUCTURED} và {BATCH}.", f"Only {STRUCTURED} and {BATCH} are taken."),
        )
    attributes: dict[str, str | None] = {
        name[3:]: unquote(value).strip('"') for name, value in headers.items() if name.startswith("ce-")
    }
    faults = _faults(attributes, "ce-")
    if faults:
        raise _invalid(faults)
    return Carried(_feed_of(attributes["type"] or ""), (Part(kind, body),))


def _one(body: bytes) -> list[dict[str, msgspec.Raw]]:
    return [_envelope.decode(body)]


def _unwrapped(body: bytes, decode: Callable[[bytes], list[dict[str, msgspec.Raw]]]) -> Carried:
    try:
        envelopes = decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(
            400,
            "unreadable_event",
            Text("Nội dung không phải CloudEvents JSON.", "The body is not CloudEvents JSON."),
        ) from error
    if not envelopes:
        raise Problem(
            400,
            "empty_batch",
            Text("Lô sự kiện rỗng, không rõ nguồn nào.", "The batch names no feed: it is empty."),
        )
    faults: list[Fault] = []
    feeds: set[str] = set()
    parts: list[Part] = []
    for number, envelope in enumerate(envelopes):
        where = "" if decode is _one else f"[{number}]."
        attributes = {
            name: _text(raw) for name, raw in envelope.items() if name not in ("data", "data_base64")
        }
        wrong = _faults(attributes, where)
        part = _data(envelope, essence(attributes.get("datacontenttype") or "application/json"))
        if part is None:
            wrong.append(Fault(f"{where}data", _INVALID))
        elif not wrong:
            parts.append(part)
            feeds.add(_feed_of(attributes["type"] or ""))
        faults += wrong
    if faults:
        raise _invalid(faults)
    if len(feeds) > 1:
        raise Problem(
            400,
            "mixed_feeds",
            Text(
                "Mỗi lô chỉ gồm sự kiện của một nguồn, vì biên nhận thuộc một nguồn. Hãy gửi riêng.",
                "A batch carries one feed, for a receipt belongs to one. Send each feed by itself.",
            ),
        )
    return Carried(feeds.pop(), tuple(parts))


def _text(raw: msgspec.Raw) -> str | None:
    """An attribute as text; numbers and booleans of extensions too, nothing for what is no attribute.

    The envelope was read without looking into it, so what is inside may still be no text and no number.
    """
    try:
        value = msgspec.json.decode(raw)
        if isinstance(value, str):
            return value
        return str(value) if isinstance(value, bool | int) else None
    except (msgspec.DecodeError, ValueError):
        return None


def _data(envelope: Mapping[str, msgspec.Raw], kind: str) -> Part | None:
    """The data as the publisher wrote it, byte for byte; nothing when it is missing, given twice or no text.

    A text under a JSON type is a message that was put into a string: XML if it begins like XML.
    """
    if ("data" in envelope) == ("data_base64" in envelope):
        return None
    if "data_base64" in envelope:
        try:
            return Part(kind, base64.b64decode(_text(envelope["data_base64"]) or "!", validate=True))
        except (binascii.Error, ValueError):
            return None
    raw = bytes(envelope["data"])
    if not raw.startswith(b'"'):
        return Part(kind, raw)
    text = _text(envelope["data"])
    if text is None:
        return None
    is_json = kind.endswith("json")
    return Part("application/xml" if is_json and text.lstrip().startswith("<") else kind, text.encode())


def _faults(attributes: Mapping[str, str | None], where: str) -> list[Fault]:
    """Every attribute that breaks the standard."""
    faults = [Fault(where + name, _MISSING) for name in REQUIRED if not attributes.get(name)]
    for name, value in attributes.items():
        if _NAME.fullmatch(name) is None or (value is not None and not _is_valid(name, value)):
            faults.append(Fault(where + name[:40], _INVALID))
        elif value is None and name not in REQUIRED:
            faults.append(Fault(where + name, _INVALID))
    return faults


def _is_valid(name: str, value: str) -> bool:
    match name:
        case "specversion":
            return value == "1.0"
        case "source" | "dataschema":
            return " " not in value
        case "time":
            return _is_instant(value)
        case "datacontenttype":
            return "/" in value
        case _:
            return bool(value) or name in REQUIRED


def _is_instant(value: str) -> bool:
    """RFC 3339 needs a zone; so do we."""
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _feed_of(kind: str) -> str:
    """The feed that an event type names.

    Raises: Problem 404; the publisher acts.
    """
    if not kind.startswith(TYPE_PREFIX):
        raise unknown_feed(f"type = {TYPE_PREFIX}<feed>")
    return kind.removeprefix(TYPE_PREFIX)


def unknown_feed(hint: str) -> Problem:
    """A feed that the hub does not take; the hint names those it does."""
    return Problem(
        404,
        "unknown_feed",
        Text(f"Hub không có nguồn này ({hint}).", f"The hub has no such feed ({hint})."),
    )


def _invalid(faults: list[Fault]) -> Problem:
    return Problem(
        400,
        "invalid_event",
        Text("CloudEvents thiếu hoặc sai thuộc tính.", "CloudEvents attributes are missing or wrong."),
        faults[:100],
    )
