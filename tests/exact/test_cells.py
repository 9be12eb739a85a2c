"""Wherever a thing has ever been, it is alive there now or has a tombstone there."""

from collections.abc import Mapping, Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from walk.feed import DAYS, PAPER, STATES, STEP, UNITS, ToyFeed

from iochub.errors import DeclarationError
from iochub.exact.cells import implied_cells, rows_of
from iochub.exact.place import place_of
from iochub.exact.version import WITHDRAWAL, Current, Version, live

FEED = ToyFeed()
RELATIONS = st.sampled_from(((), (("replaces", "e1"),), (("corrects", "e1"),)))


def version(offset: int, kind: str, reading: Mapping[str, object], entity: str = "e0") -> Version:
    return Version(entity, kind, place_of(0, 1, offset, 0), str(offset), "s0", (), reading)


def paper(offset: int, unit: str = UNITS[0], opened: int = 0) -> Version:
    return version(offset, PAPER, {"unit": unit, "opened": opened, "amount": 1})


@st.composite
def histories(draw: st.DrawFn, entity: str = "e0") -> list[Version]:
    papers = st.fixed_dictionaries(
        {"unit": st.sampled_from(UNITS), "opened": st.integers(0, len(DAYS) - 1), "amount": st.integers(0, 2)}
    )
    steps = st.fixed_dictionaries(
        {"state": st.sampled_from(STATES)}, optional={"closed": st.integers(0, len(DAYS) - 1)}
    )
    kinds = draw(st.lists(st.sampled_from((PAPER, STEP, WITHDRAWAL)), max_size=6))
    readings = {PAPER: papers, STEP: steps, WITHDRAWAL: st.just({})}
    return [
        version(offset, kind, draw(readings[kind]), entity)._replace(relations=draw(RELATIONS))
        for offset, kind in enumerate(kinds)
    ]


@given(histories(), histories("e1"))
def test_the_fold_of_any_part_of_a_history_lies_in_the_cells_that_the_whole_implies(
    own: list[Version], related: list[Version]
) -> None:
    implied = implied_cells(FEED, own)
    for known in range(len(own) + 1):
        mine = live(own[:known])
        current = FEED.fold(mine, live(related)) if mine else None
        if current is not None:
            assert {(role, day, current.unit) for role, day in current.days} <= implied


@given(histories(), histories("e1"))
def test_there_is_one_row_for_every_implied_cell_and_the_row_counts_what_was_read(
    own: list[Version], related: list[Version]
) -> None:
    rows = rows_of(FEED, "e0", own, related)
    assert sorted(row[:3] for row in rows) == sorted(implied_cells(FEED, own))
    assert {row.version for row in rows} <= {len(own) + len(related)}


@given(histories())
def test_a_thing_is_alive_exactly_where_its_fold_says(own: list[Version]) -> None:
    mine = live(own)
    current = FEED.fold(mine, ()) if mine else None
    alive = {row[:3] for row in rows_of(FEED, "e0", own) if row.current is not None}
    assert alive == ({(role, day, current.unit) for role, day in current.days} if current else set())


def test_a_step_moves_nothing_that_no_paper_has_placed() -> None:
    assert rows_of(FEED, "e0", [version(1, STEP, {"state": "done", "closed": 0})]) == []


def test_the_unit_of_one_version_and_the_day_of_another_share_a_cell() -> None:
    own = [paper(1), version(2, STEP, {"state": "done", "closed": 2}), paper(3, unit=UNITS[1])]
    tombstones = {row[:3] for row in rows_of(FEED, "e0", own) if row.current is None}
    assert ("closed", DAYS[2], UNITS[0]) in tombstones


def test_a_withdrawn_thing_leaves_tombstones_wherever_it_was() -> None:
    rows = rows_of(FEED, "e0", [paper(1), paper(2, opened=1), version(3, WITHDRAWAL, {})])
    assert {row.day for row in rows} == {DAYS[0], DAYS[1]}
    assert all(row.current is None for row in rows)


class _Stray(ToyFeed):
    """Puts things where none of their versions is."""

    def fold(self, own: Sequence[Version], related: Sequence[Version]) -> Current | None:
        return Current(UNITS[0], (("opened", date(1999, 1, 1)),), ())


@pytest.mark.parametrize("own", [[paper(1)], [paper(1), paper(2)]])
def test_a_fold_that_leaves_the_implied_cells_stops_the_feed(own: list[Version]) -> None:
    with pytest.raises(DeclarationError) as stray:
        rows_of(_Stray(), "e0", own)
    assert stray.value.facts == {"feed": "toy"}
