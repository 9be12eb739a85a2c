"""Answers that a screen can ask for again every two seconds without receiving them again."""

import hashlib
from collections.abc import Mapping

import msgspec
from fastapi import Request, Response
from pydantic import BaseModel

LIVE = "private, no-cache"
"""Keep it, but ask again before showing it."""
SETTLED = "private, max-age=3600"
"""A figure as of a past instant never changes; its words may."""

_write = msgspec.json.Encoder(decimal_format="number").encode


def answer(request: Request, body: BaseModel, *, settled: bool = False) -> Response:
    """Write a body as JSON with its tag, or 304 when the caller holds the same one.

    When it was computed is no part of the tag: the same figure counted again is the same answer.
    """
    content = body.model_dump(by_alias=True)
    tag = tag_of({key: value for key, value in content.items() if key != "computed_at"})
    return tagged(request, tag, _write(content), "application/json", settled=settled)


def tag_of(content: Mapping[str, object]) -> str:
    """A weak entity tag of what an answer says."""
    return f'W/"{hashlib.blake2b(_write(content), digest_size=12).hexdigest()}"'


def tagged(request: Request, tag: str, content: bytes, media_type: str, *, settled: bool = False) -> Response:
    """The content under its tag, or 304 without it."""
    headers = {
        "ETag": tag,
        "Cache-Control": SETTLED if settled else LIVE,
        "Vary": "Accept, Accept-Language, Authorization",
    }
    if holds(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def holds(offered: str, tag: str) -> bool:
    """Whether a caller's If-None-Match names the tag; weak and strong forms are the same answer here."""
    held = {one.strip().removeprefix("W/") for one in offered.split(",")}
    return "*" in held or tag.removeprefix("W/") in held
