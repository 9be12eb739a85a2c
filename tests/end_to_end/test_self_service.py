"""An agency mends what was refused without calling anyone, on a whole hub: its figure moves."""

import json
import os
import signal
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


def copied_behind(hub: RunningHub) -> None:
    """Come back once everything that was set aside is copied: what is set aside now lies behind it.

    Three hundred letters miss one of twelve partitions once in ten thousand million times.
    """
    behind = Agency(hub, "E2E.BEHIND")
    taken_back = json.dumps({"entities": list(range(300)), "reason": "thử"}).encode()
    answer = behind.push("/v1/feeds/dossiers/withdrawals", taken_back)
    assert (answer.status_code, answer.json()["rejected"]) == (422, 300)
    deadline = time.monotonic() + 60
    while len(behind.look("/v1/dead-letters").json()["dead_letters"]) < 300:
        assert time.monotonic() < deadline, "what was set aside was not copied in time"
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


def test_a_file_sent_again_shows_each_refused_record_once_and_opens_none_that_was_mended(
    hub: RunningHub, mender: Agency
) -> None:
    before = figure(hub, "dossiers_received", unit=NHI_SON, period=DAY) or 0
    records = [in_nhi_son("AGAIN-0", NgayTiepNhan=RIGHT)]
    records += [in_nhi_son(f"AGAIN-{number}", NgayTiepNhan=WRONG) for number in (1, 2)]
    file = synchronised(*records)
    first = mender.push(DELIVERIES, file).json()
    mended, waiting = (reject["dead_letter"] for reject in first["rejects"])
    stored(mender, f"/v1/dead-letters/{mended}", 0)
    sent = mender.push(f"/v1/dead-letters/{mended}/replay?suggestion=1", b"").json()
    stored(mender, f"/v1/dead-letters/{mended}/history", 1)
    again = [mender.push(DELIVERIES, file).json() for _ in range(2)]
    # Killed at whatever step: some of these are copied once more.
    os.kill(hub.pids()["streams"], signal.SIGKILL)
    again.append(mender.push(DELIVERIES, file).json())
    followed(hub, mender.key, [first["receipt"], sent["receipt"], *(one["receipt"] for one in again)])
    assert {json.dumps(one["rejects"]) for one in again} == {json.dumps(first["rejects"])}

    copied_behind(hub)
    listed = mender.look("/v1/dead-letters?feed=dossiers").json()["dead_letters"]
    of_file = [one for one in listed if one["delivery"] == first["delivery"]]
    assert [(one["dead_letter"], one["receipt"]) for one in of_file] == [
        (mended, first["receipt"]),
        (waiting, first["receipt"]),
    ]
    assert of_file[0]["state"] == "corrected"
    assert figure(hub, "dossiers_received", unit=NHI_SON, period=DAY) == before + 2


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
