"""What a request asks is read as the engine's own lexer reads it."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iochub.warehouse.engine.failures import Refusal
from iochub.warehouse.engine.statements import Target, insert_head, statement, target


@pytest.mark.parametrize(
    ("text", "head", "format_name", "data"),
    [
        (b"INSERT INTO t FORMAT Native\n\x01\x02", b"INSERT INTO t ", "Native", b"\x01\x02"),
        (b"insert into t (format, b) values (1, ';')", b"insert into t (format, b) ", "Values", b" (1, ';')"),
        (b"INSERT INTO `FORMAT x` FORMAT CSV \r\n1", b"INSERT INTO `FORMAT x` ", "CSV", b"1"),
        (b"-- FORMAT\nINSERT INTO t /* FORMAT /* x */ y */ FORMAT TSV\n\n1", b"", "TSV", b"\n1"),
        (b"INSERT INTO t", b"INSERT INTO t", "Values", b""),
    ],
)
def test_data_begin_after_the_format(text: bytes, head: bytes, format_name: str, data: bytes) -> None:
    found = insert_head(text)
    assert found is not None
    assert (found.format_name, text[found.data_at :]) == (format_name, data)
    assert found.text == head or not head


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"INSERT INTO t", Target("t", "", "")),
        (b"insert t (a, `b)`, c)", Target("t", "a, `b)`, c", "")),
        (b"INSERT INTO TABLE a.`b (c` (* EXCEPT(x)) ", Target("a.`b (c`", "* EXCEPT(x)", "")),
        (b"INSERT INTO t SETTINGS x = (1)", Target("t", "", "SETTINGS x = (1)")),
        (b"INSERT INTO t (a) SETTINGS x = 1 ", Target("t", "a", "SETTINGS x = 1")),
        (b"INSERT /* INTO x */ INTO\n'x' -- (a)\n(b)", Target("'x'", "b", "")),
    ],
)
def test_an_insert_names_its_table_columns_and_settings(head: bytes, expected: Target) -> None:
    assert target(head) == expected


@pytest.mark.parametrize(
    "head", [b"INSERT INTO", b"INSERT INTO FUNCTION file('x')", b"INSERT INTO t (a", b"INSERT INTO (a)"]
)
def test_an_insert_without_a_table_is_refused(head: bytes) -> None:
    with pytest.raises(Refusal):
        target(head)


@pytest.mark.parametrize(
    "text",
    [
        b"SELECT 1 FORMAT CSV",
        b"INSERT INTO t SELECT 1 FORMAT CSV",
        b"INSERT INTO t (SELECT 1)",
        b"",
        b"WITH 1 AS x SELECT x",
    ],
)
def test_what_carries_no_data_is_no_insert(text: bytes) -> None:
    assert insert_head(text) is None


@pytest.mark.parametrize(
    ("text", "kind", "format_name"),
    [
        (b"/* x */ select 1 format JSON;", "SELECT", "JSON"),
        (b"SELECT 'FORMAT CSV', `FORMAT` AS b", "SELECT", None),
        (b"SELECT * FROM (SELECT 1 FORMAT x)", "SELECT", None),
        (b"# comment\nSHOW TABLES ;;", "SHOW", None),
        (b"SELECT $a$ ; SELECT 2 $a$", "SELECT", None),
    ],
)
def test_kind_and_format(text: bytes, kind: str, format_name: str | None) -> None:
    found = statement(text)
    assert (found.kind, found.format_name, found.writes_file) == (kind, format_name, False)


@pytest.mark.parametrize("text", [b"SELECT 1; SELECT 2", b"SELECT ';'; x", b"", b" -- x", b"SELECT 1; 'x'"])
def test_several_statements_and_none_are_refused(text: bytes) -> None:
    with pytest.raises(Refusal):
        statement(text)


def test_a_file_to_write_is_seen_through_comments() -> None:
    assert statement(b"SELECT 1 into /* x */ -- y\n OutFile 'x'").writes_file
    assert not statement(b"SELECT 'INTO OUTFILE'").writes_file


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(text: bytes) -> None:
    insert_head(text)
    with contextlib.suppress(Refusal):
        assert statement(text).kind
