"""clickhouse-connect need not know that the server is chDB."""

import asyncio
import datetime as dt
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import clickhouse_connect
import pyarrow as pa
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError, StreamFailureError
from clickhouse_engine import ClickHouse
from urllib3.exceptions import HTTPError

COLUMNS = (
    "s String, u UInt64, b UInt128, d Decimal(38, 6), at DateTime64(6, 'UTC'), day Date, a Array(String), "
    "m Map(UInt32, UInt64), l LowCardinality(String), f FixedString(3), n Nullable(Int32)"
)
ROWS: list[list[Any]] = [
    [
        "Hoá đơn 'số' \\ 1\t\n",
        2**64 - 1,
        2**127 + 1,
        Decimal("-12345678901234567890.123456"),
        dt.datetime(2025, 9, 20, 17, 0, 0, 123456, tzinfo=dt.UTC),
        dt.date(2025, 9, 21),
        ["a", "", "ă"],
        {1: 10, 2: 20},
        "xã",
        b"abc",
        None,
    ],
    [
        "",
        0,
        0,
        Decimal("0.000000"),
        dt.datetime(1970, 1, 1, tzinfo=dt.UTC),
        dt.date(1970, 1, 1),
        [],
        {},
        "",
        b"\0\0\0",
        7,
    ],
]


def client(engine: ClickHouse, user: str = "writer", **more: Any) -> Any:
    password = engine.writer_password if user == "writer" else engine.reader_password
    return clickhouse_connect.get_client(
        host=engine.host,
        port=engine.port,
        username=user,
        password=password,
        database="iochub",
        autogenerate_session_id=False,
        tz_mode="aware",
        **more,
    )


@pytest.fixture(scope="module")
def writer(clickhouse: ClickHouse) -> Iterator[Any]:
    with client(clickhouse) as connected:
        yield connected


@pytest.fixture
def table(writer: Any) -> Iterator[str]:
    name = "t_" + secrets.token_hex(4)
    writer.command(f"CREATE TABLE {name} ({COLUMNS}) ENGINE = MergeTree ORDER BY u")
    yield name
    writer.command(f"DROP TABLE {name}")


@pytest.mark.parametrize("compress", [False, True, "gzip", "zstd", "lz4"])
def test_every_type_comes_back_as_it_went_in(
    clickhouse: ClickHouse, table: str, compress: bool | str
) -> None:
    with client(clickhouse, compress=compress) as squeezing:
        kept = squeezing.insert(table, ROWS * 1000)
        assert kept.written_rows == 2000
        rows = squeezing.query(f"SELECT * FROM {table} ORDER BY u DESC").result_rows
    assert [list(row) for row in rows[:1000]] == [ROWS[0]] * 1000
    assert [list(row) for row in rows[1000:]] == [ROWS[1]] * 1000


def test_the_async_client_works_unchanged(clickhouse: ClickHouse, table: str) -> None:
    async def ask() -> list[Any]:
        connected = await clickhouse_connect.get_async_client(
            host=clickhouse.host,
            port=clickhouse.port,
            username="writer",
            password=clickhouse.writer_password,
            database="iochub",
            autogenerate_session_id=False,
            tz_mode="aware",
        )
        async with connected:
            await connected.insert(table, ROWS)
            found = await connected.query(
                f"SELECT * FROM {table} WHERE u = {{u:UInt64}}", parameters={"u": 2**64 - 1}
            )
            return [list(row) for row in found.result_rows]

    assert asyncio.run(ask()) == [ROWS[0]]


def test_arrow_goes_in_and_out(writer: Any) -> None:
    writer.command("CREATE TABLE arrows (u UInt64, s String) ENGINE = MergeTree ORDER BY u")
    writer.insert_arrow("arrows", pa.table({"u": pa.array([1, 2], pa.uint64()), "s": ["một", "hai"]}))
    found = writer.query_arrow("SELECT * FROM arrows ORDER BY u", use_strings=True)
    assert found.to_pydict() == {"u": [1, 2], "s": ["một", "hai"]}


