"""A storm: random deliveries against a dictionary that knows the truth, while processes are killed."""

import json
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

import httpx
from running_hub import RunningHub

COMMUNES = {"14797": "Phường Hạc Thành", "14812": "Phường Bỉm Sơn", "14758": "Phường Hàm Rồng"}
FIRST_DAY = date(2026, 8, 3)
DAYS = 20


class Fact(NamedTuple):
    """What one dossier record says, as far as the storm's figures go."""

    code: str
    unit: str
    day: date
    channel: str
    due: date
    ended: date | None


def record(fact: Fact) -> dict[str, object]:
    """The record in the publisher's words."""
    empty = [
        "MaDoiTuong",
        "ThongTinKhac",
        "Email",
        "Fax",
        "SoDienThoai",
        "NgayTra",
        "ThongTinTra",
        "GhiChu",
        "NgayTuChoi",
    ]
    lists = [
        "DinhDanhCHS",
        "DSKetNoiCSDL",
        "TaiLieuNop",
        "DanhSachLePhi",
        "DanhSachTepDinhKemKhac",
        "DanhSachHoSoBoSung",
        "DanhSachGiayToKetQua",
    ]
    return {
        "MaHoSo": fact.code, "MaTTHC": "1.001193", "TenTTHC": "Thủ tục đăng ký khai sinh",
        "MaLinhVuc": "G15-HT02", "TenLinhVuc": "Hộ tịch", "KenhThucHien": fact.channel,
        "ChuHoSo": "Nguyễn Văn Mẫu", "LoaiDoiTuong": "1", "TrichYeuHoSo": "Đăng ký khai sinh",
        "NgayNopHoSo": f"{fact.day:%Y%m%d}080000", "NgayTiepNhan": f"{fact.day:%Y%m%d}083000",
        "NgayHenTra": f"{fact.due:%Y%m%d}170000", "TrangThaiHoSo": "9" if fact.ended else "2",
        "HinhThuc": "0", "NgayKetThucXuLy": f"{fact.ended:%Y%m%d}160000" if fact.ended else "",
        "DonViXuLy": f"UBND {COMMUNES[fact.unit]}", "NoiNopHoSo": "1", "HoSoCoThanhPhanSoHoa": "1",
        "TaiKhoanDuocXacThucVoiVNeID": "1", "DuocThanhToanTrucTuyen": "0",
        **dict.fromkeys(empty, ""), **{name: [] for name in lists},
    }  # fmt: skip


@dataclass
class Oracle:
    """The truth: the newest accepted fact per dossier, and what its sender took back."""

    now: dict[str, Fact | None] = field(default_factory=dict)

    def received(self) -> dict[tuple[str, date], int]:
        """Dossiers by unit and day of reception."""
        counts: dict[tuple[str, date], int] = {}
        for fact in self.now.values():
            if fact:
                counts[fact.unit, fact.day] = counts.get((fact.unit, fact.day), 0) + 1
        return counts

    def in_time(self) -> int:
        """Dossiers that were finished by their due day; the others of the storm are long overdue."""
        return sum(1 for fact in self.now.values() if fact and fact.ended and fact.ended <= fact.due)


