"""From a figure to the facts that explain it: target, numerator, denominator, rows, and when."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from html import escape

from iochub.dashboards.wall import format as written
from iochub.dashboards.wall import scores, words
from iochub.dashboards.wall.answers import Figure, Indicator
from iochub.dashboards.wall.tiles import Face
from iochub.text import Language, Text

Fact = tuple[Text, str, str]
"""A name, its value, and how the value looks."""


def facts(figure: Figure, said: Face, language: Language, at: datetime) -> list[Fact]:
    """What stands beside the large number; what is not known is left out, never written as 0."""
    found: list[Fact] = []
    if figure.target is not None:
        value = written.short(figure.target.value, figure.measure, language)
        look = f"verdict {said.verdict}"
        found.append((words.TARGET, f"{value} ({figure.target.by}) {said.verdict_text}".strip(), look))
    for name, part in ((words.NUMERATOR, figure.numerator), (words.DENOMINATOR, figure.denominator)):
        if part is not None and figure.denominator is not None:
            found.append((name, written.number(part, language), ""))
    if figure.measure == written.MONEY and figure.value is not None:
        found.append((words.EXACT, said.exact, ""))
    found += [(Text(line.title, line.title), scores.earned(line, language), "") for line in figure.lines]
    if figure.rows is not None:
        found.append((words.ROWS, written.number(Decimal(figure.rows), language), ""))
    if figure.split_from:
        found.append((words.NOT_WITHIN, ", ".join(unit.name for unit in figure.split_from), ""))
    received = figure.freshness.last_received_at
    found.append(
        (words.RECEIVED, written.moment(received, at, language) if received else words.NEVER.to(language), "")
    )
    if figure.computed_at is not None:
        found.append((words.COMPUTED, written.moment(figure.computed_at, at, language), ""))
    return found


def meaning(declared: Indicator, language: Language) -> str:
    """Write what an indicator means, by which law, and who answers for it."""
    return html(
        (
            (words.DEFINITION, declared.definition.to(language), ""),
            (words.FORMULA, declared.formula, ""),
            (words.SOURCE, declared.source, ""),
            (
                words.OWNER,
                f"{declared.owner.to(language)} · {words.VERSION.to(language)} {declared.version}",
                "",
            ),
        ),
        language,
    )


def html(found: Iterable[Fact], language: Language) -> str:
    """Write facts as HTML: a small name above each value."""
    return "".join(
        f'<div class="fact"><span class="name">{escape(name.to(language))}</span>'
        f'<span class="value {look}">{escape(value)}</span></div>'
        for name, value, look in found
    )
