"""Any HTTP client that knows ClickHouse finds what it expects."""

import gzip
import json
import socket
import threading
import time
import zlib
from typing import Any

import httpx
import lz4.frame
import pytest
import zstandard
from clickhouse_engine import ClickHouse


@pytest.fixture(scope="module")
def http(clickhouse: ClickHouse) -> Any:
    with httpx.Client(
        base_url=f"http://{clickhouse.host}:{clickhouse.port}",
        auth=("writer", clickhouse.writer_password),
        timeout=60,
    ) as connected:
        connected.post(
            "/", content="CREATE TABLE IF NOT EXISTS pairs (a Int32, b String) ENGINE = MergeTree ORDER BY a"
        )
        yield connected


@pytest.fixture(autouse=True)
def empty(http: httpx.Client) -> None:
    assert http.post("/", content="TRUNCATE TABLE pairs").status_code == 200


def pairs(http: httpx.Client) -> str:
    return http.get("/", params={"query": "SELECT * FROM pairs ORDER BY a", "default_format": "CSV"}).text


def test_ping_needs_no_password(clickhouse: ClickHouse) -> None:
    base = f"http://{clickhouse.host}:{clickhouse.port}"
    assert httpx.get(base + "/ping").text == "Ok.\n"
    assert httpx.get(base + "/").text.startswith("Ok.")
    assert httpx.get(base + "/elsewhere").status_code == 404


def test_nobody_asks_without_a_password(clickhouse: ClickHouse) -> None:
    base = f"http://{clickhouse.host}:{clickhouse.port}/?query=SELECT+1"
    nameless = httpx.get(base)
    assert (nameless.status_code, nameless.headers["x-clickhouse-exception-code"]) == (401, "194")
    for user in ("writer", "reader", "default", ""):
        assert httpx.get(base, auth=(user, "")).status_code == 401
        assert httpx.get(base, auth=(user, "guess")).status_code == 403


def test_the_three_ways_to_name_oneself(clickhouse: ClickHouse) -> None:
    base = f"http://{clickhouse.host}:{clickhouse.port}/"
    password = clickhouse.reader_password
    by_header = {"X-ClickHouse-User": "reader", "X-ClickHouse-Key": password}
    assert httpx.get(base, params={"query": "SELECT 1"}, headers=by_header).text == "1\n"
    assert httpx.get(base, params={"query": "SELECT 1", "user": "reader", "password": password}).text == "1\n"
    assert httpx.get(base, params={"query": "SELECT 1"}, auth=("reader", password)).text == "1\n"


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("INSERT INTO pairs FORMAT CSV", b"1,x\n2,y\n"),
        ("", b"INSERT INTO pairs FORMAT CSV\n1,x\n2,y\n"),
        ("", b"INSERT INTO pairs (a, b) VALUES (1, 'x'), (2, 'y')"),
        ("INSERT INTO pairs VALUES", b"(1, 'x'), (2, 'y')"),
        ("INSERT INTO pairs VALUES (1, 'x'), (2, 'y')", b""),
        (
            "",
            b"/* FORMAT */ insert into pairs settings async_insert=0 format JSONEachRow "
            b'{"a":1,"b":"x"} {"a":2,"b":"y"}',
        ),
        ("", b"INSERT INTO pairs SELECT number + 1, ['x', 'y'][number + 1] FROM numbers(2)"),
    ],
)
def test_inserts_with_and_without_a_query_parameter(http: httpx.Client, query: str, body: bytes) -> None:
    answer = http.post("/", params={"query": query} if query else {}, content=body)
    assert answer.status_code == 200, answer.text
    assert pairs(http) == '1,"x"\n2,"y"\n'


SQUEEZE = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "lz4": lz4.frame.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


@pytest.mark.parametrize("encoding", SQUEEZE)
def test_squeezed_inserts_of_many_frames(http: httpx.Client, encoding: str) -> None:
    rows = [f"{number},x\n".encode() for number in range(5000)]
    squeeze = SQUEEZE[encoding]
    body = squeeze(b"INSERT INTO pairs FORMAT CSV\n" + b"".join(rows[:2500])) + squeeze(b"".join(rows[2500:]))
    answer = http.post("/", content=body, headers={"Content-Encoding": encoding})
    assert answer.status_code == 200, answer.text
    assert json.loads(answer.headers["x-clickhouse-summary"])["written_rows"] == "5000"
    assert pairs(http).encode() == b"".join(row.replace(b"x", b'"x"') for row in rows)


