"""From the bytes of an edXML message to its parts, before any of them is looked into.

Read as it comes: stray bytes before the prolog are stripped and prefixes that nobody declared are declared,
for published examples of the State have both. Everything else that is no XML stays unreadable. Names that an
axis writes in its own way (root, header of a status, `Business`) are taken for those of the standard.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lxml import etree

from iochub.errors import RecordRejected
from iochub.ingest.documents.attachments import Attachment, attachment_of, lightened
from iochub.ingest.documents.shape import PASSED_OVER
from iochub.ingest.json_records import Unreadable
from iochub.ingest.xml_tree import JUNK_BYTES, PACKED, Node, canonical_xml, local_name, parse, tree_of

LARGEST_MESSAGE = 96 * 1024 * 1024
"""Bytes; 50 MB per file is what a gateway of the axis takes (standards §3.3); in base64 a third more."""
LARGEST_ENVELOPE = 2 * 1024 * 1024
"""Bytes without attachments; a message to every agency of a province has a tenth of it."""

MOST_ATTACHMENTS = 500

ROOTS = frozenset(("edxml", "edxmlenvelope", "envelope"))
"""In small letters, as an axis writes the root of a status. An older edition came in a SOAP envelope."""

OWN_SPELLING, SPELLING = "Business", "Bussiness"
"""Some write the word rightly, the standard does not; the elements inside begin with it too."""

_ROOT = re.compile(rb"<\?xml|<(?:[\w.-]+:)?(?i:edXML|Envelope)\b")
_FIRST_TAG = re.compile(rb"<[A-Za-z_][\w.:-]*")
_PREFIX = re.compile(rb"</?([A-Za-z_][\w.-]*):|\s([A-Za-z_][\w.-]*):[A-Za-z_][\w.-]*\s*=")
_DECLARED = re.compile(rb"\sxmlns:([A-Za-z_][\w.-]*)\s*=")
_OF_XML = frozenset((b"xmlns", b"xml"))
_PASSED_OVER = tuple("{*}" + name for name in PASSED_OVER)
_RESPELT = tuple("{*}" + OWN_SPELLING + name for name in ("", "DocType", "DocReason", "DocumentInfo"))
_NOTHING = Node("", "", ())

Fields = Mapping[str, tuple[Node, ...]]
"""The children of an element by name, in their order."""


class Message(NamedTuple):
    """One edXML message: its header by field, its traces, what it does to a document, its attachments."""

    header: Fields
    traced: tuple[Node, ...]
    business: Node
    signed: bool
    attachments: tuple[tuple[Attachment, str], ...]
    """Each with its announced content type."""
    whole: Node
    canonical: bytes


def opened(delivery: bytes) -> tuple[bytes, Message]:
    """A message with its bytes as a dead letter would keep them, long attachments cut out.

    Raises: Unreadable for bytes that are no XML; RecordRejected for XML that is something else.
    """
    if len(delivery) > LARGEST_MESSAGE:
        raise RecordRejected("too_long:edXML", "edXML")
    light = lightened(delivery)
    if len(light) > LARGEST_ENVELOPE:
        raise RecordRejected("too_long:edXML", "edXML")
    root = _parsed(_from_root(light))
    attached = list(root.iter("{*}Attachment"))
    if len(attached) > MOST_ATTACHMENTS:
        raise RecordRejected("too_long:AttachmentEncoded", "AttachmentEncoded")
    attachments = [_attachment(one) for one in attached]
    canonical = canonical_xml(root)
    for element in root.iter(*_RESPELT):
        element.tag = SPELLING + local_name(element).removeprefix(OWN_SPELLING)
    # A third of the elements, and dropping them here takes a tenth of the time of reading them.
    etree.strip_elements(root, *_PASSED_OVER, with_tail=False)
    return light, _message(tree_of(root), tuple(attachments), canonical)


def fields_of(node: Node) -> dict[str, tuple[Node, ...]]:
    """The children of an element by name."""
    found: dict[str, list[Node]] = {}
    for child in node.children:
        found.setdefault(child.name, []).append(child)
    return {name: tuple(nodes) for name, nodes in found.items()}


def the_one(fields: Fields, name: str) -> Node:
    """The one element of a name; an empty one where there is none.

    Raises: RecordRejected where there are several; the publisher acts.
    """
    nodes = fields.get(name, ())
    if len(nodes) > 1:
        raise RecordRejected(f"repeated:{name}", name)
    return nodes[0] if nodes else _NOTHING


def text_of(fields: Fields, name: str) -> str:
    """The text of the one element of a name; empty where there is none.

    Raises: RecordRejected where it holds elements or stands there twice; the publisher acts.
    """
    node = the_one(fields, name)
    if node.children:
        raise RecordRejected(f"not_text:{name}", name)
    return node.text


def below(node: Node, *path: str) -> Iterator[Node]:
    """All elements at the end of a path of names."""
    if not path:
        yield node
        return
    for child in node.children:
        if child.name == path[0]:
            yield from below(child, *path[1:])


def _message(tree: Node, attachments: tuple[tuple[Attachment, str], ...], canonical: bytes) -> Message:
    around = list(_around(tree)) if tree.name.casefold() in ROOTS else []
    if not around:
        raise RecordRejected("not_a_delivery:shape", "shape")
    headers = [child for child in around[0].children if _is_header(child)]
    if len(around) > 1 or len(headers) > 1:
        raise RecordRejected("repeated:MessageHeader", "MessageHeader")
    beside = fields_of(around[0])
    traces = the_one(beside, "TraceHeaderList")
    inside = fields_of(traces)
    header = fields_of(headers[0])
    businesses = [node for fields in (inside, beside, header) for node in fields.get(SPELLING, ())]
    if len(businesses) > 1:
        raise RecordRejected("repeated:Bussiness", "Bussiness")
    return Message(
        header=header,
        traced=inside.get("TraceHeader", ()),
        business=businesses[0] if businesses else _NOTHING,
        signed=any(value.text for value in below(around[0], "Signature", "SignatureValue")),
        attachments=attachments,
        whole=tree,
        canonical=canonical,
    )


def _is_header(node: Node) -> bool:
    """Whether an element is a message's header; that of a status is called `Status` by some."""
    if node.name == "Status":
        return any(child.name == "StatusCode" for child in node.children)
    return node.name == "MessageHeader"


