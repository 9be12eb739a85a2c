"""A gateway with real feeds behind a real server in a thread, without Kafka: for the wall to be tried on."""

import asyncio
import threading
from datetime import UTC, datetime
from pathlib import Path

import httpx
from pydantic import SecretStr
from serving import served
from shelf import Shelf

from iochub.api.gateway.acceptance import Gateway
from iochub.api.gateway.app import create_gateway
from iochub.api.gateway.limits import Buckets
from iochub.api.keys import Keys
from iochub.ingest.door import Door
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.pseudonyms import Pseudonyms
from iochub.ingest.receipts import ReceiptState
from iochub.ingest.sealing import Seal
from iochub.ingest.units import Units

AGENCY = "H56.01"
COUNTED_AT_LOOK = 3
"""A receipt is stored when it is looked at first, and counted some looks later."""


class AgencyGateway:
    """The gateway, its address, and the key of an agency that may use every feed."""

    def __init__(self, data: Path) -> None:
        self.shelf = Shelf()
        self.keys = Keys(data / "keys.sqlite")
        self.key = self.keys.create_agency_key(AGENCY, list(FEEDS))
        self._looks: dict[str, int] = {}
        pseudonyms, units = Pseudonyms("i" * 32, "p" * 32), Units.load()
        self.gateway = Gateway(
            feeds=FEEDS,
            publisher=self.shelf,
            keys=self.keys,
            seal=Seal(SecretStr("s" * 32)),
            door=lambda sender, at: Door(sender, at, pseudonyms, units),
            partitions=12,
            max_delivery_bytes=1024 * 1024,
            buckets=Buckets(120_000),
            dead_letters=self.shelf,
            receipts=self,
        )
        self.port = 0
        self._started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._thread.start()
        assert self._started.wait(30), "the gateway did not start"

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)

    def push(self, feed: str, records: object) -> httpx.Response:
        return httpx.post(
            f"{self.url}/v1/feeds/{feed}/deliveries",
            json=records,
            headers={"Authorization": f"Bearer {self.key}"},
            timeout=30,
            trust_env=False,
        )

    async def find(self, receipt_id: str, sender: str | None) -> ReceiptState | None:
        looks = self._looks[receipt_id] = self._looks.get(receipt_id, 0) + 1
        at = datetime.now(UTC)
        state = "counted" if looks >= COUNTED_AT_LOOK else "stored"
        return ReceiptState(receipt_id, "", sender or "", state, 1, 0, 1, 0, 1, at, at, at)  # type: ignore[arg-type]

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        async with served(create_gateway(self.gateway)) as port:
            self.port = port
            self._started.set()
            await self._stop.wait()
