"""How a wrongly written value is meant, where one meaning alone is possible; nothing is guessed."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from iochub.text import Text

RULES: dict[str, Text] = {
    "cleaned": Text(
        "Bỏ khoảng trắng và ký tự ẩn thừa", "Superfluous spaces and invisible characters taken away"
    ),
    "composed": Text("Dấu tiếng Việt về dạng dựng sẵn (NFC)", "Vietnamese marks composed (NFC)"),
    "narrow": Text("Chữ số rộng về chữ số thường", "Full-width characters made ordinary ones"),
    "date": Text(
        "Cùng ngày đó, viết theo định dạng quy định", "The same day, written as the format wants it"
    ),
    "number": Text("Cùng số đó, dấu thập phân là dấu chấm", "The same number, with a decimal point"),
    "case": Text("Đúng chữ hoa, chữ thường của danh mục", "Upper and lower case as in the list of codes"),
    "zeros": Text(
        "Đúng số chữ số 0 ở đầu như trong danh mục", "As many leading zeros as in the list of codes"
    ),
    "quoted": Text("Viết trong dấu nháy vì trường này là chuỗi ký tự", "Quoted, for this field is text"),
}
"""Every rule there is, in words for the person who applies it."""

MOST_ZEROS = 3
LONGEST_VALUE = 400
FIRST_YEAR, LAST_YEAR = 1900, 2199

_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
_WIDE = re.compile("[\uff01-\uff5e]")
_TIME = r"(\d{1,2}):(\d{2})(?::(\d{2}))?"
_DAY_LAST = re.compile(
    rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}})(?:[ T]+{_TIME}(?:\.0+)?(?:\+07:00)?)?", re.A
)
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}})(?:[ T,]+{_TIME})?", re.A)
_TIME_FIRST = re.compile(rf"{_TIME}[ ,]+(\d{{1,2}})([-/.])(\d{{1,2}})\5(\d{{4}})", re.A)
_SOLID = re.compile(r"(\d{8})(?:(\d{2})(\d{2})(\d{2})?)?", re.A)

_COMMA = re.compile(r"([+-]?)(\d{1,3}(?:\.\d{3})*|\d+),(\d+)", re.A)
_POINTS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3}){2,}", re.A)
_COMMAS = re.compile(r"[+-]?\d{1,3}(?:(?:,\d{3}){2,}|,\d{3}(?=\.))(?:\.\d+)?", re.A)
_SPACES = re.compile(r"[+-]?\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:\.\d+)?", re.A)
_DIGITS = re.compile(r"\d{1,6}", re.A)


class Candidate(NamedTuple):
    """One way to write a value; those of one `meaning` differ in form alone, and the first is preferred."""

    text: str
    meaning: str
    rule: str


Clock = tuple[str, ...]
"""Hour, minute and second as two digits each, as far as they were written."""


def candidates(code: str, text: str) -> Iterator[Candidate]:
    """Every way that a refused value may be meant by the rules of its reason, the likeliest form first."""
    if len(text) > LONGEST_VALUE:
        return
    tidy, rule = _tidied(code, text)
    if tidy != text:
        yield Candidate(tidy, _meaning(code, tidy), rule)
    for candidate in BY_CODE.get(code, _none)(tidy):
        if candidate.text not in (text, tidy):
            yield candidate


def _tidied(code: str, text: str) -> tuple[str, str]:
    """Without what nobody meant to write, and by which rule mainly."""
    plain = _INVISIBLE.sub("", text).strip()
    composed = unicodedata.normalize("NFC", plain)
    narrow = _WIDE.sub(lambda wide: chr(ord(wide[0]) - 0xFEE0), composed) if code in BY_CODE else composed
    if narrow != composed:
        return narrow, "narrow"
    return composed, "composed" if composed != plain else "cleaned"


def _meaning(code: str, text: str) -> str:
    """What the other candidates are compared by: a tidy date means its day, however it is written."""
    dates = _dates(text) if BY_CODE.get(code) is _dates else ()
    return next((candidate.meaning for candidate in dates), text)


def _dates(text: str) -> Iterator[Candidate]:
    """A day in other forms, if day and month cannot be taken for each other."""
    found = {(day, clock) for day, clock in _days(text) if FIRST_YEAR <= day.year <= LAST_YEAR}
    if len(found) != 1:
        return
    day, clock = found.pop()
    solid, dashed = f"{day:%Y%m%d}", day.isoformat()
    meaning = f"{solid}{''.join(clock):0<6}" if clock else solid
    if not clock:
        forms = [solid, dashed]
    elif len(clock) == 2:
        forms = [solid + "".join(clock), f"{solid}{''.join(clock)}00"]
        forms += [f"{dashed} {':'.join(clock)}", f"{dashed}T{':'.join(clock)}:00"]
    else:
        forms = [solid + "".join(clock), f"{dashed} {':'.join(clock)}", f"{dashed}T{':'.join(clock)}"]
    for form in forms:
        yield Candidate(form, meaning, "date")


def _days(text: str) -> Iterator[tuple[date, Clock]]:
    """Every real day that a text can mean."""
    if parts := _DAY_LAST.fullmatch(text):
        yield from _real(parts[1], (parts[3], parts[4]), (parts[5], parts[6], parts[7]))
    elif parts := _YEAR_LAST.fullmatch(text):
        for order in ((parts[3], parts[1]), (parts[1], parts[3])):
            yield from _real(parts[4], order, (parts[5], parts[6], parts[7]))
    elif parts := _TIME_FIRST.fullmatch(text):
        for order in ((parts[6], parts[4]), (parts[4], parts[6])):
            yield from _real(parts[7], order, (parts[1], parts[2], parts[3]))
    elif parts := _SOLID.fullmatch(text):
        digits = parts[1]
        clock = (parts[2], parts[3], parts[4])
        yield from _real(digits[:4], (digits[4:6], digits[6:]), clock)
        for order in ((digits[2:4], digits[:2]), (digits[:2], digits[2:4])):
            yield from _real(digits[4:], order, clock)


def _real(
    year: str, order: tuple[str, str], clock: tuple[str | None, str | None, str | None]
) -> Iterator[tuple[date, Clock]]:
    month, day = order
    told = tuple(part.zfill(2) for part in clock if part)
    if any(int(part) >= most for part, most in zip(told, (24, 60, 60), strict=False)):
        return
    try:
        yield date(int(year), int(month), int(day)), told
    except ValueError:
        return


def _numbers(text: str) -> Iterator[Candidate]:
    """A number whose marks can only be meant one way: 1,234 could be a thousand or one and a bit."""
    plain = ""
    if parts := _COMMA.fullmatch(text):
        sign, whole, fraction = parts.groups()
        could_be_thousands = len(fraction) == 3 and "." not in whole and len(whole) <= 3 and whole[0] != "0"
        if not could_be_thousands:
            plain = f"{sign}{whole.replace('.', '')}.{fraction}"
    elif _POINTS.fullmatch(text):
        plain = text.replace(".", "")
    elif _COMMAS.fullmatch(text):
        plain = text.replace(",", "")
    elif _SPACES.fullmatch(text):
        plain = re.sub(r"\s", "", text)
    if plain:
        yield Candidate(plain, plain, "number")


def _codes(text: str) -> Iterator[Candidate]:
    """A code in other letters or with other leading zeros; which of them exists the feed's list says."""
    for other in (text.upper(), text.lower()):
        if other != text:
            yield Candidate(other, other, "case")
    if _DIGITS.fullmatch(text):
        bare = text.lstrip("0")
        widths = range(len(bare), len(text) + MOST_ZEROS + 1)
        for other in dict.fromkeys(bare.zfill(width) for width in widths if bare):
            if other != text:
                yield Candidate(other, other, "zeros")


def _none(_: str) -> Iterator[Candidate]:
    return iter(())


BY_CODE: dict[str, Callable[[str], Iterator[Candidate]]] = {
    "bad_date": _dates,
    "impossible_date": _dates,
    "bad_number": _numbers,
    "unknown_code": _codes,
    "bad_pattern": _none,
    "check_digit": _none,
}
"""Which rules a reason allows; of any other reason's value only what nobody meant to write is taken away."""

TIDYING = ("cleaned", "composed", "narrow")
"""Rules that change no meaning: what they make acceptable needs no comparison."""
