"""The document axis under a connector that is killed again and again, and an oracle that counts exchanges."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from callers import key_of
from published import ours
from running_hub import RunningHub
from stand_in_axis import SECRET, SYSTEM, StandInAxis

from iochub.ingest.connectors.checkpoint import Checkpoint

FIRST_DAY, DAYS = date(2021, 3, 1), 20
RECEIVERS = [f"H56.{number:02d}" for number in range(6, 46)]
PER_LIFE = 6
"""Messages that arrive on the axis for each life of the connector."""
MOST_MOMENTS = 24
"""A message makes four moments at the axis: a life ends within its first six, or while it lists."""
LIFE_SECONDS = 240.0
STARTED_WRONG = "The connector ended by itself."


def edoc(number: str, receivers: list[str], day: date) -> bytes:
    """A new document, made from our sample."""
    head, rest = ours("documents", "new_document.edxml").decode().split("<edXML:To>", 1)
    tail = rest.rpartition("</edXML:To>")[2]
    named = "</edXML:OrganId><edXML:OrganName>Cơ quan</edXML:OrganName></edXML:To>"
    to = "".join(f"<edXML:To><edXML:OrganId>{code}{named}" for code in receivers)
    message = f"{head}{to}{tail}".replace("2021/03/03,45/STTTT-CNTT", f"2021/03/03,{number}/STTTT-CNTT")
    return message.replace("2021/03/04 08:15:00", f"{day:%Y/%m/%d} 08:15:00").encode()


@dataclass
class AxisStorm:
    """What the axis holds, what must come of it, and a connector that does not live long."""

    hub: RunningHub
    folder: Path
    seed: int
    faults: float = 0.08
    axis: StandInAxis = field(init=False)
    exchanges: dict[date, int] = field(default_factory=dict)
    fates: dict[str, str] = field(default_factory=dict)
    kills: int = 0
    moments: dict[str, int] = field(default_factory=dict)
    """At which step it was killed how often."""

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.axis = StandInAxis(
            faults=self.faults, repeats=True, most_listed=15, dice=random.Random(self.seed + 1)
        )
        self._armed: subprocess.Popen[bytes] | None = None
        self._left = 0
        self._lock = threading.Lock()
        self.axis.moment = self._moment
        self._sent: list[bytes] = []

    def __enter__(self) -> "AxisStorm":
        self.axis.server.start()
        self.folder.mkdir(exist_ok=True)
        key = self.folder / "axis.key"
        key.write_text(key_of(self.hub, "H56", "documents"))
        secret = self.folder / "axis.secret"
        secret.write_text(SECRET)
        for each in (key, secret):
            each.chmod(0o600)
        (self.folder / "axis.toml").write_text(
            f'kind = "axis"\nfeed = "documents"\nkey = {{file = "axis.key"}}\nurl = "{self.axis.url}"\n'
            f'system = "{SYSTEM}"\nsecret = {{file = "axis.secret"}}\nagencies = false\nevery_seconds = 0.2\n'
        )
        return self

    def __exit__(self, *_: object) -> None:
        if self._armed is not None and self._armed.poll() is None:
            self._armed.kill()
            self._armed.wait()
        self.axis.server.stop()

    def arrive(self, number: int) -> None:
        """So many messages come to the axis: documents, copies of documents, and what nobody can read."""
        for _ in range(number):
            name = f"axis-{len(self.axis.messages)}"
            act = self.dice.random()
            if act < 0.08:
                self.axis.put(name, b"<edXML>\xff broken " + name.encode())
                self.fates[name] = "fail"
                continue
            if act < 0.22 and self._sent:
                body = self.dice.choice(self._sent)
            else:
                day = FIRST_DAY + timedelta(days=self.dice.randrange(DAYS))
                receivers = self.dice.sample(RECEIVERS, self.dice.randint(1, 7))
                body = edoc(name, receivers + receivers[:1], day)
                self.exchanges[day] = self.exchanges.get(day, 0) + len(receivers)
                self._sent.append(body)
            self.axis.put(name, body)
            self.fates[name] = "done"

    def life(self) -> None:
        """Start the connector and kill it at some moment between list and update."""
        self.arrive(PER_LIFE)
        with self._lock:
            self._left = self.dice.randint(1, MOST_MOMENTS)
        self._armed = self._started()
        deadline = time.monotonic() + LIFE_SECONDS
        while self._armed.poll() is None:
            assert time.monotonic() < deadline, "It was to be killed and nothing came to pass."
            time.sleep(0.01)
        assert self._armed.returncode == -signal.SIGKILL, STARTED_WRONG
        self.kills += 1

    def drain(self, seconds: float = 180.0) -> None:
        """Let the last connector live until the axis is empty, then end it in order."""
        with self._lock:
            self._left = 0
        last = self._started()
        self._armed = last
        deadline = time.monotonic() + seconds
        while self.axis.left():
            assert time.monotonic() < deadline, f"{len(self.axis.left())} messages are still on the axis"
            assert last.poll() is None, STARTED_WRONG
            time.sleep(0.05)
        last.send_signal(signal.SIGTERM)
        assert last.wait(30) == 0

    def check(self, seconds: float = 120.0) -> dict[str, int]:
        """Every fate and every figure is the oracle's; answers what the connector counted."""
        assert {name: each.fate for name, each in self.axis.messages.items()} == self.fates
        deadline = time.monotonic() + seconds
        while (shown := self.shown()) != self.exchanges:
            assert time.monotonic() < deadline, (shown, self.exchanges)
            time.sleep(0.5)
        checkpoint = Checkpoint(self.hub.data / "connectors" / "axis.checkpoint")
        counts = checkpoint.counts()
        checkpoint.close()
        # Counted in one step with what is remembered: not one more and not one less than there were messages.
        assert counts["delivered"] == len(self.axis.messages)
        assert counts["untaken"] == 0
        return counts

    def shown(self) -> dict[date, int]:
        """Exchanges by day, as the API answers."""
        page = self.hub.ask(
            "/v1/indicators/documents_exchanged/series",
            unit="38", every="day", **{"from": str(FIRST_DAY)}, to=str(FIRST_DAY + timedelta(days=DAYS)),
        )  # fmt: skip
        rows = page["rows"]
        assert isinstance(rows, list)
        return {
            date.fromisoformat(row["period"]["from"]): int(float(row["value"]))
            for row in rows
            if row["value"]
        }

    def _started(self) -> "subprocess.Popen[bytes]":
        log = (self.folder / "connector.log").open("ab")
        with log:
            return subprocess.Popen(
                [
                    sys.executable, "-m", "iochub", "connectors", "run", str(self.folder / "axis.toml"),
                    "--data", str(self.hub.data),
                ],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def _moment(self, step: str, _: str) -> None:
        with self._lock:
            if self._left == 0 or self._armed is None:
                return
            self._left -= 1
            if self._left:
                return
            victim = self._armed
            # At once, or a little later: while the gateway reads, or Kafka acknowledges.
            pause = self.dice.choice((0.0, self.dice.uniform(0.0, 0.03)))
            self.moments[step] = self.moments.get(step, 0) + 1
        time.sleep(pause)
        with suppress(ProcessLookupError):
            os.kill(victim.pid, signal.SIGKILL)
