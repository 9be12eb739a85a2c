"""Measures the hub beside its peers and writes docs/benchmarks.md: `make bench`, or this file with `--help`.

What is finished is kept under `--results`, so that a stopped run goes on where it was. Ctrl-C ends everything
that was started.
"""

import argparse
import importlib
import os
import shutil
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "plugins"))

from bench import Bench
from machine import busy_cores, commit
from report import document
from results import Finding, keep, kept

from iochub.errors import HubError

ROOT = Path(__file__).parents[2]

MEASUREMENTS = ("start", "gateway", "landing", "latency", "queries", "recount", "reading", "past")
"""Each is a file of this folder with a function `measure`, in the order of the document."""

PAGE = ROOT / "docs" / "benchmarks.md"
FREE_BYTES = 12 * 2**30
QUIET_CORES = 0.2


def main() -> int:
    asked = _arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for name in [name for name in os.environ if name.upper().startswith("IOCHUB_")]:
        del os.environ[name]  # settings of another hub
    asked.results.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(asked.results).free
    if not asked.quick and free < FREE_BYTES:
        print(
            f"Only {free / 2**30:.0f} GB are free for --results; {FREE_BYTES / 2**30:.0f} are needed.",
            file=sys.stderr,
        )
        return 1
    began = time.monotonic()
    here = commit(ROOT)
    try:
        found = _measured(asked, here, began)
    except KeyboardInterrupt:
        print("\nStopped. What is finished is kept; the same command goes on from there.", file=sys.stderr)
        return 130
    page = PAGE if len(found) == len(MEASUREMENTS) and not asked.quick else asked.results / "benchmarks.md"
    page.write_text(document(found, [name for name in MEASUREMENTS if name not in found]), encoding="utf-8")
    print(f"Written: {page.relative_to(ROOT) if page.is_relative_to(ROOT) else page}")
    if page != PAGE:
        print("docs/benchmarks.md is written when every measurement was made whole, by one commit.")
    else:
        shutil.rmtree(asked.results / "scratch", ignore_errors=True)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=MEASUREMENTS, action="append", help="measure this one, even again")
    parser.add_argument("--quick", action="store_true", help="reduced sizes, to see that it works")
    parser.add_argument(
        "--results", type=Path, default=ROOT / "data" / "bench", help="scratch folder; keeps what is finished"
    )
    return parser.parse_args()


def _measured(asked: argparse.Namespace, here: str, began: float) -> dict[str, Finding]:
    """What is kept of this commit, and what was asked for and is measured now."""
    found: dict[str, Finding] = {}
    for name in MEASUREMENTS:
        standing = kept(asked.results, name, quick=asked.quick, commit=here)
        wanted = name in asked.only if asked.only else standing is None
        if wanted:
            standing = _measure(asked, name, here, began)
            keep(asked.results, standing)
        if standing is not None:
            found[name] = standing
    return found


def _measure(asked: argparse.Namespace, name: str, here: str, began: float) -> Finding:
    def say(words: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {name}: {words}", flush=True)

    busy = busy_cores()
    if busy > QUIET_CORES:
        say(f"others keep {busy:.1f} cores busy: these numbers will be theirs as well")
    at, own = datetime.now(UTC), time.monotonic()
    scratch = asked.results / "scratch" / f"{'quick' if asked.quick else 'whole'}-{here.rstrip('+')}"
    scratch.mkdir(parents=True, exist_ok=True)
    for other in scratch.parent.iterdir():
        if other != scratch:
            shutil.rmtree(other)  # a stored province of another commit may have other tables
    try:
        result = importlib.import_module(name).measure(Bench(scratch, asked.quick, say))
    except HubError as error:
        raise SystemExit(f"{name}: {error.message}") from error
    say("finished")
    shutil.rmtree(scratch / name, ignore_errors=True)
    return Finding(
        name, asked.quick, here, f"{at:%Y-%m-%d %H:%M} UTC", time.monotonic() - own, busy,
        result.sizes, result.rows, result.tables,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
