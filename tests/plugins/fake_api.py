"""A query API with canned answers, served over real HTTP from a thread of its own."""

import json
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from fake_figures import COMMUNES, DESKS, DISTRICTS, INDICATORS, REJECTS, days_of, declared, steps_of

TOKEN = "iov_fake_token"
NOW = datetime.now(UTC)
LONGEST_HANG_SECONDS = 30.0


class FakeApi:
    """Answers the wall's questions from a table; a test changes the table or takes the API away."""

    def __init__(self, port: int = 0) -> None:
        self._port = port
        self._server: ThreadingHTTPServer | None = None
        self.reset()

    def reset(self) -> None:
        """All is well, and nothing was asked yet."""
        self.states: dict[str, str] = {}
        self.values: dict[str, float | int | None] = {}
        self.feed_states = {"dossiers": "ok", "einvoices": "ok"}
        self.rejects = {"dossiers": (), "einvoices": REJECTS}
        self.agencies: dict[str, list[dict]] = {}
        self.silences: dict[str, dict] = {}
        self.failing = 0
        self.hanging: str | None = None  # questions with this in their path get no answer
        self.asked: list[str] = []
        self.not_modified = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                fake._answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._server.daemon_threads = True
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Go away at once: connections that are kept open are answered no more either."""
        server, self._server = self._server, None
        if server:
            server.shutdown()
            server.server_close()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        if self._server is None:
            handler.close_connection = True
            return
        self.asked.append(handler.path)
        until = time.monotonic() + LONGEST_HANG_SECONDS
        while self.hanging is not None and self.hanging in handler.path and time.monotonic() < until:
            time.sleep(0.05)
        status, body = self._body(handler)
        raw = json.dumps(body, ensure_ascii=False).encode()
        tag = f'W/"{hash(raw)}"'
        if status == 200 and handler.headers.get("If-None-Match") == tag:
            self.not_modified += 1
            status, raw = 304, b""
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("ETag", tag)
        handler.send_header("Content-Length", str(len(raw)))
        with suppress(BrokenPipeError, ConnectionResetError):
            handler.end_headers()
            handler.wfile.write(raw)

    def _body(self, handler: BaseHTTPRequestHandler) -> tuple[int, object]:
        if self.failing:
            return self.failing, {}
        if handler.path == "/healthz":
            return 200, {"status": "ok"}
        if handler.headers.get("Authorization") != f"Bearer {TOKEN}":
            return 401, {}
        language = "en" if handler.headers.get("Accept-Language") == "en" else "vi"
        address = urlsplit(handler.path)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        parts = address.path.strip("/").split("/")[1:]
        if parts == ["viewer"]:
            return 200, {"role": "leader", "unit": _province(language)}
        if parts == ["feeds"]:
            return 200, {"feeds": [self._feed(name) for name in self.feed_states]}
        if parts == ["indicators"]:
            return 200, {"indicators": [declared(row) for row in INDICATORS]}
        row = next((one for one in INDICATORS if one[0] == parts[1]), None)
        if row is None:
            return 404, {}
        if len(parts) == 2:
            return 200, self._figure(row, language, asked["period"])
        return 200, {"rows": self._rows(row, language, asked)}

    def _figure(self, row: tuple, language: str, period: str, value: object = "") -> dict:
        name, _, vi, en, measure, usual, target = row
        state = self.states.get(name, "ok")
        if value == "":
            value = None if state == "no_data" else self.values.get(name, usual)
        start, end = days_of(period)
        last = (
            None if state == "no_data" else (NOW - timedelta(hours=30 if state == "stale" else 0)).isoformat()
        )
        share = measure == "%" and value is not None
        return {
            "indicator": name,
            "title": vi if language == "vi" else en,
            "unit": _province(language),
            "period": {"from": start.isoformat(), "to": end.isoformat()},
            "value": value,
            "measure": measure,
            "numerator": round(237_892 * value / 100) if share else None,
            "denominator": 237_892 if share else None,
            "rows": 0 if value is None else 237_892,
            "target": {"value": target[1], "by": target[0], "met": None if value is None else target[2]}
            if target
            else None,
            "state": state,
            "freshness": {"last_event_at": last, "last_received_at": last, "stale": state == "stale"},
            "completeness": None,
            "kind": "period_end" if measure == "%" else "flow",
            "computed_at": NOW.isoformat(),
            "as_of": None,
            "next_change_at": None,
            "definition_version": "1",
            "explain": None,
        }

    def _rows(self, row: tuple, language: str, asked: dict[str, str]) -> list[dict]:
        usual = self.values.get(row[0], row[5]) or 1
        if asked.get("by") == "unit":
            rows = []
            shown = COMMUNES if asked.get("map", "current") == "current" else DISTRICTS
            for index, name in enumerate(shown):
                value = (
                    None
                    if index == 12
                    else round(usual * (0.99 - 0.013 * index) if row[4] == "%" else usual / (index + 6), 2)
                )
                figure = self._figure(row, language, asked["period"], value)
                figure["unit"] = {"code": f"{14000 + index}", "name": name}
                if value is None:
                    figure["state"] = "no_data"
                rows.append(figure)
            return rows
        rows = []
        for index, (start, end) in enumerate(steps_of(asked["period"], asked["every"])):
            wave = (0, 5, 3, 8, 6, 9, 7, 4, 8, 10, 11, 9, 12)[index % 13] - 6
            value = usual * (1 + 0.003 * wave) if row[4] == "%" else usual / 12 * (1 + 0.06 * wave)
            gone = start > NOW.date() or self.states.get(row[0]) == "no_data"
            figure = self._figure(row, language, asked["period"], None if gone else round(value, 2))
            figure["period"] = {"from": start.isoformat(), "to": end.isoformat()}
            figure["state"] = "no_data" if gone else "ok"
            rows.append(figure)
        return rows

    def _feed(self, name: str) -> dict:
        state = self.feed_states[name]
        last = None if state == "no_data" else NOW - timedelta(hours=30 if state == "stale" else 0, seconds=7)
        publishers = {
            "dossiers": {"vi": "Cổng Dịch vụ công tỉnh Thanh Hoá", "en": "Thanh Hoa public service portal"},
            "einvoices": {"vi": "Cục Thuế tỉnh và các T-VAN", "en": "Provincial tax office and T-VANs"},
        }
        rejects = self.rejects[name]
        return {
            "name": name,
            "title": DESKS[name],
            "publisher": publishers[name],
            "every_seconds": 3600,
            "state": state,
            "last_received_at": last and last.isoformat(),
            "last_event_at": last and last.isoformat(),
            "silent_seconds": last and (30 * 3600 if state == "stale" else 7),
            "lag": {
                "events": 18_250 if state == "partial" else 0,
                "seconds": 42.0 if state == "partial" else 0.4,
            },
            "today": {
                "accepted": 0 if state == "no_data" else 12_345,
                "rejected": sum(reject[3] for reject in rejects),
            },
            "rejects": [
                {"reason": reason, "message": {"vi": vi, "en": en}, "count": count}
                for reason, vi, en, count in rejects
            ],
            "scores": {
                "valid": 99.77 if rejects else 100,
                "complete": None,
                "clean": 96.4,
                "alive": 0 if state == "stale" else 100,
            },
            "silence": self.silences.get(name),
            "agencies": self.agencies.get(name, []),
        }


def _province(language: str) -> dict[str, str]:
    return {"code": "38", "name": "Tỉnh Thanh Hóa" if language == "vi" else "Thanh Hoa province"}
