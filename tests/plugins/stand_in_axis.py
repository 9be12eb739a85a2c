"""A stand-in for the document axis: it checks signatures, lists what was not updated, and fails as asked.

Source: standards §3.3, and the published VXP SDK 2.0.1, whose headers it takes apart as a receiver would.
"""

import base64
import hashlib
import hmac
import json
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from stand_in_server import Asked, Server, Told

SYSTEM, SECRET = "vxp.ioc.38", "not a secret/+=="
FAULTS = ("error", "cut", "silent", "slow", "garbled")
Fate = str


@dataclass
class Message:
    """One message that waits for the province."""

    body: bytes
    messages: str = "edoc"
    fate: Fate = "initial"
    updates: int = 0
    fetched: int = 0


@dataclass
class StandInAxis:
    """What it holds, and how it fails; `moment` is called at each step, before and after it has effect."""

    messages: dict[str, Message] = field(default_factory=dict)
    agencies: list[dict[str, object]] = field(default_factory=list)
    faults: float = 0.0
    """The share of answers that fail in one of the ways above; a lost answer may have had its effect."""
    repeats: bool = False
    """Whether a list names its messages twice, and still names some that were updated."""
    most_listed: int = 200
    deaf_to: tuple[str, ...] = ()
    """Messages whose status it does not take."""
    dice: random.Random = field(default_factory=random.Random)
    moment: Callable[[str, str], None] = lambda step, document: None
    calls: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server = Server(self._answer)
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return self.server.url

    def put(self, document: str, body: bytes, messages: str = "edoc") -> None:
        self.messages[document] = Message(body, messages)

    def left(self) -> list[str]:
        """Messages that were not updated to done or fail."""
        return [name for name, each in self.messages.items() if each.fate not in ("done", "fail")]

    def _answer(self, asked: Asked) -> Told:
        call = asked.path.removeprefix("/")
        with self._lock:
            parameters = _opened(asked)
            self.calls.append(call)
            fault = self.dice.choice(FAULTS) if self.dice.random() < self.faults else ""
            had_effect = fault != "error"
        if parameters is None:
            return _told({"status": "FAIL", "ErrorCode": "401", "ErrorDesc": "chữ ký không đúng"})
        document = parameters.get("docId", "")
        self.moment(f"{call} asked", document)
        with self._lock:
            found = self._called(call, parameters) if had_effect else _told({}, 500)
        self.moment(f"{call} done", document)
        return _failing(found, fault)

    def _called(self, call: str, parameters: dict[str, str]) -> Told:
        match call:
            case "getReceivedEdocList":
                return _told({**OK, "data": self._listed(parameters["messagetype"])})
            case "getEdoc" if parameters["docId"] in self.messages:
                message = self.messages[parameters["docId"]]
                message.fetched += 1
                return _told({**OK, "data": base64.encodebytes(message.body).decode()})
            case "updateStatus" if parameters["docId"] in self.deaf_to:
                return _told({"status": "FAIL", "ErrorCode": "500", "ErrorDesc": "lỗi"})
            case "updateStatus" if parameters["docId"] in self.messages:
                message = self.messages[parameters["docId"]]
                message.fate = parameters["status"]
                message.updates += 1
                return _told(dict(OK))
            case "getAgenciesListQD20":
                return _told({**OK, "data": self.agencies})
        return _told({"status": "FAIL", "ErrorCode": "404", "ErrorDesc": "không có"})

    def _listed(self, messages: str) -> list[dict[str, str]]:
        waiting = [
            name
            for name, each in self.messages.items()
            if each.messages == messages and each.fate not in ("done", "fail")
        ][: self.most_listed]
        if self.repeats:
            settled = [
                name
                for name, each in self.messages.items()
                if each.messages == messages and each.fate in ("done", "fail")
            ]
            waiting = waiting + waiting[:3] + settled[-3:]
        return [
            {"docId": name, "serviceType": "eDoc", "messageType": messages, "status": "initial"}
            for name in waiting
        ]


OK = {"status": "OK", "ErrorCode": "0", "ErrorDesc": "Success"}


def _told(content: dict[str, object], status: int = 200) -> Told:
    return Told(status, json.dumps(content, ensure_ascii=False).encode())


def _failing(told: Told, fault: str) -> Told:
    match fault:
        case "cut":
            return Told(told.status, told.body, cut=True)
        case "silent":
            return Told(silent=True)
        case "slow":
            return Told(told.status, told.body, slow_seconds=0.05)
        case "garbled":
            return Told(told.status, told.body[: len(told.body) // 2])
    return told


def _opened(asked: Asked) -> dict[str, str] | None:
    """The parameters, if every one of them is covered by a signature made with our secret, and just now."""
    signed = asked.headers.get("XroadVnpt-sign-header", "")
    want = hmac.new(SECRET.encode(), signed.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(want, asked.headers.get("XroadVnpt-hash-header", "")):
        return None
    told = {name.removeprefix("XroadVnpt-"): value for name, value in json.loads(signed).items()}
    if set(asked.headers["XroadVnpt-sign-header-key"].split(";")) != set(told):
        return None
    if any(asked.headers.get(f"XroadVnpt-{name}") != value for name, value in told.items()):
        return None
    at = datetime.strptime(told["timestamp"].partition("+")[0], "%d%m%YT%H%M%S")  # noqa: DTZ007 - local, +7
    late = abs((datetime.now(UTC).replace(tzinfo=None) - at).total_seconds() + 7 * 3600)
    return told if told["systemid"] == SYSTEM and late < 120 else None
