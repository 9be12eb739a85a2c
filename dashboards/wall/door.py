"""Who may look: anyone on this machine; from elsewhere who holds a viewer token, as far as that sees."""

import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from html import escape
from http.cookies import CookieError, SimpleCookie
from typing import Literal
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from iochub.dashboards.wall import words
from iochub.text import Language, Text

Verdict = Literal["known", "unknown", "away"]
Verify = Callable[[str], Awaitable[Verdict]]

COOKIE = "iochub_wall"
SIGN_IN = "/sign-in"
PUBLIC = ("/healthz", "/readyz", "/metrics")
AGENCY = ("/rejects", "/_nicegui")
SESSIONS = 1_000
FORM_BYTES = 4_096


class Door:
    """Lets requests through with the token they may ask the API with, in `request.state.token`."""

    def __init__(self, app: ASGIApp, own_token: str, verify: Verify, *, guarded: bool, secure: bool) -> None:
        self._app = app
        self._own_token = own_token
        self._verify = verify
        self._guarded = guarded
        self._secure = secure
        self._sessions: OrderedDict[str, str] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or show the sign-in page."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        token = self._token(scope) if self._guarded else self._own_token
        if token is not None or scope["path"] in PUBLIC or _is_agency(scope):
            scope.setdefault("state", {})["token"] = token
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            response = await self._sign_in(Request(scope, receive))
            await response(scope, receive, send)

    def _token(self, scope: Scope) -> str | None:
        try:
            cookies = SimpleCookie(Headers(scope=scope).get("cookie", ""))
        except CookieError:
            return None
        held = cookies.get(COOKIE)
        return self._sessions.get(held.value) if held else None

    async def _sign_in(self, request: Request) -> Response:
        if request.url.path != SIGN_IN:
            if request.method in ("GET", "HEAD") and "text/html" in request.headers.get("accept", ""):
                return RedirectResponse(SIGN_IN, 303)
            return PlainTextResponse("", 401)
        language: Language = "en" if request.query_params.get("lang") == "en" else "vi"
        if request.method != "POST":
            return HTMLResponse(_FORM.page(language, ""))
        token = await entered(request, "token")
        if token is None:
            return PlainTextResponse("", 413)
        verdict = await self._verify(token) if token else "unknown"
        if verdict != "known":
            said = words.WRONG_TOKEN if verdict == "unknown" else words.API_AWAY
            return HTMLResponse(_FORM.page(language, said.to(language)), 403 if verdict == "unknown" else 503)
        return self._welcome(token)

    def _welcome(self, token: str) -> Response:
        session = secrets.token_urlsafe(32)
        self._sessions[session] = token
        while len(self._sessions) > SESSIONS:
            self._sessions.popitem(last=False)
        response = RedirectResponse("/", 303)
        response.set_cookie(COOKIE, session, httponly=True, samesite="strict", secure=self._secure)
        return response


async def entered(request: Request, name: str) -> str | None:
    """The secret that a form sends, or None for more than a form: anybody may send, so no more is read."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > FORM_BYTES:
            return None
    return parse_qs(body.decode("utf-8", "replace")).get(name, [""])[0].strip()


def _is_agency(scope: Scope) -> bool:
    """Whether an agency that has shown its key asks for its own page, or for what that page is made of."""
    return "agency" in scope.get("state", {}) and scope["path"].startswith(AGENCY)


_STYLE = """
body{margin:0;min-height:100vh;display:grid;place-items:center;background:#0a1220;color:#f2f6fc;
font:20px/1.4 Roboto,"Noto Sans","Liberation Sans",sans-serif}
form{display:grid;gap:14px;width:min(26rem,86vw);background:#111c2e;border:1px solid #1e2d45;
border-radius:16px;padding:32px}
h1{font-size:26px;font-weight:500;margin:0}label{color:#a9b8cd}
input,button{font:inherit;padding:11px 14px;border-radius:10px;border:1px solid #35507a}
input{background:#0a1220;color:inherit}button{background:#1d4f86;color:#fff;cursor:pointer}
p{color:#ffb454;margin:0}:focus-visible{outline:3px solid #4cc2ff;outline-offset:2px}
"""


@dataclass(frozen=True, slots=True)
class Form:
    """A page that asks for one secret: where it is sent, by which name, and in which words."""

    action: str
    name: str
    title: Text
    label: Text
    button: Text

    def page(self, language: Language, said: str) -> str:
        """The page, with what went wrong before if anything did."""
        warning = f'<p role="alert">{escape(said)}</p>' if said else ""
        return (
            f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>IOC</title>'
            '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
            f"<style>{_STYLE}</style></head><body>"
            f'<form method="post" action="{self.action}?lang={language}">'
            f"<h1>{escape(self.title.to(language))}</h1>"
            f'<label for="{self.name}">{escape(self.label.to(language))}</label>{warning}'
            f'<input id="{self.name}" name="{self.name}" type="password" autocomplete="current-password" '
            f"required autofocus><button>{escape(self.button.to(language))}</button></form></body></html>"
        )


_FORM = Form(SIGN_IN, "token", words.BRAND, words.SIGN_IN, words.ENTER)
