"""The addresses where a sender looks after what it pushed: receipts, holdings, how its feeds stand."""

from dataclasses import asdict
from datetime import date, datetime, timedelta

from fastapi import Request
from starlette.responses import Response

from iochub.api.gateway.acceptance import Gateway, instant, json_answer
from iochub.api.gateway.admission import admit, feed_for, with_allowance
from iochub.api.gateway.pushing import Serve
from iochub.api.gateway.stopping import too_many_rejects
from iochub.api.keys import AgencyKey
from iochub.api.problems import Fault, Problem, language_of
from iochub.errors import StoreUnavailable
from iochub.ingest.receipts import ReceiptState
from iochub.text import Language, Text

MOST_DAYS = timedelta(days=3_660)
ISO = Text("Ngày giờ theo ISO 8601.", "A date or instant as in ISO 8601.")


def receipt(gateway: Gateway) -> Serve:
    """Tell how far a delivery has come; a sender sees its own receipts only."""

    async def serve(request: Request) -> Response:
        key, allowance = admit(gateway, request)
        state = await _state(gateway, request.path_params["receipt"], key.agency)
        if state is None:
            raise not_found("receipt", Text("Không có biên nhận này.", "There is no such receipt."))
        return with_allowance(json_answer(_told(state)), allowance)

    return serve


def feeds(gateway: Gateway) -> Serve:
    """Tell which feeds a key may use, and whether each takes from its agency now."""

    async def serve(request: Request) -> Response:
        key, allowance = admit(gateway, request)
        language = language_of(request.headers.get("accept-language"))
        told = [
            {
                "feed": feed.name,
                "title": feed.title.to(language),
                "stopped": _stopped(gateway, key, feed.name, language),
            }
            for feed in gateway.feeds.values()
            if feed.name in key.feeds
        ]
        return with_allowance(json_answer({"agency": key.agency, "feeds": told}), allowance)

    return serve


def _stopped(gateway: Gateway, key: AgencyKey, feed: str, language: Language) -> dict[str, object] | None:
    stop = gateway.stops.stop(key.agency, feed)
    if stop is None:
        return None
    return stop._asdict() | {"message": too_many_rejects(feed, stop).detail.to(language)}


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


def holdings(gateway: Gateway) -> Serve:
    """Tell what the hub holds of this sender per local day, so that both sides can reconcile."""

    async def serve(request: Request) -> Response:
        key, allowance = admit(gateway, request)
        feed = feed_for(gateway, key, request.path_params["feed"])
        since, until = _day(request, "from"), _day(request, "to")
        if not since < until <= since + MOST_DAYS:
            raise unusable("to")
        if gateway.holdings is None:
            raise StoreUnavailable("The warehouse is away.", store="clickhouse")
        held = await gateway.holdings.holdings(key.agency, feed.name, since, until)
        days = [{"day": day.day, "records": day.records, "sum": day.sum} for day in held]
        answer = {"feed": feed.name, "from": since, "to": until, "days": days}
        answer["records"] = sum(day.records for day in held)
        return with_allowance(json_answer(answer), allowance)

    return serve


def instant_asked(text: str | None) -> datetime | None:
    """An instant of a query, with its zone.

    Raises: Problem 422; the publisher acts.
    """
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as error:
        raise unusable("since") from error
    if at.tzinfo is None:
        raise unusable("since")
    return at


def _day(request: Request, name: str) -> date:
    try:
        return date.fromisoformat(request.query_params.get(name, ""))
    except ValueError as error:
        raise unusable(name) from error


def unusable(name: str, wanted: Text = ISO) -> Problem:
    """A parameter that is none."""
    fault = Fault(name, wanted)
    return Problem(
        422,
        "invalid_parameters",
        Text("Một số tham số không hợp lệ.", "Some parameters are not valid."),
        [fault],
    )


def not_found(kind: str, detail: Text) -> Problem:
    """What is not there, or is another's."""
    return Problem(404, f"unknown_{kind}", detail)
