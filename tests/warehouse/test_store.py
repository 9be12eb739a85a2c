"""The one door: what passes by itself is told apart from what does not, and no value leaks."""

import logging

import pytest
from clickhouse_engine import free_port
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iochub.errors import HubError, RowsRefused, StoreUnavailable
from iochub.settings import ClickHouseSettings
from iochub.warehouse.binding import hashed, texts
from iochub.warehouse.store import Store


def test_a_silent_port_is_worth_asking_again() -> None:
    away = Store(ClickHouseSettings(port=free_port()), may_write=True)
    with pytest.raises(StoreUnavailable):
        away.rows("SELECT 1")


def test_a_refused_statement_tells_its_code_and_no_value(empty: Store, caplog) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(HubError) as refused:
        empty.rows("SELECT toUInt8('0912345678 Nguyen Van A')")
    assert not isinstance(refused.value, StoreUnavailable)
    assert refused.value.facts["code"] == "6"
    assert refused.value.__cause__ is None
    assert "0912345678" not in str(refused.value) + caplog.text


def test_a_value_that_no_column_can_hold_is_told_apart_and_nothing_is_kept(empty: Store) -> None:
    empty.run("CREATE TABLE kept (amount Decimal(38, 6), number UInt8) ENGINE = MergeTree ORDER BY number")
    for bad in ("1e40", "1" + "0" * 60, "ten"):
        with pytest.raises(RowsRefused):
            empty.insert("kept", ("amount", "number"), [("1.5", 1), (bad, 2)])
    with pytest.raises(HubError) as other:
        empty.insert("kept", ("amount", "no_such_column"), [("1.5", 1)])
    assert not isinstance(other.value, RowsRefused)
    assert empty.rows("SELECT count() FROM kept") == [(0,)]


def test_too_long_is_worth_asking_again(empty: Store) -> None:
    with pytest.raises(StoreUnavailable) as slow:
        empty.run(
            "SELECT sleepEachRow(0.2) FROM numbers(20)",
            settings={"max_execution_time": "1", "max_block_size": "1"},
        )
    assert slow.value.facts["code"] == "159"


def test_an_empty_insert_is_nothing(empty: Store) -> None:
    empty.insert("no_such_table", ("a",), [])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8), max_size=6))
def test_any_words_arrive_as_they_are(empty: Store, words: list[str]) -> None:
    assert empty.rows("SELECT {words:Array(String)}", {"words": texts(words)}) == [(words,)]


@given(st.text(max_size=30))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_warehouse_hashes_keys_as_the_worker_does(empty: Store, key: str) -> None:
    assert empty.rows("SELECT CRC32(unhex({key:String}))", {"key": key.encode().hex()}) == [(hashed(key),)]
