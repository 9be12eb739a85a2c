"""Whether a document bears a secrecy mark: such a one may not travel this way at all.

Source: QĐ 28/2018/QĐ-TTg: the axis does not carry state secrets; the three degrees are Mật, Tối mật and
Tuyệt mật (Luật Bảo vệ bí mật nhà nước 29/2018/QH14).
"""

import re
import unicodedata
from functools import lru_cache

from iochub.errors import RecordRejected
from iochub.ingest.unit_names import folded

MARKED = "secret"

LONGEST_MARK = 40
"""Letters; what is longer is no mark but a text."""

_DEGREES = frozenset(("mat", "toi mat", "tuyet mat"))
_BEFORE = re.compile(r"^(?:muc do mat|do mat|muc mat|loai)\s+")
_TELLING = re.compile(
    r"secre(?:t(?!ar)|cy)|confidential|securitylevel|^(?:mucdo|muc|do|loai)_?mat$", re.IGNORECASE
)
_NOT_SECRET = frozenset(
    ("", "0", "thuong", "binh thuong", "khong", "khong mat", "none", "normal", "false", "no")
)
_DEGREE = r"(?:tuyệt\s+mật|tối\s+mật|mật)"
_IN_TEXT = re.compile(
    rf"[\[(]\s*{_DEGREE}\s*[\])]|\bđộ\s+mật\s*[:\-–]\s*{_DEGREE}\b|^\W*{_DEGREE}\W*$"
)  # fmt: skip


@lru_cache(maxsize=4096)
def _is_degree(text: str) -> bool:
    return _BEFORE.sub("", folded(text)) in _DEGREES


def refuse_mark(name: str, text: str) -> None:
    """Refuse a field that classifies a document, where it says one of the degrees.

    Raises: RecordRejected; the publisher acts.
    """
    if not text or len(text) > LONGEST_MARK:
        return
    if _is_degree(text) or (_TELLING.search(name) and folded(text) not in _NOT_SECRET):
        raise RecordRejected(MARKED, name)


def refuse_marked_text(name: str, text: str) -> None:
    """Refuse a text that bears a mark as offices write one: alone, in brackets or after `Độ mật:`.

    A text that speaks of secrets (bảo mật, bí mật nhà nước) bears none.

    Raises: RecordRejected; the publisher acts.
    """
    if text.isascii():
        return
    plain = unicodedata.normalize("NFC", text).casefold()
    if "mật" in plain and _IN_TEXT.search(plain):
        raise RecordRejected(MARKED, name)
