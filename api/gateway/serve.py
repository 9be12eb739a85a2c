"""Starts the gateway process: what it works with, what must hold before it takes anything, and the server."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import uvicorn
import uvloop
from fastapi import FastAPI

from iochub.api.gateway.acceptance import Gateway
from iochub.api.gateway.app import create_gateway
from iochub.api.gateway.limits import Buckets
from iochub.api.keys import Keys
from iochub.errors import DeclarationError, HubError, StoreUnavailable
from iochub.event import events_topic
from iochub.ingest.dead_letters import DeadLetterLookup
from iochub.ingest.declarations import HoldingsLookup
from iochub.ingest.door import Door
from iochub.ingest.feed import Feed
from iochub.ingest.identity import ensure_identity
from iochub.ingest.pseudonyms import Pseudonyms
from iochub.ingest.publish import Publisher
from iochub.ingest.receipts import ReceiptLookup
from iochub.ingest.sealing import Seal
from iochub.ingest.topic_list import gateway_topics
from iochub.ingest.topics import broker_is_ready, topic_ids
from iochub.ingest.units import Units
from iochub.settings import Settings

log = logging.getLogger(__name__)

STOP_SECONDS = 15
"""How long answers under way may take when the process is told to stop."""
SWITCH_SECONDS = 0.001
"""The event loop waits this long at most for the interpreter while the publisher's threads have it."""


@dataclass(frozen=True, slots=True)
class Lookups:
    """Where the gateway asks about what was landed; without them it still takes deliveries."""

    receipts: ReceiptLookup | None = None
    dead_letters: DeadLetterLookup | None = None
    holdings: HoldingsLookup | None = None


class Opening:
    """The gateway takes nothing before Kafka holds its identity key's fingerprint and the declared topics."""

    def __init__(self, settings: Settings, feeds: Mapping[str, Feed], fingerprint: str) -> None:
        self._settings = settings
        self._feeds = tuple(feeds)
        self._fingerprint = fingerprint
        self.is_open = False
        self.refused: HubError | None = None
        self.on_refused: Callable[[], None] = _nobody_to_tell

    async def run(self) -> None:
        """Check again and again until it holds, or is refused for good."""
        while not self.is_open and self.refused is None:
            try:
                await asyncio.to_thread(self._check)
            except StoreUnavailable:
                await asyncio.sleep(1.0)
            except DeclarationError as error:
                log.critical("%s", error.message)
                self.refuse(error)
            else:
                self.is_open = self.refused is None

    def refuse(self, error: HubError) -> None:
        """Take nothing from now on, and tell the owner."""
        self.is_open = False
        self.refused = error
        self.on_refused()

    def _check(self) -> None:
        kafka = self._settings.kafka
        if not broker_is_ready(kafka.bootstrap):
            raise StoreUnavailable("Kafka does not answer.", store="kafka")
        topics = [events_topic(feed) for feed in self._feeds]
        standing = topic_ids(kafka.bootstrap, topics)
        missing = [topic for topic in topics if topic not in standing]
        if missing:
            raise StoreUnavailable("Kafka has not all topics yet.", store="kafka")
        for topic, (_, partitions) in standing.items():
            if partitions != kafka.partitions:
                raise DeclarationError(
                    f"Topic {topic} has {partitions} partitions, not {kafka.partitions}: entities would lose "
                    f"their order. Set IOCHUB_KAFKA__PARTITIONS={partitions}.",
                    topic=topic,
                )
        ensure_identity(kafka.bootstrap, self._fingerprint)

    async def why_not(self) -> str | None:
        """Why nothing is taken yet, if so."""
        if self.refused is not None:
            return self.refused.message
        return None if self.is_open else "waiting for Kafka's identity record and topics"


def _nobody_to_tell() -> None:
    """In an application that another server runs, `/readyz` tells."""


async def _kafka(publisher: Publisher, bootstrap: str) -> str | None:
    if publisher.ready and await asyncio.to_thread(broker_is_ready, bootstrap):
        return None
    return "Kafka does not answer"


def build_gateway(
    settings: Settings, feeds: Mapping[str, Feed], lookups: Lookups
) -> tuple[FastAPI, Gateway, Opening]:
    """Put the gateway together; nothing connects before the application starts.

    Raises: DeclarationError when a key is missing; the operator acts.
    """
    pseudonyms = Pseudonyms(
        settings.identity_key.get_secret_value(), settings.pseudonym_key.get_secret_value()
    )
    units = Units.load()
    opening = Opening(settings, feeds, pseudonyms.fingerprint())
    publisher = Publisher(
        settings.kafka.bootstrap,
        gateway_topics(feeds),
        acknowledge_seconds=settings.gateway.acknowledge_seconds,
    )
    publisher.on_ended = opening.refuse

    def door(sender: str, received_at: datetime) -> Door:
        return Door(sender, received_at, pseudonyms, units)

    gateway = Gateway(
        feeds=feeds,
        publisher=publisher,
        keys=Keys(settings.data / "keys.sqlite"),
        seal=Seal(settings.sealing_key),
        door=door,
        partitions=settings.kafka.partitions,
        max_delivery_bytes=settings.gateway.max_delivery_bytes,
        buckets=Buckets(settings.gateway.requests_per_minute),
        receipts=lookups.receipts,
        dead_letters=lookups.dead_letters,
        holdings=lookups.holdings,
        ready={
            "kafka": lambda: _kafka(publisher, settings.kafka.bootstrap),
            "identity": opening.why_not,
        },
        is_open=lambda: opening.is_open,
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await publisher.start()
        check = asyncio.create_task(opening.run())
        try:
            yield
        finally:
            check.cancel()
            await publisher.close()

    return create_gateway(gateway, lifespan), gateway, opening


def run_gateway(settings: Settings, feeds: Mapping[str, Feed], lookups: Lookups | None = None) -> None:
    """Serve until told to stop.

    Raises: DeclarationError when another identity key stands in Kafka, or other topics, or its client refuses
    the settings; the operator acts. HubError when publishing ended by a bug; the supervisor starts it again.
    """
    app, _, opening = build_gateway(settings, feeds, lookups or Lookups())
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.gateway.host,
            port=settings.gateway.port,
            http="httptools",
            access_log=False,
            log_config=None,
            server_header=False,
            ssl_certfile=settings.tls_cert or None,
            ssl_keyfile=settings.tls_key or None,
            proxy_headers=False,
            timeout_graceful_shutdown=STOP_SECONDS,
            backlog=2048,
        )
    )

    def stop() -> None:
        server.should_exit = True

    opening.on_refused = stop
    sys.setswitchinterval(SWITCH_SECONDS)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(server.serve())
    if opening.refused is not None:
        raise opening.refused
