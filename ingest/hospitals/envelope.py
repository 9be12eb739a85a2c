"""From a delivery in XML to its dossiers and check-ins, before any of them is looked into.

Three roots are taken: `GIAMDINHHS` with its dossiers (`HOSO`), the check-in table, and, for a record that is
sent again by itself, one `HOSO` or one `TRANG_THAI_KCB`. What the gateway of the insurance is sent, JSON or
a form with the file in `fileHSBase64`, is the same file. What stands around a dossier (MACSKCB, NGAYLAP,
SOLUONGHOSO, the signature) is passed over: each table names its facility itself, and the summary's is the
one that is paid. A dossier with a summary is that visit's, whatever check-in it repeats.

Source: QĐ 4750/QĐ-BYT, QĐ 3176/QĐ-BYT; standards §2.1, §2.5.
"""

import base64
import binascii
import codecs
import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from iochub.errors import RecordRejected
from iochub.ingest.feed import Record
from iochub.ingest.hospitals.fields import TABLES
from iochub.ingest.json_records import Unreadable, members_of, value_of
from iochub.ingest.xml_tree import canonical_xml, local_name, parse, slices_of

FILE = "fileHSBase64"
FORM = re.compile(rb"[\w.%+-]+=[^<>\s]*\Z", re.ASCII)
"""How the body of a form begins and ends: names and values, all that is special in them escaped."""
MOST_PARTS = 20
"""Of a form; the gateway of the insurance asks for five."""

CHECKINS = "CHI_TIEU_TRANG_THAI_KCB"
CHECKIN = "TRANG_THAI_KCB"
DOSSIER = "HOSO"

LARGEST_TABLE_BYTES = 6_000_000
"""Of one table, decoded: five thousand lines of three months in intensive care come to so much."""

MOST_LINES = 20_000

_SIGNED_OUTSIDE = re.compile(
    rb"(</(?:[\w.-]+:)?(?:CHI_TIEU_TRANG_THAI_KCB|GIAMDINHHS)\s*>)\s*<CHUKYDONVI\b.*\Z", re.DOTALL
)
"""A guide of the gateway places the signature behind the root, where XML has no room for it."""

Element = Any
"""lxml's elements carry no types."""


class Dossier(NamedTuple):
    """One `HOSO`: its tables by kind, not yet decoded, and whether it has some that no decision names."""

    tables: dict[str, Element]
    canonical: bytes
    has_extra: bool


class CheckIn(NamedTuple):
    """One `TRANG_THAI_KCB`."""

    element: Element
    canonical: bytes


def opened_json(delivery: bytes) -> bytes:
    """The file inside a call to the insurance's gateway; its user name and password are not looked at.

    Raises: Unreadable; RecordRejected for JSON that is something else.
    """
    text = value_of(members_of(delivery)[FILE])
    if not isinstance(text, str) or not text.strip():
        raise RecordRejected(f"missing:{FILE}", FILE)
    return decoded(text, FILE)


def opened_form(delivery: bytes) -> bytes:
    """The same where the call is a form, as the gateway's manual has it.

    Raises: RecordRejected for a form that is something else; the publisher acts.
    """
    try:
        parts = parse_qsl(delivery.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_PARTS)
    except ValueError:
        raise RecordRejected("not_a_delivery:shape", "shape") from None
    files = [value for name, value in parts if name == FILE]
    if len(files) != 1 or not files[0].strip():
        raise RecordRejected(f"{'repeated' if len(files) > 1 else 'missing'}:{FILE}", FILE)
    return decoded(files[0].replace(" ", "+"), FILE)  # a plus sign that was not escaped arrives as a space


def opened_xml(file: bytes) -> Iterator[Record]:
    """The dossiers and check-ins of a file.

    Raises: Unreadable for bytes that are no XML; RecordRejected for XML that is something else.
    """
    root = _parsed(file)
    bodies = list(_bodies(root))
    number = 0
    for body, raw in zip(bodies, _raws(file, root, bodies), strict=True):
        if local_name(body) == CHECKIN:
            yield Record(number, raw, _checkin(body))
            number += 1
            continue
        for content in _dossier(body):
            # a check-in inside a table in base64 has no bytes of its own in the file
            own = content.canonical if isinstance(content, CheckIn) else raw
            yield Record(number, own, content)
            number += 1


