import asyncio
from collections.abc import Callable

import httpx
import pytest
from fastapi import FastAPI, Request

from iochub.dashboards.wall.agency_door import COOKIE, IDLE_SECONDS, AgencyDoor, Session
from iochub.dashboards.wall.door import Door
from iochub.dashboards.wall.rejects_gateway import AgencyGateway, Refused


class Hand:
    """A clock that a test moves."""

    at = 0.0

    def __call__(self) -> float:
        return self.at


def wall(
    *, guarded: bool = False, ticks: Callable[[], float] = lambda: 0.0, opened: list[Session] | None = None
) -> FastAPI:
    app = FastAPI()
    opened = [] if opened is None else opened

    @app.get("/rejects")
    async def rejects(request: Request) -> dict[str, str | None]:
        opened.append(request.state.agency)
        return {"key": request.state.agency.key(), "token": request.state.token}

    @app.get("/")
    async def home() -> dict[str, str]:
        return {"figure": "secret"}

    async def verify(key: str) -> str:
        return {"good": "known", "away": "away"}.get(key, "unknown")

    app.add_middleware(Door, own_token="own", verify=verify, guarded=guarded, secure=False)
    app.add_middleware(AgencyDoor, verify=verify, secure=False, ticks=ticks)
    return app


def ask(app: FastAPI, *requests: tuple[str, str, dict]) -> list[httpx.Response]:
    """Send requests one after another, as one browser."""

    async def browse() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://wall") as browser:
            return [await browser.request(method, path, **more) for method, path, more in requests]

    return asyncio.run(browse())


SIGN_IN = ("POST", "/rejects/sign-in", {"data": {"key": "good"}})
LOOK = ("GET", "/rejects", {})


def test_the_page_opens_for_a_known_key_and_the_browser_never_holds_it() -> None:
    form, entered, page = ask(wall(), LOOK, SIGN_IN, LOOK)
    assert "Khoá cơ quan" in form.text
    assert (entered.status_code, entered.headers["location"]) == (303, "/rejects")
    told = entered.headers["set-cookie"].lower()
    assert "good" not in told
    assert "httponly" in told
    assert "samesite=strict" in told
    assert page.json() == {"key": "good", "token": "own"}


@pytest.mark.parametrize(("key", "status"), [("bad", 403), ("", 403), ("away", 503), ("x" * 5000, 413)])
def test_a_key_that_is_none_opens_nothing(key: str, status: int) -> None:
    refused, page = ask(wall(), ("POST", "/rejects/sign-in?lang=en", {"data": {"key": key}}), LOOK)
    assert refused.status_code == status
    assert "<form" in page.text
    assert not key or key not in refused.text


def test_an_agency_sees_its_page_and_nothing_else_of_a_guarded_wall() -> None:
    _, page, home, stranger = ask(
        wall(guarded=True), SIGN_IN, LOOK, ("GET", "/", {}), ("GET", "/rejects/../", {})
    )
    assert page.json() == {"key": "good", "token": None}
    assert (home.status_code, stranger.status_code) == (401, 401)


def test_after_signing_out_or_hours_of_silence_the_key_is_asked_for_again() -> None:
    clock = Hand()
    app = wall(ticks=clock)
    _, _, left = ask(app, SIGN_IN, ("POST", "/rejects/sign-out", {}), LOOK)
    assert "<form" in left.text
    entered, *_ = ask(app, SIGN_IN)
    cookie = {"headers": {"Cookie": f"{COOKIE}={entered.cookies[COOKIE]}"}}
    clock.at += IDLE_SECONDS
    (still,) = ask(app, ("GET", "/rejects", cookie))
    clock.at += IDLE_SECONDS + 1
    (gone,) = ask(app, ("GET", "/rejects", cookie))
    assert still.json()["key"] == "good"
    assert "<form" in gone.text


def test_a_page_that_stays_open_does_nothing_more_after_signing_out_or_hours_of_silence() -> None:
    clock, opened = Hand(), list[Session]()
    app = wall(ticks=clock, opened=opened)
    ask(app, SIGN_IN, LOOK, ("POST", "/rejects/sign-out", {}))
    ask(app, SIGN_IN, LOOK)
    clock.at += IDLE_SECONDS
    assert [session.key() for session in opened] == [None, "good"]
    clock.at += IDLE_SECONDS
    assert opened[1].key() == "good"
    clock.at += IDLE_SECONDS + 1
    assert opened[1].key() is None

    async def asked() -> None:
        async with httpx.AsyncClient(base_url="http://127.0.0.1:1") as client:
            await AgencyGateway(client, opened[1].key, "vi").standing()

    with pytest.raises(Refused, match="Đã đăng xuất"):
        asyncio.run(asked())


def test_a_guessed_session_opens_nothing() -> None:
    (page,) = ask(wall(), ("GET", "/rejects", {"headers": {"Cookie": f"{COOKIE}=guessed"}}))
    assert "<form" in page.text


def test_a_socket_without_either_key_is_closed() -> None:
    sent: list[dict] = []

    async def send(message: dict) -> None:
        sent.append(message)

    async def receive() -> dict:
        return {"type": "websocket.connect"}

    scope = {"type": "websocket", "path": "/_nicegui_ws/socket.io", "headers": []}
    asyncio.run(wall(guarded=True)(scope, receive, send))
    assert [message["type"] for message in sent] == ["websocket.close"]


def test_from_somebody_unknown_no_more_is_read_than_a_form() -> None:
    read: list[int] = []

    async def flood():
        for _ in range(1_000):
            read.append(10_000)
            yield b"x" * 10_000

    async def sent_to(path: str) -> int:
        pieces = flood()
        status: list[int] = []

        async def receive() -> dict:
            return {"type": "http.request", "body": await anext(pieces), "more_body": True}

        async def send(message: dict) -> None:
            status.append(message.get("status", 0))

        scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": []}
        await wall(guarded=True)(scope, receive, send)
        return status[0]

    for path in ("/rejects/sign-in", "/sign-in"):
        assert asyncio.run(sent_to(path)) == 413
    assert sum(read) <= 20_000
