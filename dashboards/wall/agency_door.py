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
class _Session:
    key: SecretStr
    used_at: float


class AgencyDoor:
    """Lets the page of rejects through with the agency's key, as `request.state.agency_key`, or asks for it.

    The browser keeps only the random name of its session.
    """

    def __init__(
        self, app: ASGIApp, verify: Verify, *, secure: bool, ticks: Callable[[], float] = monotonic
    ) -> None:
        self._app = app
        self._verify = verify
        self._secure = secure
        self._ticks = ticks
        self._sessions: OrderedDict[str, _Session] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or show where the key is entered."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        key = self._key(scope)
        if key is not None:
            scope.setdefault("state", {})["agency_key"] = key
        if scope["type"] == "http" and scope["path"] in (SIGN_IN, SIGN_OUT, REJECTS):
            response = await self._answer(Request(scope, receive), key)
            if response is not None:
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _answer(self, request: Request, key: SecretStr | None) -> Response | None:
        language: Language = "en" if request.query_params.get("lang") == "en" else "vi"
        if request.url.path == SIGN_OUT and request.method == "POST":
            self._sessions.pop(_session_of(request.scope), None)
            response = RedirectResponse(_address(language), 303)
            response.delete_cookie(COOKIE, path="/")
            return response
        if request.url.path == SIGN_IN and request.method == "POST":
            return await self._sign_in(request, language)
        if request.url.path != REJECTS:
            return RedirectResponse(_address(language), 303)
        return None if key is not None else HTMLResponse(_form(language, ""))

    async def _sign_in(self, request: Request, language: Language) -> Response:
        key = await entered(request, "key")
        if key is None:
            return PlainTextResponse("", 413)
        verdict = await self._verify(key) if key else "unknown"
        if verdict != "known":
            said = words.WRONG_KEY if verdict == "unknown" else words.GATEWAY_AWAY
            return HTMLResponse(_form(language, said.to(language)), 403 if verdict == "unknown" else 503)
        session = secrets.token_urlsafe(32)
        self._sessions[session] = _Session(SecretStr(key), self._ticks())
        while len(self._sessions) > SESSIONS:
            self._sessions.popitem(last=False)
        response = RedirectResponse(_address(language), 303)
        response.set_cookie(COOKIE, session, httponly=True, samesite="strict", secure=self._secure)
        return response

    def _key(self, scope: Scope) -> SecretStr | None:
        name = _session_of(scope)
        session = self._sessions.get(name)
        if session is None:
            return None
        at = self._ticks()
        if at - session.used_at > IDLE_SECONDS:
            del self._sessions[name]
            return None
        session.used_at = at
        self._sessions.move_to_end(name)
        return session.key


def _session_of(scope: Scope) -> str:
    try:
        held = SimpleCookie(Headers(scope=scope).get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return held.value if held else ""


def _address(language: Language) -> str:
    return f"{REJECTS}?lang=en" if language == "en" else REJECTS


def _form(language: Language, said: str) -> str:
    return Form(SIGN_IN, "key", words.TITLE, words.ENTER_KEY, words.ENTER).page(language, said)
