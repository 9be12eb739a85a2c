"""From a delivery to its invoices, portal rows and answers, before any of them is looked into."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import msgspec

from iochub.errors import RecordRejected
from iochub.ingest.einvoices.fields import NOTICE, TABLE
from iochub.ingest.feed import Record, Refusal, refusal
from iochub.ingest.json_records import items_of, members_of
from iochub.ingest.xml_tree import (
    Node,
    canonical_xml,
    innermost_of,
    local_name,
    parse,
    slices_of,
    tree_of,
)

OF_A_LISTING = frozenset(("nbmst", "khmshdon", "khhdon", "shdon", "tdlap"))
OTHER_BODIES = {"TKhai": "registration", "DNghi": "registration"}

NOTICES = frozenset(("300", "301", "303"))
"""Messages about errors in invoices that were sent: the seller's notices, and the authority's answer."""

ONE_ABOUT_MANY = frozenset(("HDon", "BKe"))
"""The bodies of a message whose invoice replaces or adjusts many: itself and the list of them.

Source: QĐ 1233/QĐ-CT of 2026, 01/BK-ĐCTT.
"""

UNREAD = frozenset(("DSCKS", "TTKhac", "THTTLTSuat"))
"""Signatures, free extras and the totals per rate: parts of the record that the hub passes over."""

HEADER_CHARACTERS = 50
"""Nothing that a message says for all its records is longer; every dead letter of the message keeps it."""

NOTHING: Mapping[str, str] = MappingProxyType({})

MOST_SAID, SAID_CHARACTERS = 20, 200
"""Of a message's own fields, kept around an answer that is set aside; the format has nine, none as long."""

LINE, FIRST_LINE = "line", "0"
"""Beside what a table says for all its rows: which of those alike a row is."""

KIND_CHARACTERS = 10
"""No kind of message has a longer code; every dead letter of the message keeps it."""

Element = Any
"""lxml's elements carry no types."""


class Part(NamedTuple):
    """One record in XML: what it is, its message's kind, and the code of the message it is about.

    `header` is what a table or a notice says for all its records, `originals` the template, series and number
    of each invoice in the list beside one that replaces or adjusts many.
    """

    kind: str
    node: Node
    canonical: bytes
    message: str
    about: str
    header: Mapping[str, str] = NOTHING
    is_only_row: bool = False
    originals: tuple[tuple[str, str, str], ...] = ()


def kept(part: Part) -> bytes:
    """What a record owes to its message, for its dead letter: the message's kind, and its header if any."""
    if part.kind == "answer":
        return b""
    if part.kind == "invoice":
        return part.message.encode()
    return msgspec.json.encode((part.kind, part.message, dict(part.header)))


def reopened(part: Part, envelope: bytes) -> Part:
    """A record by itself as one of the message it came in; one of a new message is one of that.

    The only row of a new table is still the row that it was among those alike.
    """
    is_in_table = envelope.startswith(b"[")
    if part.message and not (part.is_only_row and is_in_table):
        return part
    if not is_in_table:
        return part._replace(message=envelope.decode()) if part.kind == "invoice" else part
    kind, message, header = msgspec.json.decode(envelope, type=tuple[str, str, dict[str, str]])
    if part.message:
        return part._replace(header={**part.header, LINE: header.get(LINE, FIRST_LINE)})
    return part._replace(kind=kind, message=message, header=header)


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
    """The invoices, rows, notices and answers of a file, of a message or of several in one wrapper.

    Raises: Unreadable for bytes that are no XML; RecordRejected for XML that is something else.
    """
    root = parse(delivery)
    found = [piece for body, message in _bodies(root) for piece in _pieces(body, message)]
    raws = _raws(delivery, root, found)
    for number, (piece, raw) in enumerate(zip(found, raws, strict=True)):
        if piece.kind == "other":
            other = OTHER_BODIES.get(local_name(piece.element), "message")
            yield refusal(number, RecordRejected(f"not_a_delivery:{other}", other), raw)
        else:
            yield Record(number, raw, _part(piece))


class Message(NamedTuple):
    """A message, and what it says of all its records: looked up once, however many there are."""

    element: Element
    kind: str
    about: str
    said: bytes
    listed: Element | None


class Piece(NamedTuple):
    """An element that is a record, before it is looked into."""

    kind: str
    element: Element
    message: Message | None
    header: Mapping[str, str] = NOTHING
    is_only_row: bool = False


def _pieces(body: Element, message: Message | None) -> Iterable[Piece]:
    """The records of one body: itself, the rows of a table, or the invoices of a notice."""
    name = local_name(body)
    if name == "HDon":
        return [Piece("invoice", body, message)]
    if name == "DLieu":
        return [Piece("summary", body, message)]
    if name == "BTHDLieu":
        table = _header(body, TABLE, "DLBTHop", "TTChung")
        rows = _inside(body, "DLBTHop", "NDBTHDLieu", "DSDLieu", "DLieu")
        return _numbered(rows, message, table) or [Piece("summary", body, message, table)]
    if name == "TBao":
        told = _header(body, NOTICE, "DLTBao") if message and message.kind in NOTICES else NOTHING
        listed = _inside(body, "DLTBao", "DSHDon", "HDon") if told else []
        return [Piece("notice", one, message, told) for one in listed] or [Piece("answer", body, message)]
    return [Piece("other", body, message)]


def _numbered(rows: Sequence[Element], message: Message | None, table: Mapping[str, str]) -> list[Piece]:
    """Rows of one invoice are told apart by rate and goods; rows alike in both too, by their order."""
    seen: Counter[tuple[str, ...]] = Counter()
    pieces = []
    for row in rows:
        line = tuple(_own(row, name) for name in ("KHMSHDon", "KHHDon", "SHDon", "TSuat", "MHHoa", "TThai"))
        pieces.append(Piece("summary", row, message, {**table, LINE: str(seen[line])}, len(rows) == 1))
        seen[line] += 1
    return pieces


