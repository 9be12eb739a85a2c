"""From an answer of the API to what a tile says: never 0 for what is not known."""

from dataclasses import dataclass
from datetime import datetime

from iochub.dashboards.wall import format as written
from iochub.dashboards.wall import scores, words
from iochub.dashboards.wall.answers import Figure
from iochub.text import Language


@dataclass(frozen=True, slots=True)
class Face:
    """Everything one tile says about a figure, in one language."""

    number: str
    measure: str
    exact: str
    state: str
    note: str
    """What is to be known about the number; empty when all is well or when there is none."""
    target: str
    verdict: str
    """met, missed, or empty while there is nothing to judge."""
    verdict_text: str
    until: str

    @property
    def size(self) -> str:
        """How large the number may be set so that it fits its tile."""
        length = len(self.number) + len(self.measure) * 2 // 5
        return "large" if length <= 9 else "medium" if length <= 12 else "small"


def face(figure: Figure | None, language: Language, at: datetime) -> Face:
    """What a tile says; a figure that has not been answered yet is waited for, not shown as nothing."""
    if figure is None:
        waiting = words.STATES["waiting"].to(language)
        return Face(written.UNKNOWN, waiting, waiting, "waiting", "", "", "", "", "")
    value = None if figure.state in ("no_data", "suppressed") else figure.value
    number, measure = written.figure(value, figure.measure, language)
    measure = scores.out_of(figure, language) or measure
    if value is None:
        measure = words.STATES["no_data" if figure.state == "ok" else figure.state].to(language)
    verdict = _verdict(figure) if value is not None else ""
    return Face(
        number=number,
        measure=measure,
        exact=written.exact(value, figure.measure, language),
        state=figure.state,
        note=note(figure, language, at) if value is not None else "",
        target=_target(figure, language),
        verdict=verdict,
        verdict_text={"met": words.MET, "missed": words.NOT_MET}[verdict].to(language) if verdict else "",
        until=until(figure, language, at),
    )


def note(figure: Figure, language: Language, at: datetime) -> str:
    """What to say about a figure that is not plainly well, or of a score that is not out of all points."""
    return " · ".join(filter(None, (_trouble(figure, language, at), scores.lacking(figure, language))))


def _trouble(figure: Figure, language: Language, at: datetime) -> str:
    if figure.state == "ok":
        return ""
    since = figure.freshness.last_received_at or figure.freshness.last_event_at
    if figure.state == "stale" and since is not None:
        return words.STALE_SINCE.to(language).format(written.moment(since, at, language))
    return words.STATES[figure.state].to(language)


def until(figure: Figure, language: Language, at: datetime) -> str:
    """Up to when the facts behind a figure go; a stale one has said so in its note."""
    last = figure.freshness.last_received_at or figure.freshness.last_event_at
    if last is None or figure.state == "stale":
        return ""
    return words.DATA_UNTIL.to(language).format(written.moment(last, at, language))


def _verdict(figure: Figure) -> str:
    if figure.target is None or figure.target.met is None:
        return ""
    return "met" if figure.target.met else "missed"


def _target(figure: Figure, language: Language) -> str:
    """The target in the words of its tile: a plain count needs no unit of measure twice."""
    if figure.target is None:
        return ""
    if figure.measure in ("%", written.MONEY):
        value = written.short(figure.target.value, figure.measure, language)
    else:
        value = written.number(figure.target.value, language)
    return words.TARGET_BY.to(language).format(by=figure.target.by, value=value)
