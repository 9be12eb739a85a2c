"""From a series to the same table as CSV, for people with a spreadsheet."""

import csv
import io
from collections.abc import Sequence

from iochub.api.query.models import SeriesRow, UnitBody

HEAD = (
    "indicator", "unit", "unit_name", "member", "from", "to", "value", "measure", "numerator", "denominator",
    "rows", "target", "target_by", "target_met", "state", "last_event_at", "last_received_at", "computed_at",
    "as_of", "definition_version", "split_from", "split_into", "out_of",
)  # fmt: skip


def csv_of(rows: Sequence[SeriesRow]) -> bytes:
    """Write a series as CSV; what is not known is an empty cell, never 0.

    Shape: one line per row of the series, the columns of HEAD, UTF-8.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEAD)
    for row in rows:
        writer.writerow([_cell(value) for value in _values(row)])
    return out.getvalue().encode()


def _values(row: SeriesRow) -> tuple[object, ...]:
    target = row.target
    return (
        row.indicator, row.unit.code, row.unit.name, row.member, row.period.start, row.period.end, row.value,
        row.measure, row.numerator, row.denominator, row.rows,
        target and target.value, target and target.by, target and target.met,
        row.state, row.freshness.last_event_at, row.freshness.last_received_at, row.computed_at,
        row.as_of, row.definition_version, _codes(row.split_from), _codes(row.split_into), row.out_of,
    )  # fmt: skip


def _codes(units: Sequence[UnitBody]) -> str | None:
    return " ".join(unit.code for unit in units) or None


def _cell(value: object) -> str:
    """Text that a spreadsheet would run as a formula is quoted: members are publishers' words."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
