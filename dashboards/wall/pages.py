"""The addresses of the wall, and the words NiceGUI itself says in Vietnamese."""

from collections.abc import Awaitable, Callable
from copy import copy
from pathlib import Path

import httpx
from fastapi import Request
from nicegui import ui
from nicegui.translations import translations

from iochub.dashboards.wall import period
from iochub.dashboards.wall.agency_door import Session
from iochub.dashboards.wall.drilldown import drilldown
from iochub.dashboards.wall.feeds import feeds
from iochub.dashboards.wall.overview import one_desk, overview
from iochub.dashboards.wall.rejects import rejects
from iochub.dashboards.wall.screen import Hub, Screen

BUILD_SECONDS = 15.0
"""Longer than all first answers that a page waits for: while the API hangs, a screen opens and says so."""

STYLE = Path(__file__).with_name("wall.css")
REJECTS_STYLE = Path(__file__).with_name("rejects.css")

Draw = Callable[[Screen], Awaitable[None]]


def declare_pages(hub: Hub, gateway: httpx.AsyncClient) -> None:
    """Give every screen its address."""
    translations["vi"] = {
        "connection_lost": "Mất kết nối với màn hình.",
        "trying_to_reconnect": "Đang kết nối lại …",
        "message_too_long": "Thông điệp quá dài",
        "message_too_long_body": "Thông điệp quá lớn để gửi đi.",
    }
    css = STYLE.read_text(encoding="utf-8") + REJECTS_STYLE.read_text(encoding="utf-8")

    async def show(request: Request, draw: Draw) -> None:
        screen = screen_of(hub, request)
        if screen.language == "en":
            _in_english()
        ui.add_css(css)
        await draw(screen)

    @ui.page("/", dark=True, response_timeout=BUILD_SECONDS)
    async def overview_page(request: Request) -> None:
        await show(request, overview)

    @ui.page("/desk/{name}", dark=True, response_timeout=BUILD_SECONDS)
    async def desk_page(request: Request, name: str) -> None:
        await show(request, lambda screen: one_desk(screen, name))

    @ui.page("/feeds", dark=True, response_timeout=BUILD_SECONDS)
    async def feeds_page(request: Request) -> None:
        await show(request, feeds)

    @ui.page("/rejects", dark=True, response_timeout=BUILD_SECONDS)
    async def rejects_page(request: Request) -> None:
        agency: Session = request.state.agency
        await show(request, lambda screen: rejects(screen, gateway, agency.key))

    @ui.page("/indicator/{name}", dark=True, response_timeout=BUILD_SECONDS)
    async def indicator_page(request: Request, name: str) -> None:
        await show(request, lambda screen: drilldown(screen, name))


def screen_of(hub: Hub, request: Request) -> Screen:
    """The screen that an address asks for; what it cannot mean is left out, not an error."""
    asked = request.query_params
    scale = asked.get("scale", "")
    return Screen(
        hub=hub,
        token=request.state.token or "",
        language="en" if asked.get("lang") == "en" else "vi",
        fixed=period.read(asked.get("period", "")),
        scale=next((known for known in period.SCALES if known == scale), "year"),
    )


def _in_english() -> None:
    """Tell the browser that this one page is in English: screen readers choose their voice by it."""
    client = ui.context.client
    page = copy(client.page)
    page.language = "en-GB"
    client.page = page
