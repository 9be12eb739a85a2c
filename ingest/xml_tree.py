"""From XML bytes to a plain tree, with nothing fetched, nothing expanded and names without prefixes."""

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from lxml import etree

from iochub.errors import RecordRejected
from iochub.ingest.json_records import Unreadable
from iochub.ingest.reasons import EXTRA, safe_name

DEEPEST = 64
"""Levels of nesting; a signed invoice has twelve."""

JUNK_BYTES = 256
"""How far behind stray bytes the prolog is looked for; two published examples of the State begin so."""

_SAYS_UTF_16 = re.compile(rb"<\?xml[^>]{0,100}encoding\s*=\s*[\"']utf-16[\"']", re.IGNORECASE)
"""A declaration in single bytes that says two: programs write so what they composed in memory."""

PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")
"""How packed files begin (ZIP, gzip, RAR, 7z): people send what a portal let them download."""

_too_deep = etree.XPath("boolean(" + "/*" * (DEEPEST + 1) + ")")


class Node(NamedTuple):
    """One element: its name without prefix, its own text, its children."""

    name: str
    text: str
    children: tuple["Node", ...]


def parse(delivery: bytes) -> "etree._Element":
    """Parse a whole delivery.

    Raises: Unreadable.
    """
    if delivery.startswith(PACKED):
        raise Unreadable("packed")
    document = _from_prolog(delivery)
    plain = document.replace(b"\0", b"") if b"\0" in document else document
    if b"<!DOCTYPE" in plain:
        raise Unreadable("dtd")
    parser = etree.XMLParser(
        encoding="utf-8" if _SAYS_UTF_16.match(document) else None,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        remove_blank_text=True,
    )
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(_why(error)) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable("dtd")
    if _too_deep(root):
        raise Unreadable("depth")
    return root


def local_name(element: "etree._Element") -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def tree_of(element: "etree._Element", unread: Collection[str] = ()) -> Node:
    """An element as plain tuples; of those unread only the name is kept, which saves half the time."""
    name = element.tag
    if name[0] == "{":
        name = name.rpartition("}")[2]
    if name in unread:
        return Node(name, "", ())
    text = element.text or ""
    if not len(element):
        return Node(name, text.strip(), ())
    children = []
    for child in element:
        children.append(tree_of(child, unread))
        if child.tail:
            text += child.tail
    return Node(name, text.strip(), tuple(children))


def canonical_xml(element: "etree._Element") -> bytes:
    """An element as bytes that stay the same when only the spaces between elements change."""
    return bytes(etree.tostring(element, encoding="utf-8", with_tail=False))


def children_of(node: Node, known: Mapping[str, bool]) -> dict[str, Node]:
    """The children of a node by name; `known` says which there may be and whether more than once.

    Raises: RecordRejected for an unknown or a repeated one; the publisher acts.
    """
    found: dict[str, Node] = {}
    for child in node.children:
        repeats = known.get(child.name)
        if repeats is None:
            raise RecordRejected(EXTRA, safe_name(child.name))
        if child.name in found and not repeats:
            raise RecordRejected(f"repeated:{child.name}", child.name)
        found[child.name] = child
    return found


def text_in(children: Mapping[str, Node], name: str) -> str:
    """The text of a child, empty where there is none.

    Raises: RecordRejected for one that holds elements instead; the publisher acts.
    """
    child = children.get(name)
    if child is None:
        return ""
    if child.children:
        raise RecordRejected(f"not_text:{name}", name)
    return child.text


def needed(children: Mapping[str, Node], name: str) -> Node:
    """A child that must be there.

    Raises: RecordRejected; the publisher acts.
    """
    child = children.get(name)
    if child is None:
        raise RecordRejected(f"missing:{name}", name)
    return child


def slices_of(delivery: bytes, name: str, count: int) -> list[bytes]:
    """The bytes of each outermost-looking element of a name, as the publisher wrote them, if just `count`.

    A signature covers bytes: what a dead letter keeps must not be written anew.
    """
    word = name.encode()
    starts = [found.start() for found in re.finditer(rb"<(?:[\w.-]+:)?" + word + rb"[\s>]", delivery)]
    ends = [found.end() for found in re.finditer(rb"</(?:[\w.-]+:)?" + word + rb"\s*>", delivery)]
    if len(starts) != count or len(ends) != count:
        return [delivery] * count
    return [delivery[start:end] for start, end in zip(starts, ends, strict=True)]


def innermost_of(delivery: bytes, name: str, count: int) -> list[bytes]:
    """The bytes of each element of a name with none of that name inside, if there are just `count`."""
    tag = re.compile(rb"<(/?)(?:[\w.-]+:)?" + name.encode() + rb"(?:[\s>]|/>)")
    found: list[bytes] = []
    start = -1
    for one in tag.finditer(delivery):
        if not one[1]:
            start = one.start()
        elif start >= 0:
            found.append(delivery[start : delivery.find(b">", one.start()) + 1])
            start = -1
    return found if len(found) == count else [delivery] * count


_ENCODING_ERRORS = frozenset(
    code
    for name, code in vars(etree.ErrorTypes).items()
    if name
    in ("ERR_ENCODING_NAME", "ERR_INVALID_ENCODING", "ERR_UNKNOWN_ENCODING", "ERR_UNSUPPORTED_ENCODING")
)


def _why(error: etree.XMLSyntaxError) -> str:
    """Why the parser gave up; far beyond our own limit of levels it has one of its own."""
    if error.code in _ENCODING_ERRORS:
        return "encoding"
    return "depth" if (error.msg or "").startswith("Excessive depth") else "xml"


def _from_prolog(delivery: bytes) -> bytes:
    """Without stray bytes in front of the XML declaration, or spaces in front of the root."""
    prolog = delivery.find(b"<?xml", 0, JUNK_BYTES)
    if prolog > 0:
        return delivery[prolog:]
    return delivery if delivery[:2] in (b"\xff\xfe", b"\xfe\xff") else delivery.lstrip()
