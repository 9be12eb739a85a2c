"""How publishers write days, instants and amounts, and what the hub reads from them.

Every function answers a value or raises `ValueError` with a reason code as its only argument.

Source: the five ways of writing a date, standards §8; decimals of at most 21 digits with 6 after the point,
QĐ 1510/QĐ-TCT.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation

AHEAD_OF_UTC = timedelta(hours=7)
LOCAL = timezone(AHEAD_OF_UTC)
"""The province's clock. A fixed offset is ten times faster than a zone file, and equal since 1975."""

LAST_INSTANT = datetime.max.replace(tzinfo=UTC) - AHEAD_OF_UTC
"""Later ones have no day in the province: its calendar ends first."""

FIRST_DAY = date(2000, 1, 1)
"""No publisher of the hub kept electronic records earlier."""

DIGITS, PLACES = 21, 6
LONGEST_BITS = 70
"""Of a whole number of 21 digits: thousands of digits must not be written out only to be refused."""
SIX_PLACES = Decimal("0.000001")

_COMPACT = re.compile(r"\d{8}(?:\d{4}(?:\d{2})?)?", re.ASCII)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SPACED = re.compile(r"\d{4}([-/])\d{2}\1\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2})?)?", re.ASCII)
_UTC = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?Z", re.ASCII)
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,21}(?:\.\d{0,21})?(?:[eE][+-]?\d{1,2})?", re.ASCII)


def compact(text: str) -> datetime:
    """Read `yyyyMMddHHmmss`, `yyyyMMddHHmm` or `yyyyMMdd` on the province's clock.

    Shape: aware, UTC.
    Raises: ValueError `bad_date` or `impossible_date`.
    """
    return compact_on(text)[0]


def compact_on(text: str) -> tuple[datetime, date]:
    """Read as `compact` does, together with the province's day, which a record asks of each of its instants.

    Raises: ValueError `bad_date` or `impossible_date`.
    """
    if not _COMPACT.fullmatch(text):
        raise ValueError("bad_date")
    try:
        civil = datetime.fromisoformat(f"{text[:8]}T{text[8:]:0<6}Z")
        return civil - AHEAD_OF_UTC, civil.date()
    except (ValueError, OverflowError) as impossible:
        raise ValueError("impossible_date") from impossible


def iso_day(text: str) -> date:
    """Read `yyyy-MM-dd`; a midnight written after it adds nothing.

    Raises: ValueError `bad_date` or `impossible_date`.
    """
    day = text[:10]
    if not _ISO_DAY.fullmatch(day) or text[10:] not in ("", "T00:00:00", " 00:00:00"):
        raise ValueError("bad_date")
    return _day(day)


def portal_instant(text: str) -> datetime:
    """Read a UTC instant as the tax portal writes it: `2025-09-20T17:00:00Z` is 21/09 in the province.

    Shape: aware, UTC.
    Raises: ValueError `bad_date` or `impossible_date`.
    """
    if not _UTC.fullmatch(text):
        raise ValueError("bad_date")
    instant = _instant(text)
    if instant > LAST_INSTANT:
        raise ValueError("impossible_date")
    return instant


def is_iso(text: str) -> bool:
    """Whether it is an instant as programs write one: `2025-03-04T09:15:27`, with or without a zone."""
    return _ISO.fullmatch(text) is not None


def iso_instant(text: str) -> datetime:
    """Read it to the second; on the province's clock where it names no zone.

    Shape: aware, UTC.
    Raises: ValueError `bad_date` or `impossible_date`.
    """
    found = _ISO.fullmatch(text)
    if found is None:
        raise ValueError("bad_date")
    instant = _instant(text if found[1] else f"{text}+07:00").replace(microsecond=0)
    if instant > LAST_INSTANT:
        raise ValueError("impossible_date")
    return instant


def spaced(text: str) -> datetime:
    """Read `yyyy-MM-dd HH:mm:ss` or `yyyy/MM/dd HH:mm:ss` on the province's clock; the time may be left out.

    Shape: aware, UTC.
    Raises: ValueError `bad_date` or `impossible_date`.
    """
    if not _SPACED.fullmatch(text):
        raise ValueError("bad_date")
    day, time = text[:10].replace("/", "-"), text[11:] or "00:00:00"
    return _instant(f"{day}T{time}+07:00")


def local_day(instant: datetime) -> date:
    """The province's calendar day of an aware instant."""
    if instant.tzinfo is UTC:
        return (instant + AHEAD_OF_UTC).date()  # three times as fast as by way of a zone
    return instant.astimezone(LOCAL).date()


def business_day(day: date, received_at: datetime, years_ahead: int = 1) -> date:
    """Accept a day that a record may be about: no typing error of a century, no clock in 2099.

    Raises: ValueError `impossible_date`.
    """
    if not FIRST_DAY <= day <= received_at.date() + timedelta(days=366 * years_ahead):
        raise ValueError("impossible_date")
    return day


def decimal(text: str) -> Decimal:
    """Read an amount of at most 21 digits, 6 of them after the point; never through a float.

    Raises: ValueError `bad_number`.
    """
    number = _number(text)
    if number != number.quantize(SIX_PLACES):
        raise ValueError("bad_number")
    return number


def portal_decimal(value: object) -> Decimal:
    """Read an amount of the tax portal: a JSON number, or what a browser kept of one, to six places.

    The portal's numbers passed through doubles, so digits beyond the sixth place are noise.

    Raises: ValueError `bad_number`.
    """
    if isinstance(value, dict):
        value = value.get("source")
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
        raise ValueError("bad_number")
    if isinstance(value, int) and value.bit_length() > LONGEST_BITS:
        raise ValueError("bad_number")
    return _number(str(value)).quantize(SIX_PLACES)


def plain(number: Decimal) -> str:
    """An amount as text for JSON: no exponent, no trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _number(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise ValueError("bad_number")
    try:
        number = Decimal(text)
        rounded = number.quantize(SIX_PLACES)
    except InvalidOperation as impossible:
        raise ValueError("bad_number") from impossible
    if rounded.adjusted() >= DIGITS - PLACES:
        raise ValueError("bad_number")
    return number


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as impossible:
        raise ValueError("impossible_date") from impossible


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as impossible:
        raise ValueError("impossible_date") from impossible
