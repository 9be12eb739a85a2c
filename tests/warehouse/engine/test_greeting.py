"""A client in Go, as Grafana's data source is one, learns at once which form of answers to read."""

import urllib.error
import urllib.parse
import urllib.request

import pytest
from clickhouse_engine import ClickHouse

GREETING = "SELECT displayName(), version(), revision(), timezone()"
NEWEST = 54483
"""Source: clickhouse-go v2, ClientTCPProtocolVersion."""


def ask(engine: ClickHouse, text: str, revision: int | None, password: str = "") -> bytes:
    """As clickhouse-go sends a statement over HTTP."""
    more = {} if revision is None else {"client_protocol_version": str(revision)}
    settings = {"default_format": "Native", "database": "iochub", "max_execution_time": "24", **more}
    request = urllib.request.Request(
        f"http://{engine.host}:{engine.port}/?{urllib.parse.urlencode(settings)}",
        data=text.encode(),
        headers={
            "X-ClickHouse-User": "reader",
            "X-ClickHouse-Key": password or engine.reader_password,
            "Accept-Encoding": "gzip",
        },
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        body: bytes = answer.read()
        return body


def columns_of(block: bytes, *, newest: bool) -> dict[str, str]:
    """Read a block of one row with texts and 32-bit numbers, as either revision writes it."""
    place = 0

    def take(count: int) -> bytes:
        nonlocal place
        place += count
        return block[place - count : place]

    def text() -> str:
        return take(take(1)[0]).decode()

    if newest:
        assert take(8) == b"\x01\x00\x02\xff\xff\xff\xff\x00"
    count, rows = take(2)
    assert rows == 1
    found = {}
    for _ in range(count):
        name, kind = text(), text()
        if newest:
            assert take(1) == b"\x00"
        found[name] = text() if kind == "String" else str(int.from_bytes(take(4), "little"))
    assert place == len(block)
    return found


def test_the_first_question_is_answered_in_the_clients_own_revision(clickhouse: ClickHouse) -> None:
    found = columns_of(ask(clickhouse, GREETING, NEWEST), newest=True)
    assert found["revision()"] == "0"
    assert found["timezone()"] == "UTC"
    assert found["displayName()"] == "iochub"
    known = columns_of(ask(clickhouse, "SELECT version()", None), newest=False)
    assert found["version()"] == known["version()"]


def test_what_follows_comes_in_the_revision_that_was_told(clickhouse: ClickHouse) -> None:
    block = ask(clickhouse, "SELECT 'a' AS word, toUInt32(7) AS number", NEWEST)
    assert columns_of(block, newest=False) == {"word": "a", "number": "7"}


@pytest.mark.parametrize("revision", [None, 54405])
def test_an_older_client_is_answered_by_the_engine_itself(
    clickhouse: ClickHouse, revision: int | None
) -> None:
    found = columns_of(ask(clickhouse, GREETING, revision), newest=False)
    assert int(found["revision()"]) > 54000


@pytest.mark.parametrize(
    "text", [f"{GREETING}, 1", f"{GREETING} FROM figures", f"{GREETING}; {GREETING}", f"/* */ {GREETING} --"]
)
def test_only_that_very_question_is_meant(clickhouse: ClickHouse, text: str) -> None:
    try:
        block = ask(clickhouse, text, NEWEST)
    except urllib.error.HTTPError as refused:
        refused.close()
        return
    assert not block.startswith(b"\x01\x00\x02\xff")


def test_nobody_is_greeted_without_the_password(clickhouse: ClickHouse) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(clickhouse, GREETING, NEWEST, password="guessed")
    assert refused.value.code in (401, 403)
    refused.value.close()