def table(element: Element, name: str) -> Element | None:
    """The root of one table, whether it stands in the file as elements, as text or in base64.

    None where it is empty, as tables that do not apply are.

    Raises: RecordRejected for a table that cannot be read; the publisher acts.
    """
    if len(element):
        return element[0] if len(element[0]) else None
    text = (element.text or "").strip()
    if not text:
        return None
    inner = text.encode() if text.startswith("<") else decoded(text, name)
    if inner.startswith(b"<\0"):  # a program's own text, without what would say so
        inner = codecs.BOM_UTF16_LE + inner
    if len(inner) > LARGEST_TABLE_BYTES:
        raise RecordRejected(f"too_long:{name}", name)
    try:
        root = parse(inner)
    except Unreadable as unreadable:
        raise RecordRejected(f"not_a_record:{unreadable}", str(unreadable)) from None
    return root if len(root) else None


def decoded(text: str, name: str) -> bytes:
    """Base64 with line breaks.

    Raises: RecordRejected; the publisher acts.
    """
    if len(text) > LARGEST_TABLE_BYTES * 3 // 2 and name != FILE:
        raise RecordRejected(f"too_long:{name}", name)
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise RecordRejected(f"bad_base64:{name}", name) from None


def rows_of(root: Element, *path: str) -> Sequence[Element]:
    """The lines of a table; `path` leads from the root's name to the lines'.

    Raises: RecordRejected for another table, or for more lines than any visit has; the publisher acts.
    """
    if local_name(root) != path[0]:
        raise RecordRejected("not_a_record:shape", "shape")
    found = [root]
    for name in path[1:]:
        found = [child for parent in found for child in parent.iterchildren("{*}" + name)]
    if len(found) > MOST_LINES:
        raise RecordRejected(f"too_long:{path[-1]}", path[-1])
    return found


def _parsed(file: bytes) -> Element:
    try:
        return parse(file)
    except Unreadable:
        inside = _SIGNED_OUTSIDE.sub(rb"\1", file)
        if inside == file:
            raise
        return parse(inside)


def _bodies(root: Element) -> Iterator[Element]:
    name = local_name(root)
    if name in (DOSSIER, CHECKIN):
        yield root
    elif name == CHECKINS:
        yield from _some(rows_of(root, CHECKINS, f"DSACH_{CHECKIN}", CHECKIN), CHECKIN)
    elif name == "GIAMDINHHS":
        yield from _some(rows_of(root, name, "THONGTINHOSO", "DANHSACHHOSO", DOSSIER), DOSSIER)
    else:
        raise RecordRejected("not_a_delivery:shape", "shape")


def _some(found: Sequence[Element], name: str) -> Sequence[Element]:
    """A file of nothing is a mistake that its sender must hear of."""
    if not found:
        raise RecordRejected(f"missing:{name}", name)
    return found


def _checkin(body: Element) -> CheckIn:
    return CheckIn(body, canonical_xml(body))


def _dossier(body: Element) -> Iterator[Dossier | CheckIn | RecordRejected]:
    """A dossier, or the check-ins of one that holds nothing else; what is wrong with it, for `interpret`."""
    tables: dict[str, Element] = {}
    has_extra = False
    for kind, content in _files(body):
        has_extra |= kind not in TABLES
        if content is None or not (len(content) or (content.text or "").strip()):
            continue
        if kind in tables:
            yield RecordRejected("repeated:LOAIHOSO", "LOAIHOSO")
            return
        tables[kind] = content
    if "XML0" in tables and "XML1" not in tables:
        yield from _checkins(tables["XML0"])
    else:
        yield Dossier(tables, canonical_xml(body), has_extra)


def _files(body: Element) -> Iterator[tuple[str, Element | None]]:
    """Every table with its kind; one `FILEHOSO` may hold several, one after the other."""
    for file in body.iterchildren("{*}FILEHOSO"):
        kinds = map(_said, file.iterchildren("{*}LOAIHOSO"))
        for kind, content in zip_longest(kinds, file.iterchildren("{*}NOIDUNGFILE")):
            yield (kind or "").upper(), content


def _checkins(content: Element) -> Iterator[CheckIn | RecordRejected]:
    try:
        root = table(content, "XML0")
        rows = [] if root is None else rows_of(root, CHECKINS, f"DSACH_{CHECKIN}", CHECKIN)
        yield from map(_checkin, _some(rows, CHECKIN))
    except RecordRejected as rejected:
        yield rejected


def _said(element: Element) -> str:
    return (element.text or "").strip()


def _raws(file: bytes, root: Element, bodies: Sequence[Element]) -> list[bytes]:
    """Each record's own bytes, written anew where they cannot be cut out.

    Never the whole file for each of many: a thousand bad dossiers would keep it a thousand times. What is
    signed is the file and not a dossier, so nothing is lost by it.
    """
    if len(bodies) == 1:
        return [file]
    encoding = (root.getroottree().docinfo.encoding or "UTF-8").upper()
    slices = slices_of(file, local_name(bodies[0]), len(bodies)) if encoding == "UTF-8" else [file]
    return [canonical_xml(body) for body in bodies] if slices[0] is file else slices
