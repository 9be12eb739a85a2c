"""What the tax authority answers to a message: kept as heard, counted nowhere."""

from collections.abc import Iterable

from iochub.errors import RecordRejected
from iochub.ingest.door import Door
from iochub.ingest.einvoices.envelope import NOTICES, Part
from iochub.ingest.feed import Reading
from iochub.ingest.xml_tree import Node

OUTCOMES: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "999": (("TTTNhan",), frozenset("01")),
    "102": (("DLTBao", "THop"), frozenset("1234")),
    "103": (("DLTBao", "TTXNCQT"), frozenset("12")),
    "204": (("DLTBao", "LTBao"), frozenset("1234579")),
}
"""Kind of message → where its outcome stands in `TBao`, and which there are. Source: standards §1.2."""

OTHERS = frozenset(("104", "105", "205", "301", "302", "-1"))
"""Answers whose outcome the hub has no list for."""


def read_answer(number: int, part: Part, door: Door) -> Reading:
    """Read one `TBao`; its entity is the message answered.

    That message's code holds its sender's tax number, which may be a person's, so it is hidden.

    Raises: RecordRejected; the publisher acts.
    """
    message = part.message
    if message in NOTICES and message not in OTHERS:
        raise RecordRejected("missing:DSHDon", "DSHDon")  # a notice of errors in no invoice
    if not part.about:
        raise RecordRejected("missing:MTDiep", "MTDiep")
    if message not in OUTCOMES and message not in OTHERS:
        raise RecordRejected("unknown_code:MLTDiep", "MLTDiep")
    row: dict[str, object] = {"message": message, "outcome": _outcome(part.node, message)}
    version = door.pseudonyms.record(part.canonical)
    return Reading(number, "answer", f"message:{door.pseudonyms.identity(part.about)}", version, 0, (), row)


def _outcome(notice: Node, message: str) -> str:
    if message in OTHERS:
        return ""
    path, known = OUTCOMES[message]
    found: Node | None = notice
    for name in path:
        found = _first(found.children if found else (), name)
    if found is None or not found.text:
        raise RecordRejected(f"missing:{path[-1]}", path[-1])
    if found.text not in known:
        raise RecordRejected(f"unknown_code:{path[-1]}", path[-1])
    return found.text


def _first(children: Iterable[Node], name: str) -> Node | None:
    return next((child for child in children if child.name == name), None)
