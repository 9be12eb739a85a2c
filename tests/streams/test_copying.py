"""What is copied from Kafka into tables, and what is passed over."""

from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from iochub.ingest.declarations import Declaration, pack_declaration
from iochub.streams.copying import DECLARATION_COLUMNS, copy_declarations
from iochub.warehouse.hub_tables import DECLARATIONS

GOOD = Declaration(
    "01J",
    "dossiers",
    "H56",
    date(2026, 1, 1),
    date(2026, 2, 1),
    12,
    Decimal("1.5"),
    datetime(2026, 2, 2, tzinfo=UTC),
)


def test_a_declaration_becomes_a_row_of_its_table() -> None:
    assert set(DECLARATION_COLUMNS) == {name for name, _ in DECLARATIONS.columns}
    (row,) = copy_declarations([pack_declaration(GOOD)])
    assert dict(zip(DECLARATION_COLUMNS, row, strict=True)) == {
        field: getattr(GOOD, field) for field in DECLARATION_COLUMNS
    }


@given(st.lists(st.binary(max_size=60)), st.integers(-(10**30), 10**30), st.dates())
def test_what_no_table_can_hold_does_not_stop_what_follows(
    noise: list[bytes], records: int, until: date
) -> None:
    odd = Declaration("02J", "dossiers", "H56", GOOD.since, until, records, Decimal("NaN"), GOOD.at)
    assert copy_declarations([*noise, pack_declaration(odd), pack_declaration(GOOD)])[-1][2] == "01J"
    assert len(copy_declarations([pack_declaration(odd), pack_declaration(GOOD)])) == 1
