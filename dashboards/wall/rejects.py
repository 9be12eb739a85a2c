"""The rejects of one agency: what was refused, where it is wrong, and how it is mended and sent again."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from html import escape
from typing import Any

import httpx
from nicegui import ui

from iochub.clock import day_start
from iochub.dashboards.wall import format as written
from iochub.dashboards.wall import reject_words as words
from iochub.dashboards.wall.agency_door import REJECTS, SIGN_OUT
from iochub.dashboards.wall.frame import Frame
from iochub.dashboards.wall.poll import Ask
from iochub.dashboards.wall.rejects_gateway import AgencyGateway, Key, Refused, Row, Standing
from iochub.dashboards.wall.rejects_record import OpenReject
from iochub.dashboards.wall.screen import Screen
from iochub.dashboards.wall.watching import Watching, follow
from iochub.ingest.reasons import SENTENCES, message_for
from iochub.text import Language

PAGE_ROWS = "50"
ANY = ""
INTO_VIEW = "if (innerWidth <= 1100) document.querySelector('.rejects .one').scrollIntoView()"
"""On a narrow screen the open record lies below the list."""


async def rejects(screen: Screen, gateway: httpx.AsyncClient, key: Key) -> None:
    """Draw the page of rejects of the agency whose key this is."""
    watching = Watching(screen.hub.poller)
    await watching.first(_asks(screen))
    frame = Frame(screen, watching, REJECTS, periods=False)
    with frame.open(words.TITLE.to(screen.language)):
        room = _Room(screen, AgencyGateway(gateway, key, screen.language))
        await room.begin()
    follow(watching, lambda: _asks(screen), frame.refresh)


def _asks(screen: Screen) -> Iterable[Ask[Any]]:
    """An agency that is no viewer sees no figures, and nothing is asked for it."""
    return (screen.viewer(), screen.feeds()) if screen.token else ()


class _Room:
    """The filters and the list on one side, the open record on the other."""

    def __init__(self, screen: Screen, gateway: AgencyGateway) -> None:
        self._gateway = gateway
        self._language: Language = screen.language
        self._clock: Callable[[], datetime] = screen.hub.clock
        self._feeds: dict[str, str] = {}
        self._next: str | None = None
        self._chosen = ""
        self._buttons: dict[str, ui.element] = {}
        self._said = ui.element("div").classes("said").props("role=status aria-live=polite")
        with ui.element("div").classes("rejects"):
            with ui.element("section").classes("panel list"):
                self._head()
                self._filters()
                self._rows = ui.element("div").classes("rows").props("role=list")
                self._more = ui.button(words.MORE.to(self._language), color=None, on_click=self._show_more)
                self._more.props("flat no-caps").classes("quiet").set_visibility(False)
            with ui.element("section").classes("panel one") as self._one:
                ui.label(words.CHOOSE.to(self._language)).classes("empty")

    def _head(self) -> None:
        language = self._language
        with ui.element("div").classes("bar-head"):
            self._agency = ui.label().classes("agency")
            tongue = f"?lang={language}" if language == "en" else ""
            ui.html(
                f'<form method="post" action="{SIGN_OUT}{tongue}"><button class="choice">'
                f"{escape(words.LEAVE.to(language))}</button></form>",
                sanitize=False,
            )
        self._stopped = ui.element("div").classes("stops")

    def _filters(self) -> None:
        language = self._language
        codes = {code: _begun(message_for(code).to(language)) for code in SENTENCES}
        states = {state: text.to(language) for state, text in words.STATES.items()}
        with ui.element("div").classes("filters"):
            self._feed = self._select(words.FEED.to(language), {ANY: words.ANY_FEED.to(language)}, ANY)
            reasons = {ANY: words.ANY_REASON.to(language)} | codes
            self._reason = self._select(words.REASON.to(language), reasons, ANY)
            any_state = {ANY: words.ANY_STATE.to(language)}
            self._state = self._select(words.STATE.to(language), states | any_state, "open")
            self._since = ui.input(words.SINCE.to(language), on_change=self.renew)
            self._since.props("outlined dense dark type=date stack-label clearable")
        with ui.element("div").classes("doings"):
            for text, act in ((words.RENEW, self.renew), (words.MANY, self._send_many)):
                # without a colour of its own: Quasar's would go before that of the style sheet
                button = ui.button(text.to(language), color=None, on_click=act)
                button.props("flat no-caps").classes("quiet")

    def _select(self, label: str, options: dict[str, str], value: str) -> ui.select:
        chosen = ui.select(options, label=label, value=value, on_change=self.renew)
        chosen.props("outlined dense dark options-dense options-dark")
        return chosen

    async def begin(self) -> None:
        """Ask whose key it is, and for the first page."""
        try:
            standing = await self._gateway.standing()
        except Refused as refused:
            self.say(str(refused))
            return
        self._show_standing(standing)
        await self.renew()

    def _show_standing(self, standing: Standing) -> None:
        self._agency.set_text(f"{words.AGENCY.to(self._language)} {standing.agency}")
        self._feeds = {feed.feed: feed.title for feed in standing.feeds}
        self._feed.set_options({ANY: words.ANY_FEED.to(self._language)} | self._feeds, value=ANY)
        self._stopped.clear()
        with self._stopped:
            for feed in standing.feeds:
                if feed.stopped is not None:
                    ui.label(feed.stopped.message).classes("stop").props("role=alert")

    def _asked(self) -> dict[str, str]:
        asked = {"feed": self._feed.value, "reason": self._reason.value, "state": self._state.value}
        try:
            since = day_start(date.fromisoformat(self._since.value or ""))
            asked["since"] = since.isoformat().replace("+00:00", "Z")
        except (ValueError, OverflowError):
            pass  # a day that is still being typed
        return {name: value for name, value in asked.items() if value}

    async def renew(self) -> None:
        """Show the first page again."""
        self._next = None
        await self._show(is_first=True)

    async def _show_more(self) -> None:
        await self._show(is_first=False)

    async def _show(self, *, is_first: bool) -> None:
        asked = self._asked() | {"limit": PAGE_ROWS}
        if self._next:
            asked["before"] = self._next
        try:
            page = await self._gateway.rows(asked)
        except Refused as refused:
            self.say(str(refused))
            return
        self.say("")
        self._next = page.next
        self._more.set_visibility(page.next is not None)
        if is_first:
            self._rows.clear()
            self._buttons.clear()
        with self._rows:
            for row in page.dead_letters:
                self._row(row)
            if is_first and not page.dead_letters:
                ui.label(words.NONE_OPEN.to(self._language)).classes("empty")

    def _row(self, row: Row) -> None:
        async def choose() -> None:
            await self._open(row.dead_letter)

        with ui.element("div").props("role=listitem"):
            button = ui.element("button").classes("letter")
            button.props(f'data-letter="{row.dead_letter}" type=button').on("click", choose)
            with button:
                ui.html(self._told(row), sanitize=False)
        self._buttons[row.dead_letter] = button
        if row.dead_letter == self._chosen:
            button.classes("here")

    def _told(self, row: Row) -> str:
        state = words.STATES[row.state].to(self._language) if row.state in words.STATES else row.state
        at = written.moment(row.at, self._clock(), self._language)
        feed = self._feeds.get(row.feed, row.feed)
        return (
            f'<span class="why">{escape(row.message)}</span><span class="state {escape(row.state)}">'
            f'{escape(state)}</span><span class="of">{escape(feed)} · '
            f"{escape(words.RECORD_NUMBER.to(self._language).format(row.index + 1))} · {escape(at)}</span>"
        )

    async def _open(self, dead_letter: str) -> None:
        if self._chosen in self._buttons:
            self._buttons[self._chosen].classes(remove="here")
        self._chosen = dead_letter
        if dead_letter in self._buttons:
            self._buttons[dead_letter].classes("here")
        try:
            opened = await self._gateway.open(dead_letter)
        except Refused as refused:
            self.say(str(refused))
            return
        self._one.clear()
        with self._one:
            record = OpenReject(opened, self._gateway, self._language, self._clock, self.renew)
            await record.show_history()
        ui.run_javascript(INTO_VIEW)
        record.show_fault()

    async def _send_many(self) -> None:
        asked = {name: value for name, value in self._asked().items() if name != "state"}
        try:
            outcomes = await self._gateway.replay_many(asked)
        except Refused as refused:
            self.say(str(refused))
            return
        sent = sum(one.outcome == "corrected" for one in outcomes.replays)
        told = words.MANY_DONE.to(self._language).format(sent=sent, left=len(outcomes.replays) - sent)
        await self.renew()
        self.say(f"{told} {words.MANY_MORE.to(self._language)}" if outcomes.more and sent else told)

    def say(self, text: str) -> None:
        """Tell the agency something about the whole page."""
        self._said.clear()
        if text:
            with self._said:
                ui.label(text)


def _begun(words_of_reason: str) -> str:
    """A sentence without its field begins with a capital letter too."""
    return words_of_reason[:1].upper() + words_of_reason[1:]