class Storm:
    """Sends, remembers what was acknowledged, and keeps every receipt to be followed."""

    def __init__(self, hub: RunningHub, agency: str, seed: int, prefix: str) -> None:
        self.hub = hub
        self.agency = agency
        self.random = random.Random(seed)
        self.prefix = prefix
        self.oracle = Oracle()
        self.receipts: list[str] = []
        self.sent: list[tuple[str, bytes]] = []
        self.requests = 0
        self.unconfirmed = 0
        self.client = httpx.Client(timeout=60, headers={"Authorization": f"Bearer {hub.keys[agency]}"})

    def __enter__(self) -> "Storm":
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def step(self) -> None:
        """One random act: new, corrected, the same again, re-batched, or taken back."""
        act = self.random.choices(("new", "correct", "again", "rebatch", "withdraw"), (6, 3, 2, 1, 1))[0]
        known = [fact for fact in self.oracle.now.values() if fact]
        if act == "new" or not known:
            self._deliver([self._fresh() for _ in range(self.random.randint(1, 40))])
        elif act == "correct":
            chosen = self.random.sample(known, min(len(known), self.random.randint(1, 20)))
            self._deliver([self._changed(fact) for fact in chosen])
        elif act == "again":
            self._post(*self.random.choice(self.sent))
        elif act == "rebatch":
            chosen = self.random.sample(known, min(len(known), 15))
            self._deliver(chosen)
        else:
            self._withdraw([fact.code for fact in self.random.sample(known, min(len(known), 3))])

    def flood(self, dossiers: int) -> None:
        """One delivery of so many new dossiers."""
        self._deliver([self._fresh() for _ in range(dossiers)])

    def _fresh(self) -> Fact:
        code = f"{self.prefix}-{len(self.oracle.now) + self.random.randrange(10**9):010d}"
        return self._dates(code)

    def _changed(self, fact: Fact) -> Fact:
        return self._dates(fact.code)

    def _dates(self, code: str) -> Fact:
        day = FIRST_DAY + timedelta(days=self.random.randrange(DAYS))
        due = day + timedelta(days=self.random.randint(0, 5))
        ended = day + timedelta(days=self.random.randint(0, 8)) if self.random.random() < 0.7 else None
        return Fact(code, self.random.choice(list(COMMUNES)), day, self.random.choice("12"), due, ended)

    def _deliver(self, facts: list[Fact]) -> None:
        body = json.dumps(
            {"service": "DongBoHoSoMC", "isUpdating": "True", "madonvi": "", "session": str(self.requests),
             "data": [record(fact) for fact in facts]}
        ).encode()  # fmt: skip
        answer = self._post("deliveries", body)
        assert answer["accepted"] == len(facts), answer
        self.sent.append(("deliveries", body))
        self.oracle.now.update((fact.code, fact) for fact in facts)

    def _withdraw(self, codes: list[str]) -> None:
        body = json.dumps({"entities": codes, "reason": f"thử {self.requests}"}).encode()
        self._post("withdrawals", body)
        self.sent.append(("withdrawals", body))
        for code in codes:
            self.oracle.now[code] = None

    def _post(self, address: str, body: bytes) -> dict[str, object]:
        """Send until it is confirmed: 503 and a cut line mean *not confirmed, send it again*."""
        deadline = time.monotonic() + 180
        while True:
            self.requests += 1
            try:
                answer = self.client.post(
                    f"{self.hub.gateway}/v1/feeds/dossiers/{address}",
                    content=body,
                    headers={"Content-Type": "application/json"},
                )
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code == 202:
                found: dict[str, object] = answer.json()
                self.receipts.append(str(found["receipt"]))
                return found
            assert answer is None or answer.status_code == 503, (answer.status_code, answer.text)
            assert time.monotonic() < deadline, "The gateway did not come back."
            self.unconfirmed += 1
            time.sleep(0.25)

    def settle(self, seconds: float = 180) -> None:
        """Follow every receipt to *counted*."""
        deadline = time.monotonic() + seconds
        left = list(self.receipts)
        while left:
            receipt = left[-1]
            state = self._state(receipt)
            if state == "counted":
                left.pop()
                continue
            assert time.monotonic() < deadline, f"{len(left)} receipts still {state}"
            time.sleep(0.2)

    def _state(self, receipt: str) -> str:
        with suppress(httpx.TransportError):
            answer = self.client.get(f"{self.hub.gateway}/v1/receipts/{receipt}")
            if answer.status_code == 200:
                return str(answer.json()["state"])
            return f"status {answer.status_code}"
        return "unreachable"


def shown_received(hub: RunningHub) -> dict[tuple[str, date], int]:
    """What the API shows by unit and day, for the storm's days."""
    shown: dict[tuple[str, date], int] = {}
    cursor = ""
    while True:
        page = hub.ask(
            "/v1/indicators/dossiers_received/series",
            unit="38", every="day", by="unit", **{"from": str(FIRST_DAY)},
            to=str(FIRST_DAY + timedelta(days=DAYS)), **({"cursor": cursor} if cursor else {}),
        )  # fmt: skip
        rows = page["rows"]
        assert isinstance(rows, list)
        for row in rows:
            if row["value"]:
                shown[row["unit"]["code"], date.fromisoformat(row["period"]["from"])] = int(row["value"])
        if not page["next"]:
            return shown
        cursor = str(page["next"])


def shown_in_time(hub: RunningHub) -> int:
    """The numerator of the on-time share over the storm's days, judged today."""
    figure = hub.ask(
        "/v1/indicators/dossiers_on_time_share",
        unit="38", **{"from": str(FIRST_DAY)}, to="2027-01-01",
    )  # fmt: skip
    return int(str(figure["numerator"] or 0))


class Killer(threading.Thread):
    """Kills one process after another by SIGKILL, the supervisor included, until told to stop."""

    def __init__(
        self, hub: RunningHub, seed: int, pause: Callable[[random.Random], float], only: tuple[str, ...] = ()
    ) -> None:
        super().__init__(daemon=True)
        self.hub = hub
        self.random = random.Random(seed)
        self.pause = pause
        self.only = only
        self.kills: dict[str, int] = {}
        self.error: BaseException | None = None
        self._done = threading.Event()

    def run(self) -> None:
        """Kill, wait, and kill again."""
        try:
            order: list[str] = []
            while not self._done.wait(self.pause(self.random)):
                pids = self.hub.pids()
                if not order:
                    order = list(self.only or (*pids, "supervisor"))
                    self.random.shuffle(order)
                name = order.pop()
                if name == "supervisor":
                    self.hub.kill()
                    self.hub.start()
                elif name in pids:
                    with suppress(ProcessLookupError):
                        os.kill(pids[name], signal.SIGKILL)
                else:
                    continue
                self.kills[name] = self.kills.get(name, 0) + 1
        except BaseException as error:  # noqa: BLE001 -- told to the test that joins this thread
            self.error = error

    def finish(self) -> dict[str, int]:
        """Stop killing and answer how often each was killed."""
        self._done.set()
        self.join(180)
        if self.error:
            raise self.error
        return self.kills
