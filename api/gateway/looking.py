"""The addresses where a sender looks after what it pushed: receipts, dead letters, holdings."""

from dataclasses import asdict
from datetime import date, datetime, timedelta

from fastapi import Request
from starlette.responses import Response

from iochub.api.gateway.acceptance import Gateway, accept, instant, json_answer
from iochub.api.gateway.admission import admit, feed_for, with_allowance
from iochub.api.gateway.bodies import body_of
from iochub.api.gateway.cloudevents import essence
from iochub.api.gateway.pushing import Serve, refuse_other_types, sending_of
from iochub.api.keys import AgencyKey
from iochub.api.problems import Fault, Problem, language_of
from iochub.errors import StoreUnavailable
from iochub.ingest.dead_letters import DeadLetter, DeadLetterLookup, envelope_name
from iochub.ingest.delivery import Part
from iochub.ingest.reasons import message_for
from iochub.ingest.receipts import ReceiptState
from iochub.text import Language, Text

MOST_LETTERS = 1_000
MOST_DAYS = timedelta(days=3_660)


def receipt(gateway: Gateway) -> Serve:
    """Tell how far a delivery has come; a sender sees its own receipts only."""

    async def serve(request: Request) -> Response:
        key, allowance = admit(gateway, request)
        state = await _state(gateway, request.path_params["receipt"], key.agency)
        if state is None:
            raise _not_found("receipt", Text("Không có biên nhận này.", "There is no such receipt."))
        return with_allowance(json_answer(_told(state)), allowance)

    return serve


async def _state(gateway: Gateway, receipt_id: str, sender: str) -> ReceiptState | None:
    """As the warehouse knows it; as it was last told while landing has not come to it, or cannot be asked."""
    fresh = await gateway.latest.find(receipt_id, sender)
    if gateway.receipts is None:
        return fresh
    try:
        landed = await gateway.receipts.find(receipt_id, sender)
    except StoreUnavailable:
        if fresh is None:
            raise
        return fresh
    if landed is None:
        return fresh
    gateway.latest.told(landed)
    return landed


def _told(state: ReceiptState) -> dict[str, object]:
    told = asdict(state)
    for name in ("accepted_at", "stored_at", "counted_at"):
        told[name] = None if told[name] is None else instant(told[name])
    return told


def dead_letters(gateway: Gateway) -> Serve:
    """List the sender's own dead letters, the latest first, without the records."""

    async def serve(request: Request) -> Response:
        key, allowance = admit(gateway, request)
        asked = request.query_params
        letters = await _letters(gateway).listing(
            key.agency,
            asked.get("feed"),
            asked.get("reason"),
            _instant_of(asked.get("since")),
            MOST_LETTERS,
        )
        language = language_of(request.headers.get("accept-language"))
        listed = [_letter(letter, language) for letter in letters]
        return with_allowance(json_answer({"dead_letters": listed}), allowance)

    return serve


def dead_letter(gateway: Gateway) -> Serve:
    """Show one dead letter with its record, opened for its own sender."""

    async def serve(request: Request) -> Response:
        key, allowance = admit(gateway, request)
        letter = await _own(gateway, key, request.path_params["dead_letter"])
        told = _letter(letter, language_of(request.headers.get("accept-language")))
        told["record"] = gateway.seal.open(letter.record, letter.id).decode("utf-8", "replace")
        told["content_type"] = letter.content_type
        answer = json_answer(told)
        answer.headers["Cache-Control"] = "no-store"
        return with_allowance(answer, allowance)

    return serve


def replay(gateway: Gateway) -> Serve:
    """Read a dead letter again, or the corrected record in the body; the answer is a new receipt.

    Either is read in the envelope of its delivery, unless it brings one of its own.
    """

    async def serve(request: Request) -> Response:
        key, allowance = admit(gateway, request)
        letter = await _own(gateway, key, request.path_params["dead_letter"])
        feed = feed_for(gateway, key, letter.feed)
        corrected = await body_of(request, gateway.max_delivery_bytes)
        envelope = _envelope(gateway, letter)
        if corrected:
            kind = essence(request.headers.get("content-type")) or letter.content_type
            refuse_other_types(feed, kind)
            part = Part(kind, corrected, envelope)
        else:
            part = Part(letter.content_type, gateway.seal.open(letter.record, letter.id), envelope)
        sending = sending_of(request, gateway, feed, key.agency, (part,), letter.id)
        return with_allowance(await accept(gateway, sending), allowance)

    return serve


def _envelope(gateway: Gateway, letter: DeadLetter) -> bytes:
    return gateway.seal.open(letter.envelope, envelope_name(letter.id)) if letter.envelope else b""


def holdings(gateway: Gateway) -> Serve:
    """Tell what the hub holds of this sender per local day, so that both sides can reconcile."""

    async def serve(request: Request) -> Response:
        key, allowance = admit(gateway, request)
        feed = feed_for(gateway, key, request.path_params["feed"])
        since, until = _day(request, "from"), _day(request, "to")
        if not since < until <= since + MOST_DAYS:
            raise _unusable("to")
        if gateway.holdings is None:
            raise StoreUnavailable("The warehouse is away.", store="clickhouse")
        held = await gateway.holdings.holdings(key.agency, feed.name, since, until)
        days = [{"day": day.day, "records": day.records, "sum": day.sum} for day in held]
        answer = {"feed": feed.name, "from": since, "to": until, "days": days}
        answer["records"] = sum(day.records for day in held)
        return with_allowance(json_answer(answer), allowance)

    return serve


async def _own(gateway: Gateway, key: AgencyKey, identifier: str) -> DeadLetter:
    letter = await _letters(gateway).find(identifier, key.agency)
    if letter is None:
        raise _not_found(
            "dead_letter",
            Text(
                "Không có bản ghi lỗi này, hoặc chưa được ghi xong; thử lại sau vài giây.",
                "There is no such dead letter, or it is not stored yet; try again in some seconds.",
            ),
        )
    return letter


def _letters(gateway: Gateway) -> DeadLetterLookup:
    if gateway.dead_letters is None:
        raise StoreUnavailable("The warehouse is away.", store="clickhouse")
    return gateway.dead_letters


def _letter(letter: DeadLetter, language: Language) -> dict[str, object]:
    return {
        "dead_letter": letter.id,
        "feed": letter.feed,
        "receipt": letter.receipt,
        "delivery": f"sha256:{letter.delivery}",
        "index": letter.index,
        "reason": letter.reason,
        "field": letter.field,
        "message": message_for(letter.reason, letter.field).to(language),
        "at": instant(letter.at),
        "corrected_from": letter.corrected_from or None,
    }


def _instant_of(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as error:
        raise _unusable("since") from error
    if at.tzinfo is None:
        raise _unusable("since")
    return at


def _day(request: Request, name: str) -> date:
    try:
        return date.fromisoformat(request.query_params.get(name, ""))
    except ValueError as error:
        raise _unusable(name) from error


def _unusable(name: str) -> Problem:
    fault = Fault(name, Text("Ngày giờ theo ISO 8601.", "A date or instant as in ISO 8601."))
    return Problem(
        422,
        "invalid_parameters",
        Text("Một số tham số không hợp lệ.", "Some parameters are not valid."),
        [fault],
    )


def _not_found(kind: str, detail: Text) -> Problem:
    return Problem(404, f"unknown_{kind}", detail)