def test_raw_insert_and_raw_query(writer: Any) -> None:
    writer.command("CREATE TABLE raws (u UInt64, s String) ENGINE = MergeTree ORDER BY u")
    writer.raw_insert("raws", ["u", "s"], "1,a;b\n2,c\n", fmt="CSV")
    writer.raw_insert("raws", ["u", "s"], iter([b"3,", b"d\n"]), fmt="CSV")
    assert writer.raw_query("SELECT * FROM raws ORDER BY u", fmt="CSV") == b'1,"a;b"\n2,"c"\n3,"d"\n'
    assert writer.command("SELECT count() FROM raws") == 3


def test_mergeable_states_are_kept_through_insert_select(writer: Any) -> None:
    writer.command(
        "CREATE TABLE states (k UInt8, who AggregateFunction(uniqExact, UInt64)) "
        "ENGINE = AggregatingMergeTree ORDER BY k"
    )
    writer.command("INSERT INTO states SELECT number % 2, uniqExactState(number) FROM numbers(10) GROUP BY 1")
    writer.command("INSERT INTO states SELECT number % 2, uniqExactState(number) FROM numbers(12) GROUP BY 1")
    found = writer.query("SELECT k, uniqExactMerge(who) FROM states GROUP BY k ORDER BY k").result_rows
    assert found == [(0, 6), (1, 6)]


def test_streamed_rows_are_all_the_rows(writer: Any) -> None:
    with writer.query_row_block_stream("SELECT number, toString(number) FROM numbers(300000)") as blocks:
        rows = [row for block in blocks for row in block]
    assert rows == [(number, str(number)) for number in range(300_000)]


def test_bound_parameters_never_cross_between_threads(clickhouse: ClickHouse) -> None:
    def ask(worker: int) -> bool:
        with client(clickhouse, "reader" if worker % 2 else "writer") as mine:
            return all(
                mine.query(
                    "SELECT {n:UInt64}, {s:String}, {a:Array(String)}",
                    parameters={
                        "n": worker * 1000 + turn,
                        "s": f"{worker}\t'{turn}\\",
                        "a": [str(turn), "'"],
                    },
                ).result_rows
                == [(worker * 1000 + turn, f"{worker}\t'{turn}\\", [str(turn), "'"])]
                for turn in range(25)
            )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(8)))


def test_form_encoded_parameters_are_bound(clickhouse: ClickHouse) -> None:
    with client(clickhouse, "reader", form_encode_query_params=True) as encoding:
        long = "đ" * 100_000
        assert encoding.query("SELECT length({s:String})", parameters={"s": long}).result_rows == [(200_000,)]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("SELECT * FROM nowhere", 60),
        ("SELEC 1", 62),
        ("SELECT nonsense", 47),
        ("SELECT 1; SELECT 2", 62),
    ],
)
def test_errors_carry_clickhouse_codes(writer: Any, statement: str, code: int) -> None:
    with pytest.raises(DatabaseError) as caught:
        writer.query(statement)
    assert caught.value.code == code


def test_a_wrong_password_is_an_authentication_failure(clickhouse: ClickHouse) -> None:
    with pytest.raises(DatabaseError) as caught:
        clickhouse_connect.get_client(
            host=clickhouse.host, port=clickhouse.port, username="writer", password="guess"
        )
    assert caught.value.code == 516


def test_a_late_error_in_a_stream_is_not_a_short_answer(writer: Any) -> None:
    statement = "SELECT throwIf(number = 2900000, 'late') FROM numbers(3000000)"
    late = (DatabaseError, StreamFailureError, HTTPError)
    settings = {"max_block_size": 10000}
    with writer.query_row_block_stream(statement, settings=settings) as blocks, pytest.raises(late):
        for _ in blocks:
            pass
