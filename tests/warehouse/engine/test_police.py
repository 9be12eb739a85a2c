"""The reader sees the hub's tables and nothing else, however it asks."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from clickhouse_engine import ClickHouse


@pytest.fixture(scope="module")
def secret(clickhouse: ClickHouse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("secret") / "secret.txt"
    path.write_text("do-not-tell\n")
    for statement in (
        "CREATE TABLE IF NOT EXISTS iochub.open (a Int32, s String) ENGINE = MergeTree ORDER BY a",
        "INSERT INTO iochub.open SELECT 1, 'x'",
        "CREATE DATABASE IF NOT EXISTS other ENGINE = Atomic",
        "CREATE TABLE IF NOT EXISTS other.hidden (a String) ENGINE = MergeTree ORDER BY a",
        "INSERT INTO other.hidden SELECT 'do-not-tell'",
    ):
        assert post(clickhouse, statement, user="writer").status_code == 200
    return path


def post(engine: ClickHouse, statement: str, *, user: str = "reader", **parameters: Any) -> httpx.Response:
    password = engine.writer_password if user == "writer" else engine.reader_password
    return httpx.post(
        f"http://{engine.host}:{engine.port}/?{urlencode(parameters)}",
        content=statement.encode(),
        auth=(user, password),
        timeout=60,
    )


ATTACKS = [
    "SELECT * FROM file('{path}', 'LineAsString')",
    "select * from FiLe('{path}', LineAsString)",
    "SELECT * FROM /* x */ `file`('{path}', 'LineAsString')",
    "SELECT * FROM \"file\"('{path}')",
    "SELECT file('{path}')",
    "SELECT/**/file/**/('{path}')",
    "SELECT `file`('{path}')",
    "SELECT arrayMap(file, ['{path}'])",
    "SELECT arrayMap(`file`, ['{path}'])",
    "SELECT arrayMap(x -> file(x), ['{path}'])",
    "SELECT '{path}' AS c, * APPLY(file) FROM iochub.open",
    "SELECT COLUMNS('p') APPLY(file) FROM (SELECT '{path}' AS p)",
    "SELECT * APPLY file FROM (SELECT '{path}' AS p)",
    "SELECT * APPLY(x -> file(x)) FROM (SELECT '{path}' AS p)",
    "SELECT * REPLACE(file('{path}') AS s) FROM iochub.open",
    "WITH x AS (SELECT file('{path}') AS y) SELECT y FROM x",
    "WITH (SELECT file('{path}')) AS y SELECT y",
    "WITH file AS f SELECT f('{path}')",
    "SELECT 1 UNION ALL SELECT length(file('{path}'))",
    "SELECT 1 WHERE 'do-not-tell' IN file('{path}', 'LineAsString', 'a String')",
    "SELECT * FROM view(SELECT file('{path}'))",
    "SELECT * FROM iochub.open WHERE s = (SELECT file('{path}'))",
    "SELECT a FROM iochub.open ORDER BY file('{path}')",
    "SELECT sum(a) OVER (PARTITION BY file('{path}')) FROM iochub.open",
    "DESCRIBE file('{path}')",
    "DESC TABLE file('{path}', 'CSV')",
    "EXPLAIN SELECT file('{path}')",
    "EXPLAIN QUERY TREE SELECT file('{path}')",
    "EXPLAIN SYNTAX SELECT file('{path}')",
    "SELECT 1 INTO OUTFILE '{path}.out'",
    "SELECT 1 into/**/outfile '{path}.out' TRUNCATE FORMAT CSV",
    "SELECT 1 INTO -- x\n OUTFILE '{path}.out'",
    "EXPLAIN SELECT 1 INTO OUTFILE '{path}.out'",
    "SHOW TABLES INTO OUTFILE '{path}.out'",
    "SELECT 1; SELECT file('{path}')",
    "SELECT 1;\n-- x\nINSERT INTO iochub.open VALUES (66, 'x')",
    "SELECT 1 PARALLEL WITH SELECT file('{path}')",
    "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')",
    "SELECT * FROM s3('http://127.0.0.1:1/b/k', 'CSV')",
    "SELECT * FROM remote('127.0.0.1', system.one)",
    "SELECT * FROM remoteSecure('127.0.0.1', system.one)",
    "SELECT * FROM cluster('default', system.one)",
    "SELECT * FROM mysql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
    "SELECT * FROM postgresql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
    "SELECT * FROM sqlite('{path}', 't')",
    "SELECT * FROM executable('id', 'TSV', 'a String')",
    "SELECT * FROM python('x')",
    "SELECT * FROM Python(x)",
    "SELECT * FROM eval('SELECT 1')",
    "SELECT * FROM filesystem('{path}')",
    "SELECT * FROM iceberglocal('{path}')",
    "SELECT * FROM merge('', '.*')",
    "SELECT * FROM merge('other', '.*')",
    "SELECT * FROM loop(other.hidden)",
    "SELECT * FROM dictionary('x')",
    "SELECT * FROM viewIfPermitted(SELECT * FROM other.hidden ELSE null('a String'))",
    "SELECT * FROM mergeTreeIndex(other, hidden)",
    "SELECT * FROM other.hidden",
    "SELECT 'do-not-tell' IN other.hidden",
    "SELECT * FROM iochub.open JOIN other.hidden AS h ON h.a = s",
    "SHOW CREATE TABLE other.hidden",
    "SELECT joinGet('other.hidden', 'a', 1)",
    "SELECT dictGet('other.d', 'a', 1)",
    "SELECT hasColumnInTable('127.0.0.1', 'u', 'p', 'other', 'hidden', 'a')",
    "SELECT * FROM system.processes",
    "SELECT * FROM `system`.`processes`",
    "SELECT 'x' IN system.processes",
    "SELECT * FROM system.server_settings",
    "SELECT * FROM system.disks",
    "SELECT * FROM system.parts",
    "SELECT * FROM system.users",
    "SELECT * FROM system.stack_trace",
    "SELECT * FROM system.user_query_log",
    "SELECT * FROM system.settings, system.processes",
    "SHOW PROCESSLIST",
    "SHOW GRANTS",
    "SHOW CLUSTERS",
    "SHOW MERGES",
    "INSERT INTO iochub.open VALUES (66, 'x')",
    "INSERT INTO iochub.open SELECT 66, 'x'",
    "INSERT INTO iochub.open FORMAT CSV\n66,x\n",
    "INSERT INTO FUNCTION file('{path}.out') SELECT 1",
    "CREATE TABLE iochub.mine (a Int8) ENGINE = Memory",
    "CREATE TEMPORARY TABLE mine AS SELECT file('{path}')",
    "CREATE VIEW iochub.mine AS SELECT * FROM other.hidden",
    "CREATE FUNCTION leak AS (x) -> file(x)",
    "CREATE USER mallory",
    "DROP TABLE iochub.open",
    "TRUNCATE TABLE iochub.open",
    "ALTER TABLE iochub.open DELETE WHERE 1",
    "DELETE FROM iochub.open WHERE 1",
    "OPTIMIZE TABLE iochub.open FINAL",
    "ATTACH TABLE iochub.mine FROM '{path}' (a Int8) ENGINE = MergeTree ORDER BY a",
    "DETACH TABLE iochub.open",
    "BACKUP TABLE iochub.open TO File('{path}.out')",
    "SET readonly = 0",
    "SET ROLE hub_writer",
    "SET ROLE ALL",
    "USE other",
    "EXECUTE AS default SELECT 1",
    "SYSTEM SHUTDOWN",
    "SYSTEM FLUSH LOGS",
    "KILL QUERY WHERE 1",
    "GRANT ALL ON *.* TO default",
    "SELECT 1 SETTINGS readonly = 0",
    "SELECT 1 SETTINGS max_memory_usage = 0",
    "SELECT * FROM (SELECT 1 SETTINGS max_execution_time = 1000)",
    "SELECT name FROM system.settings SETTINGS max_memory_usage = 0",
    "SELECT sleep(3)",
    "SELECT arrayMap(sleep, [3])",
    "SELECT aiGenerate('x', 'y')",
    "SELECT getServerSetting('path')",
    "SELECT getMacro('x')",
    "SELECT filesystemAvailable()",
    "SELECT showCertificate()",
    "SELECT addressToLine(1)",
    "SELECT {{t:Identifier}} FROM iochub.open",
    "",
    ";",
    "-- only a comment",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_reader_is_refused(clickhouse: ClickHouse, secret: Path, attack: str) -> None:
    before = sorted(secret.parent.iterdir())
    for _ in range(2):  # the second time the verdict is remembered
        answer = post(clickhouse, attack.format(path=secret), param_t="a")
        assert answer.status_code >= 400, answer.text
        assert "do-not-tell" not in answer.text
        assert answer.headers["x-clickhouse-exception-code"]
    assert sorted(secret.parent.iterdir()) == before
    kept = post(clickhouse, "SELECT count(), groupArray(name) FROM iochub.open, system.roles", user="writer")
    assert kept.text == "2\t['hub_reader','hub_writer']\n" or kept.text == "2\t['hub_writer','hub_reader']\n"


ALLOWED = [
    "SELECT * FROM open FORMAT JSONEachRow",
    "SELECT * FROM iochub.open WHERE s IN (SELECT s FROM iochub.open)",
    "WITH t AS (SELECT a FROM iochub.open) SELECT sum(a) FROM t",
    "FROM iochub.open SELECT a",
    "(SELECT 1) UNION ALL (SELECT 2);",
    "SELECT 'INTO OUTFILE', 'file(', 'SETTINGS' -- file('x')",
    "SELECT CASE WHEN a = 1 THEN 'x' ELSE 'y' END, a::String, sumIf(a, a > 0), [1, 2][1], INTERVAL 1 DAY "
    "FROM open GROUP BY a",
    "SELECT uniqExactStateIf(a, 1), quantilesTDigestMerge(0.5)(x) FROM "
    "(SELECT a, quantilesTDigestState(0.5)(a) AS x FROM open GROUP BY a) GROUP BY a",
    "SELECT sum(a) OVER w FROM open WINDOW w AS (ORDER BY a)",
    "SELECT arrayMap(x -> x + 1, [1]), JSONExtractString('{{}}', 'a'), toTimeZone(now(), 'Asia/Ho_Chi_Minh')",
    "SELECT number FROM numbers(3) UNION ALL SELECT * FROM values('a UInt64', 1)",
    "SELECT version(), timezone(), displayName(), currentDatabase(), hostName()",
    "SELECT name, value, readonly FROM system.settings LIMIT 1",
    "SELECT name FROM system.tables WHERE database = 'iochub'",
    "SELECT database, name, type FROM system.columns LIMIT 1",
    "SELECT name FROM system.functions LIMIT 1",
    "SELECT name FROM system.databases",
    "SELECT table_name FROM information_schema.tables",
    "SHOW TABLES",
    "SHOW DATABASES",
    "SHOW COLUMNS FROM open",
    "SHOW CREATE TABLE iochub.open",
    "DESCRIBE TABLE iochub.open",
    "EXISTS TABLE iochub.open",
    "EXPLAIN SELECT * FROM iochub.open",
]


@pytest.mark.parametrize("question", ALLOWED)
def test_the_reader_may_read_the_hubs_tables(clickhouse: ClickHouse, secret: Path, question: str) -> None:
    answer = post(clickhouse, question.format())
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "parameters",
    [
        {"readonly": "0", "max_memory_usage": "0"},
        {"database": "other"},
        {"database": "system"},
        {"allow_introspection_functions": "1"},
        {"output_format_schema": "x"},
        {"format_schema": "/etc/passwd"},
        {"role": "hub_writer"},
    ],
)
def test_the_reader_cannot_widen_its_limits_by_url(
    clickhouse: ClickHouse, secret: Path, parameters: dict[str, str]
) -> None:
    answer = post(
        clickhouse,
        "SELECT getSetting('readonly'), getSetting('max_memory_usage'), currentRoles()",
        **parameters,
    )
    assert answer.status_code == 403 or answer.text == "1\t1000000000\t['hub_reader']\n"


def test_the_reader_is_stopped_by_its_limits(clickhouse: ClickHouse, secret: Path) -> None:
    slow = post(
        clickhouse, "SELECT sum(sipHash64(number)) FROM numbers(1000000000000)", max_execution_time="0.3"
    )
    assert (slow.status_code, slow.headers["x-clickhouse-exception-code"]) == (408, "159")
    long = post(clickhouse, "SELECT number FROM numbers(1000001)", max_result_rows="0")
    assert long.headers["x-clickhouse-exception-code"] == "396"
    fat = post(clickhouse, "SELECT groupArray(number) FROM numbers(200000000)", max_memory_usage="50000000")
    assert fat.headers["x-clickhouse-exception-code"] == "241"


def test_a_get_only_reads_even_for_the_writer(clickhouse: ClickHouse, secret: Path) -> None:
    answer = httpx.get(
        f"http://{clickhouse.host}:{clickhouse.port}/",
        params={"query": "DROP TABLE iochub.open"},
        auth=("writer", clickhouse.writer_password),
    )
    assert answer.headers["x-clickhouse-exception-code"] == "164"