def _around(node: Node) -> Iterator[Node]:
    """Every element that holds a header."""
    if any(map(_is_header, node.children)):
        yield node
    for child in node.children:
        if child.children and not _is_header(child):
            yield from _around(child)


def _attachment(attached: object) -> tuple[Attachment, str]:
    """Hash one attachment and leave its hash in its place, so that the message is named by it."""
    attachment, announced = attachment_of(b""), ""
    for part in attached:  # type: ignore[attr-defined]  # lxml's elements carry no types
        name = part.tag.rpartition("}")[2]
        if name == "ContentTransferEncoded":
            attachment = attachment_of((part.text or "").strip().encode())
            part.text = attachment.placeholder()
        elif name == "ContentType":
            announced = (part.text or "").strip()
    return attachment, announced


def _from_root(delivery: bytes) -> bytes:
    """Without stray bytes before the prolog or, where there is none, before the root."""
    if delivery.startswith((b"<", b"\xff\xfe", b"\xfe\xff", *PACKED)):
        return delivery
    begin = _ROOT.search(delivery[:JUNK_BYTES])
    return delivery[begin.start() :] if begin else delivery


def _parsed(document: bytes):  # type: ignore[no-untyped-def]  # lxml's elements carry no types
    try:
        return parse(document)
    except Unreadable as unreadable:
        if str(unreadable) != "xml":
            raise
        mended = _with_prefixes(document)
        if mended is None:
            raise
        return parse(mended)


def _with_prefixes(document: bytes) -> bytes | None:
    """The same with every prefix declared at its root; nothing where none is missing there."""
    root = _FIRST_TAG.search(document)
    if root is None:
        return None
    used = {one or other for one, other in _PREFIX.findall(document)}
    attributes = document[root.end() : document.find(b">", root.end())]
    missing = sorted(used - _OF_XML - set(_DECLARED.findall(attributes)))
    if not missing:
        return None
    declared = b"".join(b' xmlns:%b="urn:undeclared:%b"' % (prefix, prefix) for prefix in missing)
    return document[: root.end()] + declared + document[root.end() :]
