"""From an indicator to its Grafana panels: the figure beside its target, and its course by day."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal
from urllib.parse import quote

from iochub.dashboards.grafana import queries
from iochub.dashboards.grafana.made import Declared
from iochub.ingest.feed import SILENT_BEATS, Feed
from iochub.ingest.silence import stale_after
from iochub.warehouse.aggregates import Points, Sum
from iochub.warehouse.indicator import Indicator, Target, target_of
from iochub.warehouse.kinds import Flow
from iochub.warehouse.period import around

Json = dict[str, object]

DATA_SOURCE: Json = {"type": "grafana-clickhouse-datasource", "uid": "iochub-clickhouse"}
"""As `provisioning/datasources/clickhouse.yml` names it; Grafana 13 knows data sources by uid alone."""

QUERY_SHAPE = "4.0.0"
"""The version of the plugin since which a query looks like this; without it the plugin rewrites it."""
FORMATS: Mapping[str, int] = {"timeseries": 0, "table": 1}
"""Source: grafana-plugin-sdk-go, data/sqlutil, FormatQueryOption."""

NO_DATA, HIDDEN, NEVER = "Không có dữ liệu", "Ẩn vì số nhỏ", "Chưa nhận lần nào"
PLAIN, GOOD, BAD = "text", "green", "red"


PANEL_VERSION = "10.3.0"
"""Of the panels; one without it is taken for one of 6.1, and migrated through all that came since."""

VALUE, REACHED = "value", "Thực hiện"


def figure(indicator: Indicator, declared: Declared, today: date, wall: str) -> Json:
    """The figure of the dashboard's range, with the target in force today beside it."""
    target = target_of(indicator.targets, around(today, "day"))
    sql = queries.total(indicator, declared)
    if target is not None:
        # The source's total stays as it is; a second column shows what is aimed for.
        sql = f"SELECT value, toFloat64({target.value}) AS `{_aim(target)}` FROM (\n{sql}\n)"  # noqa: S608
    defaults = _defaults(indicator, target)
    overrides = [] if target is None else [_called(VALUE, REACHED), _uncoloured(_aim(target))]
    shown = _stat(_titled(indicator), _explained(indicator), sql, defaults, NO_DATA, overrides)
    return {**shown, "links": _links(indicator, wall)}


def course(indicator: Indicator, declared: Declared, today: date, wall: str) -> Json:
    """The figure of every day of the range; what a flow adds up to has no target by the day."""
    adds_up = isinstance(indicator.kind, Flow)
    target = None if adds_up else target_of(indicator.targets, around(today, "day"))
    defaults = _defaults(indicator, target)
    defaults["displayName"] = indicator.title.vi
    defaults["color"] = {"mode": "fixed", "fixedColor": "blue"}
    defaults["custom"] = {
        "drawStyle": "bars" if adds_up else "line",
        "barAlignment": 1,  # a day begins at its midnight and lies after it
        "lineInterpolation": "stepAfter",
        "fillOpacity": 60 if adds_up else 10,
        "showPoints": "auto",
        "spanNulls": False,  # a gap is not known; a line through it would say that it is
        "axisLabel": indicator.measure,
        "thresholdsStyle": {"mode": "off" if target is None else "dashed"},
    }
    return {
        "type": "timeseries",
        "pluginVersion": PANEL_VERSION,
        "title": f"{indicator.title.vi}, theo ngày",
        "description": _explained(indicator),
        "datasource": DATA_SOURCE,
        "links": _links(indicator, wall),
        "targets": [_target(queries.by_day(indicator, declared), "timeseries")],
        "fieldConfig": {"defaults": _said(defaults, NO_DATA), "overrides": []},
        "options": {
            "legend": {"showLegend": False, "displayMode": "list", "placement": "bottom", "calcs": []},
            "tooltip": {"mode": "single", "sort": "none"},
        },
    }


def freshness(feed: type[Feed]) -> Json:
    """How long ago the last record of a feed was received and stored; red once the feed counts as silent."""
    silent = int(stale_after(feed).total_seconds())
    hours = (
        " làm việc của cơ quan, đã cộng ngày cuối tuần, chưa trừ ngày lễ" if feed.calendar == "office" else ""
    )
    defaults: Json = {
        "unit": "dthms",
        "color": {"mode": "thresholds"},
        "thresholds": _steps((GOOD, None), (BAD, silent + 1)),
    }
    words = (
        f"Thời gian (giờ:phút:giây) từ lần cuối nhận và lưu dữ liệu của {feed.publisher.vi}. "
        f"Đỏ: nguồn im lặng quá {SILENT_BEATS} kỳ gửi{hours}.\n\n"
        f"*{feed.title.en}: time since the last record was received and stored.*"
    )
    return _stat(
        f"{feed.title.vi}: nhận lần cuối cách đây", words, queries.silence(feed.name), defaults, NEVER
    )


