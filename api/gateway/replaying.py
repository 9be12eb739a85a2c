"""The addresses by which a sender sends again what was refused: corrected, as suggested, or as it was."""

import asyncio
from dataclasses import dataclass

import msgspec
from fastapi import Request
from starlette.responses import Response

from iochub.api.gateway.acceptance import Gateway, Sending, accept, json_answer, taken
from iochub.api.gateway.admission import admit, feed_for, with_allowance
from iochub.api.gateway.bodies import SMALL_BYTES, body_of
from iochub.api.gateway.cloudevents import essence
from iochub.api.gateway.looking import unusable
from iochub.api.gateway.mending import envelope_of, legible_of, lookup, own, suggested, text_of, wanted_of
from iochub.api.gateway.pushing import Serve, body_as, is_dry_run, refuse_other_types, sending_of
from iochub.api.keys import AgencyKey
from iochub.api.problems import Problem
from iochub.event import partition_of
from iochub.ingest.dead_letters import DeadLetter, Listed, Replay, fingerprint, pack_replay
from iochub.ingest.delivery import Part, Prepared
from iochub.ingest.names import new_name
from iochub.ingest.publish import Outgoing
from iochub.ingest.receipts import Receipt
from iochub.ingest.suggestions.changed import changed_fields
from iochub.ingest.topic_list import REPLAYS
from iochub.text import Text

MOST_AT_ONCE = 100
"""Dead letters that one request replays; the answer says whether more are left."""

NO_SUGGESTION = Text(
    "Không có cách sửa nào chắc chắn cho bản ghi này; hãy tự sửa.",
    "No correction of this record is certain; correct it yourself.",
)
NAME_SOME = Text(
    f"Nêu ids (tối đa {MOST_AT_ONCE}) hoặc filter.", f"Name ids ({MOST_AT_ONCE} at most) or a filter."
)


class ReplaysBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which dead letters to send again: those named, or the open ones that a filter finds."""

    ids: list[str] = []
    filter: dict[str, str] | None = None
    suggestion: bool = False


_replays = msgspec.json.Decoder(ReplaysBody)


@dataclass(frozen=True, slots=True)
class Mended:
    """A dead letter's record as it was, and as it is sent again."""

    letter: DeadLetter
    before: bytes
    part: Part
    suggested: bool


def replay(gateway: Gateway) -> Serve:
    """Read a dead letter again, the corrected record in the body, or the suggestion; a new receipt answers.

    Each is read in the envelope of its delivery, unless it brings one of its own.
    """

    async def serve(request: Request) -> Response:
        key, allowance = admit(gateway, request)
        letter = (await own(gateway, key, request.path_params["dead_letter"])).letter
        feed_for(gateway, key, letter.feed)
        corrected = await body_of(request, gateway.max_delivery_bytes)
        if not corrected and request.query_params.get("suggestion", "0").lower() in ("1", "true", "yes"):
            mended = await asyncio.to_thread(_as_suggested, gateway, key, letter)
            if mended is None:
                raise Problem(409, "no_suggestion", NO_SUGGESTION)
        else:
            kind = essence(request.headers.get("content-type")) if corrected else ""
            mended = await asyncio.to_thread(_as_sent, gateway, letter, corrected, kind)
        refuse_other_types(gateway.feeds[letter.feed], mended.part.content_type)
        answer = await accept(gateway, await _sending(request, gateway, key, mended))
        return with_allowance(answer, allowance)

    return serve


def _as_sent(gateway: Gateway, letter: DeadLetter, corrected: bytes, content_type: str) -> Mended:
    before = gateway.seal.open(letter.record, letter.id)
    if corrected and corrected == legible_of(gateway, letter, before):
        corrected, content_type = b"", ""  # what was shown comes back unchanged
    part = Part(content_type or letter.content_type, corrected or before, envelope_of(gateway, letter))
    return Mended(letter, before, part, suggested=False)


def _as_suggested(gateway: Gateway, key: AgencyKey, letter: DeadLetter) -> Mended | None:
    before = gateway.seal.open(letter.record, letter.id)
    found = suggested(gateway, key, letter, legible_of(gateway, letter, before))
    if found is None:
        return None
    part = Part(letter.content_type, found.record.encode(), envelope_of(gateway, letter))
    return Mended(letter, before, part, suggested=True)


