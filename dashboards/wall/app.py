"""The wall as a web app: a client of the query API like any other."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import datetime
from functools import partial
from time import monotonic

import httpx
import uvicorn
from fastapi import FastAPI, Response
from nicegui import ui
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from iochub.addresses import door, is_loopback, trust
from iochub.clock import now
from iochub.dashboards.wall.agency_door import AgencyDoor
from iochub.dashboards.wall.door import Door, Verdict, Verify
from iochub.dashboards.wall.pages import declare_pages
from iochub.dashboards.wall.poll import TIMEOUT_SECONDS, Poller
from iochub.dashboards.wall.rejects_gateway import verdict_on
from iochub.dashboards.wall.screen import Hub
from iochub.settings import Settings

GATEWAY_SECONDS = 30.0
"""How long a replay may take: the gateway waits for Kafka."""
RECONNECT_SECONDS = 30.0
"""How long a page of a browser that lost its network is kept."""


def create_wall(
    settings: Settings,
    client: httpx.AsyncClient,
    *,
    clock: Callable[[], datetime] = now,
    ticks: Callable[[], float] = monotonic,
) -> FastAPI:
    """Make the app; one wall per process, because NiceGUI's pages belong to the process."""
    poller = Poller(client, clock, ticks)
    gateway = _gateway(settings)
    app = FastAPI(
        title="IOC Hub · wall",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_asking(poller, client, gateway),
    )
    _serve_operators(app, client, poller)
    declare_pages(Hub(poller, clock, settings.wall.poll_seconds, _is_demo(settings)), gateway)
    ui.run_with(
        app,
        title="IOC",
        favicon="🛰",
        dark=True,
        language="vi",
        tailwind=False,
        reconnect_timeout=RECONNECT_SECONDS,
        show_welcome_message=False,
    )
    app.add_middleware(
        Door,
        own_token=settings.wall.token.get_secret_value(),
        verify=_verifying(client),
        guarded=settings.behind_proxy or not is_loopback(settings.wall.host),
        secure=settings.behind_proxy or bool(settings.tls_cert),
    )
    app.add_middleware(
        AgencyDoor,
        verify=partial(verdict_on, gateway),
        secure=settings.behind_proxy or bool(settings.tls_cert),
    )
    return app


def _gateway(settings: Settings) -> httpx.AsyncClient:
    """The way to the gateway, which an agency asks with its own key alone."""
    at = settings.gateway
    return httpx.AsyncClient(
        base_url=door(at.host, at.port, settings.tls_cert),
        timeout=GATEWAY_SECONDS,
        verify=trust(settings.tls_cert),
        trust_env=False,
    )


def _is_demo(settings: Settings) -> Callable[[], bool]:
    """Whether figures here are invented: the demo feeds itself, or its past was sent to this hub."""
    past = settings.data / "demo"
    return lambda: settings.demo or past.exists()


def run_wall(settings: Settings) -> None:
    """Serve the wall until the process is told to stop."""
    client = httpx.AsyncClient(
        base_url=settings.api.url,
        timeout=TIMEOUT_SECONDS,
        verify=trust(settings.tls_cert),
        trust_env=False,
    )
    uvicorn.run(
        create_wall(settings, client),
        host=settings.wall.host,
        port=settings.wall.port,
        log_config=None,
        # At INFO uvicorn writes a line for every screen that opens, with the id of its page.
        log_level="warning",
        access_log=False,
        server_header=False,
        ssl_certfile=settings.tls_cert or None,
        ssl_keyfile=settings.tls_key or None,
        timeout_graceful_shutdown=3,
    )


def _asking(
    poller: Poller, client: httpx.AsyncClient, gateway: httpx.AsyncClient
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(poller.run())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await client.aclose()
        await gateway.aclose()

    return lifespan


def _verifying(client: httpx.AsyncClient) -> Verify:
    async def verify(token: str) -> Verdict:
        try:
            answer = await client.get("/v1/viewer", headers={"Authorization": f"Bearer {token}"})
        except UnicodeError:
            return "unknown"  # no token is written with accents
        except httpx.HTTPError:
            return "away"
        if answer.status_code == httpx.codes.OK:
            return "known"
        return "unknown" if answer.status_code in (401, 403) else "away"

    return verify


def _serve_operators(app: FastAPI, client: httpx.AsyncClient, poller: Poller) -> None:
    registry = CollectorRegistry()
    Gauge("iochub_wall_questions", "Questions kept asked for open screens.", registry=registry).set_function(
        lambda: poller.watched
    )
    Gauge("iochub_wall_failing", "Of them, how many have no present answer.", registry=registry).set_function(
        lambda: poller.failing
    )

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz")
    async def readyz(response: Response) -> dict[str, object]:
        try:
            alive = (await client.get("/healthz")).status_code == httpx.codes.OK
        except httpx.HTTPError:
            alive = False
        response.status_code = 200 if alive else 503
        return {"status": "ok" if alive else "waiting", "waits_for": [] if alive else ["api"]}

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
