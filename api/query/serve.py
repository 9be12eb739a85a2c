"""Starts the query app: what it asks, and the server that lets others ask it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

import uvicorn
from fastapi import FastAPI

from iochub.api.keys import Keys
from iochub.api.query.app import create_api
from iochub.api.query.arrivals import Arrivals
from iochub.api.query.feeds_health import CATCHING_UP, StoredFeedsHealth
from iochub.api.query.kept import Kept
from iochub.clock import now
from iochub.errors import HubError
from iochub.event import events_topic
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.topic_list import WINDOWS_TOUCHED
from iochub.ingest.topics import asking_for_age
from iochub.ingest.units import Units
from iochub.settings import Settings
from iochub.warehouse.answers import Answers
from iochub.warehouse.completeness import Compared, Comparisons, CompletedAnswers
from iochub.warehouse.indicators.registry import INDICATORS
from iochub.warehouse.question import Standing
from iochub.warehouse.senders import Senders
from iochub.warehouse.store import Store

STOP_SECONDS = 5
COMPARED_SECONDS = 15.0
"""So old may be what declarations are compared with: it is counted from the rows of all declared days."""
KAFKA_SECONDS = 5.0
"""A Kafka that takes longer for a question about offsets is away."""


def build_api(settings: Settings) -> FastAPI:
    """Put the query app together; nothing connects before the first question."""
    store = Store(settings.clickhouse, may_write=False)
    units = Units.load()
    topics = (*(events_topic(name) for name in FEEDS), WINDOWS_TOUCHED)
    arrivals = Arrivals(
        partial(asking_for_age, settings.kafka.bootstrap, topics, KAFKA_SECONDS), now, CATCHING_UP
    )
    keys = Keys(settings.data / "keys.sqlite")
    comparisons = Comparisons(store, FEEDS)
    compared = {name: Kept(partial(comparisons.of, name), COMPARED_SECONDS).read for name in FEEDS}

    def compare(feed: str) -> Sequence[Compared]:
        return compared[feed]()

    senders = Senders(store, FEEDS.values(), compare, partial(expected_of, keys), now)
    tallies = Kept(senders.read, COMPARED_SECONDS)
    health = StoredFeedsHealth(store, FEEDS.values(), now, arrivals.read, tallies.read)

    def standing(feed: str) -> Standing:
        """How a feed is doing, as every figure of it says."""
        for each in health.read():
            if each.name == feed:
                return Standing(each.state, each.last_event_at, each.last_received_at)
        return Standing("no_data")

    def ready() -> tuple[str, ...]:
        try:
            store.rows("SELECT 1")
        except HubError:
            return ("warehouse",)
        return ()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        arrivals.start()
        yield
        arrivals.stop()

    return create_api(
        CompletedAnswers(Answers(store, INDICATORS, units, standing, now), INDICATORS, compare),
        INDICATORS,
        units,
        health,
        keys,
        ready=ready,
        lifespan=lifespan,
    )


def expected_of(keys: Keys) -> list[tuple[str, str]]:
    """Every feed and agency of which something is to come: whoever holds a key that works."""
    return [(feed, key.agency) for key in keys.agency_keys() if key.revoked_at is None for feed in key.feeds]


def run_api(settings: Settings) -> None:
    """Serve until told to stop."""
    uvicorn.run(
        build_api(settings),
        host=settings.api.host,
        port=settings.api.port,
        log_config=None,
        access_log=False,
        server_header=False,
        ssl_certfile=settings.tls_cert or None,
        ssl_keyfile=settings.tls_key or None,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
