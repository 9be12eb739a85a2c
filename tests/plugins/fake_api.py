"""A query API with canned answers, served over real HTTP from a thread of its own."""

import json
import threading
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

TOKEN = "iov_fake_token"
NOW = datetime.now(UTC)

DESKS = {
    "dossiers": {"vi": "Hồ sơ dịch vụ công", "en": "Public service dossiers"},
    "einvoices": {"vi": "Hoá đơn điện tử", "en": "Electronic invoices"},
}
INDICATORS = [
    ("dossiers_received", "dossiers", "Hồ sơ tiếp nhận", "Dossiers received", "hồ sơ", 237_892, None),
    (
        "dossiers_on_time_share",
        "dossiers",
        "Tỷ lệ giải quyết trước và đúng hạn",
        "Settled on time or early",
        "%",
        98.29,
        ("2025", 98, True),
    ),
    (
        "dossiers_online_share_level4",
        "dossiers",
        "Tỷ lệ hồ sơ trực tuyến mức độ 4",
        "Received online at level 4",
        "%",
        86.27,
        ("2025", 100, False),
    ),
    ("dossiers_open", "dossiers", "Hồ sơ đang giải quyết", "Dossiers being processed", "hồ sơ", 12_408, None),
    (
        "dossiers_due_soon",
        "dossiers",
        "Hồ sơ sắp đến hạn trong 3 ngày",
        "Due within three days",
        "hồ sơ",
        1_204,
        None,
    ),
    (
        "dossiers_overdue",
        "dossiers",
        "Hồ sơ quá hạn chưa giải quyết",
        "Overdue and still open",
        "hồ sơ",
        0,
        None,
    ),
    ("einvoices_issued", "einvoices", "Hoá đơn đã phát hành", "Invoices issued", "hoá đơn", 1_234_567, None),
    (
        "einvoice_turnover",
        "einvoices",
        "Doanh thu trên hoá đơn",
        "Turnover invoiced",
        "đ",
        184_234_567_891_234,
        None,
    ),
    ("einvoice_vat", "einvoices", "Thuế giá trị gia tăng", "Value added tax", "đ", 12_345_678_912, None),
    (
        "einvoice_enterprises",
        "einvoices",
        "Doanh nghiệp, tổ chức dùng hoá đơn điện tử",
        "Enterprises using e-invoices",
        "doanh nghiệp",
        14_037,
        ("2025", 14_000, True),
    ),
    (
        "einvoice_households",
        "einvoices",
        "Hộ, cá nhân nộp thuế bằng hoá đơn điện tử",
        "Households using e-invoices",
        "hộ, cá nhân",
        1_018,
        ("2025", 1_500, False),
    ),
]
REJECTS = (
    ("missing:SHDon", "Thiếu số hoá đơn (SHDon)", "Invoice number (SHDon) is missing", 17),
    ("bad_decimal:TgTCThue", "Tổng tiền chưa thuế không phải số", "Total before tax is no number", 9),
    ("unknown_kind", "Loại thông điệp chưa được biết", "Kind of message not known", 2),
)
COMMUNES = (
    "Phường Hạc Thành",
    "Phường Hàm Rồng",
    "Phường Sầm Sơn",
    "Phường Bỉm Sơn",
    "Phường Đông Quang",
    "Xã Nga An",
    "Xã Yên Thọ",
    "Xã Hà Trung",
    "Xã Hoằng Hoá",
    "Xã Thọ Xuân",
    "Xã Cẩm Thuỷ",
    "Xã Ngọc Lặc",
    "Xã Mường Lát",
    "Xã Quan Sơn",
    "Xã Thường Xuân",
    "Xã Như Thanh",
    "Xã Nông Cống",
    "Phường Tĩnh Gia",
    "Phường Nghi Sơn",
    "Xã Hậu Lộc",
)


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
        self.failing = 0
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
            return 200, {"indicators": [_declared(row) for row in INDICATORS]}
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
        start, end = _days(period)
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
            for index, name in enumerate(COMMUNES):
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
        for index, (start, end) in enumerate(_steps(asked["period"], asked["every"])):
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
        rejects = REJECTS if name == "einvoices" else ()
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
        }


def _province(language: str) -> dict[str, str]:
    return {"code": "38", "name": "Tỉnh Thanh Hóa" if language == "vi" else "Thanh Hoa province"}


def _declared(row: tuple) -> dict:
    name, desk, vi, en, measure, _, target = row
    return {
        "name": name,
        "title": {"vi": vi, "en": en},
        "unit": measure,
        "measure": measure,
        "feed": desk,
        "desk": {"name": desk, "title": DESKS[desk]},
        "kind": "period_end" if measure == "%" else "flow",
        "definition": {
            "vi": "Số hồ sơ không quá hạn tại cuối kỳ chia cho số hồ sơ tiếp nhận trong kỳ; "
            "hồ sơ chưa đến hạn là đúng hạn.",
            "en": "Dossiers not late at the end of the period over those received in it; "
            "what is not yet due is on time.",
        },
        "formula": "(tiếp nhận − trễ hạn) ÷ tiếp nhận",
        "window": "year",
        "dimensions": [],
        "targets": [{"value": target[1], "by": target[0], "at_least": True, "source": ""}] if target else [],
        "alert": None,
        "owner": {"vi": "Văn phòng UBND tỉnh", "en": "Office of the People's Committee"},
        "source": "Quyết định 766/QĐ-TTg; Nghị quyết 06-NQ/TU",
        "version": "1",
    }


def _days(period: str) -> tuple[date, date]:
    if "Q" in period:
        year, quarter = period.split("-Q")
        return _month(int(year), int(quarter) * 3 - 2, 3)
    parts = [int(part) for part in period.split("-")]
    if len(parts) == 3:
        start = date(*parts)
        return start, start + timedelta(days=1)
    return _month(parts[0], parts[1], 1) if len(parts) == 2 else _month(parts[0], 1, 12)


def _month(year: int, month: int, length: int) -> tuple[date, date]:
    after = year * 12 + month - 1 + length
    return date(year, month, 1), date(after // 12, after % 12 + 1, 1)


def _steps(period: str, every: str) -> list[tuple[date, date]]:
    start, end = _days(period)
    steps = []
    while start < end:
        if every == "month":
            _, until = _month(start.year, start.month, 1)
        else:
            until = start + timedelta(days=1 if every == "day" else 7 - start.weekday())
        steps.append((start, min(until, end)))
        start = until
    return steps
