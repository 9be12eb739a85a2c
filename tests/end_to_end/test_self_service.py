"""An agency mends what was refused without calling anyone, on a whole hub: its figure moves."""

import json
import subprocess
import sys
import time
from typing import Any

import pytest
from callers import Agency, figure, followed
from messages import NHI_SON, in_nhi_son, synchronised
from running_hub import RunningHub, iochub

DAY, DELIVERIES = "2026-05-25", "/v1/feeds/dossiers/deliveries"
WRONG, RIGHT = "25/05/2026 08:30", "202605250830"


@pytest.fixture(scope="module")
def mender(hub: RunningHub) -> Agency:
    return Agency(hub, "E2E.MENDER")


def stored(mender: Agency, path: str, wanted: int) -> Any:
    """What the gateway tells once the streams have copied it."""
    deadline = time.monotonic() + 30
    while True:
        answer = mender.look(path)
        found = answer.json()
        if answer.status_code == 200 and len(found.get("replays", [0] * wanted)) == wanted:
            return found
        assert time.monotonic() < deadline, f"{path} was not stored in time: {answer.status_code}"
        time.sleep(0.1)


def test_a_certain_correction_is_shown_sent_counted_and_remembered(hub: RunningHub, mender: Agency) -> None:
    before = figure(hub, "dossiers_received", unit=NHI_SON, period=DAY) or 0
    refused = mender.push(DELIVERIES, synchronised(in_nhi_son("MEND-1", NgayTiepNhan=WRONG))).json()
    name = refused["rejects"][0]["dead_letter"]
    stored(mender, f"/v1/dead-letters/{name}", 0)

    with_key = ("--key", mender.key)
    listed = json.loads(
        iochub("dead-letters", "list", "--feed", "dossiers", "--json", *with_key, data=hub.data)
    )
    assert name in [one["dead_letter"] for one in listed]
    shown = iochub("dead-letters", "show", name, *with_key, data=hub.data)
    assert f'»"{WRONG}"«' in shown
    assert f"{WRONG} → {RIGHT}" in shown

    tried = iochub("dead-letters", "replay", name, "--suggestion", "--dry-run", *with_key, data=hub.data)
    assert "would be taken" in tried
    assert figure(hub, "dossiers_received", unit=NHI_SON, period=DAY) in (None, before)
    sent = json.loads(
        iochub("dead-letters", "replay", name, "--suggestion", "--json", *with_key, data=hub.data)
    )
    followed(hub, mender.key, [sent["receipt"]])
    assert figure(hub, "dossiers_received", unit=NHI_SON, period=DAY) == before + 1

    history = stored(mender, f"/v1/dead-letters/{name}/history", 1)
    (entry,) = history["replays"]
    assert history["state"] == "corrected"
    assert (entry["agency"], entry["fields"], entry["suggested"]) == ("E2E.MENDER", ["NgayTiepNhan"], True)
    assert entry["receipt"] == sent["receipt"]
    open_ones = mender.look("/v1/dead-letters?state=open&feed=dossiers").json()["dead_letters"]
    assert name not in [one["dead_letter"] for one in open_ones]


def test_a_replay_that_is_refused_again_leaves_a_newer_letter_and_a_code_that_is_not_zero(
    hub: RunningHub, mender: Agency
) -> None:
    refused = mender.push(DELIVERIES, synchronised(in_nhi_son("MEND-2", TrangThaiHoSo="77"))).json()
    name = refused["rejects"][0]["dead_letter"]
    stored(mender, f"/v1/dead-letters/{name}", 0)
    command = [sys.executable, "-m", "iochub", "dead-letters", "replay", name, "--key", mender.key]
    done = subprocess.run([*command, "--data", str(hub.data)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 1, done.stderr
    assert "unknown_code:TrangThaiHoSo" in done.stdout
    (entry,) = stored(mender, f"/v1/dead-letters/{name}/history", 1)["replays"]
    (newer,) = entry["set_aside"]
    assert stored(mender, f"/v1/dead-letters/{newer}", 0)["corrected_from"] == name


def test_a_sender_of_bad_records_alone_is_stopped_and_opened_by_a_good_trial(hub: RunningHub) -> None:
    sender = Agency(hub, "E2E.STOPPED")
    bad = [in_nhi_son(f"STOP-{number}", TrangThaiHoSo="77") for number in range(100)]
    assert sender.push(DELIVERIES, synchronised(*bad)).status_code == 422
    good = synchronised(in_nhi_son("STOP-GOOD"))
    stopped = sender.push(DELIVERIES, good)
    assert (stopped.status_code, stopped.json()["type"]) == (429, "urn:iochub:problem:too_many_rejects")
    assert 0 < int(stopped.headers["Retry-After"]) <= 900
    assert sender.push(f"{DELIVERIES}?dry_run=1", good).status_code == 200
    assert sender.push(DELIVERIES, good).status_code == 202
