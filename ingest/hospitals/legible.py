"""From a dossier with its tables in base64 to the same dossier with its tables to be read in it.

Where the fault lies in a table nobody finds it in base64. A table may stand in a dossier as elements just as
well, so what is made here is read as the record itself is, and is corrected and sent as it stands.

Source: QĐ 4750/QĐ-BYT, QĐ 3176/QĐ-BYT; standards §2.1, §2.5.
"""

import codecs
import re
from collections.abc import Iterator
from xml.sax.saxutils import unescape

from iochub.errors import RecordRejected
from iochub.ingest.hospitals.envelope import (
    FILE,
    FORM,
    LARGEST_TABLE_BYTES,
    decoded,
    opened_form,
    opened_json,
)
from iochub.ingest.json_records import Unreadable, members_of
from iochub.ingest.suggestions.place import LONGEST_TEXT, XML_MARKS
from iochub.ingest.xml_tree import parse

CONTENT = "NOIDUNGFILE"
LONGEST_OPENED = 4 * LONGEST_TEXT
"""Bytes of a record that is opened; in a longer one no fault is marked either."""

CDATA, CLOSED = b"<![CDATA[", b"]]>"

_CONTENT = re.compile(rb"<(?:[\w.-]+:)?" + CONTENT.encode() + rb"\s*>\s*")
_DECLARATION = re.compile(r"<\?xml\s[^>]*?\?>")
_ENCODING = re.compile(r"encoding\s*=\s*[\"']([^\"']*)")


def legible(record: bytes) -> bytes:
    """The record with each of its tables as elements; as it is where none can be, or all would not read."""
    if len(record) > LONGEST_OPENED:
        return record
    try:
        file = _file_in(record)
        _declared(file.decode("utf-8-sig"), ("utf-8",))
        opened = b"".join(_pieces(file))
        parse(opened)
    except (Unreadable, RecordRejected, UnicodeDecodeError):
        return record
    return opened


def _file_in(record: bytes) -> bytes:
    """The file of a call to the insurance's gateway, or the record, which is one."""
    plain = record.strip()
    if FORM.match(plain):
        return opened_form(plain)
    return opened_json(plain) if plain[:1] == b"{" and FILE in members_of(plain) else record


def _pieces(file: bytes) -> Iterator[bytes]:
    at = 0
    while tag := _CONTENT.search(file, at):
        start = tag.end()
        is_marked = file.startswith(CDATA, start)
        end = file.find(CLOSED, start) if is_marked else file.find(b"<", start)
        if end < 0:
            break
        text = file[start + len(CDATA) : end] if is_marked else file[start:end]
        end += len(CLOSED) if is_marked else 0
        yield file[at:start]
        yield _table(text, is_marked) or file[start:end]
        at = end
    yield file[at:]


def _table(text: bytes, is_marked: bool) -> bytes:
    """A table as it may stand among the elements of a dossier; nothing where it may not."""
    plain = text.strip()
    try:
        if plain.startswith(b"<" if is_marked else b"&lt;"):
            inner = plain if is_marked else unescape(plain.decode(), XML_MARKS).encode()
        else:
            inner = decoded(plain.decode("ascii"), CONTENT)
        if len(inner) > LARGEST_TABLE_BYTES or not inner:
            return b""
        if inner.startswith(b"<\0"):
            inner = codecs.BOM_UTF16_LE + inner
        parse(inner)
        is_wide = inner[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        return _declared(inner.decode("utf-16" if is_wide else "utf-8-sig"), ("utf-8", "utf-16")).encode()
    except (Unreadable, RecordRejected, UnicodeDecodeError):
        return b""


def _declared(text: str, encodings: tuple[str, ...]) -> str:
    """A text without the declaration in front of it, which may only stand at the beginning of a file.

    Raises: Unreadable where it names another encoding: the bytes then mean another text.
    """
    plain = text.strip()
    declaration = _DECLARATION.match(plain)
    if declaration is None:
        return plain
    encoding = _ENCODING.search(declaration[0])
    if encoding and encoding[1].lower() not in encodings:
        raise Unreadable("encoding")
    return plain[declaration.end() :].lstrip()
