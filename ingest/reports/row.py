"""From one report to what the hub keeps of it: which indicator, where, when, how much, and told when."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from iochub.errors import RecordRejected
from iochub.ingest.canonical import canonical
from iochub.ingest.door import Door
from iochub.ingest.feed import Reading
from iochub.ingest.reading import business_day, is_iso, iso_instant, local_day, plain, portal_decimal, spaced
from iochub.ingest.reasons import EXTRA, safe_name
from iochub.ingest.reports.catalogue import BY_NAME
from iochub.ingest.reports.columns import FIELDS
from iochub.ingest.reports.number_forms import FORMS, number_in
from iochub.ingest.reports.periods import Span, read_span
from iochub.ingest.reports.places import unit_on
from iochub.ingest.reports.reported import Reported
from iochub.ingest.unit_names import folded

LONGEST_TEXT = 200
NOTE_CHARACTERS = 500
ROLE = "period_end"

_PERSONAL = re.compile(r"@|\d(?:[ .-]?\d){8,}", re.ASCII)
"""An e-mail address, or as many digits in a row as a telephone or identity number has."""

Told = Mapping[str, object]


def read_report(number: int, told: Told, door: Door) -> Reading:
    """Read one report; empty fields are as good as left out.

    Raises: RecordRejected; the publisher acts.
    """
    told = {name: value for name, value in told.items() if value not in (None, "")}
    for name in told:
        if name not in FIELDS:
            raise RecordRejected(EXTRA, safe_name(name))
    reported, span, unit = _subject(
        _text(told, "indicator"), _text(told, "unit"), _text(told, "period"), door
    )
    if span.last > local_day(door.received_at):
        raise RecordRejected("not_over:period", "period")
    value = _value(told, reported)
    row: dict[str, object] = {
        "unit": unit,
        "days": [(ROLE, span.last.isoformat())],
        "indicator": reported.name,
        "period": span.written,
        "value": plain(value),
        "reported_at": _reported_at(told, door).isoformat(),
        "note": _note(told),
    }
    version = door.pseudonyms.record(canonical(told))
    return Reading(number, "report", _key(reported, span, unit), version, 0, (), row)


def entity_of(words: str, door: Door) -> str:
    """The entity of `indicator:unit:period`, each written as in a report.

    Raises: RecordRejected; the publisher acts.
    """
    parts = [part.strip() for part in words.split(":")]
    if len(parts) != 3:
        raise RecordRejected("bad_pattern:entity", "entity")
    reported, span, unit = _subject(parts[0], parts[1], parts[2], door)
    return _key(reported, span, unit)


def _key(reported: Reported, span: Span, unit: str) -> str:
    """How things stand on a day is one thing, whichever period that ends on the day is named.

    Else the year's and the fourth quarter's report of the same rooms would add up.
    """
    return f"{reported.name}:{unit}:{span.last.isoformat()}"


def _subject(indicator: str, unit: str, period: str, door: Door) -> tuple[Reported, Span, str]:
    for name, text in (("indicator", indicator), ("unit", unit), ("period", period)):
        if not text:
            raise RecordRejected(f"missing:{name}", name)
    reported = BY_NAME.get(indicator)
    if reported is None:
        raise RecordRejected("unknown_code:indicator", "indicator")
    try:
        span = read_span(period)
        key = unit_on(unit, span.last, door.units)
    except ValueError as broken:
        name = "unit" if str(broken) == "unknown_unit" else "period"
        raise RecordRejected(f"{broken}:{name}", name) from None
    _check_length(reported, span)
    return reported, span, key


def _check_length(reported: Reported, span: Span) -> None:
    """Days and months add up only if each is told by itself."""
    if reported.is_daily and not span.is_day:
        raise RecordRejected("not_a_day:period", "period")
    if reported.is_monthly and not span.is_month:
        raise RecordRejected("not_a_month:period", "period")


def _value(told: Told, reported: Reported) -> Decimal:
    """The reported number, to the six places that are kept; never guessed."""
    _check_measure(told, reported)
    try:
        value = _number(told, reported)
    except ValueError as broken:
        raise RecordRejected(f"{broken}:value", "value") from None
    least, most = reported.bounds
    if not least <= value <= most:
        raise RecordRejected("out_of_bounds:value", "value")
    if reported.is_whole and value != value.to_integral_value():
        raise RecordRejected("not_whole:value", "value")
    return value


def _number(told: Told, reported: Reported) -> Decimal:
    value = told.get("value")
    if value is None:
        raise ValueError("missing")
    percent = reported.measure.startswith("%")
    if isinstance(value, dict):
        return _cell(value, percent)
    if not isinstance(value, str):
        return portal_decimal(value)
    text = value.strip()
    if percent:
        text = text.removesuffix("%").rstrip()
    form = _text(told, "number_form")
    if form not in ("", *FORMS):
        raise RecordRejected("unknown_code:number_form", "number_form")
    return number_in(text, form)


def _cell(value: dict[str, object], percent: bool) -> Decimal:
    """A cell of a workbook that is no plain number: a formula, or a number shown as a percentage."""
    if value.keys() == {"formula"}:
        raise ValueError("formula")
    if value.keys() == {"percent"} and percent and not isinstance(value["percent"], dict):
        return portal_decimal(value["percent"])
    raise ValueError("bad_number")


def _check_measure(told: Told, reported: Reported) -> None:
    """Who counts in thousands of visits says so here, and must not be read as counting visits."""
    measure = _text(told, "measure")
    if measure and _folded_measure(measure) != _folded_measure(reported.measure):
        raise RecordRejected("unknown_code:measure", "measure")


def _folded_measure(measure: str) -> str:
    return f"{folded(measure)}{'%' if '%' in measure else ''}"


def _reported_at(told: Told, door: Door) -> datetime:
    """When the agency says it reported; when the hub received it where it says nothing."""
    text = _text(told, "reported_at")
    if not text:
        return door.received_at.astimezone(UTC).replace(microsecond=0)
    try:
        instant = iso_instant(text) if is_iso(text) else spaced(text)
        business_day(local_day(instant), door.received_at)
        if instant > door.received_at + timedelta(days=1):
            raise ValueError("impossible_date")
    except ValueError as broken:
        raise RecordRejected(f"{broken}:reported_at", "reported_at") from None
    return instant.replace(microsecond=0)


def _note(told: Told) -> str:
    """What the agency says beside its figure; it names no person, for it is shown with the figure."""
    note = " ".join(unicodedata.normalize("NFC", _text(told, "note", NOTE_CHARACTERS)).split())
    if _PERSONAL.search(note):
        raise RecordRejected("personal_data:note", "note")
    return note


def _text(told: Told, name: str, longest: int = LONGEST_TEXT) -> str:
    """Text, or a code that was written as a number."""
    value = told.get(name)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**8:
        return str(value)
    if isinstance(value, dict) and value.keys() == {"formula"}:
        raise RecordRejected(f"formula:{name}", name)
    if not isinstance(value, str):
        raise RecordRejected(f"not_text:{name}", name)
    if len(value) > longest:
        raise RecordRejected(f"too_long:{name}", name)
    return value.strip()
