"""From what was found to docs/benchmarks.md, for a reader who believes nothing."""

import re
from collections.abc import Iterator, Mapping, Sequence

from machine import machine, versions
from method import WORDS
from results import Finding, Row, Spread, Table

HEAD = """# Benchmarks

Written by `make bench`: every number below was measured by that run, hub and peer on the same machine. A
number is the median of its runs, in brackets the lowest and the highest. Targets were set before measuring,
and a missed one says so. `tests/bench/` holds all of it, the peers too.
"""

QUICK = "\n**Quick mode: reduced sizes, only to see that it works. No number here is to be quoted.**\n"


def document(found: Mapping[str, Finding], missing: Sequence[str]) -> str:
    """Write the whole page."""
    written = "\n".join(_lines(found, missing)).rstrip() + "\n"
    return re.sub(r"(?<=\d),(?=\d{3}\b)", " ", written)  # thousands apart in one way everywhere


def _lines(found: Mapping[str, Finding], missing: Sequence[str]) -> Iterator[str]:
    yield HEAD
    findings = list(found.values())
    if any(finding.quick for finding in findings):
        yield QUICK
    if missing:
        yield f"Not measured in this run: {', '.join(missing)}.\n"
    yield "| | |\n|---|---|"
    yield f"| when | {findings[0].at}; {sum(one.took_seconds for one in findings) / 60:.0f} minutes |"
    yield f"| others | {_busy(findings)} |"
    yield f"| commit | {', '.join(dict.fromkeys(one.commit for one in findings))} |"
    yield f"| machine | {'; '.join(machine())} |"
    yield f"| versions | {versions()} |\n"
    yield from _summary(findings)
    for finding in findings:
        yield from _section(finding)


def _busy(findings: Sequence[Finding]) -> str:
    cores = [finding.busy_before for finding in findings]
    return f"kept {min(cores):.1f} to {max(cores):.1f} cores busy just before each measurement"


def _summary(findings: Sequence[Finding]) -> Iterator[str]:
    """Every number that has a target, first."""
    rows = [row for one in findings for row in one.rows]
    aimed = [row for row in rows if row.target is not None]
    met = sum(bool(row.met) for row in aimed)
    yield f"## Targets: {met} of {len(aimed)} met\n"
    yield "| what | target | hub | peer | hub ÷ peer | |\n|---|---:|---:|---:|---:|---|"
    named = ""
    for row in rows:
        # A row that goes on about the one before it must be understood here without that one.
        named = row.what if not row.what.startswith("…") else f"{named.partition(' …')[0]} {row.what}"
        if row.target is not None:
            yield _line(row, named)
    yield ""


def _section(finding: Finding) -> Iterator[str]:
    words = WORDS[finding.name]
    yield f"## {words.title}\n"
    yield f"{_joined(words.method)}\n"
    yield f"**Peer.** {_joined(words.peer)}\n"
    yield "**Sizes.** " + "; ".join(finding.sizes) + ".\n"
    if finding.rows:
        yield "| what | target | hub | peer | hub ÷ peer | |\n|---|---:|---:|---:|---:|---|"
        for row in finding.rows:
            yield _line(row, row.what)
        yield ""
    for table in finding.tables:
        yield from _table(table)
    yield f"**Not shown.** {_joined(words.not_shown)}\n"


def _joined(words: str) -> str:
    return " ".join(words.split())


def _line(row: Row, what: str) -> str:
    target = "" if row.target is None else f"{'≥' if row.at_least else '≤'} {_number(row.target)}"
    ratio = "" if row.peer is None or not row.peer.median else f"{row.hub.median / row.peer.median:.2f}"
    verdict = {True: "met", False: "**missed**", None: ""}[row.met]
    peer = "" if row.peer is None else _spread(row.peer)
    return f"| {what} ({row.measure}) | {target} | {_spread(row.hub)} | {peer} | {ratio} | {verdict} |"


def _spread(one: Spread) -> str:
    if len(one.runs) == 1:
        return _number(one.median)
    return f"{_number(one.median)} ({_number(one.low)}–{_number(one.high)})"


def _number(value: float) -> str:
    """Three digits that matter, thousands apart."""
    if abs(value) >= 1_000:
        return f"{round(value, -1 if value < 10_000 else -2):,.0f}"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _table(table: Table) -> Iterator[str]:
    yield f"{table.title}:\n"
    yield "| " + " | ".join(table.head) + " |"
    yield "|---" + "|---:" * (len(table.head) - 1) + "|"
    for row in table.rows:
        yield "| " + " | ".join(row) + " |"
    yield ""
