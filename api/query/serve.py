"""Starts the query app: what it asks, and the server that lets others ask it."""

import uvicorn
from fastapi import FastAPI

from iochub.api.keys import Keys
from iochub.api.query.app import create_api
from iochub.api.query.feeds_health import StoredFeedsHealth
from iochub.clock import now
from iochub.errors import HubError
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.units import Units
from iochub.settings import Settings
from iochub.warehouse.answers import Answers
from iochub.warehouse.indicators.registry import INDICATORS
from iochub.warehouse.question import Standing
from iochub.warehouse.store import Store

STOP_SECONDS = 5


def build_api(settings: Settings) -> FastAPI:
    """Put the query app together; nothing connects before the first question."""
    store = Store(settings.clickhouse, may_write=False)
    units = Units.load()
    health = StoredFeedsHealth(store, FEEDS.values(), now)

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

    return create_api(
        Answers(store, INDICATORS, units, standing, now),
        INDICATORS,
        units,
        health,
        Keys(settings.data / "keys.sqlite"),
        ready=ready,
    )


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
