"""People at a running hub's doors: by the command line, by curl, and following what they sent."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
from running_hub import RunningHub

from iochub.api.keys import Keys

COUNTED_SECONDS = 60
COMMAND_SECONDS = 120

Json = dict[str, Any]


def key_of(hub: RunningHub, agency: str, *feeds: str) -> str:
    """A new key of an agency for some feeds."""
    return Keys(hub.data / "keys.sqlite").create_agency_key(agency, feeds)


def command(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run one command of the hub's own, however it ends."""
    return subprocess.run(
        [sys.executable, "-m", "iochub", *arguments],
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
        env=os.environ | environment,
    )


def sent(hub: RunningHub, key: str, feed: str, *files: Path) -> list[Json]:
    """Send files by `iochub feeds send`, and answer its verdict on each.

    The command ends with 1 when anything was rejected, and the verdicts say what.
    """
    done = command("feeds", "send", feed, *map(str, files), "--data", str(hub.data), "--json", AGENCY_KEY=key)
    verdicts: list[Json] = json.loads(done.stdout)
    assert [verdict["file"] for verdict in verdicts] == [str(file) for file in files]
    assert done.returncode == int(any(verdict["rejected"] for verdict in verdicts)), done.stderr
    return verdicts


def followed(hub: RunningHub, key: str, receipts: Iterable[str]) -> list[Json]:
    """Follow every receipt to `counted`; nothing that was accepted may be missing on the way."""
    deadline = time.monotonic() + COUNTED_SECONDS
    states = []
    with httpx.Client(headers={"Authorization": f"Bearer {key}"}, timeout=30) as gateway:
        for receipt in receipts:
            while (state := gateway.get(f"{hub.gateway}/v1/receipts/{receipt}").json())["state"] != "counted":
                assert time.monotonic() < deadline, state
                time.sleep(0.1)
            assert state["accepted"] == state["stored"] + state["set_aside"]
            assert state["counted"] == state["stored"]
            assert state["accepted_at"] <= state["stored_at"] <= state["counted_at"]
            states.append(state)
    return states


def figure(hub: RunningHub, name: str, **asked: str) -> Decimal | None:
    """The value of one figure, exact; while it says that it is partial, it is asked again."""
    deadline = time.monotonic() + COUNTED_SECONDS
    while True:
        answer = httpx.get(
            f"{hub.api}/v1/indicators/{name}",
            params={"unit": "38", **asked},
            headers={"Authorization": f"Bearer {hub.token}"},
            timeout=30,
        )
        answer.raise_for_status()
        body = json.loads(answer.content, parse_float=Decimal, parse_int=Decimal)
        if body["state"] != "partial":
            break
        assert time.monotonic() < deadline, body
        time.sleep(0.2)
    assert body["state"] in ("ok", "no_data"), body
    value: Decimal | None = body["value"]
    return value


class Agency:
    """One sender with a key of its own, for dossiers and e-invoices unasked, as a program that pushes."""

    def __init__(self, hub: RunningHub, code: str, *feeds: str) -> None:
        self.hub = hub
        self.key = key_of(hub, code, *(feeds or ("dossiers", "einvoices")))

    def push(self, path: str, body: bytes, kind: str = "application/json", **headers: str) -> httpx.Response:
        """One request to the gateway; `Accept_Language="en"` is a header."""
        told = {"Authorization": f"Bearer {self.key}", "Content-Type": kind}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.post(f"{self.hub.gateway}{path}", content=body, headers=told | named, timeout=60)

    def look(self, path: str) -> httpx.Response:
        """One question to the gateway."""
        return httpx.get(
            f"{self.hub.gateway}{path}", headers={"Authorization": f"Bearer {self.key}"}, timeout=30
        )

    def letters(self, receipt: str) -> list[Json]:
        """The dead letters of one receipt, once they are copied."""
        deadline = time.monotonic() + 30
        while True:
            found = self.look("/v1/dead-letters").json()["dead_letters"]
            mine: list[Json] = [letter for letter in found if letter["receipt"] == receipt]
            if mine:
                return mine
            assert time.monotonic() < deadline, "no dead letter came"
            time.sleep(0.1)


@dataclass(frozen=True)
class Answered:
    """What curl saw."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Json:
        found: Json = json.loads(self.body)
        return found


def curl(*arguments: str, body: bytes = b"", folder: Path) -> Answered:
    """Type a curl line; `body` goes in as a file would, and `folder` takes what comes out."""
    head, out = folder / "head", folder / "out"
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--max-time", "60", "--write-out", "%{http_code}",
         "--dump-header", str(head), "--output", str(out), *arguments],
        input=body, capture_output=True, timeout=90, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = head.read_text().strip().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
    return Answered(int(done.stdout), headers, out.read_bytes())


def is_problem(answer: Answered | httpx.Response, kind: str) -> Json:
    """A problem as RFC 9457 words it, in the language that was asked for; answers it."""
    status = answer.status if isinstance(answer, Answered) else answer.status_code
    body = answer.body if isinstance(answer, Answered) else answer.content
    problem: Json = json.loads(body)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (problem["type"], problem["status"]) == (f"urn:iochub:problem:{kind}", status), problem
    assert set(problem) == {"type", "title", "status", "detail", "errors"}
    assert problem["title"]
    assert problem["detail"]
    return problem


def instant() -> str:
    """The present instant as a question writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
