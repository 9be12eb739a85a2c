"""The columns of a report, by the names that its tables may give them."""

from collections.abc import Sequence

from iochub.errors import RecordRejected
from iochub.ingest.reasons import EXTRA, safe_name
from iochub.ingest.unit_names import folded
from iochub.text import Text

NEEDED = ("indicator", "unit", "period", "value")
OPTIONAL = ("reported_at", "note", "number_form")
TOLD = ("indicator_title", "unit_title", "measure")
"""Written into the template for who fills it; the first two are passed over."""

FIELDS = frozenset((*NEEDED, *OPTIONAL, *TOLD))

HEADINGS: dict[str, Text] = {
    "indicator": Text("Mã chỉ tiêu", "Indicator"),
    "indicator_title": Text("Tên chỉ tiêu", "Indicator title"),
    "unit": Text("Mã đơn vị", "Unit"),
    "unit_title": Text("Tên đơn vị", "Unit title"),
    "period": Text("Kỳ báo cáo", "Period"),
    "value": Text("Giá trị", "Value"),
    "measure": Text("Đơn vị tính", "Measure"),
    "reported_at": Text("Ngày báo cáo", "Reported at"),
    "number_form": Text("Cách viết số", "Number form"),
    "note": Text("Ghi chú", "Note"),
}
"""In the order of the template."""

LONGEST_NAME = 60

MOST_COLUMNS = 32
"""Three times what there can be, for blank ones between them."""

_BY_HEADING = {folded(title): name for name, text in HEADINGS.items() for title in (text.vi, text.en)} | {
    "don vi": "unit",
    "ky": "period",
}


def field_of(heading: str) -> str:
    """The field that a heading means: its own name, or the template's in either language; else nothing."""
    heading = heading.strip()
    if len(heading) > LONGEST_NAME:
        return ""
    return heading if heading in FIELDS else _BY_HEADING.get(folded(heading), "")


def is_head(headings: Sequence[str]) -> bool:
    """Whether a table's line names its columns: two of ours are no accident."""
    return sum(1 for heading in headings if field_of(heading)) > 1


def fields_of(headings: Sequence[str]) -> tuple[str, ...]:
    """The fields of a table, column by column; empty where a column has no heading.

    Raises: RecordRejected for a column that is missing, unknown or there twice; the publisher acts.
    """
    fields = []
    for heading in headings:
        name = field_of(heading)
        if not name and heading.strip():
            raise RecordRejected(EXTRA, safe_name(heading))
        if name and name in fields:
            raise RecordRejected(f"repeated:{name}", name)
        fields.append(name)
    for name in NEEDED:
        if name not in fields:
            raise RecordRejected(f"missing:{name}", name)
    return tuple(fields)


def is_filled(told: dict[str, object]) -> bool:
    """Whether somebody wrote into a line of the template: what is left blank there is no report."""
    return any(told.get(name) for name in ("value", "note", "reported_at")) or told.get("value") == 0
