"""One rejected record: its fault marked, what is suggested, the corrected text, how far its receipt is."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from html import escape

from nicegui import ui

from iochub.dashboards.wall import format as written
from iochub.dashboards.wall import reject_words as words
from iochub.dashboards.wall.rejects_gateway import (
    AgencyGateway,
    Answer,
    Cell,
    Change,
    Mark,
    Opened,
    Refused,
    Replay,
)
from iochub.text import Language

LONGEST_EDITED = 200_000
"""Characters; a longer record is corrected where it comes from."""
AROUND_FAULT, OF_WHOLE = (160, 400), (2_000, 6_000)
"""Characters shown before and after the first fault: of a record that stands in the editor too, and else."""
NOT_WORTH_CUTTING = 80
CUT = "…"
TO_FAULT = """
const find = left => {{
  const text = document.querySelector('#{html_id} textarea, textarea#{html_id}');
  if (!text) return left && setTimeout(() => find(left - 1), 50);
  const before = text.cloneNode();
  before.value = text.value.slice(0, {at});
  before.style.cssText = `position: absolute; visibility: hidden; height: 0; width: ${{text.offsetWidth}}px`;
  before.style.setProperty('min-height', '0', 'important');
  text.parentNode.append(before);
  text.scrollTop = before.scrollHeight - text.clientHeight / 2;
  before.remove();
  if (document.activeElement !== text) text.setSelectionRange({at}, {at});
}};
find(40);
"""
"""Scrolls the editor to the fault: a copy of what stands before says how far.

The caret goes there too, unless somebody already writes: what they had selected would stay.
"""
FOLLOW_SECONDS = 1.0
FOLLOWED_TIMES = 300


class OpenReject:
    """Draws one record, and carries out what the agency does with it."""

    def __init__(
        self,
        letter: Opened,
        gateway: AgencyGateway,
        language: Language,
        clock: Callable[[], datetime],
        changed: Callable[[], Awaitable[None]],
    ) -> None:
        self._letter = letter
        self._shown = letter.shown
        self._gateway = gateway
        self._language = language
        self._clock = clock
        self._changed = changed
        self._receipt = ""
        self._top = ui.html(self._head(), sanitize=False)
        self._is_edited = letter.exact and len(self._shown.record) <= LONGEST_EDITED
        around = AROUND_FAULT if self._is_edited else OF_WHOLE
        ui.html(marked(letter, language, around), sanitize=False).classes("record")
        if self._is_edited:
            self._suggestion()
            self._editor()
        else:
            ui.label(words.NOT_HERE.to(language)).classes("advice")
        self._history = ui.html(sanitize=False).classes("history")

    def show_fault(self) -> None:
        """Bring the fault into view in the editor too: a record may have a hundred lines."""
        marks = _apart(self._shown.marks)
        if marks and self._is_edited:
            before = self._shown.record[: marks[0].start].encode("utf-16-le", "surrogatepass")
            ui.run_javascript(TO_FAULT.format(html_id=self._text.html_id, at=len(before) // 2))

    def _head(self) -> str:
        letter, language = self._letter, self._language
        at = written.moment(letter.at, self._clock(), language)
        state = words.STATES[letter.state].to(language) if letter.state in words.STATES else letter.state
        number = words.RECORD_NUMBER.to(language).format(letter.index + 1)
        cell = f'<b class="cell">{escape(_cell(letter.cell, language))}</b> · ' if letter.cell else ""
        return (
            f'<h2>{escape(letter.message)}</h2><p class="of">{cell}<code>{escape(letter.reason)}</code> · '
            f"{escape(number)} · {escape(words.SET_ASIDE_AT.to(language))} {escape(at)} · "
            f'<span class="state {escape(letter.state)}">{escape(state)}</span></p>'
        )

    def _suggestion(self) -> None:
        suggestion, language = self._letter.suggestion, self._language
        if suggestion is None:
            ui.label(words.NO_SUGGESTION.to(language)).classes("none")
            return
        with ui.element("div").classes("suggestion"):
            ui.html(
                f"<h3>{escape(words.SUGGESTION.to(language))}</h3>"
                f"<ul>{''.join(map(_change, suggestion.changes))}</ul>",
                sanitize=False,
            )
            use = ui.button(words.USE.to(language), color=None, on_click=self._use)
            use.props("no-caps unelevated").classes("main")

    def _editor(self) -> None:
        language = self._language
        self._text = ui.textarea(words.EDIT.to(language), value=self._shown.record)
        self._text.props("outlined dark autogrow spellcheck=false input-class=mono").classes("edit")
        with ui.element("div").classes("doings"):
            for text, act, look in (
                (words.CHECK, self._check, "flat no-caps"),
                (words.SEND, self._send, "unelevated no-caps"),
                (words.RESTORE, self._restore, "flat no-caps"),
            ):
                button = ui.button(text.to(language), color=None, on_click=act).props(look)
                button.classes("main" if act == self._send else "quiet")
        self._verdict = ui.html(sanitize=False).classes("verdicts").props("role=status aria-live=polite")

    async def _use(self) -> None:
        if self._letter.suggestion is not None:
            self._text.set_value(self._letter.suggestion.record)
            await self._check()

    def _restore(self) -> None:
        self._text.set_value(self._shown.record)
        self._verdict.set_content("")

    async def _check(self) -> None:
        answer = await self._replayed(dry_run=True)
        if answer is not None and not answer.rejected:
            self._say("fine", words.CHECKED_FINE.to(self._language))

    async def _send(self) -> None:
        answer = await self._replayed(dry_run=False)
        if answer is None:
            return
        if answer.receipt and not answer.rejected:
            self._receipt = answer.receipt
            self._say_receipt("accepted")
            self._follow()
        await self.show_history()
        await self._changed()

    async def _replayed(self, *, dry_run: bool) -> Answer | None:
        """The gateway's answer; what it refuses is said here."""
        try:
            answer = await self._gateway.replay(self._letter, self._text.value or "", dry_run=dry_run)
        except Refused as refused:
            self._say("wrong", words.PROBLEM.to(self._language).format(refused))
            return None
        if answer.rejected:
            told = "; ".join(f"{one.message} ({one.reason})" for one in answer.rejects[:3])
            self._say("wrong", words.STILL_WRONG.to(self._language).format(told))
        return answer

    def _say(self, look: str, text: str) -> None:
        self._verdict.set_content(f'<p class="{look}">{escape(text)}</p>')

    def _say_receipt(self, state: str) -> None:
        reached = list(words.STEPS).index(state) if state in words.STEPS else 0
        steps = "".join(
            f'<li class="{"done" if number <= reached else "waits"}">{escape(text.to(self._language))}</li>'
            for number, text in enumerate(words.STEPS.values())
        )
        self._verdict.set_content(
            f'<p class="fine">{escape(words.RECEIPT.to(self._language))} '
            f"<code>{escape(self._receipt)}</code></p>"
            f'<ol class="steps" data-state="{escape(state)}">{steps}</ol>'
        )

    def _follow(self) -> None:
        """Ask for the receipt until it is counted, or for some minutes."""
        receipt, left = self._receipt, FOLLOWED_TIMES

        async def look() -> None:
            nonlocal left
            left -= 1
            try:
                told = await self._gateway.receipt(receipt)
            except Refused:
                told = None  # asked again at the next turn
            if told is not None and self._receipt == receipt:
                self._say_receipt(told.state)
            if left <= 0 or (told is not None and told.state == "counted"):
                timer.deactivate()
                await self._renew()

        timer = ui.timer(FOLLOW_SECONDS, look)

    async def _renew(self) -> None:
        """Show how the record stands now."""
        await self._changed()
        await self.show_history()
        try:
            self._letter = await self._gateway.open(self._letter.dead_letter)
        except Refused:
            return
        self._top.set_content(self._head())

    async def show_history(self) -> None:
        """Show who sent the record again, and what came of it."""
        try:
            history = await self._gateway.history(self._letter.dead_letter)
        except Refused:
            return
        if not history.replays:
            return
        lines = "".join(self._tried(replay) for replay in history.replays)
        title = escape(words.HISTORY.to(self._language))
        self._history.set_content(f"<h3>{title}</h3><ul>{lines}</ul>")

    def _tried(self, replay: Replay) -> str:
        language = self._language
        at = written.moment(replay.at, self._clock(), language)
        fields = ", ".join(replay.fields)
        changed = f"{words.CHANGED.to(language)} {fields}" if fields else words.UNCHANGED.to(language)
        told = [
            at,
            f"{replay.agency} ({words.KEY.to(language)} {replay.key})",
            changed + (f" {words.SUGGESTED.to(language)}" if replay.suggested else ""),
            (words.REFUSED if replay.rejected else words.TAKEN).to(language),
        ]
        return f"<li>{escape(' · '.join(told))} · <code>{escape(replay.receipt)}</code></li>"


