"""From the health of feeds and their senders to the answers of the API."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from iochub.api.query.bodies import words
from iochub.api.query.feed_models import (
    AgencyBody,
    FeedBody,
    LagBody,
    RejectBody,
    ScoresBody,
    SilenceBody,
    TodayBody,
    TotalsBody,
)
from iochub.api.query.ports import AgencyHealth, FeedHealth
from iochub.ingest.feed import SILENT_BEATS
from iochub.ingest.reasons import message_for
from iochub.ingest.silence import Silence
from iochub.warehouse.tally import Tally, alive

SECOND = timedelta(seconds=1)


def feed_body(health: FeedHealth, at: datetime, names: Mapping[str, str] | None) -> FeedBody:
    """One feed's health in the contract's shape, silence counted up to an instant.

    `names` are those of agencies; without them its senders are not shown.
    """
    silent = None if health.last_received_at is None else int((at - health.last_received_at).total_seconds())
    agencies = () if names is None else sorted(health.agencies, key=_worst)
    return FeedBody(
        name=health.name,
        title=words(health.title),
        publisher=words(health.publisher),
        every_seconds=health.every_seconds,
        state=health.state,
        last_received_at=health.last_received_at,
        last_event_at=health.last_event_at,
        silent_seconds=None if silent is None else max(silent, 0),
        lag=LagBody(events=health.lag_events, seconds=health.lag_seconds),
        today=TodayBody(accepted=health.accepted_today, rejected=health.rejected_today),
        rejects=[
            RejectBody(reason=reason, message=words(message_for(reason)), count=count)
            for reason, count in health.rejects
        ],
        calendar=health.calendar,
        silence=_silence(health.silence, health),
        scores=_scores(health.tally, health.silence),
        agencies=[_agency(one, health, (names or {}).get(one.agency)) for one in agencies],
        too_many_rejects=health.too_many_rejects,
    )


def _agency(one: AgencyHealth, health: FeedHealth, name: str | None) -> AgencyBody:
    tally = one.tally
    return AgencyBody(
        code=one.agency,
        name=name,
        last_received_at=one.silence.since if one.silence else None,
        accepted=tally.accepted,
        rejected=tally.rejected,
        repeated=tally.repeated,
        flagged=tally.flagged,
        completeness=TotalsBody(declared=tally.declared, received=tally.found) if tally.declared else None,
        silence=_silence(one.silence, health),
        scores=_scores(tally, one.silence),
    )


def _worst(one: AgencyHealth) -> tuple[Decimal, Decimal, str]:
    """By the lowest score that is known, then by all of them; who never sent comes first."""
    scores = (one.tally.valid, one.tally.complete, one.tally.clean, alive(one.silence))
    known = [score for score in scores if score is not None]
    lowest = Decimal(-1) if one.silence is None else min(known)
    return lowest, sum(known, Decimal(0)) / max(len(known), 1), one.agency


def _scores(tally: Tally, silence: Silence | None) -> ScoresBody:
    return ScoresBody(valid=tally.valid, complete=tally.complete, clean=tally.clean, alive=alive(silence))


def _silence(silence: Silence | None, health: FeedHealth) -> SilenceBody | None:
    if silence is None:
        return None
    return SilenceBody(
        since=silence.since,
        calendar=health.calendar,
        seconds=silence.lasted // SECOND,
        beat_seconds=silence.beat // SECOND,
        stale_after_seconds=SILENT_BEATS * silence.beat // SECOND,
    )
