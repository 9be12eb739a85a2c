"""A stand-in for sources that are asked by day and page: the tax portal, and an address with numbered pages.

Source: standards §1.4. Rows are `(day, row)`; cursors are made up anew for each question, as the portal does.
"""

import json
import random
import re
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from stand_in_server import Asked, Server, Told

TOKEN = "token of a taxpayer"
_SEARCH = re.compile(r"tdlap=ge=(\d\d)/(\d\d)/(\d{4})T00:00:00;tdlap=le=(\d\d)/(\d\d)/(\d{4})T23:59:59")

Row = dict[str, Any]


@dataclass
class StandInPages:
    """What it holds, by list and day; `faults` is the share of answers that fail."""

    rows: dict[tuple[str, str], list[Row]] = field(default_factory=dict)
    faults: float = 0.0
    token: str = TOKEN
    dice: random.Random = field(default_factory=random.Random)
    questions: list[str] = field(default_factory=list)
    circle: bool = False
    elsewhere: str = ""
    """Where a link to the next page leads, instead of to this server."""

    broken: tuple[str, ...] = ()
    """Days of which every question fails, as `dd/mm/yyyy`."""
    repeats_last: bool = False
    """Whether a page beyond the last is the last again."""
    busy: str = ""
    """So long everybody is asked to wait."""

    def __post_init__(self) -> None:
        self.server = Server(self._answer)
        self._lock = threading.Lock()
        self._cursors: dict[str, int] = {}

    @property
    def url(self) -> str:
        return self.server.url

    def put(self, listing: str, day: str, *rows: Row) -> None:
        self.rows.setdefault((listing, day), []).extend(rows)

    def _answer(self, asked: Asked) -> Told:
        parts = urlsplit(asked.path)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        with self._lock:
            self.questions.append(asked.path)
            fault = self.dice.choice(("error", "cut", "silent")) if self.dice.random() < self.faults else ""
            if asked.headers.get("Authorization") != f"Bearer {self.token}":
                return Told(401, b"{}")
            if self.busy:
                return Told(429, b"{}", headers=(("Retry-After", self.busy),))
            if any(day in query.get("search", "") for day in self.broken):
                return Told(500, b"")
            told = self._told(parts.path, query)
        if fault == "error":
            return Told(502, b"")
        return Told(200, told, cut=fault == "cut", silent=fault == "silent")

    def _told(self, path: str, query: dict[str, str]) -> bytes:
        if path.endswith("/detail"):
            return self._detail(path, query)
        if path == "/numbered":
            return self._numbered(query)
        if path == "/linked":
            return self._linked(query)
        found = _SEARCH.fullmatch(query["search"])
        assert found is not None, query["search"]
        day, month, year, *_ = found.groups()
        rows = self.rows.get((path.strip("/"), f"{year}-{month}-{day}"), [])
        start = self._cursors.pop(query["state"]) if "state" in query else 0
        return self._page(rows, start, int(query["size"]))

    def _page(self, rows: list[Row], start: int, size: int) -> bytes:
        state = None
        if start + size < len(rows):
            state = "one and the same" if self.circle else f"{self.dice.getrandbits(64):x}"
            self._cursors[state] = start if self.circle else start + size
        page = {
            "datas": rows[start : start + size], "total": len(rows), "state": state,
            "time": self.dice.randrange(500),
        }  # fmt: skip
        return json.dumps(page, ensure_ascii=False).encode()

    def _detail(self, path: str, query: dict[str, str]) -> bytes:
        for (listing, _), rows in self.rows.items():
            for row in rows:
                if listing.split("/")[0] in path and str(row["shdon"]) == query["shdon"]:
                    return json.dumps({**row, "hdhhdvu": [{"ten": "mẫu"}]}, ensure_ascii=False).encode()
        return b"{}"

    def _numbered(self, query: dict[str, str]) -> bytes:
        rows = self.rows.get(("numbered", query.get("from", "")), [])
        page = int(query["page"])
        if self.repeats_last:
            page = min(page, (len(rows) + 1) // 2)
        start = (page - 1) * 2
        return json.dumps({"result": {"items": rows[start : start + 2]}}).encode()

    def _linked(self, query: dict[str, str]) -> bytes:
        rows = self.rows.get(("linked", ""), [])
        start = int(query.get("start", "0"))
        link = f"{self.elsewhere}/linked?start={start + 2}" if start + 2 < len(rows) else ""
        return json.dumps({"data": rows[start : start + 2], "links": {"next": link or None}}).encode()
