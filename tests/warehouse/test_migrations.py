"""A hub's tables grow with its declarations, and nothing that would lose rows is done."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from permit_figures import STORED
from permits import WORDS, Permits

from iochub.errors import DeclarationError
from iochub.exact.version import Cell
from iochub.ingest.feed import Column
from iochub.ingest.units import Units
from iochub.warehouse.definitions import touch_for_changes
from iochub.warehouse.eras import allocate, eras_of
from iochub.warehouse.migrations.apply import migrate
from iochub.warehouse.prepare import check_identity, load_units
from iochub.warehouse.store import Store


class Coloured(Permits):
    """The same feed a year later."""

    columns = (*Permits.columns, Column("colour", "LowCardinality(String)", WORDS))


class Retyped(Permits):
    """A feed whose author changed a type."""

    columns = (Column("channel", "UInt8", WORDS), *Permits.columns[1:])


def test_a_second_start_has_nothing_to_do(empty: Store) -> None:
    assert migrate(empty, [Permits])
    assert migrate(empty, [Permits]) == []


def test_a_crash_between_two_statements_is_mended_by_the_next_start(empty: Store) -> None:
    migrate(empty, [Permits])
    for table in ("figures", "permits_spread", "permits_landing"):
        empty.run(f"DROP TABLE {table}")
    assert migrate(empty, [Permits])
    insert_one(empty)
    assert empty.rows("SELECT count() FROM permits_cells FINAL") == [(1,)]


def test_a_hub_of_before_gets_what_spares_its_readers_work(empty: Store) -> None:
    migrate(empty, [Permits])
    columns = ("feed", "era", "partition", "position", "touch_ends", "last_received_at")
    empty.insert("land_progress", columns, [("permits", 0, 1, 7, {}, datetime(2026, 1, 1, tzinfo=UTC))])
    empty.run("ALTER TABLE land_progress DROP PROJECTION latest")
    empty.run("ALTER TABLE land_progress DROP INDEX lately")
    assert [change.why for change in migrate(empty, [Permits])] == [
        "land_progress lacks PROJECTION latest",
        "land_progress lacks PROJECTION latest",
        "land_progress lacks INDEX lately",
        "land_progress lacks INDEX lately",
    ]
    assert migrate(empty, [Permits]) == []
    assert empty.rows("SELECT max(position) FROM land_progress GROUP BY feed, era, partition") == [(7,)]


def test_a_new_column_is_added_and_filled_from_then_on(empty: Store) -> None:
    migrate(empty, [Permits])
    insert_one(empty)
    changes = migrate(empty, [Coloured])
    assert [change.why for change in changes] == [
        "permits_cells lacks colour",
        "permits_landing lacks colour",
        "permits_spread is behind",
    ]
    insert_coloured(empty)
    assert empty.rows("SELECT entity, colour FROM permits_cells FINAL ORDER BY entity") == [
        ("a", ""),
        ("b", "red"),
    ]


def test_a_crash_before_the_view_followed_its_tables_is_mended_by_the_next_start(empty: Store) -> None:
    migrate(empty, [Permits])
    for table in ("permits_cells", "permits_landing"):
        empty.run(f"ALTER TABLE {table} ADD COLUMN colour LowCardinality(String)")
    assert [change.why for change in migrate(empty, [Coloured])] == ["permits_spread is behind"]
    assert migrate(empty, [Coloured]) == []
    insert_coloured(empty)
    assert empty.rows("SELECT colour FROM permits_cells FINAL") == [("red",)]


def test_nothing_that_is_landed_during_a_change_is_lost(
    empty: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(empty, [Permits])
    run, landed = empty.run, []

    def meanwhile(text: str) -> None:
        run(text)
        landed.append(f"e{len(landed)}")
        insert_one(empty, landed[-1])

    monkeypatch.setattr(empty, "run", meanwhile)
    assert migrate(empty, [Coloured])
    kept = empty.rows("SELECT entity FROM permits_cells FINAL")
    assert {entity for (entity,) in kept} == set(landed)


def test_another_type_is_refused_with_what_to_do(empty: Store) -> None:
    migrate(empty, [Permits])
    with pytest.raises(DeclarationError, match="another name"):
        migrate(empty, [Retyped])


def test_what_was_done_is_written_down(empty: Store) -> None:
    changes = migrate(empty, [Permits])
    diary = empty.rows("SELECT number, why FROM schema_changes ORDER BY number")
    assert diary == [(number, change.why) for number, change in enumerate(changes, 1)]


def test_a_recreated_or_repartitioned_topic_begins_a_new_era(store: Store) -> None:
    assert allocate(store, {"a": ("id1", 12), "b": ("id2", 12)}) == {"a": 0, "b": 0}
    assert allocate(store, {"a": ("id1", 12), "b": ("id2", 12)}) == {"a": 0, "b": 0}
    with pytest.raises(DeclarationError):
        eras_of(store, {"a": ("id9", 12)})
    with pytest.raises(DeclarationError):
        eras_of(store, {"c": ("id1", 12)})
    assert allocate(store, {"a": ("id9", 12), "b": ("id2", 24)}) == {"a": 1, "b": 1}
    assert eras_of(store, {"a": ("id9", 12)}) == {"a": 1}


def test_another_identity_key_is_refused(store: Store) -> None:
    check_identity(store, "mine")
    check_identity(store, "mine")
    with pytest.raises(DeclarationError, match="IOCHUB_IDENTITY_KEY"):
        check_identity(store, "another")


def test_units_are_kept_once_with_their_members(store: Store) -> None:
    for _ in range(2):
        load_units(store, Units.load())
    counts = dict(store.rows("SELECT map, count() FROM units FINAL WHERE level = 'commune' GROUP BY map"))
    assert counts == {"2020": 559, "2025-01": 547, "current": 166}
    assert store.rows("SELECT has(members, 'unknown') FROM units FINAL WHERE code = '38'") == [(1,)] * 3


def test_a_figure_declared_anew_touches_every_cell_of_its_feed_once(store: Store) -> None:
    insert_one(store)
    touched: list[Cell] = []
    assert touch_for_changes(store, STORED, touched.extend, 0) == [one.name for one in STORED]
    assert [(cell.role, cell.unit) for cell in touched] == [("received", "14797")]
    assert touch_for_changes(store, STORED, touched.extend, 0) == []
    changed = [replace(STORED[0], version=2), *STORED[1:]]
    assert touch_for_changes(store, changed, touched.extend, 0) == [STORED[0].name]
    assert len(touched) == 2


def test_a_figure_that_was_not_declared_for_a_while_is_recounted_when_it_is_again(store: Store) -> None:
    insert_one(store)
    touched: list[Cell] = []
    touch_for_changes(store, STORED, touched.extend, 0)
    assert touch_for_changes(store, STORED[1:], touched.extend, 0) == []
    assert len(touched) == 1
    assert touch_for_changes(store, STORED, touched.extend, 0) == [STORED[0].name]
    assert len(touched) == 2
    assert touch_for_changes(store, STORED, touched.extend, 0) == []


def test_touches_that_went_with_their_topic_are_published_again(store: Store) -> None:
    insert_one(store)
    touched: list[Cell] = []
    touch_for_changes(store, STORED, touched.extend, 0)
    assert touch_for_changes(store, STORED, touched.extend, 1) == [one.name for one in STORED]
    assert len(touched) == 2
    assert touch_for_changes(store, STORED, touched.extend, 1) == []


def insert_one(store: Store, entity: str = "a") -> None:
    store.insert(
        "permits_landing",
        ("entity", "version", "roles", "days", "units", "gone", "late_at"),
        [(entity, 1, ["received"], ["2021-07-01"], ["14797"], [False], datetime(2021, 7, 2, tzinfo=UTC))],
    )


def insert_coloured(store: Store) -> None:
    store.insert(
        "permits_landing",
        ("entity", "version", "roles", "days", "units", "gone", "colour"),
        [("b", 1, ["received"], ["2021-07-01"], ["14797"], [False], "red")],
    )
