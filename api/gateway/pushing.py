"""The addresses that agencies push to: events, deliveries, withdrawals, declarations of what was sent."""

import re
from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import msgspec
from fastapi import Request
from starlette.responses import Response

from iochub.api.gateway.acceptance import Gateway, Sending, accept, json_answer
from iochub.api.gateway.admission import admit, feed_for, with_allowance
from iochub.api.gateway.bodies import SMALL_BYTES, body_of
from iochub.api.gateway.cloudevents import carried, essence
from iochub.api.problems import Fault, Problem, language_of
from iochub.clock import now
from iochub.errors import StoreUnavailable
from iochub.ingest.declarations import Declaration, pack_declaration
from iochub.ingest.delivery import Part, Prepared, read_delivery, read_withdrawal
from iochub.ingest.feed import Feed
from iochub.ingest.names import new_name
from iochub.ingest.publish import Outgoing
from iochub.ingest.reasons import safe_name
from iochub.ingest.receipts import Receipt
from iochub.ingest.topic_list import DECLARATIONS
from iochub.text import Text

Shape = TypeVar("Shape")
Serve = Callable[[Request], Awaitable[Response]]

MOST_PARTS = 10_000
"""CloudEvents in one batch: our own choice. A file may carry as many records as fit into its bytes."""

PACKED = b"PK\x03\x04"
"""How a ZIP begins, and so a workbook. Source: PKWARE APPNOTE, local file header."""
MOST_PACKED = 1000
"""Deflate packs no more than 1032 to 1: a small workbook is read in a thread of its own."""

UNUSABLE = Text("Nội dung JSON không đúng quy cách.", "The JSON body is not as described.")

_NAMED = re.compile(r"field `([^`]*)`")
_PLACE = re.compile(r" - at `([^`]*)`$")


class WithdrawalBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Entities that were sent by mistake, in the publisher's own keys.

    The same bytes are the same withdrawal and work once; `note` makes a second one different. `reason` must
    be given and is kept nowhere yet.
    """

    entities: list[Any]
    """Any, for one that is no text is rejected by itself and the others count."""
    reason: str
    note: str = ""


class DeclarationBody(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"since": "from", "until": "to"}
):
    """What a publisher says it sent: totals of local days by the feed's first date role, `to` exclusive."""

    since: date
    until: date
    records: int
    sum: Decimal | None = None


_withdrawal = msgspec.json.Decoder(WithdrawalBody)
_declaration = msgspec.json.Decoder(DeclarationBody)


def events(gateway: Gateway) -> Serve:
    """Take CloudEvents 1.0: binary, structured or batch."""

    async def serve(request: Request) -> Response:
        key, allowance = admit(gateway, request)
        body = await body_of(request, gateway.max_delivery_bytes)
        feed_name, parts = carried(request.headers, body)
        feed = feed_for(gateway, key, feed_name)
        if len(parts) > MOST_PARTS:
            raise Problem(
                413,
                "too_many_events",
                Text(f"Mỗi lô tối đa {MOST_PARTS} sự kiện.", f"A batch may carry {MOST_PARTS} events."),
            )
        for part in parts:
            refuse_other_types(feed, part.content_type)
        return with_allowance(
            await accept(gateway, sending_of(request, gateway, feed, key.agency, parts)), allowance
        )

    return serve


def deliveries(gateway: Gateway) -> Serve:
    """Take the publisher's file as it is: one delivery in one part."""

    async def serve(request: Request) -> Response:
        key, allowance = admit(gateway, request)
        feed = feed_for(gateway, key, request.path_params["feed"])
        content_type = essence(request.headers.get("content-type"))
        refuse_other_types(feed, content_type)
        parts = (Part(content_type, await body_of(request, gateway.max_delivery_bytes)),)
        return with_allowance(
            await accept(gateway, sending_of(request, gateway, feed, key.agency, parts)), allowance
        )

    return serve


