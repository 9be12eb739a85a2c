"""The addresses where a sender sees what was refused of it, where it is wrong and how it is meant."""

import asyncio
from collections.abc import Mapping

from fastapi import Request
from starlette.responses import Response

from iochub.api.gateway.acceptance import Gateway, instant, json_answer
from iochub.api.gateway.admission import admit, feed_for, refuse_other_feeds, with_allowance
from iochub.api.gateway.looking import instant_asked, not_found, unusable
from iochub.api.gateway.pushing import Serve
from iochub.api.keys import AgencyKey
from iochub.api.problems import language_of
from iochub.clock import now
from iochub.errors import StoreUnavailable
from iochub.ingest.dead_letters import (
    STATES,
    DeadLetter,
    DeadLetterLookup,
    Listed,
    Tried,
    Wanted,
    envelope_name,
)
from iochub.ingest.reasons import message_for
from iochub.ingest.suggestions.marks import marks_of
from iochub.ingest.suggestions.rules import RULES
from iochub.ingest.suggestions.suggestion import LONGEST_CORRECTED, Suggestion, judge_of, suggestion_for
from iochub.text import Language, Text

MOST_LETTERS = 1_000
"""Of one page."""
ONE_OF_STATES = Text(f"Một trong: {', '.join(STATES)}.", f"One of: {', '.join(STATES)}.")
A_NUMBER = Text(f"Số từ 1 đến {MOST_LETTERS}.", f"A number from 1 to {MOST_LETTERS}.")


def dead_letters(gateway: Gateway) -> Serve:
    """List the sender's dead letters of the key's feeds, the latest first, without records, by pages."""

    async def serve(request: Request) -> Response:
        key, allowance = admit(gateway, request)
        asked = wanted_of(gateway, key, request.query_params)
        letters = await lookup(gateway).listing(key.agency, asked)
        language = language_of(request.headers.get("accept-language"))
        answer: dict[str, object] = {"dead_letters": [_told(one, language) for one in letters]}
        if len(letters) == asked.limit:
            answer["next"] = letters[-1].letter.id
        return with_allowance(json_answer(answer), allowance)

    return serve


def wanted_of(gateway: Gateway, key: AgencyKey, asked: Mapping[str, str]) -> Wanted:
    """What a query asks for: `feed`, `reason` (whole or its code), `since`, `state`, `before`, `limit`.

    Raises: Problem 422 naming the parameter, 404, 403 for a feed that the key is not for; the publisher acts.
    """
    state = next((known for known in STATES if known == asked.get("state")), None)
    if state is None and asked.get("state"):
        raise unusable("state", ONE_OF_STATES)
    limit = asked.get("limit", str(MOST_LETTERS))
    if not (limit.isascii() and limit.isdigit() and len(limit) < 6 and 0 < int(limit) <= MOST_LETTERS):
        raise unusable("limit", A_NUMBER)
    return Wanted(
        feeds=(feed_for(gateway, key, feed).name,) if (feed := asked.get("feed")) else key.feeds,
        reason=asked.get("reason", ""),
        since=instant_asked(asked.get("since")),
        state=state,
        before=asked.get("before", ""),
        limit=int(limit),
    )


def dead_letter(gateway: Gateway) -> Serve:
    """Show one dead letter with its record, opened for its own sender: where it is wrong, how it is meant."""

    async def serve(request: Request) -> Response:
        key, allowance = admit(gateway, request)
        one = await own(gateway, key, request.path_params["dead_letter"])
        language = language_of(request.headers.get("accept-language"))
        told = await asyncio.to_thread(_opened, gateway, key, one, language)
        answer = json_answer(told)
        answer.headers["Cache-Control"] = "no-store"
        return with_allowance(answer, allowance)

    return serve


def _opened(gateway: Gateway, key: AgencyKey, one: Listed, language: Language) -> dict[str, object]:
    letter = one.letter
    raw = gateway.seal.open(letter.record, letter.id)
    record, is_exact = text_of(raw)
    legible = legible_of(gateway, letter, raw)
    suggestion = suggested(gateway, key, letter, legible) if is_exact else None
    decoded = None
    if legible != raw:
        text = text_of(legible)[0]
        decoded = {"record": text, "marks": _marks(gateway, letter, text, suggestion)}
    return _told(one, language) | {
        "record": record,
        "content_type": letter.content_type,
        "exact": is_exact,
        "marks": _marks(gateway, letter, record, suggestion),
        "decoded": decoded,
        "cell": _cell(gateway, letter),
        "suggestion": suggestion and _suggestion(suggestion, language),
    }


