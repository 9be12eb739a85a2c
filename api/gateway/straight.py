"""A short way to the addresses that carry all the load: the layers between cost as much as a delivery."""

from collections.abc import Mapping
from typing import NamedTuple

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from iochub.api.gateway.pushing import Serve


class Way(NamedTuple):
    """What serves an address, and what its path names."""

    serve: Serve
    path_params: dict[str, str]


class Straight:
    """Passes a POST to a known address directly to what serves it, and everything else on."""

    def __init__(self, app: ASGIApp, ways: Mapping[str, Way]) -> None:
        self._app = app
        self._ways = ways

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        way = self._ways.get(scope["path"]) if scope["type"] == "http" else None
        if way is None or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        scope["path_params"] = way.path_params
        answer = await way.serve(Request(scope, receive))
        await answer(scope, receive, send)