def _change(change: Change) -> str:
    return (
        f"<li><b>{escape(change.field)}</b>: <del>{escape(change.before)}</del> → "
        f"<ins>{escape(change.after)}</ins> <span>{escape(change.message)}</span></li>"
    )


def _cell(cell: Cell, language: Language) -> str:
    where = words.CELL if cell.address else words.ROW
    return where.to(language).format(cell.sheet, cell.address or cell.row)


def marked(letter: Opened, language: Language, around: tuple[int, int]) -> str:
    """The record as HTML with its faults marked: so many characters around the first of them."""
    text, marks = letter.shown.record, _apart(letter.shown.marks)
    since, until = _piece(text, marks, around)
    pieces, at = [CUT if since > 0 else ""], since
    for mark in marks:
        if mark.end <= until:
            title = escape(words.MARKED[mark.kind].to(language) if mark.kind in words.MARKED else mark.kind)
            pieces.append(escape(text[at : mark.start]))
            pieces.append(f'<mark class="{escape(mark.kind)}" title="{title}">')
            pieces.append(f"{escape(text[mark.start : mark.end])}</mark>")
            at = mark.end
    pieces += [escape(text[at:until]), CUT if until < len(text) else ""]
    cut = words.SHORTENED.to(language) if since > 0 or until < len(text) else ""
    place = words.LINE.to(language).format(marks[0].line, marks[0].column) if marks else ""
    kind = words.MARKED[marks[0].kind].to(language) if marks and marks[0].kind in words.MARKED else ""
    record = (words.DECODED if letter.decoded else words.RECORD).to(language)
    told = " · ".join(filter(None, (record, kind, place, marks[0].path if marks else "")))
    return f'<div class="told">{escape(told)}</div><pre>{"".join(pieces)}</pre>{escape(cut)}'


def _piece(text: str, marks: list[Mark], around: tuple[int, int]) -> tuple[int, int]:
    """Where the shown part of a record begins and ends; it begins with no half of a word."""
    first, last = (marks[0].start, marks[0].end) if marks else (0, 0)
    since, until = first - around[0], last + around[1]
    if since <= NOT_WORTH_CUTTING:
        since = 0
    else:
        since = next((at for at in range(since, first) if text[at].isspace() or text[at] == "<"), since)
    return since, until if len(text) - until > NOT_WORTH_CUTTING else len(text)


def _apart(marks: list[Mark]) -> list[Mark]:
    """Marks in the order of the text, none within another."""
    apart: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        if not apart or mark.start >= apart[-1].end:
            apart.append(mark)
    return apart
