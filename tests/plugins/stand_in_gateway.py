"""A stand-in for the gateway of a hub that is far away: it keeps, answers receipts, and goes away as asked.

For what happens on the line between. What the gateway itself promises is tested against the gateway.
"""

import gzip
import hashlib
import json
import random
import threading
from dataclasses import dataclass, field
from email.utils import formatdate
from time import time
from urllib.parse import urlsplit

from stand_in_server import Asked, Server, Told

KEY = "ioc_stand_in"


@dataclass
class StandInGateway:
    """What was kept, in the order it came, and how it fails."""

    feeds: tuple[str, ...] = ("dossiers", "einvoices", "documents")
    kept: list[tuple[str, bytes]] = field(default_factory=list)
    pushes: int = 0
    bytes_in: int = 0
    faults: float = 0.0
    """The share of pushes whose answer is lost, after keeping or before."""
    status: int = 0
    """An answer to every push, instead of keeping."""
    stopped: tuple[str, ...] = ()
    """Feeds of which nothing is taken for ten minutes."""
    ahead_seconds: float = 0.0
    counts_after: int = 1
    """A receipt is counted when it was asked for so often."""
    receipts: dict[str, int] = field(default_factory=dict)
    dice: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self.server = Server(self._answer)
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return self.server.url

    def bodies(self, feed: str) -> list[bytes]:
        """Each content that was kept, once, in the order of first arrival: as the hub counts."""
        return list(dict.fromkeys(body for name, body in self.kept if name == feed))

    def _answer(self, asked: Asked) -> Told:
        with self._lock:
            told = self._pushed(asked) if asked.method == "POST" else self._receipt(asked)
        date = formatdate(time() + self.ahead_seconds, usegmt=True)
        told.headers = (*told.headers, ("Date", date))
        return told

    def _pushed(self, asked: Asked) -> Told:
        self.pushes += 1
        self.bytes_in += len(asked.body)
        feed = urlsplit(asked.path).path.split("/")[3]
        if asked.headers.get("Authorization") != f"Bearer {KEY}":
            return _problem(401)
        if feed not in self.feeds:
            return _problem(404)
        if self.status:
            return _problem(self.status)
        if feed in self.stopped:
            return Told(429, b"{}", headers=(("Retry-After", "600"),))
        fault = self.dice.choice(("before", "after")) if self.dice.random() < self.faults else ""
        if fault == "before":
            return Told(silent=True)
        packed = asked.headers.get("Content-Encoding") == "gzip"
        body = gzip.decompress(asked.body) if packed else asked.body
        if "dry_run" not in asked.path:
            self.kept.append((feed, body))
        receipt = f"R{len(self.kept):026d}"
        self.receipts[receipt] = 0
        if fault == "after":
            return Told(silent=True)
        return _verdict(receipt, feed, body)

    def _receipt(self, asked: Asked) -> Told:
        if asked.headers.get("Authorization") != f"Bearer {KEY}":
            return _problem(401)
        name = asked.path.rpartition("/")[2]
        if name not in self.receipts:
            return _problem(404)
        self.receipts[name] += 1
        state = "counted" if self.receipts[name] >= self.counts_after else "stored"
        told = {"receipt": name, "state": state, "accepted": 1, "stored": 1, "set_aside": 0}
        return Told(200, json.dumps(told).encode())


def _verdict(receipt: str, feed: str, body: bytes) -> Told:
    """A body that holds `bad` is rejected whole, one with `half` in half."""
    accepted, rejected = (0, 1) if b"bad" in body else (1, 1) if b"half" in body else (1, 0)
    reject = {
        "index": 0,
        "dead_letter": "D1",
        "reason": "missing:MaHoSo",
        "field": "MaHoSo",
        "message": "Thiếu",
    }
    answer = {
        "receipt": receipt, "feed": feed, "received_at": "2026-11-26T00:00:00.000Z",
        "delivery": f"sha256:{hashlib.sha256(body).hexdigest()}",
        "accepted": accepted, "rejected": rejected, "rejects": [reject] * rejected,
    }  # fmt: skip
    return Told(202 if accepted else 422, json.dumps(answer, ensure_ascii=False).encode())


def _problem(status: int) -> Told:
    retry = (("Retry-After", "0"),) if status in (429, 503) else ()
    return Told(status, json.dumps({"title": "không", "status": status}).encode(), headers=retry)
