"""From a series to its chart, and from units to their ranking."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from html import escape
from typing import Any

from iochub.dashboards.wall import format as written
from iochub.dashboards.wall import words
from iochub.dashboards.wall.answers import Figure
from iochub.dashboards.wall.axis import LOCALES, Axis, axis, label
from iochub.dashboards.wall.period import Step
from iochub.dashboards.wall.scores import comparable
from iochub.text import Language

INK, SOFT, RULE, LINE, BAR, MET = "#f2f6fc", "#a9b8cd", "#22324c", "#4cc2ff", "#3a8fc4", "#4fd6a0"
FONT = 'Roboto, "Noto Sans", "Liberation Sans", sans-serif'


def chart(rows: Sequence[Figure], every: Step, language: Language, *, is_flow: bool) -> dict[str, Any]:
    """Write the ECharts options of a series: bars for what is added up, a line for what is judged.

    What is not known is a gap.
    """
    rows = [comparable(row) for row in rows]
    measure = rows[0].measure if rows else ""
    values = [_value(row) for row in rows]
    target = next((row.target.value for row in reversed(rows) if row.target), None)
    said = _said(measure, language)
    is_share = measure == "%"
    marks = axis(_held(rows, target), is_share=is_share, from_zero=is_flow)
    drawn: dict[str, Any] = {
        "type": "bar" if is_flow else "line",
        "name": written.measure_name(measure, language),
        "data": values,
        "itemStyle": {"color": LINE if not is_flow else BAR, "borderRadius": [4, 4, 0, 0]},
        "barMaxWidth": 64,
        "symbolSize": 9,
        "connectNulls": False,
        "showSymbol": len(values) <= 40,
        "lineStyle": {"width": 3},
        "areaStyle": {"opacity": 0.08},
    }
    if target is not None:
        drawn["markLine"] = _target_line(target, marks, measure, language)
    return {
        "animation": False,
        "textStyle": {"fontFamily": FONT},
        "grid": {"left": 12, "right": 26, "top": 34, "bottom": 6, "containLabel": True},
        "tooltip": {
            "trigger": "axis",
            "axisPointer": {"type": "shadow"},
            "backgroundColor": "#0d1728",
            "borderColor": RULE,
            "textStyle": {"color": INK, "fontSize": 17},
            ":valueFormatter": said,
        },
        "xAxis": {
            "type": "category",
            "data": [_day_label(row.period.start, every, language) for row in rows],
            "axisLabel": {"color": SOFT, "fontSize": 17, "hideOverlap": True, "margin": 14},
            "axisLine": {"lineStyle": {"color": RULE}},
            "axisTick": {"show": False},
        },
        "yAxis": {
            "type": "value",
            "min": float(marks.low),
            "max": float(marks.high),
            "interval": float(marks.step),
            "axisLabel": {
                "color": SOFT,
                "fontSize": 17,
                "margin": 14,
                ":formatter": label(marks, is_share=is_share, language=language),
            },
            "splitLine": {"lineStyle": {"color": RULE}},
        },
        "series": [drawn],
    }


def ranking(rows: Sequence[Figure], language: Language, *, highest_first: bool) -> str:
    """Write the units as table rows with bars, in the asked order; what is not known comes last."""
    known = sorted(
        (row for row in rows if _value(row) is not None),
        key=lambda row: (_weight(row), row.unit.name),
        reverse=highest_first,
    )
    unknown = sorted((row for row in rows if _value(row) is None), key=lambda row: row.unit.name)
    widest = max((abs(_weight(row)) for row in known), default=Decimal(0))
    lines = [_rank(row, widest, language) for row in (*known, *unknown)]
    return f'<table class="ranks"><tbody>{"".join(lines)}</tbody></table>'


def _rank(row: Figure, widest: Decimal, language: Language) -> str:
    name = _named(row, language)
    if _value(row) is None or row.value is None:
        said = escape(words.STATES[row.state].to(language))
        return f'<tr><td class="name">{name}</td><td></td><td class="value none">{said}</td></tr>'
    share = abs(_weight(row)) / widest * 100 if widest else Decimal(0)
    verdict = "" if row.target is None or row.target.met is None else "met" if row.target.met else "missed"
    number, measure = written.figure(row.value, row.measure, language)
    text = f"{number} {measure}" if row.measure in ("%", written.MONEY) else number
    if row.out_of is not None:
        text = f"{number}/{written.number(row.out_of, language)}"
    bar = f'<span class="bar {verdict}" style="width:{share:.1f}%"></span>'
    return f'<tr><td class="name">{name}</td><td>{bar}</td><td class="value">{escape(text)}</td></tr>'


def _named(row: Figure, language: Language) -> str:
    """The unit's name; a divided one says among whom it is, and a successor marks that a part is missing."""
    name = escape(row.unit.name)
    if row.split_into:
        among = words.DIVIDED_AMONG.to(language).format(", ".join(unit.name for unit in row.split_into))
        return f'{name}<span class="divided">{escape(among)}</span>'
    if row.split_from:
        lacking = ", ".join(unit.name for unit in row.split_from)
        title = f"{words.NOT_WITHIN.to(language)}: {lacking}"
        return f'{name} <abbr class="lacking" title="{escape(title)}">*</abbr>'
    return name


def _weight(row: Figure) -> Decimal:
    return comparable(row).value or Decimal(0)


def _value(row: Figure) -> float | None:
    return None if row.value is None or row.state in ("no_data", "suppressed") else float(row.value)


def _held(rows: Sequence[Figure], target: Decimal | None) -> list[Decimal]:
    """All that the chart must have room for."""
    held = [row.value for row in rows if row.value is not None and _value(row) is not None]
    return held if target is None else [*held, target]


def _target_line(target: Decimal, marks: Axis, measure: str, language: Language) -> dict[str, Any]:
    return {
        "silent": True,
        "symbol": "none",
        "data": [{"yAxis": float(target)}],
        "lineStyle": {"color": MET, "type": "dashed", "width": 2},
        "label": {
            "formatter": f"{words.TARGET.to(language)} {written.short(target, measure, language)}",
            "position": "insideStartBottom" if marks.near_top(target) else "insideStartTop",
            "backgroundColor": "#111c2ecc",
            "padding": [3, 6],
            "color": MET,
            "fontSize": 17,
            "fontFamily": FONT,
        },
    }


def _day_label(start: date, every: Step, language: Language) -> str:
    if every == "month":
        return f"T{start.month}" if language == "vi" else words.MONTHS_EN[start.month - 1][:3]
    return f"{start:%d/%m}" if language == "vi" else f"{start.day} {words.MONTHS_EN[start.month - 1][:3]}"


def _said(measure: str, language: Language) -> str:
    """The JavaScript that writes a value in the chart's tooltip."""
    name = written.measure_name(measure, language).replace("'", "")
    unknown = words.STATES["no_data"].to(language)
    return (
        f"v => v == null ? '{unknown}' : "
        f"Number(v).toLocaleString('{LOCALES[language]}', {{maximumFractionDigits: 2}}) + ' {name}'"
    )
