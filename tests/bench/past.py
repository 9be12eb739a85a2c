"""The demo province's 2021, native messages sent through the real path until all of it is counted."""

import json
import subprocess
import sys
import time

from bench import Bench
from parts import emptied
from processes import memory
from results import Found, Row, Table, spread
from start import Scale
from whole_hub import WholeHub

MOST_SECONDS, MOST_MEGABYTES = 900.0, 3_000.0
LONGEST_SECONDS = 3_000.0


def measure(bench: Bench) -> Found:
    """One whole year; reduced, the feeds without its documents and dossiers."""
    feeds = ("einvoices", "hospitals", "reports") if bench.quick else ()
    hub = WholeHub.on(emptied(bench.folder / "past") / "hub")
    try:
        hub.start()
        scale = Scale(hub)
        scale.start()
        command = [sys.executable, "-m", "iochub", "demo", "replay", "--year", "2021", "--json"]
        command += ["--data", str(hub.data), *(word for feed in feeds for word in ("--feed", feed))]
        began = time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False)
        if done.returncode:
            raise RuntimeError(f"the replay ended with {done.returncode}: {done.stderr[-500:]}")
        took, told = time.monotonic() - began, json.loads(done.stdout)
        heaviest, after = scale.stop(), memory(hub.all_pids())
        bench.say(f"{told['accepted']:,} records counted after {took:.0f} s, at most {heaviest.pss:.0f} MB")
    finally:
        hub.end()
    return Found(
        (f"{told['accepted']:,} records accepted, {told['rejected']:,} refused as planted, "
         f"in {told['requests']:,} requests",),
        (
            Row("The year 2021, sent and counted", "s", spread([took]), None, MOST_SECONDS, at_least=False),
            Row("… at the heaviest moment (PSS)", "MB", spread([heaviest.pss]), None, MOST_MEGABYTES,
                at_least=False),
        ),
        (Table("The replay", ("", ""), (
            ("sent after (s)", f"{told['sent_seconds']:.0f}"),
            ("counted after (s)", f"{told['counted_seconds']:.0f}"),
            ("memory afterwards (PSS, MB)", f"{after.pss:.0f}"),
        )),),
    )  # fmt: skip
