"""The process keeps what it acknowledged, stops cleanly, and says what to do when it cannot start."""

import os
import signal
import socket
import threading
from pathlib import Path

import httpx
import pytest
from clickhouse_engine import ClickHouse, start_clickhouse, stop_clickhouse

from iochub.errors import DeclarationError, StoreUnavailable
from iochub.warehouse.engine.folder import KEPT_FREE_BYTES, hold, prepare, unusable
from iochub.warehouse.engine.server import listen, new_accounts, run


def ask(engine: ClickHouse, text: str) -> str:
    answer = httpx.post(
        f"http://{engine.host}:{engine.port}/",
        content=text,
        auth=("writer", engine.writer_password),
        timeout=30,
    )
    answer.raise_for_status()
    return answer.text.strip()


def test_killed_three_times_it_keeps_every_acknowledged_row(tmp_path: Path) -> None:
    acknowledged: list[int] = []
    engine, child = start_clickhouse(tmp_path / "data")
    ask(engine, "CREATE TABLE kept (a UInt64) ENGINE = MergeTree ORDER BY a")
    for _ in range(3):
        enough = threading.Event()

        def insert(target: ClickHouse = engine, enough: threading.Event = enough) -> None:
            first = len(acknowledged)
            try:
                while True:
                    number = len(acknowledged)
                    ask(target, "INSERT INTO kept FORMAT TSV\n" + f"{number}\n" * 500)
                    acknowledged.append(number)
                    if number - first == 20:
                        enough.set()
            except httpx.HTTPError:
                enough.set()

        inserting = threading.Thread(target=insert)
        inserting.start()
        assert enough.wait(30)
        child.send_signal(signal.SIGKILL)
        child.wait()
        inserting.join()
        engine, child = start_clickhouse(
            tmp_path / "data", port=engine.port, writer=engine.writer_password, reader=engine.reader_password
        )
        found = ask(engine, "SELECT a, count() FROM kept GROUP BY a ORDER BY a").split("\n")
        counts = dict(tuple(int(word) for word in line.split("\t")) for line in found)
        # One insert may have been stored without its answer; a part of an insert never is.
        assert set(counts) >= set(acknowledged)
        assert set(counts.values()) <= {500, 1000}
    assert ask(engine, "SELECT count() FROM system.detached_parts") == "0"
    assert stop_clickhouse(child) == 0


def test_told_to_stop_it_finishes_what_runs(tmp_path: Path) -> None:
    engine, child = start_clickhouse(tmp_path / "data")
    ask(engine, "CREATE TABLE slow (a UInt64) ENGINE = MergeTree ORDER BY a")
    outcome: list[str] = []
    inserting = threading.Thread(
        target=lambda: outcome.append(
            ask(engine, "INSERT INTO slow SELECT sleepEachRow(0.1) FROM numbers(20)")
        )
    )
    inserting.start()
    while ask(engine, "SELECT count() FROM system.processes WHERE query LIKE 'INSERT INTO slow%'") == "0":
        pass
    assert stop_clickhouse(child) == 0
    inserting.join()
    assert outcome == [""]
    engine, child = start_clickhouse(tmp_path / "data", writer=engine.writer_password)
    assert ask(engine, "SELECT count() FROM slow") == "20"
    assert stop_clickhouse(child) == 0


def test_a_folder_has_one_holder(tmp_path: Path) -> None:
    first = hold(tmp_path)
    with pytest.raises(StoreUnavailable, match=f"pid {os.getpid()}"):
        hold(tmp_path, seconds=0.2)
    threading.Timer(0.3, first.close).start()
    hold(tmp_path, seconds=10).close()


def test_a_full_disk_and_a_closed_folder_say_what_to_do(tmp_path: Path) -> None:
    assert "Free some space" in unusable(tmp_path, OSError(28, "No space left on device")).message
    (tmp_path / "file").write_text("")
    with pytest.raises(DeclarationError, match="cannot write its folder"):
        prepare(tmp_path / "file", memory=1, threads=1)


def test_the_engine_leaves_room_on_its_disk_for_what_is_under_way(tmp_path: Path) -> None:
    engine, child = start_clickhouse(tmp_path / "data")
    kept = ask(engine, "SELECT keep_free_space FROM system.disks WHERE name = 'default'")
    stop_clickhouse(child)
    assert int(kept) == KEPT_FREE_BYTES


def test_a_taken_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(DeclarationError, match=str(taken.getsockname()[1])):
            listen("127.0.0.1", taken.getsockname()[1])


def test_without_passwords_it_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="password"):
        run(tmp_path, "127.0.0.1", 0, "", "x")
    assert new_accounts("a", "b")["reader"].may_write is False
    assert "hunter2" not in repr(new_accounts("hunter2", "b")["writer"])