async def _sending(request: Request, gateway: Gateway, key: AgencyKey, mended: Mended) -> Sending:
    """What is sent again, with the note of who changed which fields that is kept beside its receipt."""
    letter, after, envelope = mended.letter, mended.part.data, mended.part.envelope

    def shown(record: bytes) -> str:
        return text_of(legible_of(gateway, letter, record))[0]

    fields = await asyncio.to_thread(lambda: changed_fields(shown(mended.before), shown(after), envelope))

    def noted(prepared: Prepared, receipt: Receipt) -> Outgoing:
        told = Replay(
            id=new_name(),
            dead_letter=letter.id,
            feed=letter.feed,
            sender=key.agency,
            key=key.id,
            receipt=receipt.receipt,
            before=fingerprint(mended.before),
            after=fingerprint(after),
            fields=fields,
            suggested=mended.suggested,
            accepted=prepared.accepted,
            rejected=len(prepared.rejected),
            at=receipt.accepted_at,
            delivery=prepared.delivery,
        )
        partition = partition_of(letter.id, gateway.partitions)
        return Outgoing(REPLAYS, partition, pack_replay(told), letter.id.encode())

    feed = feed_for(gateway, key, letter.feed)
    return sending_of(request, gateway, feed, key.agency, (mended.part,), letter.id, noted)


def replays(gateway: Gateway) -> Serve:
    """Send many dead letters again, one receipt each; those that are no longer open are left alone."""

    async def serve(request: Request) -> Response:
        key, allowance = admit(gateway, request)
        body = body_as(_replays, await body_of(request, SMALL_BYTES))
        found, more = await _found(gateway, key, body)
        outcomes = [await _again(request, gateway, key, body, *each) for each in found]
        answer: dict[str, object] = {"dry_run": is_dry_run(request), "replays": outcomes, "more": more}
        if more:
            # Where the filter goes on, as its `before`: what stays open would else be found again and again.
            answer["next"] = found[-1][0]
        return with_allowance(json_answer(answer), allowance)

    return serve


async def _found(
    gateway: Gateway, key: AgencyKey, body: ReplaysBody
) -> tuple[list[tuple[str, Listed | None]], bool]:
    """The letters to replay by their ids, and whether more are left."""
    if bool(body.ids) == (body.filter is not None) or len(body.ids) > MOST_AT_ONCE:
        raise unusable("ids", NAME_SOME)
    letters = lookup(gateway)
    if body.ids:
        return [(name, await letters.find(name, key.agency)) for name in dict.fromkeys(body.ids)], False
    wanted = wanted_of(gateway, key, {**(body.filter or {}), "state": "open", "limit": str(MOST_AT_ONCE + 1)})
    listed = await letters.listing(key.agency, wanted)
    names = [one.letter.id for one in listed[:MOST_AT_ONCE]]
    found = [(name, await letters.find(name, key.agency)) for name in names]
    return found, len(listed) > MOST_AT_ONCE


async def _again(
    request: Request, gateway: Gateway, key: AgencyKey, body: ReplaysBody, name: str, one: Listed | None
) -> dict[str, object]:
    """Replay one of many; what cannot be replayed says why in a word of its own."""
    if one is None:
        return {"dead_letter": name, "outcome": "unknown"}
    if one.state != "open":
        return {"dead_letter": name, "outcome": "not_open", "state": one.state}
    letter = one.letter
    if letter.feed not in gateway.feeds or letter.feed not in key.feeds:
        return {"dead_letter": name, "outcome": "not_allowed", "feed": letter.feed}
    if body.suggestion:
        mended = await asyncio.to_thread(_as_suggested, gateway, key, letter)
    else:
        mended = await asyncio.to_thread(_as_sent, gateway, letter, b"", "")
    if mended is None:
        return {"dead_letter": name, "outcome": "no_suggestion"}
    receipt, _ = await taken(gateway, await _sending(request, gateway, key, mended))
    return {
        "dead_letter": name,
        "outcome": "refused_again" if receipt.rejected else "corrected" if mended.suggested else "replayed",
        "receipt": receipt.receipt,
        "accepted": receipt.accepted,
        "rejected": receipt.rejected,
    }