def _stat(
    title: str, words: str, sql: str, defaults: Json, unknown: str, overrides: Sequence[Json] = ()
) -> Json:
    return {
        "type": "stat",
        "pluginVersion": PANEL_VERSION,
        "title": title,
        "description": words,
        "datasource": DATA_SOURCE,
        "targets": [_target(sql, "table")],
        "fieldConfig": {"defaults": _said(defaults, unknown), "overrides": list(overrides)},
        "options": {
            # `lastNotNull` would look past what is not known, to a number that is not the answer.
            "reduceOptions": {"values": False, "calcs": ["last"], "fields": ""},
            "colorMode": "value",
            "graphMode": "none",
            "justifyMode": "center",
            "orientation": "horizontal",
            "textMode": "auto",
        },
    }


def _target(sql: str, query_type: Literal["timeseries", "table"]) -> Json:
    return {
        "refId": "A",
        "datasource": DATA_SOURCE,
        "editorType": "sql",
        "pluginVersion": QUERY_SHAPE,
        "queryType": query_type,
        "format": FORMATS[query_type],
        "rawSql": sql,
    }


def _defaults(indicator: Indicator, target: Target | None) -> Json:
    """How values are written and coloured; big numbers stay whole, with the reader's own marks."""
    is_share = indicator.measure == "%"
    shown: Json = {"unit": "percent" if is_share else "locale"}
    if is_share or isinstance(indicator.value, Points):
        shown["decimals"] = 2
    elif not isinstance(indicator.value, Sum):
        shown["decimals"] = 0
    return {**shown, "color": {"mode": "thresholds"}, "thresholds": _judged(target)}


def _judged(target: Target | None) -> Json:
    """Green from the target on; a limit still holds at its own value."""
    if target is None:
        return _steps((PLAIN, None))
    if target.at_least:
        return _steps((BAD, None), (GOOD, float(target.value)))
    return _steps((GOOD, None), (BAD, math.nextafter(float(target.value), math.inf)))


def _steps(*steps: tuple[str, float | None]) -> Json:
    return {"mode": "absolute", "steps": [{"color": colour, "value": value} for colour, value in steps]}


def _said(defaults: Json, unknown: str) -> Json:
    """Nothing, hidden and zero are three answers: what is not a number is said in words."""
    marks = {"null": unknown, "nan": HIDDEN}
    mappings = [
        {"type": "special", "options": {"match": match, "result": {"text": text, "index": index}}}
        for index, (match, text) in enumerate(marks.items())
    ]
    return {**defaults, "noValue": unknown, "mappings": mappings}


def _uncoloured(column: str) -> Json:
    return {
        "matcher": {"id": "byName", "options": column},
        "properties": [{"id": "color", "value": {"mode": "fixed", "fixedColor": PLAIN}}],
    }


def _called(column: str, name: str) -> Json:
    return {
        "matcher": {"id": "byName", "options": column},
        "properties": [{"id": "displayName", "value": name}],
    }


def _links(indicator: Indicator, wall: str) -> list[Json]:
    """Where the figure is explained: on its page of the wall."""
    if not wall:
        return []
    page = f"{wall.rstrip('/')}/indicator/{quote(indicator.name)}"
    return [{"title": "Giải thích trên màn hình điều hành", "url": page, "targetBlank": True}]


def _titled(indicator: Indicator) -> str:
    measured = "" if indicator.measure == "%" else f" ({indicator.measure})"
    return f"{indicator.title.vi}{measured}"


def _aim(target: Target) -> str:
    return f"Mục tiêu {target.by}"


def _explained(indicator: Indicator) -> str:
    """What the figure is, in both languages, who answers for it, and by which law; Markdown."""
    facts = [
        f"Công thức: `{indicator.formula}`",
        f"Chủ trì: {indicator.owner.vi}",
        f"Nguồn: {indicator.source}",
        *(f"{_aim(one)}: {one.value} {indicator.measure} ({one.source})" for one in indicator.targets),
        f"Định nghĩa: `{indicator.name}`, bản {indicator.definition_version}",
    ]
    return f"{indicator.definition.vi}\n\n*{indicator.title.en}: {indicator.definition.en}*\n\n" + "\n".join(
        f"- {fact}" for fact in facts
    )