def withdrawals(gateway: Gateway) -> Serve:
    """Take back what this sender said of entities: its records about them stop counting."""

    async def serve(request: Request) -> Response:
        key, allowance = admit(gateway, request)
        feed = feed_for(gateway, key, request.path_params["feed"])
        raw = await body_of(request, gateway.max_delivery_bytes)
        body = body_as(_withdrawal, raw)
        sending = Sending(
            feed=feed,
            sender=key.agency,
            size=len(raw),
            read=lambda door: read_withdrawal(feed, body.entities, raw, door, gateway.partitions),
            language=language_of(request.headers.get("accept-language")),
            dry_run=is_dry_run(request),
            is_mending=True,
        )
        return with_allowance(await accept(gateway, sending), allowance)

    return serve


def declarations(gateway: Gateway) -> Serve:
    """Keep what a publisher says it sent, to be compared with what the hub holds."""

    async def serve(request: Request) -> Response:
        key, allowance = admit(gateway, request)
        feed = feed_for(gateway, key, request.path_params["feed"])
        body = body_as(_declaration, await body_of(request, SMALL_BYTES))
        declared = Declaration(
            new_name(), feed.name, key.agency, body.since, body.until, body.records, body.sum, now()
        )
        if not declared.can_be_kept:
            wrong = "records" if declared.are_days_sensible else "to"
            raise Problem(
                422,
                "invalid_declaration",
                UNUSABLE,
                [Fault(wrong, Text("Giá trị không hợp lý.", "Not sensible."))],
            )
        if not gateway.is_open():
            raise StoreUnavailable("The hub is not ready to keep anything yet.", store="kafka")
        record = Outgoing(DECLARATIONS, 0, pack_declaration(declared), key.agency.encode())
        await gateway.publisher.publish([record])
        answer = {
            "declaration": declared.id,
            "feed": feed.name,
            "from": body.since,
            "to": body.until,
            "records": body.records,
            "sum": body.sum,
        }
        return with_allowance(json_answer(answer, 202), allowance)

    return serve


def body_as(decoder: "msgspec.json.Decoder[Shape]", raw: bytes) -> Shape:
    """Read a JSON body of a fixed shape.

    Raises: Problem 422 naming the place, never the value, or `$` where it is no JSON; the publisher acts.
    """
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        words = Text("Thiếu, thừa hoặc sai kiểu.", "Missing, not known, or of another type.")
        raise Problem(422, "invalid_body", UNUSABLE, [Fault(_place(str(error)), words)]) from error


def _place(error: str) -> str:
    """From msgspec's sentence, which names a field that is missing or too many beside the path to it."""
    path, named = _PLACE.search(error), _NAMED.search(error)
    return (path[1] if path else "$") + (f".{safe_name(named[1])}" if named else "")


def is_dry_run(request: Request) -> bool:
    """Whether only the verdicts are asked for."""
    if not request.scope.get("query_string"):
        return False  # nearly always, and a small delivery feels every step
    return request.query_params.get("dry_run", "0").lower() in ("1", "true", "yes")


def refuse_other_types(feed: Feed, content_type: str) -> None:
    """A feed reads the types it declares and no other.

    Raises: Problem 415; the publisher acts.
    """
    if content_type not in feed.content_types:
        taken = ", ".join(feed.content_types)
        raise Problem(
            415,
            "unknown_type",
            Text(f"Nguồn {feed.name} nhận: {taken}.", f"Feed {feed.name} takes: {taken}."),
            headers={"Accept": taken},
        )


def _bytes_to_read(data: bytes) -> int:
    """How much there may be to read: what is packed, as a workbook is, unpacks to as much more."""
    return len(data) * MOST_PACKED if data.startswith(PACKED) else len(data)


def sending_of(
    request: Request,
    gateway: Gateway,
    feed: Feed,
    sender: str,
    parts: tuple[Part, ...],
    corrected_from: str = "",
    beside: Callable[[Prepared, Receipt], Outgoing] | None = None,
) -> Sending:
    """What the request asks to keep, ready to be read by its feed."""
    return Sending(
        feed=feed,
        sender=sender,
        size=sum(_bytes_to_read(part.data) for part in parts),
        read=lambda door: read_delivery(feed, parts, door, gateway.partitions),
        language=language_of(request.headers.get("accept-language")),
        dry_run=is_dry_run(request),
        corrected_from=corrected_from,
        is_mending=bool(corrected_from),
        beside=beside,
    )
