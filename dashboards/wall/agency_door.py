"""Who may see its own rejects: an agency with its key, which this process alone keeps, in memory."""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from time import monotonic

from pydantic import SecretStr
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from iochub.dashboards.wall import reject_words as words
from iochub.dashboards.wall.door import SESSIONS, Form, Verify, entered
from iochub.text import Language

COOKIE = "iochub_agency"
REJECTS = "/rejects"
SIGN_IN, SIGN_OUT = "/rejects/sign-in", "/rejects/sign-out"
IDLE_SECONDS = 4 * 3600.0
"""An agency that does nothing for half a working day is asked for its key again."""


@dataclass(slots=True)
class Session:
    """An agency's key for as long as it is signed in: a page that stays open must not outlive that."""

    _key: SecretStr
    _ticks: Callable[[], float]
    _used_at: float
    is_over: bool = False

    def key(self) -> str | None:
        """The key, which counts as doing something; nothing once the session is over."""
        at = self._ticks()
        self.is_over = self.is_over or at - self._used_at > IDLE_SECONDS
        if self.is_over:
            return None
        self._used_at = at
        return self._key.get_secret_value()


class AgencyDoor:
    """Lets the page of rejects through for an agency that is signed in, or asks for its key.

    The page finds the session in `request.state.agency`; the browser keeps only its random name.
    """

    def __init__(
        self, app: ASGIApp, verify: Verify, *, secure: bool, ticks: Callable[[], float] = monotonic
    ) -> None:
        self._app = app
        self._verify = verify
        self._secure = secure
        self._ticks = ticks
        self._sessions: OrderedDict[str, Session] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or show where the key is entered."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        session = self._session(scope)
        if session is not None:
            scope.setdefault("state", {})["agency"] = session
        if scope["type"] == "http" and scope["path"] in (SIGN_IN, SIGN_OUT, REJECTS):
            response = await self._answer(Request(scope, receive), session)
            if response is not None:
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _answer(self, request: Request, session: Session | None) -> Response | None:
        language: Language = "en" if request.query_params.get("lang") == "en" else "vi"
        if request.url.path == SIGN_OUT and request.method == "POST":
            self._end(_name_of(request.scope))
            response = RedirectResponse(_address(language), 303)
            response.delete_cookie(COOKIE, path="/")
            return response
        if request.url.path == SIGN_IN and request.method == "POST":
            return await self._sign_in(request, language)
        if request.url.path != REJECTS:
            return RedirectResponse(_address(language), 303)
        return None if session is not None else HTMLResponse(_form(language, ""))

    async def _sign_in(self, request: Request, language: Language) -> Response:
        key = await entered(request, "key")
        if key is None:
            return PlainTextResponse("", 413)
        verdict = await self._verify(key) if key else "unknown"
        if verdict != "known":
            said = words.WRONG_KEY if verdict == "unknown" else words.GATEWAY_AWAY
            return HTMLResponse(_form(language, said.to(language)), 403 if verdict == "unknown" else 503)
        name = secrets.token_urlsafe(32)
        self._sessions[name] = Session(SecretStr(key), self._ticks, self._ticks())
        while len(self._sessions) > SESSIONS:
            self._end(next(iter(self._sessions)))
        response = RedirectResponse(_address(language), 303)
        response.set_cookie(COOKIE, name, httponly=True, samesite="strict", secure=self._secure)
        return response

    def _session(self, scope: Scope) -> Session | None:
        name = _name_of(scope)
        session = self._sessions.get(name)
        if session is None:
            return None
        if session.key() is None:
            self._end(name)
            return None
        self._sessions.move_to_end(name)
        return session

    def _end(self, name: str) -> None:
        """Forget a session, and let no page that is still open use its key."""
        session = self._sessions.pop(name, None)
        if session is not None:
            session.is_over = True


def _name_of(scope: Scope) -> str:
    try:
        held = SimpleCookie(Headers(scope=scope).get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return held.value if held else ""


def _address(language: Language) -> str:
    return f"{REJECTS}?lang=en" if language == "en" else REJECTS


def _form(language: Language, said: str) -> str:
    return Form(SIGN_IN, "key", words.TITLE, words.ENTER_KEY, words.ENTER).page(language, said)
