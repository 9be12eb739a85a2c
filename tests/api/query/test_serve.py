import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from clickhouse_engine import start_clickhouse, stop_clickhouse
from pydantic import SecretStr

from iochub.api.keys import Keys
from iochub.api.query.serve import build_api
from iochub.ingest.feeds.registry import FEEDS
from iochub.settings import ClickHouseSettings, Settings
from iochub.warehouse.indicators.registry import INDICATORS
from iochub.warehouse.migrations.apply import migrate
from iochub.warehouse.store import Store


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """A hub whose warehouse has all its tables and no row in them, asked by the reader that a hub asks by."""
    engine, child = start_clickhouse(tmp_path / "clickhouse")
    told = ClickHouseSettings(
        host=engine.host,
        port=engine.port,
        writer_password=SecretStr(engine.writer_password),
        reader_password=SecretStr(engine.reader_password),
    )
    writer = Store(told, may_write=True)
    migrate(writer, [type(feed) for feed in FEEDS.values()])
    writer.close()
    yield Settings(data=tmp_path, clickhouse=told)
    stop_clickhouse(child)


def test_a_hub_without_a_single_event_answers_every_question_with_not_known(settings, calling) -> None:
    token = Keys(settings.data / "keys.sqlite").create_viewer_token("leader", "38")
    leader = calling(build_api(settings), token)
    assert leader.get("/readyz").status_code == 200
    listed = [one["name"] for one in leader.get("/v1/indicators").json()["indicators"]]
    assert listed == list(INDICATORS)
    for name in listed:
        figure = leader.get(f"/v1/indicators/{name}?period=2021").json()
        assert (figure["value"], figure["state"], figure["rows"]) == (None, "no_data", 0), name
        by_unit = leader.get(f"/v1/indicators/{name}/series?period=2021&by=unit").json()["rows"]
        assert {(row["value"], row["state"]) for row in by_unit} == {(None, "no_data")}, name
    feeds = leader.get("/v1/feeds").json()["feeds"]
    assert [(feed["name"], feed["state"]) for feed in feeds] == [(name, "no_data") for name in FEEDS]


def test_a_hub_whose_warehouse_is_away_says_so_and_still_tells_what_it_watches(tmp_path, calling) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = ClickHouseSettings(port=probe.getsockname()[1])
        settings = Settings(data=tmp_path, clickhouse=nobody)
        token = Keys(settings.data / "keys.sqlite").create_viewer_token("leader", "38")
        leader = calling(build_api(settings), token)
        assert leader.get("/healthz").status_code == 200
        assert leader.get("/readyz").json()["waits_for"] == ["warehouse"]
        assert leader.get("/v1/indicators/dossiers_received").status_code == 503
        assert leader.get("/v1/indicators").status_code == 200
