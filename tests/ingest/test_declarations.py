"""Which declared totals stand when a sender declares again."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iochub.ingest.declarations import Declaration, pack_declaration, standing, unpack_declaration

AT = datetime(2026, 11, 23, tzinfo=UTC)


def declared(number: int, first: int, days: int, sender: str = "H56", **more: object) -> Declaration:
    since = date(2026, 1, 1) + timedelta(days=first)
    told = {"records": 10, "sum": None} | more
    return Declaration(
        f"{number:04}",
        "dossiers",
        sender,
        since,
        since + timedelta(days=days),
        at=AT + timedelta(seconds=number),
        **told,
    )


@st.composite
def books(draw: st.DrawFn) -> list[Declaration]:
    spans = draw(
        st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12), st.sampled_from("ab")), max_size=25)
    )
    made = [declared(number, *span) for number, span in enumerate(spans)]
    return draw(st.permutations(made))


def days_of(one: Declaration) -> set[tuple[str, date]]:
    return {(one.sender, one.since + timedelta(days=day)) for day in range((one.until - one.since).days)}


@given(books())
def test_a_declaration_stands_exactly_while_no_later_one_of_its_sender_overlaps_it(
    book: list[Declaration],
) -> None:
    expected = [
        one
        for one in sorted(book, key=lambda one: one.at)
        if not any(other.at > one.at and days_of(other) & days_of(one) for other in book)
    ]
    assert standing(book) == expected


@given(books())
def test_no_day_is_declared_twice(book: list[Declaration]) -> None:
    days = [day for one in standing(book) for day in days_of(one)]
    assert len(days) == len(set(days))


def test_the_same_range_declared_again_replaces_and_what_was_replaced_does_not_come_back() -> None:
    month, quarter, day = declared(1, 0, 31), declared(2, 0, 90), declared(3, 80, 1)
    assert standing([month]) == [month]
    assert standing([quarter, month]) == [quarter]
    assert standing([month, quarter, day]) == [day]


def test_neighbours_and_other_senders_do_not_overlap() -> None:
    three = [declared(1, 0, 10), declared(2, 10, 10), declared(3, 5, 10, sender="H56.01")]
    assert standing(three) == three


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, True),
        ({"records": 0}, True),
        ({"records": -1}, False),
        ({"records": 10**30}, False),
        ({"sum": Decimal("1234567890.12")}, True),
        ({"sum": Decimal("NaN")}, False),
        ({"sum": Decimal("1e40")}, False),
    ],
)
def test_what_no_column_can_hold_is_known_before_it_is_kept(
    changed: dict[str, object], expected: bool
) -> None:
    assert declared(1, 0, 1, **changed).can_be_kept is expected


def test_days_out_of_order_or_of_another_age_are_a_typing_mistake() -> None:
    assert not declared(1, 5, 0).can_be_kept
    assert not declared(1, 5, -3).can_be_kept
    assert not declared(1, -800_000 + 100_000, 30).can_be_kept
    assert not declared(1, 0, 365 * 300).can_be_kept


def test_a_declaration_survives_kafka() -> None:
    one = declared(1, 0, 31, sum=Decimal("12.340000"))
    assert unpack_declaration(pack_declaration(one)) == one
