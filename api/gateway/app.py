"""The gateway as a web application: its addresses, and how each failure is answered."""

import asyncio
import functools

from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Lifespan, Receive, Scope, Send

from iochub.api.docs import page
from iochub.api.gateway import looking, mending, pushing, replaying, templates
from iochub.api.gateway.acceptance import Gateway, json_answer
from iochub.api.gateway.described import described
from iochub.api.gateway.pushing import Serve
from iochub.api.gateway.straight import Straight, Way
from iochub.api.problems import Problem, answer, answer_with_problems, language_of, problem_of
from iochub.errors import HubError, StoreUnavailable
from iochub.text import Text

LINGER_SECONDS = 5.0
LINGER_BYTES = 512 * 1024 * 1024

NOT_CONFIRMED = Text(
    "Chưa xác nhận: hãy gửi lại nguyên nội dung này; phần đã giữ chỉ được tính một lần.",
    "Not confirmed: send the same again; whatever was kept counts once.",
)


def create_gateway(gateway: Gateway, lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """Build the application around what it works with; nothing is read from anywhere else."""
    app = FastAPI(
        title="IOC Hub gateway",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    events = _served(gateway, pushing.events(gateway))
    deliveries = _served(gateway, pushing.deliveries(gateway))
    ways = {f"/v1/feeds/{name}/deliveries": Way(deliveries, {"feed": name}) for name in gateway.feeds}
    app.add_middleware(Straight, ways=ways | {"/v1/events": Way(events, {})})
    answer_with_problems(app)
    _add_routes(app, gateway, events, deliveries)
    _add_watching(app, gateway)
    return app


def _add_routes(app: FastAPI, gateway: Gateway, events: Serve, deliveries: Serve) -> None:
    post, get = ["POST"], ["GET"]
    app.add_route("/v1/events", events, methods=post)
    app.add_route("/v1/feeds/{feed}/deliveries", deliveries, methods=post)
    for path, serve, methods in (
        ("/v1/feeds/{feed}/withdrawals", pushing.withdrawals, post),
        ("/v1/feeds/{feed}/declarations", pushing.declarations, post),
        ("/v1/feeds/{feed}/holdings", looking.holdings, get),
        ("/v1/feeds/reports/template", templates.reports_template, get),
        ("/v1/receipts/{receipt}", looking.receipt, get),
        ("/v1/feeds", looking.feeds, get),
        ("/v1/dead-letters", mending.dead_letters, get),
        ("/v1/dead-letters/replay", replaying.replays, post),
        ("/v1/dead-letters/{dead_letter}", mending.dead_letter, get),
        ("/v1/dead-letters/{dead_letter}/history", mending.history, get),
        ("/v1/dead-letters/{dead_letter}/replay", replaying.replay, post),
    ):
        app.add_route(path, _served(gateway, serve(gateway)), methods=methods)


def _add_watching(app: FastAPI, gateway: Gateway) -> None:
    """What watches the process, and what describes it."""
    document = described(gateway.feeds)

    async def alive(_: Request) -> Response:
        return json_answer({"status": "ok"})

    async def ready(_: Request) -> Response:
        names = tuple(gateway.ready)
        found = await asyncio.gather(*(gateway.ready[name]() for name in names))
        checks = {name: why or "ok" for name, why in zip(names, found, strict=True)}
        is_ready = not any(found)
        return json_answer(
            {"status": "ready" if is_ready else "waiting", "checks": checks}, 200 if is_ready else 503
        )

    async def metrics(_: Request) -> Response:
        gateway.measures.stopped(gateway.stops.standing(), gateway.feeds)
        return Response(gateway.measures.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def openapi(_: Request) -> Response:
        return json_answer(document)

    async def docs(_: Request) -> Response:
        return HTMLResponse(page(document))

    for path, serve in (
        ("/healthz", alive),
        ("/readyz", ready),
        ("/metrics", metrics),
        ("/openapi.json", openapi),
        ("/docs", docs),
    ):
        app.add_route(path, serve, methods=["GET"])


def _served(gateway: Gateway, serve: Serve) -> Serve:
    """Count and word what is refused."""

    @functools.wraps(serve)
    async def refusing(request: Request) -> Response:
        try:
            return await serve(request)
        except HubError as error:
            problem = problem_of(error)
            if problem.status == 500:
                raise
            if isinstance(error, StoreUnavailable) and request.method == "POST":
                problem = Problem(503, "not_confirmed", NOT_CONFIRMED, headers=problem.headers)
            gateway.measures.refused(problem.status)
            refused = answer(problem, language_of(request.headers.get("accept-language")))
            return Lingering(refused, request) if problem.status == 413 else refused

    return refusing


class Lingering(Response):
    """An answer to someone still sending: read out for a while, or the sender never sees the answer."""

    def __init__(self, refused: Response, request: Request) -> None:
        super().__init__(refused.body, refused.status_code)
        self.raw_headers = refused.raw_headers
        self._request = request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the whole answer at once, then throw away what still comes, within bounds."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        left = LINGER_BYTES
        try:
            async with asyncio.timeout(LINGER_SECONDS):
                while left > 0:
                    message = await receive()
                    if message["type"] != "http.request" or not message.get("more_body"):
                        break
                    left -= len(message.get("body", b""))
        except TimeoutError:
            pass
        await send({"type": "http.response.body", "body": b"", "more_body": False})