@pytest.mark.parametrize("encoding", SQUEEZE)
def test_a_squeezed_body_cut_short_keeps_nothing(http: httpx.Client, encoding: str) -> None:
    body = SQUEEZE[encoding](b"INSERT INTO pairs FORMAT CSV\n" + b"1,x\n" * 1000)
    answer = http.post("/", content=body[:-6], headers={"Content-Encoding": encoding})
    assert answer.status_code == 400
    assert pairs(http) == ""


@pytest.mark.parametrize("whole", ["0", "1"])
@pytest.mark.parametrize("encoding", SQUEEZE)
def test_squeezed_answers(http: httpx.Client, encoding: str, whole: str) -> None:
    with http.stream(
        "GET",
        "/",
        params={
            "query": "SELECT number FROM numbers(100000)",
            "enable_http_compression": "1",
            "wait_end_of_query": whole,
        },
        headers={"Accept-Encoding": encoding},
    ) as answer:
        raw = b"".join(answer.iter_raw())
        assert answer.headers["content-encoding"] == encoding
    plain = {
        "gzip": gzip.decompress,
        "deflate": zlib.decompress,
        "lz4": lz4.frame.decompress,
        "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
    }[encoding](raw)
    assert plain == "".join(f"{number}\n" for number in range(100_000)).encode()


def test_headers_tell_what_a_server_tells(http: httpx.Client) -> None:
    answer = http.post("/", params={"query_id": "abc"}, content="SELECT 1 AS x FORMAT JSONEachRow")
    assert answer.text == '{"x":1}\n'
    told = {name: answer.headers[f"x-clickhouse-{name}"] for name in ("format", "query-id", "timezone")}
    assert told == {"format": "JSONEachRow", "query-id": "abc", "timezone": "UTC"}
    assert "read_rows" in json.loads(answer.headers["x-clickhouse-summary"])
    by_header = http.post("/", content="SELECT 1", headers={"X-ClickHouse-Format": "CSVWithNames"})
    assert by_header.text == '"1"\n1\n'


@pytest.mark.parametrize(
    ("statement", "status", "code"),
    [
        ("SELECT * FROM nowhere", 404, "60"),
        ("SELECT * FROM nowhere.at_all", 404, "81"),
        ("SELEC 1", 400, "62"),
        ("SELECT {x:UInt8}", 400, "456"),
        ("SELECT toUInt8('x')", 400, "6"),
        ("SELECT throwIf(1)", 500, "395"),
        ("INSERT INTO pairs FORMAT CSV\n1,x\nq,y\n", 400, "27"),
        ("SELECT 1 FORMAT NoSuchFormat", 404, "73"),
        ("", 400, "62"),
    ],
)
def test_each_refusal_has_its_status_and_text(
    http: httpx.Client, statement: str, status: int, code: str
) -> None:
    answer = http.post("/", content=statement)
    assert (answer.status_code, answer.headers["x-clickhouse-exception-code"]) == (status, code)
    assert answer.text.startswith(f"Code: {code}. DB::Exception: ")


@pytest.mark.parametrize("name", ["query_id", "session_timezone", "default_format"])
def test_a_parameter_cannot_write_headers(http: httpx.Client, name: str) -> None:
    answer = http.post("/", params={name: "UTC\r\nX-Mine: 1"}, content="SELECT 1")
    assert answer.status_code == 400
    assert "x-mine" not in answer.headers


def test_settings_and_database_come_by_url(http: httpx.Client) -> None:
    given = {"max_threads": "1", "session_timezone": "Asia/Ho_Chi_Minh", "database": "system"}
    answer = http.post(
        "/", params=given, content="SELECT getSetting('max_threads'), timezone(), currentDatabase()"
    )
    assert answer.text == "1\tAsia/Ho_Chi_Minh\tsystem\n"
    assert answer.headers["x-clickhouse-timezone"] == "Asia/Ho_Chi_Minh"
    unknown = http.post("/", params={"no_such_setting": "1"}, content="SELECT 1")
    assert (unknown.status_code, unknown.headers["x-clickhouse-exception-code"]) == (404, "115")
    assert http.post("/", content="SELECT currentDatabase(), getSetting('max_threads')").text == "iochub\t2\n"


