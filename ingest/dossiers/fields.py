"""How the one-stop systems write a field of a dossier, a step or a procedure, and what is read from it.

Every function raises RecordRejected with the publisher's name of the field; the publisher acts.

Source: standards §4.1.
"""

import re
import unicodedata
from collections.abc import Mapping, Set
from datetime import datetime

from iochub.errors import RecordRejected
from iochub.ingest.door import Door
from iochub.ingest.reading import business_day, compact_on, is_iso, iso_instant, local_day

YES_NO = {"": 0, "0": 0, "1": 1}

LEVELS = {"": "", "1": "1", "2": "2", "3": "3", "4": "4", "một phần": "3", "toàn trình": "4"}
"""How far a service is online; a part of it is what was level 3 until 2022, all of it level 4.

Source: NĐ 43/2011/NĐ-CP, Đ3.4 (four levels); NĐ 42/2022/NĐ-CP, Đ11 (all of it, or a part).
"""

PROCEDURE_KEY = "procedure:"
"""Entities of the catalogue begin so, and no dossier may: one entity is one thing."""

_NEVER = re.compile(r"0001-01-01T00:00:00(?:Z|\+00:00)?", re.ASCII)
"""What a program writes of a time that it does not have, where its language has no empty one."""

_PROCEDURE = re.compile(r"(\d\.\d{6})(?:\.[0-9A-Za-z.]{1,40})?", re.ASCII)
_DAYS = re.compile(r"[1-9]\d{0,2}", re.ASCII)
"""No procedure may take a thousand working days, four years."""


def instant_of(text: str | None, name: str, door: Door, years_ahead: int = 1) -> datetime | None:
    """An instant by the province's clock unless it names another, UTC; nothing where the field is empty."""
    if not text or not (text := text.strip()) or _NEVER.fullmatch(text):
        return None
    try:
        if is_iso(text):
            instant = iso_instant(text)
            day = local_day(instant)
        else:
            instant, day = compact_on(text)
        business_day(day, door.received_at, years_ahead)
    except ValueError as broken:
        raise RecordRejected(f"{broken}:{name}", name) from None
    return instant


def code_of(text: str, known: Set[str], name: str) -> str:
    """A code of a list."""
    code = text.strip()
    if not code:
        raise RecordRejected(f"missing:{name}", name)
    if code not in known:
        raise RecordRejected(f"unknown_code:{name}", name)
    return code


def mapped(text: str | None, known: Mapping[str, object], name: str) -> object:
    """What a code of a list means to the hub."""
    code = (text or "").strip()
    if code in known:
        return known[code]
    raise RecordRejected(f"{'unknown_code' if code else 'missing'}:{name}", name)


def level_of(text: str | None, name: str) -> object:
    """How far a service is online, by its old number or its new name, however that is composed."""
    return mapped(unicodedata.normalize("NFC", text or "").casefold(), LEVELS, name)


def procedure_code(text: str, name: str = "MaTTHC") -> str:
    """The national code; some systems append the office's."""
    code = text.strip()
    found = _PROCEDURE.fullmatch(code)
    if found is None:
        raise RecordRejected(f"{'bad_pattern' if code else 'missing'}:{name}", name)
    return found[1]


def short(text: str, name: str) -> str:
    """A code that the hub has no list for, kept if it is short enough to be one."""
    code = text.strip()
    if not code:
        raise RecordRejected(f"missing:{name}", name)
    if len(code) > 50:
        raise RecordRejected(f"too_long:{name}", name)
    return code


def whole_days(text: str | None, name: str) -> int | None:
    """A number of working days; nothing where the field is empty."""
    number = (text or "").strip()
    if not number:
        return None
    if not _DAYS.fullmatch(number):
        raise RecordRejected(f"bad_number:{name}", name)
    return int(number)


def iso(instant: datetime | None) -> str | None:
    """An instant as text for JSON."""
    return instant.isoformat() if instant else None
