"""Attachments are hashed and dropped: what leaves the door is a hash, a type told by the bytes, a size.

Source: standards §3.5: the announced content type is wrong too often to be trusted.
"""

import binascii
import hashlib
import re
from typing import NamedTuple

CUT_BYTES = 32 * 1024
"""An attachment longer than this is taken out before the XML is parsed: a parser has limits of its own."""

DROPPED = "sha256:"
"""An attachment that was taken out, or never sent, stands in its place as `sha256:<hash>:<type>:<bytes>`."""

UNREADABLE = "unreadable"
OTHER = "other"

_ENCODED = b"ContentTransferEncoded"
_PLACEHOLDER = re.compile(r"sha256:([0-9a-f]{64}):([a-z]{1,10}):(\d{1,12})", re.ASCII)
_SPACES = b" \t\r\n"
_STARTS = (
    (b"PK", "zip"),
    (b"%PDF", "pdf"),
    (b"\xd0\xcf\x11\xe0", "ole"),
    (b"{\\rtf", "rtf"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG", "png"),
    (b"<?xml", "xml"),
)
_ANNOUNCED = {
    "application/pdf": "pdf",
    "application/zip": "zip",
    "application/x-zip-compressed": "zip",
    "application/msword": "ole",
    "application/vnd.ms-excel": "ole",
    "application/rtf": "rtf",
    "image/jpeg": "jpeg",
    "image/png": "png",
}
_OFFICE = "application/vnd.openxmlformats"


class Attachment(NamedTuple):
    """What is kept of an attachment."""

    sha256: str
    type: str
    size: int

    def placeholder(self) -> str:
        """What stands in its place."""
        return f"{DROPPED}{self.sha256}:{self.type}:{self.size}"

    def is_as_announced(self, content_type: str) -> bool:
        """Whether its bytes are what its content type says; an unknown type says nothing."""
        if self.type == UNREADABLE:
            return False
        kind = content_type.partition(";")[0].strip().lower()
        claimed = "zip" if kind.startswith(_OFFICE) else _ANNOUNCED.get(kind)
        return claimed is None or claimed == self.type


def attachment_of(encoded: bytes) -> Attachment:
    """Hash an attachment as it stands in a message; what is no base64 is hashed as it is."""
    if encoded.startswith(DROPPED.encode()):
        found = _PLACEHOLDER.fullmatch(encoded.strip().decode("ascii", "replace"))
        if found:
            return Attachment(found[1], found[2], int(found[3]))
    try:
        content = binascii.a2b_base64(encoded.translate(None, _SPACES), strict_mode=True)
    except binascii.Error:
        return Attachment(hashlib.sha256(encoded).hexdigest(), UNREADABLE, len(encoded))
    kind = next((kind for start, kind in _STARTS if content.startswith(start)), OTHER)
    return Attachment(hashlib.sha256(content).hexdigest(), kind, len(content))


def lightened(delivery: bytes) -> bytes:
    """A message with what stands in place of its long attachments; a short message as it is.

    No regular expression runs over an attachment, and a name inside a comment or a text only loses text
    that is passed over anyway.
    """
    if len(delivery) <= CUT_BYTES or _ENCODED not in delivery:
        return delivery
    kept: list[bytes] = []
    done = 0
    while (name := delivery.find(_ENCODED, done)) >= 0:
        begin = delivery.find(b">", name) + 1
        end = delivery.find(b"<", begin) if begin else -1
        if end < 0:
            break
        if end - begin > CUT_BYTES:
            kept += (delivery[done:begin], attachment_of(delivery[begin:end].strip()).placeholder().encode())
        else:
            kept.append(delivery[done:end])
        done = end
        if delivery.startswith(b"</", end):  # past the end tag, whose name would be found again
            closed = delivery.find(b">", end)
            if closed < 0:
                break
            kept.append(delivery[end:closed])
            done = closed
    kept.append(delivery[done:])
    return b"".join(kept)