def _header(body: Element, names: Iterable[str], *path: str) -> Mapping[str, str]:
    found = _inside(body, *path)
    return {name: _own(found[0], name)[:HEADER_CHARACTERS] if found else "" for name in names}


def _own(element: Element, name: str) -> str:
    found = _inside(element, name)
    return (found[0].text or "").strip() if found else ""


def _part(piece: Piece) -> Part:
    message, about = (piece.message.kind, piece.message.about) if piece.message else ("", "")
    node, canonical = tree_of(piece.element, UNREAD), canonical_xml(piece.element)
    listed = piece.message.listed if piece.message else None
    if listed is None:
        return Part(piece.kind, node, canonical, message, about, piece.header, piece.is_only_row)
    canonical += canonical_xml(listed)
    return Part(piece.kind, node, canonical, message, about, originals=_originals(listed))


def _originals(listed: Element) -> tuple[tuple[str, str, str], ...]:
    """Which invoices a list names; one has a line for each of its goods."""
    lines = _inside(listed, "NDBKe", "DSHHDVu", "HHDVu", "TTTDChinh")
    named = {(_own(line, "KHMSHDon"), _own(line, "KHHDon"), _own(line, "SHDon")): None for line in lines}
    return tuple(named)


def _bodies(root: Element) -> Iterator[tuple[Element, Message | None]]:
    """Each body with the message around it; a message without a body stands for itself."""
    name = local_name(root)
    if name in ("HDon", "DLieu"):
        yield root, None
        return
    if name == "DSHDon" and len(root):
        yield from ((invoice, None) for invoice in root)
        return
    messages = (
        [root] if name == "TDiep" else _inside(root, "DuLieu", "TDiep") if name == "KetQuaTraCuu" else []
    )
    if not messages:
        what = "response" if name == "KetQuaTraCuu" else "shape"
        raise RecordRejected(f"not_a_delivery:{what}", what)
    for message in messages:
        told = _message(message)
        for body in [body for data in _inside(message, "DLieu") for body in data] or [message]:
            if body is not told.listed:
                yield body, told


def _raws(delivery: bytes, root: Element, found: Sequence[Piece]) -> list[bytes]:
    """Each record's own bytes, written anew where they cannot be cut out.

    Never the whole delivery for each of many: a thousand bad invoices would keep it a thousand times. Nobody
    checks the signature of what is set aside, and what its sender corrects no longer bears it.
    """
    if len(found) == 1:
        return [delivery]
    names = {local_name(piece.element) for piece in found}
    cut = [delivery]
    is_whole = all(piece.message is None or piece.message.listed is None for piece in found)
    if is_whole and (root.getroottree().docinfo.encoding or "UTF-8").upper() == "UTF-8":
        if names == {"HDon"}:
            cut = slices_of(delivery, "HDon", len(found))
        elif names == {"DLieu"}:
            cut = innermost_of(delivery, "DLieu", len(found))
    return [_alone(piece) for piece in found] if cut[0] is delivery else cut


def _alone(piece: Piece) -> bytes:
    """A record written anew; what rests on its message or its table, in one of its own that says the same."""
    listed = piece.message.listed if piece.message else None
    if piece.message is None or (piece.kind == "invoice" and listed is None):
        return canonical_xml(piece.element)
    body = b"" if piece.element is piece.message.element else canonical_xml(piece.element)
    name, header = local_name(piece.element), _written(piece.header.items())
    if name == "DLieu" and piece.header:
        rows = b"<NDBTHDLieu><DSDLieu>%s</DSDLieu></NDBTHDLieu>" % body
        body = b"<BTHDLieu><DLBTHop><TTChung>%s</TTChung>%s</DLBTHop></BTHDLieu>" % (header, rows)
    elif listed is not None:
        body += canonical_xml(listed)
    elif piece.kind == "notice":
        body = b"<TBao><DLTBao>%s<DSHDon>%s</DSHDon></DLTBao></TBao>" % (header, body)
    return b"<TDiep><TTChung>%s</TTChung><DLieu>%s</DLieu></TDiep>" % (piece.message.said, body)


def _written(fields: Iterable[tuple[str, str]]) -> bytes:
    """Fields as elements, of which none is longer than a message's own may be."""
    return "".join(
        f"<{name}>{escape(told)}</{name}>"
        for name, told in fields
        if name != LINE and told and len(name) + len(told) <= SAID_CHARACTERS
    ).encode()


def _inside(element: Element, *path: str) -> list[Element]:
    found = [element]
    for name in path:
        found = [child for parent in found for child in parent if local_name(child) == name]
    return found


def _message(element: Element) -> Message:
    fields = [field for head in _inside(element, "TTChung") for field in head]
    said = _written((local_name(field), (field.text or "").strip()) for field in fields[:MOST_SAID])
    about = _said(element, "MTDTChieu") or _said(element, "MTDiep")
    return Message(element, _said(element, "MLTDiep")[:KIND_CHARACTERS], about, said, _listed(element))


def _listed(message: Element) -> Element | None:
    """The list beside the one invoice of a message that says which ones it is about."""
    bodies = [body for data in _inside(message, "DLieu") for body in data]
    if len(bodies) != len(ONE_ABOUT_MANY) or {local_name(body) for body in bodies} != ONE_ABOUT_MANY:
        return None
    return next(body for body in bodies if local_name(body) == "BKe")


def _said(message: Element, name: str) -> str:
    found = _inside(message, "TTChung", name)
    return (found[0].text or "").strip() if found else ""
