"""How far the receivers of a document are: who is done with it, and when all are.

A register's own word on completion goes before a status 06, which clerks forget (standards §3.4); 03 and 05
are written in one breath, so nothing is read from the time between them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from iochub.exact.version import Version
from iochub.ingest.documents.register import OUTGOING
from iochub.ingest.documents.status import AGREED, ASKED_BACK, FINISHED, REFUSED, WORK

Row = Mapping[str, Any]
"""A reading after a way through JSON."""


def is_taken_back(own: Iterable[Version]) -> bool:
    """Whether its sender revoked the document, by a revocation or by asking for it (13)."""
    for version in own:
        if version.kind == "revocation":
            return True
        is_asked = version.kind == "status" and version.reading["status"] == ASKED_BACK
        if is_asked and version.entity.startswith(f"{version.reading['from']}|"):
            return True
    return False


def finished_at(
    own: Sequence[Version], registers: Sequence[Row], receivers: Collection[str], taken_back: bool
) -> datetime | None:
    """When the last receiver was done, or when the sender's register closed the document for all of them."""
    closed = [row for row in registers if row["finished_at"]]
    by_sender = [_instant(row["finished_at"]) for row in closed if row["register"] == OUTGOING]
    if by_sender:
        return min(by_sender)
    done = _done(own, taken_back)
    done |= {row["keeper"]: _instant(row["finished_at"]) for row in closed}
    if not receivers or not set(receivers) <= done.keys():
        return None
    return max(done[receiver] for receiver in receivers)


def _done(own: Iterable[Version], taken_back: bool) -> dict[str, datetime]:
    """Since when each receiver is done, by its last status.

    Refused is done: there is no work. Agreed to give back is done only where the document was asked back:
    the same code agrees to an update.
    """
    work: dict[str, tuple[datetime, str]] = {}
    agreed: dict[str, tuple[datetime, str]] = {}
    for version in own:
        if version.kind == "status":
            row: Row = version.reading
            told = work if row["status"] in WORK else agreed
            said = (_instant(row["at"]), str(row["status"]))
            told[row["from"]] = max(said, told.get(row["from"], said))
    done = {organ: at for organ, (at, code) in work.items() if code in (FINISHED, REFUSED)}
    if taken_back:
        given_back = {organ: at for organ, (at, code) in agreed.items() if code == AGREED}
        done = given_back | done
    return done


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
