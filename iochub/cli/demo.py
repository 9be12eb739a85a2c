"""`iochub demo replay`: the demo province's past, sent through the real path."""

import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from iochub.api.keys import Keys
from iochub.cli.speaking import DataOption, JsonOption, client, fail, print_json, pushing, running_state
from iochub.cli.up import DEMO_AGENCIES, demo_folder
from iochub.data_folder import DataFolder
from iochub.ingest.demo.past.facts import PERIODS
from iochub.ingest.demo.past.registry import PAST
from iochub.ingest.demo.past.sending import Replay

demo = typer.Typer(no_args_is_help=True, help="The invented province, clearly labelled as such.")

ASK_SECONDS = 120.0
LOOK_SECONDS = 0.5
COUNTED_SECONDS = 1_800.0
"""How long what was sent may take to be counted before the command says that something stands still."""


@demo.command("replay")
def replay(
    year: Annotated[int, typer.Option(help="2021, or 2022 for its first half.")] = 2021,
    feed: Annotated[list[str] | None, typer.Option(help="Only this feed; repeat for more.")] = None,
    data: DataOption = Path("data"),
    as_json: JsonOption = False,
) -> None:
    """Send a year of the demo province through the gateway; Ctrl-C stops it, the same command goes on."""
    state = running_state(data)
    folder = DataFolder(data)
    chosen = feed or list(PAST)
    if year not in PERIODS or (unknown := sorted(set(chosen) - set(PAST))):
        fail(
            f"There is a past of {', '.join(map(str, PERIODS))} for {', '.join(PAST)}."
            if year not in PERIODS
            else f"No past of {', '.join(unknown)}; there is one of {', '.join(PAST)}."
        )
    _refuse_among_real_data(state, folder)
    secrets = folder.secrets()
    sent = Replay(
        PERIODS[year],
        {name: PAST[name] for name in chosen},
        lambda name: pushing(state, secrets[f"demo_key_{name}"]),
        demo_folder(folder),
    )
    began = time.monotonic()
    _watch(sent, quiet=as_json or not sys.stderr.isatty())
    facts = _facts(sent, time.monotonic() - began)
    if trouble := next((course.trouble for course in sent.courses.values() if course.trouble), ""):
        fail(f"{trouble} `iochub status` shows what runs; the same command goes on from here.")
    if not facts["whole"]:
        fail("Stopped. The same command goes on from here.", code=130)
    facts["counted_seconds"] = _counted(state, secrets["wall_token"], chosen) + facts["sent_seconds"]
    if as_json:
        print_json(facts)
        return
    print(
        f"{year}: {facts['accepted']} records accepted, {facts['rejected']} rejected as planted, sent in "
        f"{facts['sent_seconds']:.0f} s, all counted after {facts['counted_seconds']:.0f} s."
    )


def _watch(sent: Replay, *, quiet: bool) -> None:
    threads = sent.start()
    previous = {
        number: signal.signal(number, lambda *_: sent.stop()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    columns = (
        TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn(), TextColumn("days"),
        TextColumn("{task.fields[records]:>9} records"), TimeElapsedColumn(),
    )  # fmt: skip
    try:
        with Progress(*columns, disable=quiet) as progress:
            bars = {
                name: progress.add_task(name, total=course.days, records=0)
                for name, course in sent.courses.items()
            }
            while any(thread.is_alive() for thread in threads):
                for name, course in sent.courses.items():
                    progress.update(bars[name], completed=course.done, records=course.accepted)
                time.sleep(LOOK_SECONDS)
            for name, course in sent.courses.items():
                progress.update(bars[name], completed=course.done, records=course.accepted)
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _facts(sent: Replay, seconds: float) -> dict[str, Any]:
    courses = sent.courses.values()
    return {
        "year": sent.period.year,
        "whole": all(course.done == course.days for course in courses),
        "requests": sum(course.requests for course in courses),
        "accepted": sum(course.accepted for course in courses),
        "rejected": sum(course.rejected for course in courses),
        "sent_seconds": round(seconds, 1),
    }


def _counted(state: Mapping[str, Any], token: str, feeds: list[str]) -> float:
    """Wait until every feed has landed and been counted; answers the seconds."""
    began = time.monotonic()
    quiet = 0
    with client(state, "api", token, ASK_SECONDS) as api:
        while time.monotonic() - began < COUNTED_SECONDS:
            quiet = quiet + 1 if _is_quiet(api, feeds) else 0
            if quiet > 1:
                return round(time.monotonic() - began, 1)
            time.sleep(2 * LOOK_SECONDS)
    return fail("Sent, but not all of it is counted yet: `iochub doctor` shows what stands still.")


def _is_quiet(api: httpx.Client, feeds: list[str]) -> bool:
    try:
        answer = api.get("/v1/feeds")
    except httpx.TransportError:
        return False
    if answer.status_code != httpx.codes.OK:
        return False
    known = {one["name"]: one for one in answer.json()["feeds"]}
    return all(known[name]["lag"]["events"] == 0 and known[name]["state"] != "partial" for name in feeds)


def _refuse_among_real_data(state: Mapping[str, Any], folder: DataFolder) -> None:
    """Invented figures must never stand among real ones: a hub that is no demo may have no agency's key."""
    if any(process["name"] == "demo" for process in state["processes"]):
        return
    own = set(DEMO_AGENCIES.values())
    others = {
        key.agency for key in Keys(folder.path / "keys.sqlite").agency_keys() if not key.revoked_at
    } - own
    if others:
        fail(
            f"It has keys of {', '.join(sorted(others))}: invented figures would stand among real ones. "
            "Start another hub for the demo, with --data of its own."
        )
