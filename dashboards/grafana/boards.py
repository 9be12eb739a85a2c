"""From a desk to its dashboard: how fresh its feeds are, then every figure it watches."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

from iochub.clock import PROVINCE_ZONE
from iochub.dashboards.grafana.made import Declared
from iochub.dashboards.grafana.panels import Json, course, figure, freshness
from iochub.errors import DeclarationError
from iochub.warehouse.indicator import Desk, Indicator
from iochub.warehouse.period import Step

UID = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)
"""What Grafana takes as a uid. Source: Grafana, HTTP API, dashboard: at most 40 characters."""

TAG = "iochub"

# Grafana's date math; the whole period, so that a figure of a year is the year's.
RANGES: dict[Step, str] = {
    "day": "now/d",
    "week": "now/w",
    "month": "now/M",
    "quarter": "now/Q",
    "year": "now/y",
}
SHORTEST_FIRST: Sequence[Step] = tuple(RANGES)

OFTEN, RARELY = "30s", "5m"
"""How often a board asks anew; a figure made of others asks all of them."""

OTHERS: Json = {
    "type": "dashboards",
    "title": "Các bảng khác",
    "tags": [TAG],
    "asDropdown": True,
    "keepTime": True,
    "includeVars": False,
    "targetBlank": False,
    "icon": "external link",
    "tooltip": "",
    "url": "",
}
"""The way from a board to those of the other desks."""

WIDTH = 24
"""Columns of Grafana's grid."""
FIGURE_WIDTH, PANEL_HEIGHT, FRESHNESS_HEIGHT = 6, 8, 4
WRITTEN_BY = (
    "Written by `iochub grafana publish`; once changed here it is left as it is, and no longer renewed."
)
SCHEMA_VERSION = 39
"""Of the dashboard model, Grafana 10.3 and later; newer ones migrate it when they read it."""


@dataclass(frozen=True, slots=True)
class Board:
    """One dashboard as Grafana takes it."""

    uid: str
    title: str
    model: Json

    def written(self) -> str:
        """The dashboard as a file that Grafana can read from a folder."""
        return json.dumps(self.model, ensure_ascii=False, indent=1) + "\n"


def boards(indicators: Iterable[Indicator], today: date, wall: str = "") -> tuple[Board, ...]:
    """Write one dashboard per desk, in the order in which desks are first named; targets are those of today.

    `wall` is where a browser finds the wall, which explains each figure; without it nothing is linked.

    Raises: DeclarationError for a desk whose name cannot be a uid; its author acts.
    """
    declared: dict[str, Indicator] = {}
    desks: dict[Desk, list[Indicator]] = {}
    for indicator in indicators:
        declared[indicator.name] = indicator
        desks.setdefault(indicator.desk, []).append(indicator)
    return tuple(
        _board(desk, list(_placed(watched, declared, today, wall)), watched)
        for desk, watched in desks.items()
    )


def _board(desk: Desk, panels: Sequence[Json], watched: Sequence[Indicator]) -> Board:
    uid = f"iochub-{desk.name}"
    if not UID.fullmatch(uid):
        raise DeclarationError(f"Grafana does not take {uid} as the uid of a dashboard.", desk=desk.name)
    longest = max((one.window for one in watched), key=SHORTEST_FIRST.index)
    model: Json = {
        "id": None,
        "uid": uid,
        "title": desk.title.vi,
        "description": f"{desk.title.en}. {WRITTEN_BY}",
        "tags": [TAG],
        "timezone": str(PROVINCE_ZONE),
        "weekStart": "monday",
        "time": {"from": RANGES[longest], "to": RANGES[longest]},
        "refresh": RARELY if any(one.parts for one in watched) else OFTEN,
        "editable": True,
        "schemaVersion": SCHEMA_VERSION,
        "annotations": {"list": []},
        "templating": {"list": []},
        "links": [OTHERS],
        "panels": panels,
    }
    return Board(uid, desk.title.vi, model)


def _placed(watched: Sequence[Indicator], declared: Declared, today: date, wall: str) -> Iterator[Json]:
    """Freshness in the first line, then a line per figure; Grafana knows a panel by its number."""
    numbers = count(1)
    feeds = list(dict.fromkeys(one.feed for one in watched))
    for place, feed in enumerate(feeds):
        width = WIDTH // len(feeds)
        yield _at(next(numbers), freshness(feed), place * width, 0, width, FRESHNESS_HEIGHT)
    for line, one in enumerate(watched):
        top = FRESHNESS_HEIGHT + line * PANEL_HEIGHT
        yield _at(next(numbers), figure(one, declared, today, wall), 0, top, FIGURE_WIDTH, PANEL_HEIGHT)
        rest = WIDTH - FIGURE_WIDTH
        yield _at(next(numbers), course(one, declared, today, wall), FIGURE_WIDTH, top, rest, PANEL_HEIGHT)


def _at(number: int, panel: Json, left: int, top: int, width: int, height: int) -> Json:
    return {"id": number, **panel, "gridPos": {"x": left, "y": top, "w": width, "h": height}}