def test_an_insert_whose_client_leaves_keeps_nothing(clickhouse: ClickHouse, http: httpx.Client) -> None:
    head = (
        "POST /?query=INSERT+INTO+pairs+FORMAT+CSV HTTP/1.1\r\nHost: x\r\nX-ClickHouse-User: writer\r\n"
        f"X-ClickHouse-Key: {clickhouse.writer_password}\r\nContent-Length: 9000000\r\n\r\n"
    )
    with socket.create_connection((clickhouse.host, clickhouse.port)) as raw:
        raw.sendall(head.encode() + b"1,x\n" * 400_000)
        started(http, "INSERT INTO `rows that have arrived`%")
    gone(http, "INSERT INTO `rows that have arrived`%")
    assert pairs(http) == ""


def test_rows_whose_commit_fails_are_refused_and_never_told_as_written(http: httpx.Client) -> None:
    """Too many parts, a broken constraint, a view that cannot take them; a full disk is no different."""
    for statement in (
        "CREATE TABLE crowded (a UInt64) ENGINE = MergeTree ORDER BY a"
        " SETTINGS parts_to_delay_insert = 1, parts_to_throw_insert = 1",
        "SYSTEM STOP MERGES crowded",
        "CREATE TABLE small (a UInt64, CONSTRAINT few CHECK a < 5) ENGINE = MergeTree ORDER BY a",
        "CREATE TABLE passed (a String) ENGINE = Null",
        "CREATE TABLE bytes (a UInt8) ENGINE = MergeTree ORDER BY a",
        "CREATE MATERIALIZED VIEW narrow TO bytes AS SELECT toUInt8(a) AS a FROM passed",
    ):
        assert http.post("/", content=statement).status_code == 200, statement
    for table, good, bad in (("crowded", "1", "2"), ("small", "1", "9"), ("passed", '"1"', '"z"')):
        insert = f"INSERT INTO {table} (a) FORMAT JSONCompactEachRow\n"
        assert http.post("/", content=f"{insert}[{good}]").status_code == 200, table
        refused = http.post("/", content=f"{insert}[{bad}]")
        assert refused.status_code >= 400, (table, refused.headers)
    for table in ("crowded", "small", "bytes"):
        assert http.post("/", content=f"SELECT groupArray(a) FROM {table}").text == "[1]\n", table


def test_an_insert_fills_what_it_does_not_name_and_finds_its_table_however_it_is_written(
    http: httpx.Client,
) -> None:
    made = "CREATE TABLE `odd (name` (a UInt64, b String DEFAULT 'nothing', c UInt64 MATERIALIZED a * 2)"
    assert http.post("/", content=f"{made} ENGINE = MergeTree ORDER BY a").status_code == 200
    for head in (
        "INSERT INTO `odd (name` (a)",
        "insert into table iochub.`odd (name` ( a ) settings max_threads = 1",
        'INSERT /* into */ INTO iochub."odd (name"(a)',
    ):
        answer = http.post("/", content=f"{head} FORMAT JSONCompactEachRow\n[1]\n[2]")
        assert answer.status_code == 200, answer.text
        assert json.loads(answer.headers["x-clickhouse-summary"])["written_rows"] == "2"
    http.post("/", content='INSERT INTO `odd (name` FORMAT JSONEachRow\n{"a":3,"b":null}')
    told = http.post("/", content="SELECT a, b, c, count() FROM `odd (name` GROUP BY ALL ORDER BY a").text
    assert told == "1\tnothing\t2\t3\n2\tnothing\t4\t3\n3\tnothing\t6\t1\n"


def test_a_query_whose_client_leaves_is_stopped(clickhouse: ClickHouse, http: httpx.Client) -> None:
    slow = "SELECT sum(sipHash64(number)) FROM numbers(10000000000000) SETTINGS max_threads = 1"

    def ask() -> None:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(
                f"http://{clickhouse.host}:{clickhouse.port}/",
                content=slow,
                auth=("writer", clickhouse.writer_password),
                timeout=1,
            )

    asking = threading.Thread(target=ask)
    asking.start()
    started(http, "SELECT sum(sipHash64%")
    asking.join()
    gone(http, "SELECT sum(sipHash64%")


def running(http: httpx.Client, like: str) -> int:
    text = "SELECT count() FROM system.processes WHERE query LIKE {like:String}"
    return int(http.post("/", params={"param_like": like}, content=text).text)


def started(http: httpx.Client, like: str) -> None:
    deadline = time.monotonic() + 10
    while not running(http, like):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def gone(http: httpx.Client, like: str) -> None:
    deadline = time.monotonic() + 10
    while running(http, like):
        assert time.monotonic() < deadline
        time.sleep(0.02)