def _marks(
    gateway: Gateway, letter: DeadLetter, record: str, suggestion: Suggestion | None
) -> list[dict[str, object]]:
    """Where to look in a text. Of a field that stands there often, what the correction changes was wrong."""
    marks = marks_of(record, letter.reason, letter.field, envelope_of(gateway, letter))
    mended = {change.path for change in suggestion.changes} if suggestion else set()
    return [mark._asdict() for mark in [mark for mark in marks if mark.path in mended] or marks]


def _cell(gateway: Gateway, letter: DeadLetter) -> dict[str, object] | None:
    """Where in the sender's workbook to look; `address` is null where the row has no column for the field."""
    feed = gateway.feeds.get(letter.feed)
    cell = feed.cell_of(envelope_of(gateway, letter), letter.field) if feed else None
    if cell is None:
        return None
    address = f"{cell.column}{cell.row}" if cell.column else None
    return {"sheet": cell.sheet, "row": cell.row, "address": address}


def _suggestion(suggestion: Suggestion, language: Language) -> dict[str, object]:
    changes = [
        change._asdict() | {"message": RULES[change.rule].to(language)} for change in suggestion.changes
    ]
    return {"record": suggestion.record, "changes": changes}


def text_of(record: bytes) -> tuple[str, bool]:
    """A record as text, and whether it is just that: a record in another encoding cannot be edited here."""
    try:
        return record.decode(), True
    except UnicodeDecodeError:
        return record.decode("utf-8", "replace"), False


def suggested(gateway: Gateway, key: AgencyKey, letter: DeadLetter, legible: bytes) -> Suggestion | None:
    """The correction that is certain, if there is one and the hub still has the feed that reads it.

    `legible` is the letter's record as `legible_of` shows it.
    """
    feed = gateway.feeds.get(letter.feed)
    if feed is None:
        return None
    record, is_exact = text_of(legible)
    if not is_exact or len(legible) > LONGEST_CORRECTED:
        return None
    envelope = envelope_of(gateway, letter)
    judge = judge_of(feed, letter.content_type, gateway.door(key.agency, now()), envelope)
    return suggestion_for(record, letter.reason, letter.field, judge, envelope)


def legible_of(gateway: Gateway, letter: DeadLetter, record: bytes) -> bytes:
    """A record of a letter's feed as a person reads and corrects it."""
    feed = gateway.feeds.get(letter.feed)
    return feed.legible(record) if feed else record


def envelope_of(gateway: Gateway, letter: DeadLetter) -> bytes:
    """What the letter keeps of its record's envelope."""
    return gateway.seal.open(letter.envelope, envelope_name(letter.id)) if letter.envelope else b""


def history(gateway: Gateway) -> Serve:
    """Tell who corrected one dead letter, when, which fields, and what came of it."""

    async def serve(request: Request) -> Response:
        key, allowance = admit(gateway, request)
        one = await own(gateway, key, request.path_params["dead_letter"])
        tried = await lookup(gateway).history(one.letter.id, key.agency)
        answer = {
            "dead_letter": one.letter.id,
            "state": one.state,
            "replays": [_tried(each) for each in tried],
        }
        return with_allowance(json_answer(answer), allowance)

    return serve


def _tried(tried: Tried) -> dict[str, object]:
    replay = tried.replay
    return {
        "at": instant(replay.at),
        "agency": replay.sender,
        "key": replay.key,
        "receipt": replay.receipt,
        "before": f"sha256:{replay.before}",
        "after": f"sha256:{replay.after}",
        "fields": replay.fields,
        "suggested": replay.suggested,
        "accepted": replay.accepted,
        "rejected": replay.rejected,
        "set_aside": tried.set_aside,
    }


async def own(gateway: Gateway, key: AgencyKey, identifier: str) -> Listed:
    """The sender's own dead letter of this id, if it is of a feed that the key is for.

    Raises: Problem 404, 403; the publisher or the operator acts.
    """
    found = await lookup(gateway).find(identifier, key.agency)
    if found is None:
        raise not_found(
            "dead_letter",
            Text(
                "Không có bản ghi lỗi này, hoặc chưa được ghi xong; thử lại sau vài giây.",
                "There is no such dead letter, or it is not stored yet; try again in some seconds.",
            ),
        )
    refuse_other_feeds(key, found.letter.feed)
    return found


def lookup(gateway: Gateway) -> DeadLetterLookup:
    """Where dead letters are looked up.

    Raises: StoreUnavailable; the caller asks again later.
    """
    if gateway.dead_letters is None:
        raise StoreUnavailable("The warehouse is away.", store="clickhouse")
    return gateway.dead_letters


def _told(one: Listed, language: Language) -> dict[str, object]:
    letter = one.letter
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
        "state": one.state,
        "replayed_as": one.receipt or None,
    }
