"""How people write numbers in tables, and which of them have one meaning only.

In Vietnamese 1.234,5 is what is 1,234.5 in English. Where both marks stand in a number, or one of them more
than once, or where what follows cannot be thousands, it has one meaning. A lone 1.234 has two, and so has
12.000: it is refused unless the record says in which language its numbers are written. A guess would be wrong
by a thousand.
"""

import re
from decimal import Decimal

from iochub.ingest.reading import decimal

LONGEST = 40
"""Characters; 21 digits with their marks and a sign are fewer."""

FORMS = ("vi", "en")

_BOTH = re.compile(r"[+-]?[1-9]\d{0,2}(?:(?:\.\d{3})+,|(?:,\d{3})+\.)\d{1,6}", re.ASCII)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})+", re.ASCII)
_PLAIN = re.compile(r"[+-]?\d{1,21}", re.ASCII)
_ONE_MARK = re.compile(r"([+-]?\d{1,21})[.,](\d{1,6})", re.ASCII)
_DECLARED = {
    "vi": re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:\.\d{3})+|\d{1,21})(?:,\d{1,6})?", re.ASCII),
    "en": re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:,\d{3})+|\d{1,21})(?:\.\d{1,6})?", re.ASCII),
}


def number_in(text: str, form: str = "") -> Decimal:
    """Read a number as people write it; `form` is the language that its record declares, if it does.

    Raises: ValueError `bad_number` or `ambiguous_number`.
    """
    if len(text) > LONGEST:
        raise ValueError("bad_number")
    if form:
        if not _DECLARED[form].fullmatch(text):
            raise ValueError("bad_number")
        return _exact(text, "," if form == "vi" else ".")
    if _PLAIN.fullmatch(text):
        return decimal(text)
    if _GROUPED.fullmatch(text):
        return _exact(text, "")
    if _BOTH.fullmatch(text):
        return _exact(text, max(".,", key=text.rfind))
    return _with_one_mark(text)


def _with_one_mark(text: str) -> Decimal:
    found = _ONE_MARK.fullmatch(text)
    if found is None:
        raise ValueError("bad_number")
    whole, after = found[1].lstrip("+-"), found[2]
    if len(after) == 3 and len(whole) <= 3 and not whole.startswith("0"):
        raise ValueError("ambiguous_number")
    return decimal(f"{found[1]}.{after}")


def _exact(text: str, point: str) -> Decimal:
    """Without the marks of thousands, and with a point where the fraction begins."""
    whole, _, fraction = text.partition(point) if point else (text, "", "")
    digits = whole.replace(".", "").replace(",", "")
    return decimal(f"{digits}.{fraction}" if fraction else digits)
