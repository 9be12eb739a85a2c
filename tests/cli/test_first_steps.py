"""What a hub prints when it is ready is true, and its three `curl` lines work as printed."""

import json
import re
import subprocess
import time
from typing import Any

import httpx
import pytest
from running_hub import RunningHub

from iochub.ingest.feeds.registry import FEEDS

COUNTED_SECONDS = 60


@pytest.fixture(scope="module")
def printed(hub: RunningHub) -> str:
    """Everything that the hub has said, up to its line `ready`."""
    return hub.data.with_name(f"{hub.data.name}.up.log").read_text(encoding="utf-8")


def asked(url: str, secret: str) -> Any:
    answer = httpx.get(url, headers={"Authorization": f"Bearer {secret}"}, timeout=30, trust_env=False)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_key_for_every_feed_is_printed_and_is_for_that_feed(hub: RunningHub, printed: str) -> None:
    keys = dict(re.findall(r"^ +(\w+) +(ioc_\S+)$", printed, re.MULTILINE))
    assert keys.keys() == FEEDS.keys()
    for feed, key in keys.items():
        assert [one["feed"] for one in asked(f"{hub.gateway}/v1/feeds", key)["feeds"]] == [feed]


def test_the_token_that_is_printed_is_called_what_it_is(hub: RunningHub, printed: str) -> None:
    ((role, token),) = re.findall(r"(\w+) token  (iov_\S+)$", printed, re.MULTILINE)
    assert asked(f"{hub.api}/v1/viewer", token)["role"] == role


def test_the_three_lines_push_follow_and_see_the_figure(printed: str) -> None:
    push, follow, see = re.findall(r"^curl .*$", printed, re.MULTILINE)

    def run(line: str) -> Any:
        done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=60, check=True)
        return json.loads(done.stdout)

    receipt = run(push)
    assert (receipt["accepted"], receipt["rejected"]) == (1, 0)
    deadline = time.monotonic() + COUNTED_SECONDS
    while (state := run(follow))["state"] != "counted":
        assert time.monotonic() < deadline, state
        time.sleep(0.1)
    assert state["receipt"] == receipt["receipt"]
    figure = run(see)
    assert (figure["indicator"], figure["value"] >= 1) == ("dossiers_received", True)
