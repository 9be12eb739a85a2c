"""The query app: every figure, for whoever may see it, to whatever screen or program asks."""

from collections.abc import Callable, Mapping
from datetime import datetime

from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.concurrency import run_in_threadpool
from starlette.types import Lifespan

from iochub.api.docs import serve_docs
from iochub.api.problems import answer_with_problems
from iochub.api.query.ports import Answers, FeedsHealth, Tokens
from iochub.api.query.routes import router
from iochub.api.query.traffic import Traffic
from iochub.clock import now
from iochub.ingest.units import Units
from iochub.warehouse.indicator import Indicator

Readiness = Callable[[], tuple[str, ...]]
"""The names of what the API leans on and that does not answer; empty when all is well."""


def create_api(
    answers: Answers,
    indicators: Mapping[str, Indicator],
    units: Units,
    feeds_health: FeedsHealth,
    tokens: Tokens,
    *,
    ready: Readiness = tuple,
    clock: Callable[[], datetime] = now,
    lifespan: Lifespan[FastAPI] | None = None,
) -> FastAPI:
    """Make the app from what it asks; nothing is connected to before it starts."""
    app = FastAPI(
        title="IOC Hub · query API",
        description="Figures of the province: exact, explained, and honest about what is not known.",
        version="1",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.answers = answers
    app.state.indicators = indicators
    app.state.units = units
    app.state.feeds_health = feeds_health
    app.state.tokens = tokens
    app.state.clock = clock
    app.include_router(router)
    registry = CollectorRegistry()
    _serve_operators(app, ready, registry)
    serve_docs(app)
    answer_with_problems(app)
    app.add_middleware(Traffic, registry=registry)
    return app


def _serve_operators(app: FastAPI, ready: Readiness, registry: CollectorRegistry) -> None:
    @app.get("/healthz", summary="Alive", tags=["operators"])
    async def healthz() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @app.get("/readyz", summary="Ready", tags=["operators"])
    async def readyz(response: Response) -> dict[str, object]:
        """What the API leans on answers; 503 names what does not."""
        missing = await run_in_threadpool(ready)
        response.status_code = 503 if missing else 200
        return {"status": "waiting" if missing else "ok", "waits_for": list(missing)}

    @app.get("/metrics", summary="Traffic counters for Prometheus", tags=["operators"])
    async def metrics() -> Response:
        """Requests by route and status, and how long they took."""
        return Response(generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
