import asyncio

import httpx
import pytest
from fastapi import FastAPI, Request

from iochub.addresses import is_loopback
from iochub.dashboards.wall.app import _verifying
from iochub.dashboards.wall.door import COOKIE, Door


def wall(*, guarded: bool) -> FastAPI:
    app = FastAPI()

    @app.get("/")
    async def home(request: Request) -> dict[str, str]:
        return {"token": request.state.token}

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    async def verify(token: str) -> str:
        return {"good": "known", "away": "away"}.get(token, "unknown")

    app.add_middleware(Door, own_token="own", verify=verify, guarded=guarded, secure=False)
    return app


def ask(app: FastAPI, *requests: tuple[str, str, dict]) -> list[httpx.Response]:
    """Send requests one after another, as one browser."""

    async def browse() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://wall") as browser:
            return [await browser.request(method, path, **more) for method, path, more in requests]

    return asyncio.run(browse())


def test_on_this_machine_the_wall_shows_itself_with_its_own_token() -> None:
    (home,) = ask(wall(guarded=False), ("GET", "/", {}))
    assert home.json() == {"token": "own"}


def test_from_elsewhere_nothing_is_shown_without_a_token() -> None:
    page, data, health = ask(
        wall(guarded=True),
        ("GET", "/", {"headers": {"Accept": "text/html"}}),
        ("GET", "/", {"headers": {"Cookie": f"{COOKIE}=guessed"}}),
        ("GET", "/healthz", {}),
    )
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in")
    assert data.status_code == 401
    assert "own" not in page.text + data.text
    assert health.status_code == 200


def test_a_viewer_sees_with_their_own_token_never_with_the_walls() -> None:
    form, entered, home = ask(
        wall(guarded=True),
        ("GET", "/sign-in", {}),
        ("POST", "/sign-in", {"data": {"token": "good"}}),
        ("GET", "/", {}),
    )
    assert "Nhập mã truy cập" in form.text
    assert "://" not in form.text
    assert "HttpOnly" in entered.headers["set-cookie"]
    assert "samesite=strict" in entered.headers["set-cookie"].lower()
    assert "good" not in entered.headers["set-cookie"]
    assert home.json() == {"token": "good"}


@pytest.mark.parametrize(("token", "status"), [("bad", 403), ("", 403), ("away", 503), ("x" * 5000, 413)])
def test_a_token_that_is_none_opens_nothing(token, status) -> None:
    refused, home = ask(
        wall(guarded=True), ("POST", "/sign-in?lang=en", {"data": {"token": token}}), ("GET", "/", {})
    )
    assert refused.status_code == status
    assert home.status_code == 401


def test_a_token_with_accents_is_unknown_and_no_fault() -> None:
    async def verdict() -> str:
        async with httpx.AsyncClient(base_url="http://127.0.0.1:1") as client:
            return await _verifying(client)("mã của tôi")

    assert asyncio.run(verdict()) == "unknown"


def test_a_socket_from_elsewhere_is_closed() -> None:
    sent: list[dict] = []

    async def send(message: dict) -> None:
        sent.append(message)

    async def receive() -> dict:
        return {"type": "websocket.connect"}

    scope = {"type": "websocket", "path": "/_nicegui_ws/socket.io", "headers": []}
    asyncio.run(wall(guarded=True)(scope, receive, send))
    assert [message["type"] for message in sent] == ["websocket.close"]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("10.0.0.5", False),
        ("wall", False),
    ],
)
def test_only_this_machine_is_loopback(host, expected) -> None:
    assert is_loopback(host) is expected
