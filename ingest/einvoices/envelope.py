"""From a delivery to its invoices, portal rows and answers, before any of them is looked into."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from iochub.errors import RecordRejected
from iochub.ingest.feed import Record, Refusal, refusal
from iochub.ingest.json_records import items_of, members_of
from iochub.ingest.xml_tree import Node, canonical_xml, local_name, parse, slices_of, tree_of

OF_A_LISTING = frozenset(("nbmst", "khmshdon", "khhdon", "shdon", "tdlap"))
OTHER_BODIES = {"TKhai": "registration", "DNghi": "registration", "BTHDLieu": "summary"}

UNREAD = frozenset(("DSCKS", "TTKhac", "THTTLTSuat"))
"""Signatures, free extras and the totals per rate: parts of the record that the hub passes over."""

KIND_CHARACTERS = 10
"""No kind of message has a longer code; every dead letter of the message keeps it."""

Element = Any
"""lxml's elements carry no types."""


class Part(NamedTuple):
    """One record in XML: what it is, its message's kind, and the code of the message it is about."""

    kind: str
    node: Node
    canonical: bytes
    message: str
    about: str


def opened_json(delivery: bytes) -> list[bytes]:
    """The rows of a portal's list, or the one of a detail.

    Raises: Unreadable for bytes that are no JSON; RecordRejected for JSON that is something else.
    """
    if delivery.startswith(b"["):
        return items_of(delivery)
    members = members_of(delivery)
    if "datas" in members:
        return [] if members["datas"] == b"null" else items_of(members["datas"])
    if OF_A_LISTING & members.keys():
        return [delivery]
    raise RecordRejected("not_a_delivery:shape", "shape")


def opened_xml(delivery: bytes) -> Iterator[Record | Refusal]:
    """The invoices and answers of a file, of a message or of several in one wrapper.

    Raises: Unreadable for bytes that are no XML; RecordRejected for XML that is something else.
    """
    root = parse(delivery)
    found = list(_bodies(root))
    raws = _raws(delivery, root, [body for body, _ in found])
    for number, ((body, message), raw) in enumerate(zip(found, raws, strict=True)):
        name = local_name(body)
        if name == "HDon":
            yield Record(number, raw, _part("invoice", body, message))
        elif name == "TBao":
            yield Record(number, raw, _part("answer", body, message))
        else:
            other = OTHER_BODIES.get(name, "message")
            yield refusal(number, RecordRejected(f"not_a_delivery:{other}", other), raw)


def _part(kind: str, body: Element, message: Element | None) -> Part:
    about = ""
    if message is not None:
        about = _said(message, "MTDTChieu") or _said(message, "MTDiep")
    return Part(kind, tree_of(body, UNREAD), canonical_xml(body), _kind(message), about)


def _bodies(root: Element) -> Iterator[tuple[Element, Element | None]]:
    """Each body with the message around it; a message without a body stands for itself."""
    name = local_name(root)
    if name == "HDon":
        yield root, None
        return
    messages = (
        [root] if name == "TDiep" else _inside(root, "DuLieu", "TDiep") if name == "KetQuaTraCuu" else []
    )
    if not messages:
        what = "response" if name == "KetQuaTraCuu" else "shape"
        raise RecordRejected(f"not_a_delivery:{what}", what)
    for message in messages:
        for data in _inside(message, "DLieu") or [message]:
            for body in list(data) if data is not message and len(data) else [message]:
                yield body, message


def _raws(delivery: bytes, root: Element, bodies: Sequence[Element]) -> list[bytes]:
    """Each record's own bytes; the whole delivery where they cannot be cut out."""
    names = {local_name(body) for body in bodies}
    encoding = (root.getroottree().docinfo.encoding or "UTF-8").upper()
    if len(bodies) == 1 or names != {"HDon"} or encoding != "UTF-8":
        return [delivery] * len(bodies)
    return slices_of(delivery, "HDon", len(bodies))


def _inside(element: Element, *path: str) -> list[Element]:
    found = [element]
    for name in path:
        found = [child for parent in found for child in parent if local_name(child) == name]
    return found


def _kind(message: Element | None) -> str:
    return _said(message, "MLTDiep")[:KIND_CHARACTERS] if message is not None else ""


def _said(message: Element, name: str) -> str:
    found = _inside(message, "TTChung", name)
    return (found[0].text or "").strip() if found else ""
